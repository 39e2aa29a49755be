//! A file that is written beside its target and takes its place when it is whole.

use std::fmt;
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Few writes, and little memory.
const BUFFER: usize = 128 * 1024;

/// A file that is written beside its target, and renamed when it is whole. Dropped before that, it leaves nothing behind.
#[derive(Debug)]
pub struct Destination {
    file: BufWriter<NamedTempFile>,
    report: Report,
    target: PathBuf,
}

impl Destination {
    /// Opens a file of an unguessable name in the target's folder. A link is followed: what it points at is replaced.
    ///
    /// # Errors
    /// When the folder is missing or closed to writing, or the target is write-protected, or something else than a file.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let report = Report { path: path.to_owned() };
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let existing = replaceable(path, &target)?;
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        if !folder.is_dir() {
            return Err(report.missing_folder(&folder));
        }
        let file = temporary(&folder, existing).map_err(|error| report.failure(&error))?;
        Ok(Self { file: BufWriter::with_capacity(BUFFER, file), report, target })
    }

    /// Puts the file in its target's place, all at once.
    ///
    /// # Errors
    /// When what was still buffered can't be written, or the file can't be renamed. The target is then as it was.
    pub fn commit(self) -> io::Result<()> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.persist(self.target).map_err(|error| error.error).map(drop)
    }

    /// Makes the file end where the next byte would be written: a hole at its end then counts as part of it.
    pub(super) fn extend_to_here(&mut self) -> io::Result<()> {
        let end = self.file.stream_position()?;
        self.file.flush()?;
        let file = self.file.get_ref().as_file();
        if file.metadata()?.len() < end { file.set_len(end) } else { Ok(()) }
    }

    pub(super) fn report(&self) -> Report {
        self.report.clone()
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Destination {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// What is at the target now, when that is a file that may be replaced.
fn replaceable(path: &Path, target: &Path) -> Result<Option<fs::Metadata>, Failure> {
    let shown = path.display();
    let Ok(existing) = fs::metadata(target) else {
        return Ok(None);
    };
    if existing.is_dir() {
        return Err(Failure::new(format!("{shown} is a folder"), "give the name of a file, or one inside that folder"));
    }
    if !existing.is_file() {
        return Err(Failure::new(format!("{shown} is not a regular file"), "give the name of a file"));
    }
    if existing.permissions().readonly() {
        return Err(Failure::new(format!("{shown} is write-protected"), "give another name, or allow writing to it"));
    }
    Ok(Some(existing))
}

/// Open to others as any new file is, or as the one was that it will replace.
fn temporary(folder: &Path, existing: Option<fs::Metadata>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".karuna-").suffix(".part").rand_bytes(16);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(folder)?;
    if let Some(existing) = existing {
        file.as_file().set_permissions(existing.permissions())?;
    }
    Ok(file)
}

/// Why a file could not be written: one sentence in lower case that names it, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    sentence: String,
    remedy: String,
}

impl Failure {
    fn new(sentence: String, remedy: impl Into<String>) -> Self {
        Self { sentence, remedy: remedy.into() }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

impl std::error::Error for Failure {}

/// Words failures for the file of this name.
#[derive(Clone, Debug)]
pub(super) struct Report {
    path: PathBuf,
}

impl Report {
    fn missing_folder(&self, folder: &Path) -> Failure {
        let sentence = format!("{} can't be written: there is no folder {}", self.path.display(), folder.display());
        Failure::new(sentence, "create the folder first, or give another one")
    }

    /// Every failure leaves the target as it was, which the sentence need not say.
    pub(super) fn failure(&self, error: &io::Error) -> Failure {
        let path = self.path.display();
        match error.kind() {
            ErrorKind::StorageFull => Failure::new(
                format!("{path} can't be written: the disk is full"),
                "free some space, or write to another disk",
            ),
            ErrorKind::QuotaExceeded => Failure::new(
                format!("{path} can't be written: it would exceed your share of the disk"),
                "free some space, or write to another disk",
            ),
            ErrorKind::FileTooLarge => Failure::new(
                format!("{path} can't be written: the file system allows no file of its size"),
                "write to another disk, or choose a smaller kind of file, such as .flac or .opus",
            ),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Failure::new(
                format!("{path} can't be written: its folder is closed to writing"),
                "give a folder of your own",
            ),
            _ => Failure::new(format!("{path} can't be written: {error}"), "give another folder, or try again"),
        }
    }
}
