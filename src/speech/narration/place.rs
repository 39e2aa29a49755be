//! Where recordings go: a folder that the manifest reaches. Nothing that is there is ever overwritten.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::Put;
use super::lines::Line;
use crate::error::{Failure, reason};
use crate::io::atomic_file;
use crate::io::library::{Home, Manifest};
use crate::io::new_files::has_content;
use crate::manifest::session::ClipPath;
use crate::text;

/// A folder for the recordings of one session.
pub(crate) struct Folder {
    path: PathBuf,
    /// How the manifest names what is in it; `None` where it is out of reach.
    prefix: Option<String>,
}

impl Folder {
    /// The folder that was asked for; else the one of the session's own name, beside the manifest or in its library's `audio`.
    pub(crate) fn of(manifest: &Manifest, wanted: Option<&Path>, will_write: bool) -> Result<Self, Failure> {
        let Home::Folders(homes) = &manifest.home else {
            return Self::beside_program(manifest, wanted, will_write);
        };
        let usual =
            homes.iter().rev().find(|home| home.is_dir() && *home != Path::new(".")).cloned().unwrap_or_default();
        let path = wanted.map_or_else(|| usual.join(&manifest.name), Path::to_owned);
        make(&path)?;
        let prefix = homes.iter().find_map(|home| prefix(home, &path));
        if prefix.is_none() && will_write {
            let message = format!("{} is out of the manifest's reach", text::display_path(&path));
            return Err(Failure::new(message, "choose a folder beside the manifest, or below it"));
        }
        Ok(Self { path, prefix })
    }

    fn beside_program(manifest: &Manifest, wanted: Option<&Path>, will_write: bool) -> Result<Self, Failure> {
        if will_write {
            let message = format!("the session {} is inside the program, and can't be written to", manifest.name);
            return Err(Failure::new(message, "save a manifest of your own first, and give its path"));
        }
        let path = wanted.map_or_else(|| PathBuf::from(&manifest.name), Path::to_owned);
        make(&path)?;
        Ok(Self { path, prefix: None })
    }

    /// Takes in a recording as it is.
    pub(crate) fn copy<'lines>(&self, line: &'lines Line, from: &Path) -> Result<Put<'lines>, Failure> {
        let ending = from.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        self.put(line, &ending, |to| fs::copy(from, to).map(drop).map_err(|error| unwritable(to, &error)))
    }

    /// Puts in what `make` writes, under the line's name, or under a name beside it where that is another's.
    pub(crate) fn put<'lines>(
        &self,
        line: &'lines Line,
        ending: &str,
        make: impl FnOnce(&Path) -> Result<(), Failure>,
    ) -> Result<Put<'lines>, Failure> {
        let unable = |error: std::io::Error| unwritable(&self.path, &error);
        let workshop = tempfile::Builder::new().prefix(".karuna-").tempdir_in(&self.path).map_err(unable)?;
        let made = workshop.path().join(format!("made.{ending}"));
        make(&made)?;
        let name = self.place(&made, &line.stem, ending).map_err(unable)?;
        let clip = self.prefix.as_ref().map(|prefix| format!("{prefix}{name}"));
        Ok(Put { line, clip, shown: self.path.join(name).display().to_string() })
    }

    /// The name under which a file lies in the folder now: one that was free, or one that holds the same already.
    fn place(&self, made: &Path, stem: &str, ending: &str) -> std::io::Result<String> {
        for turn in 1_u32.. {
            let name = if turn == 1 { format!("{stem}.{ending}") } else { format!("{stem}-{turn}.{ending}") };
            let target = self.path.join(&name);
            if target.is_file() && File::open(made).and_then(|made| has_content(&target, made)).unwrap_or(false) {
                return Ok(name);
            }
            match atomic_file::move_new(made, &target) {
                Ok(()) => return Ok(name),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(std::io::Error::other("no name is free"))
    }
}

/// How a manifest in `home` names what is in a folder.
fn prefix(home: &Path, folder: &Path) -> Option<String> {
    let home = if home.as_os_str().is_empty() { Path::new(".") } else { home };
    let (home, folder) = (home.canonicalize().ok()?, folder.canonicalize().ok()?);
    let inside = folder.strip_prefix(home).ok()?;
    let parts: Option<Vec<_>> = inside.iter().map(|part| part.to_str()).collect();
    let prefix: String = parts?.iter().flat_map(|part| [part, "/"]).collect();
    ClipPath::new(&format!("{prefix}x")).map(|_| prefix)
}

fn make(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{} can't be written: {}", text::display_path(path), reason(error)),
        "give a folder of your own with -o",
    )
}

/// Puts a manifest's new text in the place of the old one, all at once.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    Ok(atomic_file::write(path, text.as_bytes())?)
}
