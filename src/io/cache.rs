//! A cache on disk: records by key in the listener's cache folder, which may be lost at any time.
//!
//! A record is only trusted after its checksum, and if reading or writing one fails, the work is simply repeated. So no function here
//! returns an error.

use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read, Write};
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::atomic_file::AtomicFile;
use super::{folders, open_file, temporary};

#[cfg(test)]
mod tests;

/// The magic bytes at the start of every record.
const MAGIC: &[u8; 8] = b"karuna 1";
const DIGEST_SIZE: usize = 16;
/// The maximum size of a record's file in bytes, including the key.
const MAX_RECORD: u64 = 32 * 1024 * 1024;
/// The space that a small file takes on most disks, in bytes.
const MIN_FILE: u64 = 4096;
/// The tolerance for times of use in the future. Later ones were written with a wrong clock.
const CLOCK_TOLERANCE: Duration = Duration::from_hours(24);

/// The kinds of records stored for a listener.
const KINDS: [&str; 2] = ["clips", "speech"];

/// Records by key in a folder, limited in total size. The least recently used ones are removed first.
///
/// A folder that another user owns, or can write to, is not used.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    folder: Option<PathBuf>,
    max_size: u64,
}

impl Cache {
    /// Opens the records of one kind in the listener's cache folder, limited to `max_size` bytes.
    #[must_use]
    pub(crate) fn for_listener(kind: &str, max_size: u64) -> Self {
        Self { folder: folders::cache_folder().map(|folder| folder.join(kind)), max_size }
    }

    /// Opens the records in a folder, which is created when needed.
    #[cfg(test)]
    pub(crate) fn in_folder(folder: PathBuf, max_size: u64) -> Self {
        Self { folder: Some(folder), max_size }
    }

    /// Creates a cache that stores nothing.
    #[must_use]
    pub(crate) fn disabled() -> Self {
        Self { folder: None, max_size: 0 }
    }

    /// Returns the content stored under a key if it exists and is intact, and marks it as used now.
    #[must_use]
    pub(crate) fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.safe_folder()?;
        let (file, bytes) = read(&self.record_path(key)?)?;
        let rest = bytes.strip_prefix(MAGIC)?;
        let (digest, rest) = rest.split_at_checked(DIGEST_SIZE)?;
        let content = rest.strip_prefix(&key_length(key)).and_then(|rest| rest.strip_prefix(key))?;
        if digest != md5::compute(rest).0 {
            return None;
        }
        // The time is set through the open file, so that a record evicted by another process meanwhile does not reappear.
        let _ = file.set_modified(SystemTime::now());
        Some(content.to_vec())
    }

    /// Stores content under a key, replacing an older record. On an error, nothing is stored.
    pub(crate) fn insert(&self, key: &[u8], content: &[u8]) {
        let record = [&key_length(key), key, content].concat();
        let digest = md5::compute(&record).0;
        let bytes = [&MAGIC[..], &digest, &record].concat();
        if let Some(path) = self.record_path(key).filter(|_| bytes.len() as u64 <= MAX_RECORD) {
            let _ = self.write(&path, &bytes);
        }
    }

    /// Removes the least recently used records until the others fit the maximum size, and abandoned temporary files.
    pub(crate) fn evict(&self) {
        let Some(folder) = self.safe_folder() else { return };
        let Ok(entries) = fs::read_dir(folder) else { return };
        temporary::remove_abandoned(folder);
        let now = SystemTime::now();
        let mut records: Vec<_> = entries.flatten().filter_map(|entry| Record::of(&entry)).collect();
        records.sort_by_key(
            |record| if record.used > now + CLOCK_TOLERANCE { SystemTime::UNIX_EPOCH } else { record.used },
        );
        let mut size: u64 = records.iter().map(|record| record.size).sum();
        for record in records {
            if size <= self.max_size {
                break;
            }
            size -= record.size;
            // Another process may have used it since.
            if modified(&record.path) == Some(record.used) {
                let _ = fs::remove_file(record.path);
            }
        }
    }

    /// Deletes every record stored for the listener. Returns their number and their size in bytes.
    pub(crate) fn clear_all() -> (usize, u64) {
        let cleared = KINDS.map(|kind| Self::for_listener(kind, 0).clear());
        cleared.into_iter().fold((0, 0), |sum, kind| (sum.0 + kind.0, sum.1 + kind.1))
    }

    /// Deletes every record. Ignores a folder that is a link.
    fn clear(&self) -> (usize, u64) {
        let is_own = |folder: &&PathBuf| fs::symlink_metadata(folder).is_ok_and(|folder| folder.is_dir());
        let entries = self.folder.as_ref().filter(is_own).and_then(|folder| fs::read_dir(folder).ok());
        let records = entries.into_iter().flatten().flatten().filter_map(|entry| {
            let size = entry.metadata().ok()?.len();
            let record = Record::of(&entry)?;
            fs::remove_file(record.path).ok().map(|()| size)
        });
        records.fold((0, 0), |(count, bytes), size| (count + 1, bytes + size))
    }

    /// Writes a record atomically, without waiting for the disk: its checksum shows whether it survived a power failure.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path.parent().unwrap_or(Path::new(".")))?;
        self.safe_folder().ok_or(io::ErrorKind::PermissionDenied)?;
        let mut file = AtomicFile::create_private(path).map_err(io::Error::other)?;
        file.write_all(bytes)?;
        file.commit_unsynced()
    }

    /// Returns the folder if nobody else can change its content, or replace it by another one.
    fn safe_folder(&self) -> Option<&Path> {
        let folder = self.folder.as_deref()?;
        let is_own = fs::symlink_metadata(folder).is_ok_and(|folder| folder.is_dir() && is_private(&folder));
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        (is_own && fs::metadata(parent).is_ok_and(|parent| is_protected(&parent))).then_some(folder)
    }

    fn record_path(&self, key: &[u8]) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{:x}", md5::compute(key))))
    }
}

/// An entry of the cache folder.
struct Record {
    path: PathBuf,
    /// The time of its last storing or use.
    used: SystemTime,
    size: u64,
}

impl Record {
    /// Returns `None` for any other file.
    fn of(entry: &DirEntry) -> Option<Self> {
        let name = entry.file_name();
        let name = name.to_str()?;
        let metadata = entry.metadata().ok()?;
        let is_record = name.len() == 2 * DIGEST_SIZE && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_record || !metadata.is_file() {
            return None;
        }
        Some(Self { path: entry.path(), used: metadata.modified().ok()?, size: metadata.len().max(MIN_FILE) })
    }
}

#[cfg(unix)]
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Whether only this user can write to a folder.
#[cfg(unix)]
fn is_private(folder: &Metadata) -> bool {
    folder.uid() == rustix::process::geteuid().as_raw() && folder.mode() & WRITABLE_BY_OTHERS == 0
}

/// Whether other users are prevented from replacing this user's subfolders. The system itself is trusted.
#[cfg(unix)]
fn is_protected(folder: &Metadata) -> bool {
    const ROOT: u32 = 0;
    const STICKY: u32 = 0o1000;
    let is_sticky = folder.mode() & STICKY != 0;
    is_private(folder) || folder.uid() == ROOT && (folder.mode() & WRITABLE_BY_OTHERS == 0 || is_sticky)
}

#[cfg(not(unix))]
fn is_private(_: &Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn is_protected(_: &Metadata) -> bool {
    true
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::symlink_metadata(path).ok()?.modified().ok()
}

fn key_length(key: &[u8]) -> [u8; 4] {
    u32::try_from(key.len()).unwrap_or(u32::MAX).to_le_bytes()
}

/// Reads a regular file of at most the size of a record. Never waits for the other end of a pipe.
fn read(path: &Path) -> Option<(File, Vec<u8>)> {
    #[cfg_attr(not(windows), expect(unused_mut, reason = "only Windows needs more access"))]
    let mut options = open_file::read_options();
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        // For reading, and for changing the time of the last use.
        const GENERIC_READ: u32 = 0x8000_0000;
        const FILE_WRITE_ATTRIBUTES: u32 = 0x100;
        options.access_mode(GENERIC_READ | FILE_WRITE_ATTRIBUTES);
    }
    let file = options.open(path).ok()?;
    let metadata = file.metadata().ok().filter(|metadata| metadata.is_file() && metadata.len() <= MAX_RECORD)?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
    (&file).take(MAX_RECORD).read_to_end(&mut bytes).ok()?;
    Some((file, bytes))
}
