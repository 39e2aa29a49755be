//! Renders a loaded session into an audio file, with the same samples as in playback.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use thiserror::Error;

use crate::engine::{Engine, VoiceGain};
use crate::error::Remedy;
use crate::io::decode::LoudnessMeter;
use crate::io::encode::{AudioFileWriter, Chapter, EncodeError, OutputFormat, Tags};
use crate::load::{GainEvent, LoadedSession, LoudnessError, OutputIsInputError, ProgrammeError, SessionInputs};
use crate::manifest::Session;
use crate::text::escape_controls;
use crate::timeline::Timeline;
use crate::units::{Frame, Frames, Lufs, SILENCE};

/// Frames per block.
const BLOCK: usize = 8192;
/// The longest silence written between two events, because encoding takes time.
const MAX_SILENCE: Frames = Frames(1 << 21);
/// The interval of progress events while the recordings are measured.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// An event during rendering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderEvent {
    /// Progress. Sent at least once per block, and every 50 ms while the recordings are measured.
    Progress {
        /// The frames rendered so far.
        rendered: Frames,
        /// The length of the file.
        total: Frames,
    },
    /// A clip is damaged or gone. The sentence says what is silent instead.
    Warning(String),
}

/// A rendered file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RenderSummary {
    /// Its length.
    pub length: Duration,
    /// Its integrated loudness; `None` if it is silent.
    pub loudness: Option<Lufs>,
    /// Whether another file was replaced.
    pub has_replaced: bool,
}

/// A receiver of rendering events. Returning [`ControlFlow::Break`] ends the rendering with [`RenderError::Interrupted`].
pub(crate) type RenderObserver<'observer> = &'observer mut dyn FnMut(RenderEvent) -> ControlFlow<()>;

/// Why a session can't be rendered. The target is unchanged in that case.
#[derive(Debug, Error)]
pub enum RenderError {
    /// The session has no timeline in its shape.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The file is an input of the session.
    #[error(transparent)]
    OutputIsInput(#[from] OutputIsInputError),
    /// The file can't be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The recordings can't be measured.
    #[error(transparent)]
    Loudness(#[from] LoudnessError),
    /// The observer interrupted.
    #[error("the session was not rendered: it was interrupted")]
    Interrupted,
}

impl Remedy for RenderError {
    fn help(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Programme(error) => error.help(),
            Self::OutputIsInput(error) => error.help(),
            Self::Encode(error) => error.help(),
            Self::Loudness(error) => error.help(),
            Self::Interrupted => None,
        }
    }
}

/// Renders a session into a file of a format, at the format's rate.
///
/// # Errors
/// If the session can't be fitted to its length, the file can't be written or is an input of the session, or
/// the observer interrupts.
pub fn render(
    loaded: &LoadedSession,
    path: &Path,
    format: OutputFormat,
    observer: RenderObserver,
) -> Result<RenderSummary, RenderError> {
    SessionInputs::of(loaded).check_output(path)?;
    let timeline = Arc::new(loaded.timeline(format.rate())?);
    let has_replaced = path.exists();
    let tags = tags(&loaded.session, &timeline);
    let mut file = AudioFileWriter::create(path, format, &tags, timeline.end)?;
    let loudness = render_into(loaded, &timeline, std::slice::from_mut(&mut file), observer)?;
    file.finish()?;
    let length = Duration::from_secs_f64(timeline.end.seconds(timeline.rate));
    Ok(RenderSummary { length, loudness, has_replaced })
}

/// Renders a timeline of a session into files without finishing them, and returns the loudness. All files have the timeline's rate.
pub(crate) fn render_into(
    loaded: &LoadedSession,
    timeline: &Arc<Timeline>,
    files: &mut [AudioFileWriter],
    observer: RenderObserver,
) -> Result<Option<Lufs>, RenderError> {
    let mut meter = LoudnessMeter::new(timeline.rate, false);
    let gain = measure(loaded, timeline.end, observer)?;
    let mut engine = Engine::new(timeline.clone(), loaded.clips.source(timeline), gain);
    let mut block = vec![SILENCE; BLOCK];
    let mut errors = BTreeSet::new();
    while engine.playhead() < timeline.end {
        render_block(&mut engine, files, &mut meter, &mut block, timeline.end)?;
        for error in engine.take_clip_errors().filter(|error| errors.insert(error.clone())) {
            notify(observer, RenderEvent::Warning(format!("{}; silence replaces it", escape_controls(&error))))?;
        }
        notify(observer, RenderEvent::Progress { rendered: engine.playhead(), total: timeline.end })?;
    }
    Ok(meter.finish().integrated())
}

/// Waits until the common gain of the recordings is known.
fn measure(loaded: &LoadedSession, total: Frames, observer: RenderObserver) -> Result<VoiceGain, RenderError> {
    let (sender, events) = mpsc::channel();
    let gain = loaded.measure_voice_gain(move |event| drop(sender.send(event)));
    loop {
        let event = match events.recv_timeout(PROGRESS_INTERVAL) {
            Ok(GainEvent::Failed(error)) => return Err(error.into()),
            Ok(event) => RenderEvent::Warning(event.to_string()),
            Err(RecvTimeoutError::Timeout) => RenderEvent::Progress { rendered: Frames::ZERO, total },
            Err(RecvTimeoutError::Disconnected) => return Ok(gain),
        };
        notify(observer, event)?;
    }
}

/// Renders the next block, or writes the next silence.
fn render_block(
    engine: &mut Engine,
    files: &mut [AudioFileWriter],
    meter: &mut LoudnessMeter,
    block: &mut [Frame],
    end: Frames,
) -> Result<(), EncodeError> {
    let silence = engine.silence_ahead().min(end - engine.playhead()).min(MAX_SILENCE);
    if silence > Frames(BLOCK as u64) {
        engine.seek(engine.playhead() + silence);
        meter.add_silence(silence);
        return files.iter_mut().try_for_each(|file| file.write_silence(silence));
    }
    let length = (end - engine.playhead()).index().min(block.len());
    let rendered = engine.render(&mut block[..length]);
    meter.add(&block[..rendered]);
    files.iter_mut().try_for_each(|file| file.write(&block[..rendered]))
}

fn notify(observer: RenderObserver, event: RenderEvent) -> Result<(), RenderError> {
    match observer(event) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(RenderError::Interrupted),
    }
}

/// Returns the tags for the rendered file of a session.
pub(crate) fn tags(session: &Session, timeline: &Timeline) -> Tags {
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
        ..Tags::default()
    }
}
