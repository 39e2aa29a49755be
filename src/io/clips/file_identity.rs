//! Identifies files, so that an analysed clip can be recognised.

use std::fs::{File, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The maximum interval between two timestamps on most file systems.
const FINE_CLOCK_STEP: Duration = Duration::from_millis(20);
/// The maximum interval on file systems without fractions of a second.
const COARSE_CLOCK_STEP: Duration = Duration::from_secs(2);

/// The identity of a version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileIdentity {
    /// The device and number of the file, or its path on systems that don't number files.
    id: Vec<u8>,
    size: u64,
    /// The time of the last modification, and that of the last change of metadata. Programs can set back the first but not the second.
    times: [Option<SystemTime>; 2],
}

impl FileIdentity {
    /// Returns `None` if the system does not provide the metadata.
    pub(super) fn of(path: &Path, file: &File) -> Option<Self> {
        let metadata = file.metadata().ok()?;
        let (id, changed) = id_and_change_time(path, &metadata);
        Some(Self { id, size: metadata.len(), times: [metadata.modified().ok(), changed] })
    }

    /// Returns whether both are versions of the same file with the same size.
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        (&self.id, self.size) == (&other.id, other.size)
    }

    /// Returns the identity as bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_le_bytes().to_vec();
        for time in self.times {
            let since_epoch = time.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
            bytes.extend(since_epoch.unwrap_or_default().as_nanos().to_le_bytes());
        }
        bytes.extend_from_slice(&self.id);
        bytes
    }

    /// Returns whether a change after this time would certainly have another timestamp.
    pub(super) fn is_settled(&self, time: SystemTime) -> bool {
        let Some(latest) = self.times.iter().flatten().max() else { return false };
        let is_fine = latest.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since.subsec_nanos() != 0);
        let step = if is_fine { FINE_CLOCK_STEP } else { COARSE_CLOCK_STEP };
        time.duration_since(*latest).is_ok_and(|age| age > step)
    }
}

#[cfg(unix)]
fn id_and_change_time(_: &Path, metadata: &Metadata) -> (Vec<u8>, Option<SystemTime>) {
    use std::os::unix::fs::MetadataExt;
    let id = [metadata.dev(), metadata.ino()].map(u64::to_le_bytes).as_flattened().to_vec();
    let seconds = u64::try_from(metadata.ctime()).ok();
    let nanoseconds = u32::try_from(metadata.ctime_nsec()).unwrap_or(0);
    (id, seconds.map(|seconds| SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds)))
}

#[cfg(not(unix))]
fn id_and_change_time(path: &Path, metadata: &Metadata) -> (Vec<u8>, Option<SystemTime>) {
    (path.as_os_str().as_encoded_bytes().to_vec(), metadata.created().ok())
}
