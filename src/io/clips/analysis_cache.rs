//! What was found out about clips before, so that they need not be listened to again.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::super::cache::Cache;
use super::super::decode::{Examination, RECORD_VERSION};
use super::bundled;

/// What the listener's cache may hold of it: a hundred hours of recordings.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Where it is known from.
#[derive(Clone, Debug)]
pub struct Knowledge {
    cache: Cache,
}

impl Knowledge {
    /// What is kept in the listener's cache folder.
    #[must_use]
    pub fn of_listener() -> Self {
        Self { cache: Cache::for_listener("clips", LIMIT) }
    }

    /// What is kept in this folder.
    #[must_use]
    pub fn within(folder: &Path) -> Self {
        Self { cache: Cache::in_folder(folder.to_owned(), LIMIT) }
    }

    /// Nothing is known, and nothing is kept.
    #[must_use]
    pub fn none() -> Self {
        Self { cache: Cache::disabled() }
    }

    /// What is known of a clip.
    pub(super) fn recall(&self, identity: &Identity) -> Option<Examination> {
        if let Identity::Shipped(name, bytes) = identity {
            return bundled::heard(name, bytes);
        }
        Examination::from_record(&self.cache.get(&identity.key()?)?)
    }

    /// Keeps what was found out about a clip by somebody who began to listen at this moment.
    pub(super) fn keep(&self, identity: &Identity, began: SystemTime, examination: &Examination) {
        if let Some(key) = identity.key().filter(|_| identity.is_settled(began)) {
            self.cache.insert(&key, &examination.to_record());
        }
    }

    /// Lets go of what is too old to keep.
    pub(super) fn trim(&self) {
        self.cache.evict();
    }
}

/// By what a clip is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// Inside the program: its name there, and its bytes.
    Shipped(&'static str, &'static [u8]),
    /// A file: which one it is, how large, and when it last changed. The last change of its entry counts too, where the system
    /// tells of it: nobody can set that back, as is done with the time of its content.
    File { place: Vec<u8>, size: u64, times: [Option<SystemTime>; 2] },
    /// The system does not tell.
    Unknown,
}

impl Identity {
    pub(super) fn of_file(path: &Path, file: &File) -> Self {
        let Ok(facts) = file.metadata() else { return Self::Unknown };
        let (place, changed) = place(path, &facts);
        Self::File { place, size: facts.len(), times: [facts.modified().ok(), changed] }
    }

    /// Whether both are of one file, of the same size.
    pub(super) fn is_place_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File { place, size, .. }, Self::File { place: another, size: wanted, .. }) => {
                (place, size) == (another, wanted)
            }
            _ => false,
        }
    }

    fn key(&self) -> Option<Vec<u8>> {
        let mut key = RECORD_VERSION.as_bytes().to_vec();
        match self {
            Self::File { place, size, times } => {
                key.extend_from_slice(b" file ");
                key.extend(size.to_le_bytes());
                for time in times {
                    let since = time.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
                    key.extend(since.unwrap_or_default().as_nanos().to_le_bytes());
                }
                key.extend_from_slice(place);
            }
            Self::Shipped(..) | Self::Unknown => return None,
        }
        Some(key)
    }

    /// Whether a change after this moment would be seen by its time: clocks of file systems move in steps.
    pub(super) fn is_settled(&self, moment: SystemTime) -> bool {
        let Self::File { times, .. } = self else { return true };
        let Some(latest) = times.iter().flatten().max() else { return false };
        let fine = latest.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since.subsec_nanos() != 0);
        let step = if fine { Duration::from_millis(20) } else { Duration::from_secs(2) };
        moment.duration_since(*latest).is_ok_and(|age| age > step)
    }
}

/// Which file it is, and when its entry last changed.
#[cfg(unix)]
fn place(_: &Path, facts: &std::fs::Metadata) -> (Vec<u8>, Option<SystemTime>) {
    use std::os::unix::fs::MetadataExt;
    let place = [facts.dev(), facts.ino()].map(u64::to_le_bytes).as_flattened().to_vec();
    let seconds = u64::try_from(facts.ctime()).ok();
    let nanoseconds = u32::try_from(facts.ctime_nsec()).unwrap_or(0);
    (place, seconds.map(|seconds| SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds)))
}

/// The system numbers no files for us: the path stands for the file.
#[cfg(not(unix))]
fn place(path: &Path, facts: &std::fs::Metadata) -> (Vec<u8>, Option<SystemTime>) {
    (path.as_os_str().as_encoded_bytes().to_vec(), facts.created().ok())
}
