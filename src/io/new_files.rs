//! New files that are put in their places all together, or not at all. Nothing that is there is ever replaced.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::error::{Failure, reason};
use crate::text;

/// Files on their way into a folder. Dropped before they are all there, it leaves nothing behind.
pub struct Placing {
    folder: PathBuf,
    /// Each whole file under a name of its own, and where it belongs.
    files: Vec<(TempPath, PathBuf)>,
    placed: Vec<PathBuf>,
    /// Folders that were made for them, the outer ones first.
    folders: Vec<PathBuf>,
}

impl Placing {
    /// Into a folder, which is made where there is none.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn into(folder: &Path) -> Result<Self, Failure> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut placing =
            Self { folder: folder.to_owned(), files: Vec::new(), placed: Vec::new(), folders: Vec::new() };
        placing.make(folder)?;
        Ok(placing)
    }

    /// Makes a folder and those that it is in, as far as they are missing.
    fn make(&mut self, folder: &Path) -> Result<(), Failure> {
        let missing: Vec<_> =
            folder.ancestors().take_while(|one| !one.as_os_str().is_empty() && !one.exists()).collect();
        for one in missing.into_iter().rev() {
            match fs::create_dir(one) {
                Ok(()) => self.folders.push(one.to_owned()),
                // As in `new/../evening`: making the first has made the second.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && one.is_dir() => {}
                Err(error) => return Err(failed(one, "made", &error)),
            }
        }
        if folder.is_dir() {
            return Ok(());
        }
        let help = "choose another folder for the new session";
        Err(Failure::new(format!("{} is not a folder", text::display_path(folder)), help))
    }

    /// A file of these bytes, by its path within the folder.
    ///
    /// # Errors
    /// When something is there already, or it can't be written.
    pub fn write(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        self.add(path, bytes)
    }

    /// Whether a file of these bytes is there already.
    #[must_use]
    pub fn has(&self, path: &Path, bytes: &[u8]) -> bool {
        let target = self.folder.join(path);
        target.is_file() && same(bytes, &target).unwrap_or(false)
    }

    /// A copy of a file that can be opened more than once, by its path within the folder. The answer is no where the same is there already.
    ///
    /// # Errors
    /// When something else is there already, it can't be read, or not be written.
    pub fn copy<R: Read>(&mut self, path: &Path, open: impl Fn() -> io::Result<R>) -> Result<bool, Failure> {
        let target = self.folder.join(path);
        let unreadable = |error: io::Error| failed(path, "read", &error);
        if target.is_file() && same(open().map_err(unreadable)?, &target).map_err(unreadable)? {
            return Ok(false);
        }
        self.add(path, open().map_err(unreadable)?)?;
        Ok(true)
    }

    fn add(&mut self, path: &Path, mut source: impl Read) -> Result<(), Failure> {
        let target = self.folder.join(path);
        if target.symlink_metadata().is_ok() {
            return Err(taken(&target));
        }
        let folder = target.parent().unwrap_or(&self.folder).to_owned();
        self.make(&folder)?;
        let unwritable = |error: io::Error| failed(&target, "written", &error);
        if !folder
            .canonicalize()
            .and_then(|one| Ok(one.starts_with(self.folder.canonicalize()?)))
            .map_err(unwritable)?
        {
            let help = "choose a folder of its own for the new session";
            return Err(Failure::new(format!("{} is a link that leads elsewhere", text::display_path(&folder)), help));
        }
        let mut file = temporary(&folder).map_err(unwritable)?;
        io::copy(&mut source, &mut file).and_then(|_| file.flush()).map_err(unwritable)?;
        self.files.push((file.into_temp_path(), target));
        Ok(())
    }

    /// Puts all of them in their places.
    ///
    /// # Errors
    /// When something has come to be at one of the places, or can't be put there; none of the others is there then either.
    pub fn commit(mut self) -> Result<(), Failure> {
        for (file, target) in std::mem::take(&mut self.files) {
            match file.persist_noclobber(&target) {
                Ok(()) => self.placed.push(target),
                Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Err(taken(&target)),
                Err(error) => return Err(failed(&target, "written", &error.error)),
            }
        }
        self.placed.clear();
        self.folders.clear();
        Ok(())
    }
}

impl Drop for Placing {
    fn drop(&mut self) {
        self.files.clear();
        for file in &self.placed {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Whether a file holds the same bytes.
///
/// # Errors
/// When either can't be read.
pub fn same(mut source: impl Read, path: &Path) -> io::Result<bool> {
    let (mut file, mut one, mut other) = (File::open(path)?, Vec::new(), Vec::new());
    loop {
        one.clear();
        other.clear();
        Read::by_ref(&mut source).take(1 << 16).read_to_end(&mut one)?;
        Read::by_ref(&mut file).take(1 << 16).read_to_end(&mut other)?;
        if one != other || one.is_empty() {
            return Ok(one == other);
        }
    }
}

/// As open to others as any new file.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".karuna-").suffix(".part").rand_bytes(16);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

fn taken(path: &Path) -> Failure {
    Failure::new(
        format!("{} is there already, and nothing was changed", text::display_path(path)),
        "choose a folder of its own for the new session, as in karuna new evening/evening.toml",
    )
}

fn failed(path: &Path, what: &str, error: &io::Error) -> Failure {
    Failure::new(
        format!("{} can't be {what}: {}", text::display_path(path), reason(error)),
        "choose a folder that you may write to",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_in_between_stays_and_all_else_is_taken_back() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("new/session");
        let mut placing = Placing::into(&folder).unwrap();
        placing.write(Path::new("clips/a.wav"), b"a").unwrap();
        placing.write(Path::new("b.toml"), b"b").unwrap();
        fs::write(folder.join("b.toml"), "somebody else's").unwrap();
        let failure = placing.commit().unwrap_err();
        assert!(failure.message.contains("b.toml is there already"), "{failure}");
        let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["b.toml"]);
        assert_eq!(fs::read_to_string(folder.join("b.toml")).unwrap(), "somebody else's");
    }

    #[test]
    fn left_halfway_nothing_is_there() {
        let home = tempfile::tempdir().unwrap();
        let mut placing = Placing::into(&home.path().join("new/session")).unwrap();
        placing.write(Path::new("clips/a.wav"), b"a").unwrap();
        drop(placing);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_a_file_elsewhere() {
        let home = tempfile::tempdir().unwrap();
        let (folder, elsewhere) = (home.path().join("session"), home.path().join("elsewhere"));
        fs::create_dir_all(&folder).unwrap();
        fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, folder.join("clips")).unwrap();
        let mut placing = Placing::into(&folder).unwrap();
        let failure = placing.write(Path::new("clips/a.wav"), b"a").unwrap_err();
        assert!(failure.message.contains("leads elsewhere"), "{failure}");
        drop(placing);
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    }

    #[test]
    fn the_same_is_told_from_another() {
        let home = tempfile::tempdir().unwrap();
        let long = vec![7_u8; (1 << 16) + 1];
        fs::write(home.path().join("a"), &long).unwrap();
        let placing = Placing::into(home.path()).unwrap();
        assert!(placing.has(Path::new("a"), &long));
        assert!(!placing.has(Path::new("a"), &long[1..]));
        assert!(!placing.has(Path::new("nowhere"), b""));
    }
}
