//! The lines of a session that have to be spoken.

use std::collections::HashSet;

use super::announcements;
use crate::io::clips::ClipTable;
use crate::manifest::Session;
use crate::manifest::session::{SegmentContent, SegmentSpec};
use crate::timeline::{Shape, SpeechKey};

/// The number of lines that precede those which may be requested at any time.
const FIRST_LINES: usize = 2;

/// Returns the lines without a recording that are heard in a shape, without duplicates.
pub(super) fn unrecorded(session: &Session, shape: &Shape, clips: &ClipTable) -> Vec<SpeechKey> {
    unique(session.all_segments().flat_map(|segment| lines(session, segment, shape, clips)))
}

/// Returns the number of different lines of a session, including its own announcements, without a recording.
pub(super) fn count_unrecorded(session: &Session) -> usize {
    let lines = session.all_segments().filter_map(|segment| match &segment.content {
        SegmentContent::Narration(narration) => Some((narration.voice.as_deref(), &narration.line)),
        _ => None,
    });
    let own = session.announcements.iter().map(|announcement| (None, &announcement.line));
    unique(lines.chain(own).filter_map(|(voice, line)| SpeechKey::for_line(session, voice, line))).len()
}

/// Like [`unrecorded`], in the order in which playback needs them: the first lines, then the gentler passage and the closing, which may be
/// requested at any time, then the rest.
pub(super) fn in_order_of_need(session: &Session, shape: &Shape, clips: &ClipTable) -> Vec<SpeechKey> {
    let lines_of = |segments: &[SegmentSpec]| -> Vec<SpeechKey> {
        let segments = segments.iter().flat_map(SegmentSpec::parts_or_self);
        segments.flat_map(|segment| lines(session, segment, shape, clips)).collect()
    };
    let [main, soften, exit] = [&session.segments, &session.soften, &session.exit].map(|segments| lines_of(segments));
    let first: Vec<_> = main.iter().take(FIRST_LINES).cloned().collect();
    unique([first, soften, exit, main].into_iter().flatten())
}

fn unique(lines: impl Iterator<Item = SpeechKey>) -> Vec<SpeechKey> {
    let mut seen = HashSet::new();
    lines.filter(|line| seen.insert(line.clone())).collect()
}

/// Returns the lines of a segment that have to be spoken in this shape: its own, or the possible announcements of a silence.
fn lines(session: &Session, segment: &SegmentSpec, shape: &Shape, clips: &ClipTable) -> Vec<SpeechKey> {
    match &segment.content {
        SegmentContent::Narration(narration) => {
            let voice = narration.voice.as_deref();
            SpeechKey::for_line(session, voice, shape.effective_line(narration)).into_iter().collect()
        }
        SegmentContent::Silence(silence) if silence.is_announced => {
            let possible = shape.possible_announcements(session, silence).iter().map(|announcement| &announcement.line);
            if session.uses_default_announcements() {
                let unrecorded = possible.filter(|line| announcements::is_unrecorded(line, clips));
                let words = unrecorded.filter_map(|line| line.words());
                words.map(|words| SpeechKey::of_session(session, None, &words.value)).collect()
            } else {
                possible.filter_map(|line| SpeechKey::for_line(session, None, line)).collect()
            }
        }
        _ => Vec::new(),
    }
}
