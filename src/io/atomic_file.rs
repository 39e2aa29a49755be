//! Files that appear complete or not at all: written beside their target, synced to disk, then renamed.

use std::borrow::Cow;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};
use thiserror::Error;

use super::temporary;
use crate::error::{Remedy, reason};

const BUFFER_SIZE: usize = 128 * 1024;

/// A file being written beside its target. Dropped before [`commit`](Self::commit), it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    file: BufWriter<NamedTempFile>,
    /// The path as given, for messages.
    path: PathBuf,
    /// The path to replace, with links resolved.
    target: PathBuf,
}

/// The permissions of a new file.
enum Access {
    /// The default for new files of this user.
    Default,
    /// Those of the file that it replaces.
    Preserved(Permissions),
    /// Only this user.
    Private,
}

impl Access {
    fn of(replaced: Option<Metadata>) -> Self {
        replaced.map_or(Self::Default, |replaced| Self::Preserved(replaced.permissions()))
    }
}

impl AtomicFile {
    /// Opens a temporary file in the target's folder. If the target is a link, the file it points at is replaced; the permissions of a
    /// replaced file are kept.
    ///
    /// # Errors
    /// If the folder is missing or read-only, or the target is write-protected or not a regular file.
    pub(crate) fn create(path: &Path) -> Result<Self, WriteError> {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let replaced = check_replaceable(&target).map_err(|problem| WriteError { path: path.to_owned(), problem })?;
        temporary::remove_abandoned(folder_of(&target));
        Self::open(path, target, Access::of(replaced))
    }

    /// Opens a temporary file for one of the program's own files, which only this user can read. Anything with its name is replaced, even a
    /// link or a pipe.
    ///
    /// # Errors
    /// If the folder is missing or read-only.
    pub(crate) fn create_private(path: &Path) -> Result<Self, WriteError> {
        Self::open(path, path.to_owned(), Access::Private)
    }

    fn open(path: &Path, target: PathBuf, access: Access) -> Result<Self, WriteError> {
        let failed = |problem| WriteError { path: path.to_owned(), problem };
        let folder = folder_of(&target);
        if !folder.is_dir() {
            return Err(failed(WriteProblem::NoFolder(folder.to_owned())));
        }
        let file = temporary_file(folder, access).map_err(|error| failed(error.into()))?;
        Ok(Self { file: BufWriter::with_capacity(BUFFER_SIZE, file), path: path.to_owned(), target })
    }

    /// Replaces the target with this file, once the content is on disk.
    ///
    /// # Errors
    /// If the content can't be written or the file can't be renamed. The target is unchanged in that case.
    pub(crate) fn commit(self) -> Result<(), WriteError> {
        let path = self.path.clone();
        let folder = folder_of(&self.target).to_owned();
        let committed = self.stage().and_then(StagedFile::replace);
        committed.map_err(|error| WriteError::new(&path, error))?;
        sync_folder(&folder);
        Ok(())
    }

    /// Like [`commit`](Self::commit), without waiting for the disk: for files that carry a checksum and can be recreated.
    pub(crate) fn commit_unsynced(self) -> io::Result<()> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.persist(self.target).map_err(|error| error.error).map(drop)
    }

    /// Closes the complete file without renaming it to its target yet.
    pub(crate) fn stage(self) -> io::Result<StagedFile> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        Ok(StagedFile { file: file.into_temp_path(), target: self.target })
    }

    /// Extends the file to the current position, so that a hole at its end becomes part of it.
    pub(crate) fn extend_to_position(&mut self) -> io::Result<()> {
        let end = self.file.stream_position()?;
        self.file.flush()?;
        let file = self.file.get_ref().as_file();
        if file.metadata()?.len() < end { file.set_len(end) } else { Ok(()) }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// A complete file, closed and synced, that still has its temporary name. It is removed when dropped.
#[derive(Debug)]
pub(crate) struct StagedFile {
    file: TempPath,
    target: PathBuf,
}

impl StagedFile {
    /// Returns the path of the target.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Renames the file to its target, and fails with [`ErrorKind::AlreadyExists`] if something exists there.
    pub(crate) fn rename(self) -> io::Result<()> {
        let folder = folder_of(&self.target).to_owned();
        self.file.persist_noclobber(self.target).map_err(|error| error.error)?;
        sync_folder(&folder);
        Ok(())
    }

    fn replace(self) -> io::Result<()> {
        self.file.persist(self.target).map_err(|error| error.error)
    }
}

/// Writes a whole file at once.
///
/// # Errors
/// Like those of [`AtomicFile::create`] and [`AtomicFile::commit`].
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|error| WriteError::new(path, error))?;
    file.commit()
}

/// Renames a complete file within its file system, and fails with [`ErrorKind::AlreadyExists`] if the new name exists.
pub(crate) fn move_new(from: &Path, target: &Path) -> io::Result<()> {
    File::options().append(true).open(from)?.sync_all()?;
    let moved = TempPath::try_from_path(from)?.persist_noclobber(target);
    moved.map_err(|error| {
        // The caller keeps the file.
        let _ = error.path.keep();
        error.error
    })?;
    sync_folder(folder_of(target));
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Returns the metadata of the target if it is a file that may be replaced, and `None` if nothing exists there.
fn check_replaceable(target: &Path) -> Result<Option<Metadata>, WriteProblem> {
    let Ok(existing) = fs::metadata(target) else { return Ok(None) };
    if existing.is_dir() {
        return Err(WriteProblem::IsFolder);
    }
    if !existing.is_file() {
        return Err(WriteProblem::NotRegularFile);
    }
    if existing.permissions().readonly() {
        return Err(WriteProblem::WriteProtected);
    }
    Ok(Some(existing))
}

fn temporary_file(folder: &Path, access: Access) -> io::Result<NamedTempFile> {
    let file = temporary::file_within(folder, matches!(access, Access::Private))?;
    if let Access::Preserved(permissions) = access {
        file.as_file().set_permissions(permissions)?;
    }
    Ok(file)
}

/// Makes a rename durable. The file itself is complete in any case, so a file system that does not support this is not an error.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// An error while writing a file. The target is unchanged in that case.
#[derive(Debug, Error)]
#[error("{} {problem}", path.display())]
pub struct WriteError {
    path: PathBuf,
    #[source]
    problem: WriteProblem,
}

/// Why a file can't be written.
#[derive(Debug, Error)]
enum WriteProblem {
    #[error("is a folder")]
    IsFolder,
    #[error("is not a regular file")]
    NotRegularFile,
    #[error("is write-protected")]
    WriteProtected,
    #[error("can't be written: there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    #[error("can't be written: {}", io_reason(.0))]
    Io(#[from] io::Error),
}

impl WriteError {
    /// Returns the message without the path, as in "can't be written: the disk is full".
    pub(crate) fn problem(&self) -> String {
        self.problem.to_string()
    }

    /// Creates an error of the system while writing `path`.
    pub(crate) fn new(path: &Path, error: io::Error) -> Self {
        Self { path: path.to_owned(), problem: error.into() }
    }
}

fn io_reason(error: &io::Error) -> Cow<'static, str> {
    match error.kind() {
        ErrorKind::StorageFull => "the disk is full".into(),
        ErrorKind::QuotaExceeded => "it would exceed your disk quota".into(),
        ErrorKind::FileTooLarge => "the file system doesn't allow a file this large".into(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "its folder is read-only".into(),
        _ => reason(error).into(),
    }
}

impl Remedy for WriteError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let help = match &self.problem {
            WriteProblem::IsFolder => "choose a file name, for example inside that folder",
            WriteProblem::NotRegularFile => "choose a file name",
            WriteProblem::WriteProtected => "choose another name, or allow writing to the file",
            WriteProblem::NoFolder(_) => "create the folder first, or choose another one",
            WriteProblem::Io(error) => match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some space, or write to another disk",
                ErrorKind::FileTooLarge => "write to another disk, or choose a smaller format, such as .flac or .opus",
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "choose a folder that you can write to",
                _ => "choose another folder, or try again",
            },
        };
        Some(help.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sorted_names;

    #[test]
    fn a_dropped_file_leaves_the_target_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        fs::write(&target, "old").unwrap();
        let mut file = AtomicFile::create(&target).unwrap();
        file.write_all(b"new").unwrap();
        drop(file);
        let mut file = AtomicFile::create(&target).unwrap();
        file.write_all(b"new").unwrap();
        drop(file.stage().unwrap());
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
        assert_eq!(sorted_names(folder.path()), ["a"]);
    }

    #[test]
    fn a_staged_file_never_replaces_another() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        let mut file = AtomicFile::create(&target).unwrap();
        file.write_all(b"new").unwrap();
        let staged = file.stage().unwrap();
        fs::write(&target, "someone else's").unwrap();
        assert_eq!(staged.rename().unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&target).unwrap(), "someone else's");
        assert_eq!(sorted_names(folder.path()), ["a"]);
    }

    #[test]
    fn moving_to_an_existing_name_keeps_both_files() {
        let folder = tempfile::tempdir().unwrap();
        let (from, target) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&from, "new").unwrap();
        fs::write(&target, "old").unwrap();
        assert_eq!(move_new(&from, &target).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(sorted_names(folder.path()), ["a", "b"]);
        fs::remove_file(&target).unwrap();
        move_new(&from, &target).unwrap();
        assert_eq!(sorted_names(folder.path()), ["b"]);
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_readable_by_its_user_only() {
        use std::os::unix::fs::MetadataExt;

        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        AtomicFile::create_private(&target).unwrap().commit().unwrap();
        assert_eq!(fs::metadata(&target).unwrap().mode() & 0o777, 0o600);
    }
}
