//! New files that appear together or not at all. Existing files are never replaced.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::atomic_file::{AtomicFile, StagedFile, WriteError};
use crate::error::{Remedy, reason};

/// Files that will appear in one folder on [`commit`](Self::commit). Dropped earlier, they leave nothing behind.
pub(crate) struct NewFiles {
    folder: PathBuf,
    staged: Vec<StagedFile>,
    /// Files that other processes may create at the same time, with the same content.
    shared: Vec<StagedFile>,
    /// Files already in place during the commit.
    placed: Vec<PathBuf>,
    /// Folders that were created for the files, outermost first.
    created_folders: Vec<PathBuf>,
}

impl NewFiles {
    /// Starts without files. The folder is created if necessary.
    ///
    /// # Errors
    /// If the folder can't be created.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self, NewFilesError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut files = Self {
            folder: folder.to_owned(),
            staged: Vec::new(),
            shared: Vec::new(),
            placed: Vec::new(),
            created_folders: Vec::new(),
        };
        files.create_folder(folder)?;
        Ok(files)
    }

    /// Creates a folder and its missing parents.
    fn create_folder(&mut self, folder: &Path) -> Result<(), NewFilesError> {
        let missing: Vec<_> =
            folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).collect();
        for path in missing.into_iter().rev() {
            match fs::create_dir(path) {
                Ok(()) => self.created_folders.push(path.to_owned()),
                // As in `new/../evening`, where creating the first has created the second.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => {}
                Err(source) => return Err(NewFilesError::CreateFolder { path: path.to_owned(), source }),
            }
        }
        if folder.is_dir() { Ok(()) } else { Err(NewFilesError::NotAFolder(folder.to_owned())) }
    }

    /// Adds a file with this content, by its path within the folder.
    ///
    /// # Errors
    /// If the name exists or the file can't be written.
    pub(crate) fn add(&mut self, path: &Path, content: &[u8]) -> Result<(), NewFilesError> {
        let staged = self.stage(path, content)?;
        self.staged.push(staged);
        Ok(())
    }

    /// Adds a file that other processes may create at the same time, with the same content. If it exists by then, it is left unchanged.
    ///
    /// # Errors
    /// If the file can't be written.
    pub(crate) fn add_shared(&mut self, path: &Path, content: &[u8]) -> Result<(), NewFilesError> {
        match self.stage(path, content) {
            Ok(staged) => self.shared.push(staged),
            Err(NewFilesError::NameTaken(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Returns whether the folder already has a file with this content.
    #[must_use]
    pub(crate) fn has(&self, path: &Path, content: &[u8]) -> bool {
        let target = self.folder.join(path);
        target.is_file() && has_content(&target, content).unwrap_or(false)
    }

    /// Adds a copy of a file, by its path within the folder. `open` opens the original and may be called twice. Returns `false` if the folder
    /// already has the same file.
    ///
    /// # Errors
    /// If the name belongs to a different file, or the file can't be read or written.
    pub(crate) fn add_copy<R: Read>(
        &mut self,
        path: &Path,
        open: impl Fn() -> io::Result<R>,
    ) -> Result<bool, NewFilesError> {
        let target = self.folder.join(path);
        let unreadable = |source| NewFilesError::Read { path: path.to_owned(), source };
        if target.is_file() && open().and_then(|original| has_content(&target, original)).map_err(unreadable)? {
            return Ok(false);
        }
        let staged = self.stage(path, open().map_err(unreadable)?)?;
        self.staged.push(staged);
        Ok(true)
    }

    fn stage(&mut self, path: &Path, mut content: impl Read) -> Result<StagedFile, NewFilesError> {
        let target = self.folder.join(path);
        if target.symlink_metadata().is_ok() {
            return Err(NewFilesError::NameTaken(target));
        }
        let folder = target.parent().unwrap_or(&self.folder).to_owned();
        self.create_folder(&folder)?;
        let write_error = |error| WriteError::new(&target, error);
        if !self.contains(&folder).map_err(write_error)? {
            return Err(NewFilesError::FolderLinksElsewhere(folder));
        }
        let mut file = AtomicFile::create(&target)?;
        io::copy(&mut content, &mut file).and_then(|_| file.flush()).map_err(write_error)?;
        Ok(file.stage().map_err(write_error)?)
    }

    /// Returns whether a folder is within this one after resolving links.
    fn contains(&self, folder: &Path) -> io::Result<bool> {
        Ok(folder.canonicalize()?.starts_with(self.folder.canonicalize()?))
    }

    /// Moves all files into place.
    ///
    /// # Errors
    /// If a name exists meanwhile or a file can't be moved. In that case none of the files appears.
    pub(crate) fn commit(mut self) -> Result<(), NewFilesError> {
        for file in std::mem::take(&mut self.staged) {
            let target = file.target().to_owned();
            match file.rename() {
                Ok(()) => self.placed.push(target),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(NewFilesError::NameTaken(target)),
                Err(error) => return Err(WriteError::new(&target, error).into()),
            }
        }
        // Shared files come last, so that none is removed which another process already relies on.
        for file in std::mem::take(&mut self.shared) {
            let target = file.target().to_owned();
            match file.rename() {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    return Err(WriteError::new(&target, error).into());
                }
                _ => {}
            }
        }
        self.placed.clear();
        self.created_folders.clear();
        Ok(())
    }
}

impl Drop for NewFiles {
    fn drop(&mut self) {
        self.staged.clear();
        self.shared.clear();
        for file in &self.placed {
            let _ = fs::remove_file(file);
        }
        for folder in self.created_folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Returns whether a file has exactly this content.
///
/// # Errors
/// If either can't be read.
pub(crate) fn has_content(path: &Path, mut content: impl Read) -> io::Result<bool> {
    const CHUNK_SIZE: u64 = 1 << 16;
    let mut file = File::open(path)?;
    let (mut expected, mut actual) = (Vec::new(), Vec::new());
    loop {
        expected.clear();
        actual.clear();
        Read::by_ref(&mut content).take(CHUNK_SIZE).read_to_end(&mut expected)?;
        Read::by_ref(&mut file).take(CHUNK_SIZE).read_to_end(&mut actual)?;
        if expected != actual || expected.is_empty() {
            return Ok(expected == actual);
        }
    }
}

/// Why new files could not be added. Nothing has changed on disk in that case.
#[derive(Debug, Error)]
pub(crate) enum NewFilesError {
    #[error("{} already exists; nothing was changed", .0.display())]
    NameTaken(PathBuf),
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    #[error("{} is a link that leads out of the new session's folder", .0.display())]
    FolderLinksElsewhere(PathBuf),
    #[error("{} can't be created: {}", path.display(), reason(source))]
    CreateFolder { path: PathBuf, source: io::Error },
    #[error("{} can't be read: {}", path.display(), reason(source))]
    Read { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Remedy for NewFilesError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let help = match self {
            Self::NameTaken(_) => "choose a separate folder for the new session, as in karuna new evening/evening.toml",
            Self::NotAFolder(_) => "choose another folder for the new session",
            Self::FolderLinksElsewhere(_) => "choose a separate folder for the new session",
            Self::CreateFolder { .. } => "choose a folder that you can write to",
            Self::Read { .. } => "check that you can read the file",
            Self::Write(error) => return error.help(),
        };
        Some(help.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_created_meanwhile_reverts_everything() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("new/session");
        let mut files = NewFiles::in_folder(&folder).unwrap();
        files.add(Path::new("clips/a.wav"), b"a").unwrap();
        files.add(Path::new("b.toml"), b"b").unwrap();
        fs::write(folder.join("b.toml"), "somebody else's").unwrap();
        let error = files.commit().unwrap_err();
        assert!(error.to_string().contains("b.toml already exists"), "{error}");
        let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["b.toml"]);
        assert_eq!(fs::read_to_string(folder.join("b.toml")).unwrap(), "somebody else's");
    }

    #[test]
    fn a_shared_file_may_already_exist() {
        let home = tempfile::tempdir().unwrap();
        for name in ["a.toml", "b.toml"] {
            let mut files = NewFiles::in_folder(home.path()).unwrap();
            files.add_shared(Path::new("schema"), b"schema").unwrap();
            files.add(Path::new(name), b"a").unwrap();
            fs::write(home.path().join("schema"), "schema").unwrap();
            files.commit().unwrap();
        }
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3);
    }

    #[test]
    fn dropping_before_the_commit_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let mut files = NewFiles::in_folder(&home.path().join("new/session")).unwrap();
        files.add(Path::new("clips/a.wav"), b"a").unwrap();
        drop(files);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_folder_are_refused() {
        let home = tempfile::tempdir().unwrap();
        let (folder, elsewhere) = (home.path().join("session"), home.path().join("elsewhere"));
        fs::create_dir_all(&folder).unwrap();
        fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, folder.join("clips")).unwrap();
        let mut files = NewFiles::in_folder(&folder).unwrap();
        let error = files.add(Path::new("clips/a.wav"), b"a").unwrap_err();
        assert!(error.to_string().contains("leads out"), "{error}");
        drop(files);
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    }

    #[test]
    fn files_are_compared_completely() {
        let home = tempfile::tempdir().unwrap();
        let long = vec![7_u8; (1 << 16) + 1];
        fs::write(home.path().join("a"), &long).unwrap();
        let files = NewFiles::in_folder(home.path()).unwrap();
        assert!(files.has(Path::new("a"), &long));
        assert!(!files.has(Path::new("a"), &long[1..]));
        assert!(!files.has(Path::new("nowhere"), b""));
    }
}
