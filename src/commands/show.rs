//! `karuna show`: prints the timeline as JSON, as a drawing, or as a transcript.

use std::ops::ControlFlow;
use std::path::Path;

use serde::Serialize;

use super::loading::UnspokenLines;
use super::settings::load_options;
use super::{Outcome, loading, report};
use crate::cli::Show;
use crate::config::Config;
use crate::error::Failure;
use crate::io::atomic_file;
use crate::io::terminal;
use crate::load::{LoadedSession, SessionInputs};
use crate::present::{drawing, lanes, phrases, picture, table, transcript, waveform};
use crate::text;
use crate::timeline::{Segment, SegmentKind, Timeline};
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
    /// Present where the voice knows when each word is heard.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    phrases: Vec<PhraseDocument>,
    /// Present in a silence that lasts until the listener continues.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    open: bool,
}

/// A phrase of a line, as captions show it.
#[derive(Serialize)]
struct PhraseDocument {
    start: Frames,
    text: String,
}

#[derive(Serialize)]
struct CueDocument<'timeline> {
    segment: usize,
    kind: &'static str,
    source: &'timeline str,
    start: Frames,
    gain_db: f64,
}

pub(super) fn run(arguments: &Show, config: &Config) -> Result<Outcome, Failure> {
    let session =
        match loading::load(&arguments.session, &load_options(&arguments.shape, config)?, UnspokenLines::Shown)? {
            ControlFlow::Continue(session) => session,
            ControlFlow::Break(outcome) => return Ok(outcome),
        };
    let timeline = session.timeline(arguments.rate)?;
    if arguments.transcript {
        let fitted = arguments.shape.length.is_some();
        super::print_line(&transcript::transcript(&session.session, &timeline, fitted))?;
    } else if arguments.json {
        let gain = session.voice_gain(|event| report::line(&event.to_string()));
        super::print_json(&document(&timeline, gain))?;
    } else if let Some(file) = &arguments.svg {
        write_picture(&session, &timeline, file)?;
    } else {
        let range = session.length_range(arguments.rate)?;
        let columns = terminal::output_columns();
        super::print_line(&table::heading(&session.session, &timeline, range))?;
        super::print_coloured(&drawing::drawing(&lanes::Lanes::of(&timeline), columns))?;
        super::print_line(&table::table(&timeline, columns))?;
    }
    Ok(Outcome::Done)
}

fn write_picture(loaded: &LoadedSession, timeline: &Timeline, file: &Path) -> Result<(), Failure> {
    SessionInputs::of(loaded).check_output(file)?;
    let has_replaced = file.exists();
    let clips = loaded.clips.source(timeline);
    let gain = loaded.voice_gain(|event| report::line(&event.to_string()));
    let waveform = waveform::Waveform::of(timeline, &*clips, gain, picture::CELLS);
    let (session, lanes) = (&loaded.session, lanes::Lanes::of(timeline));
    let picture = picture::picture(&session.title, session.summary.as_deref(), &lanes, &waveform);
    atomic_file::write(file, picture.as_bytes())?;
    if has_replaced {
        report::line(&format!("replaced {}", text::display_path(file)));
    }
    Ok(())
}

fn phrases(segment: &Segment) -> Vec<PhraseDocument> {
    let timed = phrases::timed(segment, phrases::FULL_WIDTH).into_iter();
    timed.map(|(start, text)| PhraseDocument { start, text }).collect()
}

fn document(timeline: &Timeline, voice: Decibels) -> Document<'_> {
    let segments = timeline.segments.iter().enumerate().map(|(index, segment)| SegmentDocument {
        index,
        id: segment.id.as_deref(),
        kind: segment.kind,
        start: segment.start,
        frames: segment.frames,
        text: segment.text.as_deref(),
        phrases: phrases(segment),
        open: segment.is_open,
    });
    let cues = timeline.cues.iter().map(|cue| CueDocument {
        segment: cue.segment,
        kind: cue.source.kind(),
        source: &cue.name,
        start: cue.start,
        gain_db: cue.total_gain(voice).0,
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
