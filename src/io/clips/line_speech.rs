//! The speech of a line: a clip, and when each word is heard in it.

use std::ops::Range;
use std::sync::Arc;

use crate::io::decode::ClipBytes;
use crate::timeline::WordTimes;
use crate::units::Frames;

/// The name of speech in messages about clips.
const NAME: &str = "speech";
/// The size of a number in a record.
const NUMBER: usize = size_of::<u64>();

/// The speech of a line.
#[derive(Clone)]
pub(crate) struct LineSpeech {
    pub(crate) clip: ClipBytes,
    /// The times of the words at the clip's rate; empty if the voice does not know them.
    pub(crate) word_times: WordTimes,
}

impl LineSpeech {
    /// Creates the speech of a line from the bytes of its clip.
    pub(crate) fn new(clip: impl Into<Arc<[u8]>>, word_times: WordTimes) -> Self {
        Self { clip: ClipBytes::from_memory(clip, NAME), word_times }
    }

    /// Restores speech from a record of the cache.
    pub(crate) fn from_record(record: &[u8]) -> Option<Self> {
        let (count, rest) = record.split_first_chunk::<NUMBER>()?;
        let size = usize::try_from(u64::from_le_bytes(*count)).ok()?.checked_mul(2 * NUMBER)?;
        let (times, clip) = rest.split_at_checked(size)?;
        let (times, _) = times.as_chunks::<NUMBER>();
        let (times, _) = times.as_chunks::<2>();
        let times = times.iter().map(|time| {
            let [start, end] = time.map(|number| Frames(u64::from_le_bytes(number)));
            start..end
        });
        Some(Self::new(clip, WordTimes::from_ranges(times)))
    }

    /// Returns a record for the cache: the number of words, the first frame of each and the one after its last, and the clip.
    pub(crate) fn record(clip: &[u8], word_times: &WordTimes) -> Vec<u8> {
        let times = word_times.iter();
        let mut record = (times.len() as u64).to_le_bytes().to_vec();
        record.extend(times.flat_map(|Range { start, end }| [start, end]).flat_map(|frames| frames.0.to_le_bytes()));
        record.extend(clip);
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_keeps_clip_and_times() {
        for ranges in [vec![], vec![Frames(0)..Frames(7), Frames(9)..Frames(u64::MAX)]] {
            let times = WordTimes::from_ranges(ranges);
            let record = LineSpeech::record(b"a clip", &times);
            let restored = LineSpeech::from_record(&record).unwrap();
            assert_eq!(restored.word_times, times);
            assert_eq!(restored.clip.read_all().unwrap(), b"a clip");
            let numbers = record.len() - b"a clip".len();
            assert!((0..numbers).all(|length| LineSpeech::from_record(&record[..length]).is_none()), "cut short");
        }
        assert!(LineSpeech::from_record(&[0xff; 64]).is_none());
    }
}
