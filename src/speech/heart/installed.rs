//! An installed voice: a folder with the voice's files and their checksums.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::NeuralVoiceError;
use super::files::{FILES, PackageFile, VoiceFiles, checksum};
use crate::io::temporary::TemporaryFolder;

/// The name of the file that describes an installed voice.
const DESCRIPTION: &str = "voice.toml";
const MAX_DESCRIPTION_BYTES: u64 = 64 * 1024;
/// The version of the description.
const FORMAT: u32 = 1;

/// The description of an installed voice.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InstalledDescription {
    format: u32,
    name: String,
    /// A BCP 47 tag.
    language: String,
    /// The package that it was installed from.
    package: String,
    /// The checksum of that package.
    sha256: String,
    license: String,
    /// The checksum of each file by its name.
    files: BTreeMap<String, String>,
}

/// Returns whether a voice is installed in a folder.
pub(super) fn is_installed(folder: &Path) -> bool {
    folder.join(DESCRIPTION).is_file()
}

/// Returns the checksum of the package that a voice was installed from.
pub(super) fn package_checksum(folder: &Path) -> Option<String> {
    Some(read_description(folder).ok()?.sha256)
}

/// Reads an installed voice, and verifies the checksum of every file.
pub(super) fn read(folder: &Path) -> Result<VoiceFiles, NeuralVoiceError> {
    let description = read_description(folder)?;
    let damaged = |file: &PackageFile| NeuralVoiceError::Damaged(folder.join(file.name));
    let mut contents = Vec::new();
    for file in &FILES {
        let content = read_file(&folder.join(file.name), file.max_bytes)?;
        if description.files.get(file.name) != Some(&checksum(&content)) {
            return Err(damaged(file));
        }
        contents.push(content);
    }
    VoiceFiles::from_contents(contents).ok_or_else(|| NeuralVoiceError::NotInstalled(folder.to_owned()))
}

fn read_description(folder: &Path) -> Result<InstalledDescription, NeuralVoiceError> {
    let path = folder.join(DESCRIPTION);
    if !is_installed(folder) {
        return Err(NeuralVoiceError::NotInstalled(folder.to_owned()));
    }
    let text = read_file(&path, MAX_DESCRIPTION_BYTES)?;
    let description = str::from_utf8(&text).ok().and_then(|text| toml::from_str::<InstalledDescription>(text).ok());
    description.filter(|description| description.format == FORMAT).ok_or(NeuralVoiceError::Damaged(path))
}

fn read_file(path: &Path, max_bytes: u64) -> Result<Vec<u8>, NeuralVoiceError> {
    let failed = |error| NeuralVoiceError::io(path, error);
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.len() > max_bytes {
        return Err(NeuralVoiceError::TooLarge(path.to_owned()));
    }
    let mut content = Vec::new();
    file.take(max_bytes).read_to_end(&mut content).map_err(failed)?;
    Ok(content)
}

/// Writes a voice to a new folder, which then replaces the old one.
pub(super) fn write(
    voices: &Path,
    name: &str,
    package: &str,
    sha256: &str,
    contents: &[Vec<u8>],
) -> Result<PathBuf, NeuralVoiceError> {
    let target = voices.join(name);
    let sums = FILES.iter().zip(contents).map(|(file, content)| (file.name.to_owned(), checksum(content)));
    let description = InstalledDescription {
        format: FORMAT,
        name: name.to_owned(),
        language: "en".to_owned(),
        package: package.to_owned(),
        sha256: sha256.to_owned(),
        license: "Apache-2.0".to_owned(),
        files: sums.collect(),
    };
    let described = toml::to_string(&description).map_err(NeuralVoiceError::unusable)?;
    let write = || -> io::Result<()> {
        fs::create_dir_all(voices)?;
        let folder = TemporaryFolder::within(voices)?;
        for (file, content) in FILES.iter().zip(contents) {
            write_synced(&folder.path().join(file.name), content)?;
        }
        write_synced(&folder.path().join(DESCRIPTION), described.as_bytes())?;
        replace_folder(folder, &target)
    };
    write().map_err(|error| NeuralVoiceError::io(&target, error))?;
    Ok(target)
}

/// Removes an installed voice. Its folder is renamed first, so that a partially removed voice is never found.
pub(super) fn remove(folder: &Path) -> Result<(), NeuralVoiceError> {
    if !is_installed(folder) {
        return Err(NeuralVoiceError::NotInstalled(folder.to_owned()));
    }
    let remove = || -> io::Result<()> {
        let parent = folder.parent().unwrap_or(folder);
        let removed = TemporaryFolder::within(parent)?;
        fs::rename(folder, removed.path().join("voice"))?;
        removed.close()
    };
    remove().map_err(|error| NeuralVoiceError::io(folder, error))
}

fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::write(path, content)?;
    File::options().append(true).open(path)?.sync_all()
}

/// Moves a complete folder into place. An existing folder is renamed first, and restored if the move fails.
fn replace_folder(folder: TemporaryFolder, target: &Path) -> io::Result<()> {
    make_readable_by_others(folder.path())?;
    let backup = folder.path().with_extension("old");
    let existed = target.exists();
    if existed {
        fs::rename(target, &backup)?;
    }
    if let Err(error) = fs::rename(folder.path(), target) {
        if existed {
            fs::rename(&backup, target)?;
        }
        return Err(error);
    }
    // The folder no longer has its temporary name.
    folder.keep();
    if existed {
        fs::remove_dir_all(&backup)?;
    }
    Ok(())
}

/// Makes a folder readable for other users; temporary folders are private.
fn make_readable_by_others(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let _ = folder;
    Ok(())
}
