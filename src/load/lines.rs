//! Which lines of a session have to be spoken.

use std::collections::HashSet;

use crate::manifest::Session;
use crate::manifest::session::{SegmentContent, SegmentSpec};
use crate::timeline::{Shape, SpeechKey};

/// How many lines of a session come before those that may be asked for at any time.
const FIRST_LINES: usize = 2;

/// Returns the lines without a recording that are heard in a shape, each once.
pub(super) fn unrecorded(session: &Session, shape: &Shape) -> Vec<SpeechKey> {
    unique(session.all_segments().filter_map(|segment| line(session, segment, shape)))
}

/// As [`unrecorded`], in the order in which playback needs them: the first lines, then the gentler passage and the closing, which
/// may be asked for at any time, then the rest.
pub(super) fn in_order_of_need(session: &Session, shape: &Shape) -> Vec<SpeechKey> {
    let lines = |segments: &[SegmentSpec]| -> Vec<SpeechKey> {
        segments
            .iter()
            .flat_map(SegmentSpec::parts_or_self)
            .filter_map(|segment| line(session, segment, shape))
            .collect()
    };
    let [main, soften, exit] = [&session.segments, &session.soften, &session.exit].map(|segments| lines(segments));
    let first: Vec<_> = main.iter().take(FIRST_LINES).cloned().collect();
    unique([first, soften, exit, main].into_iter().flatten())
}

fn unique(lines: impl Iterator<Item = SpeechKey>) -> Vec<SpeechKey> {
    let mut seen = HashSet::new();
    lines.filter(|line| seen.insert(line.clone())).collect()
}

/// Returns the line of a segment, if it has to be spoken in this shape.
fn line(session: &Session, segment: &SegmentSpec, shape: &Shape) -> Option<SpeechKey> {
    match &segment.content {
        SegmentContent::Narration(narration) => SpeechKey::for_line(session, shape.effective_line(narration)),
        _ => None,
    }
}
