//! Temporary files and folders, and the removal of those that killed runs have left behind.
//!
//! Each is locked while it is in use, and has a recognisable name, so that a later run can tell which ones are abandoned.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::{NamedTempFile, TempDir};

/// The start of a name in the system's folder for temporary files.
const PREFIX: &str = "karuna-";
/// The start of a name in other folders.
const HIDDEN_PREFIX: &str = ".karuna-";
/// The end of a temporary file's name.
const FILE_SUFFIX: &str = ".part";
/// The number of random letters and digits in a name.
const RANDOM_LENGTH: usize = 16;
/// The minimum age of an abandoned file or folder since its last change.
const MIN_AGE: Duration = Duration::from_hours(1);

/// A folder that is removed when dropped.
#[derive(Debug)]
pub(crate) struct TemporaryFolder {
    folder: TempDir,
    /// Held open for its lock.
    _lock: Option<File>,
}

impl TemporaryFolder {
    /// Creates a folder in the system's folder for temporary files.
    pub(crate) fn of_system() -> io::Result<Self> {
        Self::create(&std::env::temp_dir(), PREFIX)
    }

    /// Creates a hidden folder in `folder`, so that files can be moved from it into that folder by renaming.
    pub(crate) fn within(folder: &Path) -> io::Result<Self> {
        Self::create(folder, HIDDEN_PREFIX)
    }

    fn create(parent: &Path, prefix: &str) -> io::Result<Self> {
        remove_abandoned(parent);
        let folder = tempfile::Builder::new().prefix(prefix).rand_bytes(RANDOM_LENGTH).tempdir_in(parent)?;
        let lock = File::open(folder.path()).ok().inspect(lock);
        Ok(Self { folder, _lock: lock })
    }

    /// Returns its path.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Keeps the folder on disk.
    pub(crate) fn keep(self) {
        let _ = self.folder.keep();
    }

    /// Removes the folder, and returns an error if that fails.
    pub(crate) fn close(self) -> io::Result<()> {
        self.folder.close()
    }
}

/// Creates a hidden file in a folder. It is removed when dropped.
pub(crate) fn file_within(folder: &Path, is_private: bool) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(HIDDEN_PREFIX).suffix(FILE_SUFFIX).rand_bytes(RANDOM_LENGTH);
    #[cfg(unix)]
    if !is_private {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let _ = is_private;
    let file = builder.tempfile_in(folder)?;
    lock(file.as_file());
    Ok(file)
}

/// Without locks in the file system, abandoned files are not removed.
fn lock(file: &File) {
    let _ = file.try_lock();
}

/// Removes temporary files and folders from a folder if they are this user's, unchanged for an hour, and not in use.
pub(crate) fn remove_abandoned(folder: &Path) {
    let now = SystemTime::now();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(is_temporary_name) {
            let _ = remove_if_abandoned(&entry.path(), now);
        }
    }
}

fn is_temporary_name(name: &str) -> bool {
    let Some(rest) = name.strip_prefix('.').unwrap_or(name).strip_prefix(PREFIX) else { return false };
    let random = rest.strip_suffix(FILE_SUFFIX).unwrap_or(rest);
    random.len() == RANDOM_LENGTH && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn remove_if_abandoned(path: &Path, now: SystemTime) -> io::Result<()> {
    let metadata = path.symlink_metadata()?;
    let is_old = now.duration_since(metadata.modified()?).is_ok_and(|age| age > MIN_AGE);
    if !is_old || !is_own(&metadata) || !(metadata.is_file() || metadata.is_dir()) {
        return Ok(());
    }
    // The lock is held during the removal, so that no other run uses the file meanwhile.
    let locked = File::open(path)?;
    locked.try_lock()?;
    if metadata.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

#[cfg(unix)]
fn is_own(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_own(_: &Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::testing::sorted_names;

    const NAME: &str = ".karuna-0123456789abcdEF";

    fn make_old(path: &Path) {
        File::open(path).unwrap().set_modified(SystemTime::now() - 2 * MIN_AGE).unwrap();
    }

    #[test]
    fn abandoned_files_and_folders_are_removed() {
        let home = tempfile::tempdir().unwrap();
        let (file, folder) = (home.path().join(format!("{NAME}.part")), home.path().join(&NAME[1..]));
        fs::write(&file, "half a render").unwrap();
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("raw.wav"), "half a line").unwrap();
        remove_abandoned(home.path());
        assert_eq!(sorted_names(home.path()).len(), 2, "they may be in use");
        make_old(&file);
        make_old(&folder);
        let created = TemporaryFolder::within(home.path()).unwrap();
        assert_eq!(sorted_names(home.path()), [created.path().file_name().unwrap().to_str().unwrap()]);
    }

    #[test]
    fn old_files_in_use_are_kept() {
        let home = tempfile::tempdir().unwrap();
        let folder = TemporaryFolder::within(home.path()).unwrap();
        let file = file_within(home.path(), true).unwrap();
        make_old(folder.path());
        make_old(file.path());
        remove_abandoned(home.path());
        assert!(folder.path().exists() && file.path().exists());
    }

    #[test]
    fn files_with_other_names_and_links_are_kept() {
        let home = tempfile::tempdir().unwrap();
        let elsewhere = home.path().join("elsewhere");
        fs::write(&elsewhere, "other").unwrap();
        make_old(&elsewhere);
        let others = ["note.part", ".karuna-short.part", "karuna-0123456789abcdEF.toml", "0123456789abcdEF"];
        for other in others {
            fs::write(home.path().join(other), "other").unwrap();
            make_old(&home.path().join(other));
        }
        std::os::unix::fs::symlink(&elsewhere, home.path().join(format!("{NAME}.part"))).unwrap();
        std::os::unix::fs::symlink(home.path(), home.path().join(NAME)).unwrap();
        remove_abandoned(home.path());
        assert_eq!(sorted_names(home.path()).len(), others.len() + 3);
    }
}
