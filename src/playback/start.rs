//! The start position of a session.

use std::time::Duration;

use super::error::PlaybackError;
use crate::manifest::suggest;
use crate::timeline::{Segment, SegmentKey, Timeline};
use crate::units::Frames;

/// The maximum number of ids in an error message.
const LISTED_IDS: usize = 30;

/// The start position of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StartPosition {
    /// The beginning.
    #[default]
    Beginning,
    /// The start of the segment with this id.
    Segment(String),
    /// A time.
    Time(Duration),
    /// The start of the segment with this key.
    Key(SegmentKey),
}

impl StartPosition {
    /// Returns the frame of the session.
    pub(crate) fn frame(&self, session: &Timeline) -> Result<Frames, PlaybackError> {
        match self {
            Self::Beginning => Ok(Frames::ZERO),
            Self::Segment(id) => {
                let segment = session.find(id).ok_or_else(|| unknown_segment(id, session))?;
                Ok(session.segments[segment].start)
            }
            Self::Key(key) => {
                let segment = session.find_key(*key).ok_or_else(|| unknown_segment(&key.to_string(), session))?;
                Ok(session.segments[segment].start)
            }
            Self::Time(start) => {
                let frame = session.rate.frames(*start);
                if frame > session.frames {
                    return Err(PlaybackError::StartAfterEnd { start: *start, length: session.rounded_to_seconds() });
                }
                Ok(frame)
            }
        }
    }
}

fn unknown_segment(id: &str, session: &Timeline) -> PlaybackError {
    let ids = || session.segments.iter().flat_map(Segment::ids);
    PlaybackError::UnknownSegment {
        id: id.to_owned(),
        nearest: suggest::nearest(id, ids()).map(str::to_owned),
        ids: ids().take(LISTED_IDS).map(str::to_owned).collect(),
    }
}
