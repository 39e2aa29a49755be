//! Monitors the reading of a clip's bytes: records the first error, and limits the bytes read without audio.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use thiserror::Error;

use crate::error::reason;

/// The number of bytes without audio after which reading fails. A sparse file can be huge without using disk space.
const MAX_WITHOUT_AUDIO: u64 = 256 * 1024 * 1024;

/// Why the bytes of a clip can't be read.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// The system reports an error.
    #[error("{name} can't be read any more: {}", reason(source))]
    Io {
        /// The clip.
        name: Arc<str>,
        /// The error of the system.
        source: io::Error,
    },
    /// The file is shorter than when it was opened.
    #[error("{name} has become shorter while it was read")]
    Shrunk {
        /// The clip.
        name: Arc<str>,
    },
    /// A long part of the file contains no audio.
    #[error("{name} contains no audio within {} MiB", MAX_WITHOUT_AUDIO / 1024 / 1024)]
    NoAudio {
        /// The clip.
        name: Arc<str>,
    },
}

/// Shared by all readers of one clip. Records the first error with its message.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadMonitor {
    first_error: Arc<OnceLock<(Arc<ReadError>, String)>>,
    bytes_without_audio: Arc<AtomicU64>,
}

impl ReadMonitor {
    pub(super) fn first_error(&self) -> Option<&Arc<ReadError>> {
        self.first_error.get().map(|(error, _)| error)
    }

    /// Returns the message of the first error.
    pub(super) fn message(&self) -> Option<&str> {
        self.first_error.get().map(|(_, message)| message.as_str())
    }

    /// Reports that the bytes read last contain audio.
    pub(super) fn audio_found(&self) {
        self.bytes_without_audio.store(0, Ordering::Relaxed);
    }

    pub(super) fn record_io_error(&self, name: &Arc<str>, source: io::Error) {
        self.record(|| ReadError::Io { name: name.clone(), source });
    }

    pub(super) fn record_shrunk(&self, name: &Arc<str>) {
        self.record(|| ReadError::Shrunk { name: name.clone() });
    }

    /// Counts bytes read, and fails after too many without audio.
    pub(super) fn count(&self, bytes: usize, name: &Arc<str>) -> io::Result<()> {
        if self.bytes_without_audio.fetch_add(bytes as u64, Ordering::Relaxed) < MAX_WITHOUT_AUDIO {
            return Ok(());
        }
        self.record(|| ReadError::NoAudio { name: name.clone() });
        Err(io::ErrorKind::InvalidData.into())
    }

    fn record(&self, error: impl FnOnce() -> ReadError) {
        self.first_error.get_or_init(|| {
            let error = error();
            let message = error.to_string();
            (Arc::new(error), message)
        });
    }
}
