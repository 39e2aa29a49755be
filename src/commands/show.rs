//! `karuna show`: the exact timeline, or the words.

mod table;
mod transcript;

use serde::Serialize;

use super::{Outcome, prepare};
use crate::cli::Show;
use crate::failure::Failure;
use crate::timeline::{SegmentKind, Timeline};
use crate::units::{Decibels, Frames, Rate};

#[derive(Serialize)]
struct Document<'timeline> {
    title: &'timeline str,
    rate: Rate,
    frames: Frames,
    end: Frames,
    segments: Vec<SegmentDocument<'timeline>>,
    cues: Vec<CueDocument<'timeline>>,
}

#[derive(Serialize)]
struct SegmentDocument<'timeline> {
    index: usize,
    id: Option<&'timeline str>,
    kind: SegmentKind,
    start: Frames,
    frames: Frames,
    text: Option<&'timeline str>,
    chapter: Option<&'timeline str>,
}

#[derive(Serialize)]
struct CueDocument<'timeline> {
    segment: usize,
    kind: &'static str,
    source: &'timeline str,
    start: Frames,
    gain_db: f64,
}

pub(super) fn run(arguments: &Show) -> Result<Outcome, Failure> {
    let Some(prepared) = prepare::session(&arguments.session, &arguments.shape)? else { return Ok(Outcome::Found) };
    let timeline = prepared.timeline(arguments.rate)?;
    if arguments.transcript {
        super::print_line(&transcript::transcript(&prepared.session, &timeline))?;
    } else if arguments.json {
        super::print_json(&document(&timeline, prepared.voice_gain()))?;
    } else {
        let range = prepared.range(arguments.rate)?;
        super::print_line(&table::table(&prepared.session, &timeline, range))?;
    }
    Ok(Outcome::Done)
}

fn document(timeline: &Timeline, voice: Decibels) -> Document<'_> {
    let segments = timeline.segments.iter().enumerate().map(|(index, segment)| SegmentDocument {
        index,
        id: segment.id.as_deref(),
        kind: segment.kind,
        start: segment.start,
        frames: segment.frames,
        text: segment.text.as_deref(),
        chapter: segment.chapter.as_deref(),
    });
    let cues = timeline.cues.iter().map(|cue| CueDocument {
        segment: cue.segment,
        kind: cue.sound.kind(),
        source: &cue.source,
        start: cue.start,
        gain_db: cue.whole_gain(voice).0,
    });
    Document {
        title: &timeline.title,
        rate: timeline.rate,
        frames: timeline.frames,
        end: timeline.end,
        segments: segments.collect(),
        cues: cues.collect(),
    }
}
