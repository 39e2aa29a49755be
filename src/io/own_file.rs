//! Reads files in the listener's own folders. They may be damaged, or belong to another user.

use std::borrow::Cow;
use std::fs::Metadata;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::open_file;
use crate::error::{Remedy, reason};

/// Why one of the listener's own files can't be read.
#[derive(Debug, Error)]
#[error("{} {problem}", path.display())]
pub(crate) struct OwnFileError {
    path: PathBuf,
    #[source]
    problem: OwnFileProblem,
}

#[derive(Debug, Error)]
enum OwnFileProblem {
    #[error("is not a regular file")]
    NotAFile,
    #[error("belongs to another user")]
    ForeignOwner,
    #[error("can be changed by every user")]
    Exposed,
    #[error("is larger than {} KiB", .0 / 1024)]
    TooLarge(u64),
    #[error("is not text in UTF-8")]
    NotUtf8,
    #[error("can't be read: {}", reason(.0))]
    Io(#[from] io::Error),
}

impl Remedy for OwnFileError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let help = match &self.problem {
            OwnFileProblem::NotAFile | OwnFileProblem::TooLarge(_) | OwnFileProblem::NotUtf8 => "move it away",
            OwnFileProblem::ForeignOwner => "change its owner to yourself (chown), or move it away",
            OwnFileProblem::Exposed => "remove the write permission of other users, as with chmod go-w",
            OwnFileProblem::Io(_) => "check its permissions",
        };
        Some(help.into())
    }
}

/// How links are handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// Followed, for settings that a listener keeps elsewhere.
    Followed,
    /// Refused, for files that only this program creates.
    Refused,
}

/// Reads a text file up to a maximum size; `None` if there is no such file.
///
/// # Errors
/// If it is not a regular file of this user, or can't be read.
pub(crate) fn read(path: &Path, links: Links, max_bytes: u64) -> Result<Option<String>, OwnFileError> {
    let error = |problem| OwnFileError { path: path.to_owned(), problem };
    match read_bytes(path, links, max_bytes) {
        Err(OwnFileProblem::Io(source)) if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(problem) => Err(error(problem)),
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| error(OwnFileProblem::NotUtf8)),
    }
}

fn read_bytes(path: &Path, links: Links, max_bytes: u64) -> Result<Vec<u8>, OwnFileProblem> {
    // Only a regular file is opened, because opening a device may have an effect. The second check is free of a race.
    let found = if links == Links::Followed { path.metadata() } else { path.symlink_metadata() };
    if !found?.is_file() {
        return Err(OwnFileProblem::NotAFile);
    }
    let file = open(path, links)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(OwnFileProblem::NotAFile);
    }
    check_owner(&metadata)?;
    let mut bytes = Vec::new();
    file.take(max_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes { Err(OwnFileProblem::TooLarge(max_bytes)) } else { Ok(bytes) }
}

#[cfg(unix)]
fn open(path: &Path, links: Links) -> io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;
    let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    flags.set(OFlags::NOFOLLOW, links == Links::Refused);
    open_file::read_options().custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path, _: Links) -> io::Result<std::fs::File> {
    open_file::open(path)
}

/// A file of the system is trusted like one's own.
#[cfg(unix)]
fn check_owner(file: &Metadata) -> Result<(), OwnFileProblem> {
    use std::os::unix::fs::MetadataExt;
    check_access(file.uid(), file.mode(), rustix::process::geteuid().as_raw())
}

/// Checks the owner and the mode of a file for a user.
#[cfg(unix)]
fn check_access(owner: u32, mode: u32, user: u32) -> Result<(), OwnFileProblem> {
    const ROOT: u32 = 0;
    const WRITABLE_BY_OTHERS: u32 = 0o002;
    if owner != user && owner != ROOT {
        return Err(OwnFileProblem::ForeignOwner);
    }
    if mode & WRITABLE_BY_OTHERS != 0 { Err(OwnFileProblem::Exposed) } else { Ok(()) }
}

#[cfg(not(unix))]
fn check_owner(_: &Metadata) -> Result<(), OwnFileProblem> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read_at(path: &Path, links: Links) -> Result<Option<String>, String> {
        read(path, links, 10).map_err(|error| error.problem.to_string())
    }

    #[test]
    fn only_a_small_text_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        assert_eq!(read_at(&path, Links::Followed), Ok(None));
        assert_eq!(read_at(&path.join("y"), Links::Followed), Ok(None));
        fs::write(&path, "0123456789").unwrap();
        assert_eq!(read_at(&path, Links::Refused), Ok(Some("0123456789".to_owned())));
        assert_eq!(read_at(&path.join("y"), Links::Followed), Ok(None), "a file is no folder");
        fs::write(&path, "0123456789a").unwrap();
        assert_eq!(read_at(&path, Links::Refused), Err("is larger than 0 KiB".to_owned()));
        fs::write(&path, [0xFF]).unwrap();
        assert_eq!(read_at(&path, Links::Refused), Err("is not text in UTF-8".to_owned()));
        assert_eq!(read_at(folder.path(), Links::Refused), Err("is not a regular file".to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn files_of_other_users_are_refused() {
        let check = |owner, mode| check_access(owner, mode, 1000).map_err(|problem| problem.to_string());
        assert_eq!(check(1000, 0o100_600), Ok(()));
        assert_eq!(check(0, 0o100_644), Ok(()), "a file of the system");
        assert_eq!(check(1001, 0o100_600), Err("belongs to another user".to_owned()));
        assert_eq!(check(1000, 0o100_602), Err("can be changed by every user".to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn unsafe_links_and_world_writable_files_are_refused() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("x"), folder.path().join("link"));
        fs::write(&path, "text").unwrap();
        symlink(&path, &link).unwrap();
        assert_eq!(read_at(&link, Links::Followed), Ok(Some("text".to_owned())));
        assert_eq!(read_at(&link, Links::Refused), Err("is not a regular file".to_owned()));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(read_at(&path, Links::Followed), Err("can be changed by every user".to_owned()));
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(read_at(&pipe, Links::Followed), Err("is not a regular file".to_owned()));
    }
}
