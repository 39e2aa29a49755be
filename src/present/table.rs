//! The timeline as a table.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use super::layout::fitted;
use super::listing::tag_line;
use crate::manifest::Session;
use crate::manifest::duration;
use crate::text::{escape_controls, format_clock};
use crate::timeline::LengthRange;
use crate::timeline::{Segment, SegmentKind, Timeline};

/// The width of a row's start and length with their separators.
const TIME_WIDTH: usize = 20;
/// The minimum width for a column with the kind of a segment.
const MIN_WIDTH_WITH_KIND: usize = 60;

/// Returns the title, summary, tags and lengths.
pub(crate) fn heading(session: &Session, timeline: &Timeline, range: LengthRange) -> String {
    let mut lines = vec![escape_controls(&session.title)];
    lines.extend(session.summary.as_deref().map(escape_controls));
    let tags: BTreeSet<&str> = session.tags().collect();
    lines.extend(tag_line(&tags.into_iter().map(str::to_owned).collect::<Vec<_>>()));
    lines.push(lengths(timeline, range));
    lines.push(String::new());
    lines.join("\n")
}

/// Returns a line for each segment, truncated to the width.
pub(crate) fn table(timeline: &Timeline, columns: usize) -> String {
    let kinds = columns >= MIN_WIDTH_WITH_KIND;
    let mut lines = vec![format!("\n{:>8}  {:>8}  {}what", "start", "length", if kinds { "kind     " } else { "" })];
    let bells = interval_bells(timeline);
    for (segment, bells) in timeline.segments.iter().zip(bells) {
        lines.extend(segment.chapter.as_ref().map(|chapter| {
            let title = fitted(&escape_controls(chapter), columns.saturating_sub(TIME_WIDTH + 4).max(8));
            format!("{:TIME_WIDTH$}── {title}", "")
        }));
        lines.push(row(timeline, segment, bells.as_deref(), (kinds, columns)));
    }
    let (end, rung_out) = (format_clock(timeline.frames, timeline.rate), format_clock(timeline.end, timeline.rate));
    lines.push(format!("{end:>8}  the end, fading until {rung_out}"));
    lines.join("\n")
}

fn lengths(timeline: &Timeline, range: LengthRange) -> String {
    let (shortest, longest) = range.rounded_to_seconds();
    let whole = duration::format(timeline.rounded_to_seconds());
    if shortest >= longest {
        return format!("{whole} long");
    }
    format!("{whole} long; can be fitted to {}–{}", duration::format(shortest), duration::format(longest))
}

/// Returns the interval bells within each silence, with their times.
fn interval_bells(timeline: &Timeline) -> Vec<Option<String>> {
    let mut bells: Vec<Option<String>> = vec![None; timeline.segments.len()];
    for cue in timeline.cues.iter().filter(|cue| cue.source.kind() == "bell") {
        let is_silence = timeline.segments[cue.segment].kind == SegmentKind::Silence;
        let Some(bells) = bells.get_mut(cue.segment).filter(|_| is_silence) else { continue };
        let time = format_clock(cue.start, timeline.rate);
        match bells {
            Some(bells) => bells.extend([", ", &time]),
            None => *bells = Some(format!("{} at {time}", escape_controls(&cue.name))),
        }
    }
    bells
}

fn row(timeline: &Timeline, segment: &Segment, bells: Option<&str>, (kinds, columns): (bool, usize)) -> String {
    let kind = match segment.kind {
        SegmentKind::Narration => "voice",
        SegmentKind::Silence => "silence",
        SegmentKind::Bell => "bell",
    };
    let seconds = format!("{:.1}s", segment.frames.seconds(timeline.rate));
    let kind = if kinds { format!("{kind:<9}") } else { String::new() };
    let start = format!("{:>8}  {seconds:>8}  {kind}", format_clock(segment.start, timeline.rate));
    let id = segment.id.as_ref().map(|id| format!("[{id}] ")).unwrap_or_default();
    let what = match (&segment.text, &segment.bell, segment.kind) {
        (Some(text), ..) => text.split_whitespace().map(escape_controls).collect::<Vec<_>>().join(" "),
        (None, Some((bell, 1)), _) => escape_controls(bell),
        (None, Some((bell, strikes)), _) => format!("{} × {strikes}", escape_controls(bell)),
        _ if segment.is_open => match bells {
            Some(bells) => format!("until the listener continues; {bells}"),
            None => "until the listener continues".to_owned(),
        },
        (None, None, SegmentKind::Silence) if bells.is_some() => bells.unwrap_or_default().to_owned(),
        (None, None, SegmentKind::Silence) if !kinds => "silence".to_owned(),
        _ => String::new(),
    };
    let room = columns.saturating_sub(start.width() + 1).max(12);
    format!("{start}{}", fitted(&format!("{id}{what}"), room)).trim_end().to_owned()
}
