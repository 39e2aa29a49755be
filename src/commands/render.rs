//! `karuna render`: the same samples as are played, into a file.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::Outcome;
use crate::cli::Render;
use crate::engine::Engine;
use crate::error::Failure;
use crate::io::encode::{AudioFileWriter, Chapter, OutputFormat, Tags};
use crate::io::interrupt::Interrupt;
use crate::load;
use crate::manifest::Session;
use crate::text::{self, escape_controls};
use crate::timeline::Timeline;
use crate::units::{Frame, Frames, SILENCE};

/// So many frames are rendered at once.
const STRIDE: usize = 8192;
/// No longer silence is written without looking up: encoders take their time over it.
const LONGEST_SILENCE: Frames = Frames(1 << 21);
/// How often it is looked whether the recordings are measured.
const LOOK: Duration = Duration::from_millis(1);

pub(super) fn run(arguments: &Render) -> Result<Outcome, Failure> {
    let format = OutputFormat::for_path(&arguments.output, arguments.rate, arguments.bits)?;
    let loading = load::session(&arguments.session, arguments.shape.shape(), arguments.shape.voice);
    let Some(prepared) = super::loaded(loading)? else { return Ok(Outcome::Found) };
    let timeline = std::sync::Arc::new(prepared.timeline(arguments.rate)?);
    let interrupt = Interrupt::watch();
    let tags = tags(&prepared.session, &timeline);
    let mut file = AudioFileWriter::create(&arguments.output, format, &tags, timeline.end)?;
    let gain = prepared.measure_in_background(|flaw| eprintln!("{flaw}"));
    while gain.get().is_none() {
        if interrupt.is_set() {
            return Ok(stopped(arguments));
        }
        std::thread::sleep(LOOK);
    }
    let mut engine = Engine::new(timeline.clone(), prepared.clips.source(&timeline), gain);
    let bar = bar(timeline.end);
    let mut block = vec![SILENCE; STRIDE];
    let mut troubles = BTreeSet::new();
    while engine.playhead() < timeline.end {
        if interrupt.is_set() {
            bar.finish_and_clear();
            return Ok(stopped(arguments));
        }
        step(&mut engine, &mut file, &mut block, timeline.end)?;
        for trouble in engine.take_clip_errors().filter(|trouble| troubles.insert(trouble.clone())) {
            bar.suspend(|| eprintln!("{}; its time is silent", escape_controls(&trouble)));
        }
        bar.set_position(engine.playhead().0);
    }
    file.finish()?;
    bar.finish_and_clear();
    Ok(Outcome::Done)
}

fn stopped(arguments: &Render) -> Outcome {
    eprintln!("stopped; {} is as it was", text::display_path(&arguments.output));
    Outcome::Stopped
}

/// Renders the next block, or passes over the silence that comes next.
fn step(engine: &mut Engine, file: &mut AudioFileWriter, block: &mut [Frame], end: Frames) -> Result<(), Failure> {
    let silence = engine.silence_ahead().min(end - engine.playhead()).min(LONGEST_SILENCE);
    if silence > Frames(STRIDE as u64) {
        engine.seek(engine.playhead() + silence);
        return Ok(file.write_silence(silence)?);
    }
    let left = (end - engine.playhead()).index().min(block.len());
    let rendered = engine.render(&mut block[..left]);
    Ok(file.write(&block[..rendered])?)
}

fn tags(session: &Session, timeline: &Timeline) -> Tags {
    let chapters = timeline.segments.iter().filter_map(|segment| {
        segment.chapter.as_ref().map(|title| Chapter { start: segment.start, title: title.clone() })
    });
    Tags {
        title: Some(session.title.clone()),
        teacher: session.teacher.clone(),
        summary: session.summary.clone(),
        license: session.license.clone(),
        language: Some(session.language.clone()),
        chapters: chapters.collect(),
    }
}

/// Drawn on a terminal only.
fn bar(end: Frames) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {percent:>3}%  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(end.0).with_style(style.progress_chars("━━╌"))
}
