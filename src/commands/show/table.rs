//! The timeline as a readable table.

use std::time::Duration;

use crate::manifest::Session;
use crate::manifest::duration;
use crate::timeline::fit::Range;
use crate::timeline::{Segment, SegmentKind, Timeline};
use crate::words::{clock, harmless};

/// So much of a line's words is shown.
const WORDS: usize = 60;

/// Title, lengths, and a line for each segment.
pub(super) fn table(session: &Session, timeline: &Timeline, range: Range) -> String {
    let mut lines = vec![harmless(&session.title)];
    lines.extend(session.summary.as_deref().map(harmless));
    lines.push(lengths(timeline, range));
    lines.push(String::new());
    lines.push(format!("{:>8}  {:>7}  {:<9}  what", "start", "length", "kind"));
    for segment in &timeline.segments {
        lines.extend(segment.chapter.as_ref().map(|chapter| format!("{:>8}  -- {} --", "", harmless(chapter))));
        lines.push(row(timeline, segment));
    }
    lines.push(format!(
        "{:>8}  end; all has rung out at {}",
        clock(timeline.frames, timeline.rate),
        clock(timeline.end, timeline.rate)
    ));
    lines.join("\n")
}

fn lengths(timeline: &Timeline, range: Range) -> String {
    let seconds = timeline.frames.0.div_ceil(u64::from(timeline.rate.hertz()));
    let (shortest, longest) = range.whole_seconds();
    let whole = duration::format(Duration::from_secs(seconds));
    if shortest >= longest {
        return format!("{whole} long");
    }
    format!("{whole} long; fits from {} to {}", duration::format(shortest), duration::format(longest))
}

fn row(timeline: &Timeline, segment: &Segment) -> String {
    let kind = match segment.kind {
        SegmentKind::Narration => "voice",
        SegmentKind::Silence => "silence",
        SegmentKind::Bell => "bell",
    };
    let seconds = format!("{:.1}s", segment.frames.seconds(timeline.rate));
    let id = segment.id.as_ref().map(|id| format!("[{id}] ")).unwrap_or_default();
    let what = match (&segment.text, &segment.bell) {
        (Some(text), _) => shortened(&harmless(text)),
        (None, Some((bell, 1))) => harmless(bell),
        (None, Some((bell, strikes))) => format!("{} × {strikes}", harmless(bell)),
        _ => String::new(),
    };
    format!("{:>8}  {seconds:>7}  {kind:<9}  {id}{what}", clock(segment.start, timeline.rate)).trim_end().to_owned()
}

fn shortened(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= WORDS {
        return words;
    }
    let cut: String = words.chars().take(WORDS - 1).collect();
    format!("{}…", cut.trim_end())
}
