//! Puts every segment and every cue on its frame.

mod cues;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::facts::{ClipKey, Facts};
use super::fault::Fault;
use super::fit::{self, Range};
use super::levels::Mix;
use super::position::Position;
use super::programme::{Programme, Programmes};
use super::shape::{Length, Shape};
use super::unroll::{Extent, Inputs, Rest, Step, Unprobed, What, unroll};
use super::{Cue, Horizon, LONGEST, Segment, SegmentKind, Timeline};
use crate::dsp::beds::BedCurve;
use crate::manifest::session::Session;
use crate::units::{Decibels, Frames, Rate};

/// So much of a silence has to remain after an interval bell.
const AFTER_INTERVAL_BELL: Duration = Duration::from_secs(10);
/// The gentler passage of a session that has none of its own: an inkin, so much softer than elsewhere, …
const SOFTLY: Decibels = Decibels(-6.0);
/// … and a time in which nothing is asked.
const NOTHING_ASKED: Duration = Duration::from_secs(30);
const MOST_CUES: usize = 50_000;

/// Builds the timeline of one programme at a rate. Only the session itself is fitted to a length; the others stay as they are.
///
/// # Errors
/// When a clip is missing from the facts, when the silences do not reach the wanted length, and when there is too much of it.
pub fn build(
    session: &Session,
    programme: Programme,
    facts: &Facts,
    shape: &Shape,
    rate: Rate,
) -> Result<Timeline, Fault> {
    let (settle, segments) = match programme {
        Programme::SESSION => (session.settle, &session.segments),
        Programme::SOFTEN => (Duration::ZERO, &session.soften),
        _ => (Duration::ZERO, &session.exit),
    };
    let mut shape = shape.clone();
    if programme != Programme::SESSION && matches!(shape.length, Length::Fitted(_)) {
        shape.length = Length::Natural;
    }
    let mut steps = unroll(settle, segments, Inputs { session, facts, shape: &shape, rate })
        .map_err(|Unprobed(key)| Fault::ClipUnknown(key))?;
    if let Length::Fitted(wanted) = shape.length {
        fit::fit(&mut steps, wanted, rate)?;
    }
    let mut builder = Builder::new(session, facts, &shape, rate);
    builder.awaited = awaited(&steps, programme, &shape);
    for step in steps {
        builder.step(step)?;
    }
    builder.finish(programme)
}

/// Builds the timeline of every programme at a rate.
///
/// # Errors
/// The first error of [`build`].
pub fn build_all(session: &Session, facts: &Facts, shape: &Shape, rate: Rate) -> Result<Programmes, Fault> {
    let timelines = Programme::all().map(|programme| build(session, programme, facts, shape, rate).map(Arc::new));
    Ok(Programmes::new(timelines.collect::<Result<_, _>>()?))
}

/// The number of the first step that depends on speech which is still being made: all of a session that is fitted. The gentler
/// passage and the closing wait for none: what is not spoken by then is shown.
fn awaited(steps: &[Step], programme: Programme, shape: &Shape) -> Option<usize> {
    let first = steps.iter().position(|step| step.awaits_speech).filter(|_| programme == Programme::SESSION)?;
    Some(if matches!(shape.length, Length::Fitted(_)) { 0 } else { first })
}

/// The shortest and the longest length that a session can be fitted to.
///
/// # Errors
/// When a clip is missing from the facts.
pub fn range(session: &Session, facts: &Facts, shape: &Shape, rate: Rate) -> Result<Range, Fault> {
    let steps = unroll(session.settle, &session.segments, Inputs { session, facts, shape, rate })
        .map_err(|Unprobed(key)| Fault::ClipUnknown(key))?;
    Ok(fit::range(&steps, rate))
}

struct Builder<'inputs> {
    session: &'inputs Session,
    facts: &'inputs Facts,
    shape: &'inputs Shape,
    mix: Mix,
    at: Position,
    /// The first segment that is not certain yet.
    awaited: Option<usize>,
    clip_numbers: HashMap<ClipKey, usize>,
    bell_numbers: HashMap<String, usize>,
    /// Of the session's own modal bells, each measured once.
    modal_gains: HashMap<String, Decibels>,
    /// How long a strike rings, by the bell's number.
    strike_lengths: HashMap<usize, Frames>,
    timeline: Timeline,
}

impl<'inputs> Builder<'inputs> {
    fn new(session: &'inputs Session, facts: &'inputs Facts, shape: &'inputs Shape, rate: Rate) -> Self {
        let timeline = Timeline {
            title: session.title.clone(),
            rate,
            segments: Vec::new(),
            cues: Vec::new(),
            frames: Frames::ZERO,
            end: Frames::ZERO,
            horizon: None,
            clips: Vec::new(),
            bells: Vec::new(),
        };
        Self {
            session,
            facts,
            shape,
            mix: Mix::new(session, shape),
            at: Position::default(),
            awaited: None,
            clip_numbers: HashMap::new(),
            bell_numbers: HashMap::new(),
            modal_gains: HashMap::new(),
            strike_lengths: HashMap::new(),
            timeline,
        }
    }

    fn step(&mut self, step: Step) -> Result<(), Fault> {
        let start = self.at;
        let mut segment = Segment {
            id: step.id,
            repeat: step.repeat.map(str::to_owned),
            chapter: step.chapter.map(str::to_owned),
            kind: SegmentKind::Silence,
            start: start.frame(self.timeline.rate),
            frames: Frames::ZERO,
            text: None,
            bell: None,
        };
        self.at = match step.what {
            What::Bell(strikes) => {
                segment.kind = SegmentKind::Bell;
                segment.bell = Some((strikes.bell.value.clone(), strikes.count));
                (0..strikes.count)
                    .try_for_each(|number| self.strike(&strikes.bell.value, start.after(strikes.every * number)))?;
                start.after(strikes.duration())
            }
            What::Silence(rest) => self.silence(&rest, start)?,
            What::Spoken { words, clip, gain, frames } => {
                segment.kind = SegmentKind::Narration;
                segment.text = words.map(str::to_owned);
                self.voice(clip, gain, segment.start, frames);
                start.after_clip(frames)
            }
            What::Shown { words, time } => {
                segment.kind = SegmentKind::Narration;
                segment.text = Some(words.to_owned());
                start.after(time)
            }
            What::Held(Extent::Frames(frames)) => start.after_clip(frames),
            What::Held(Extent::Time(time)) => start.after(time),
        };
        segment.frames = self.at.frame(self.timeline.rate) - segment.start;
        self.timeline.segments.push(segment);
        self.check_size()
    }

    fn check_size(&self) -> Result<(), Fault> {
        if self.timeline.cues.len() > MOST_CUES {
            return Err(Fault::TooMuch(format!(
                "the session has more than {MOST_CUES} strikes and clips (a bed counts as one)"
            )));
        }
        if self.at.frame(self.timeline.rate) > self.timeline.rate.frames(LONGEST) {
            return Err(Fault::TooMuch("the session is longer than 24 hours".to_owned()));
        }
        Ok(())
    }

    fn silence(&mut self, rest: &Rest, start: Position) -> Result<Position, Fault> {
        if let Some(interval) = rest.interval {
            let room = rest.natural.saturating_sub(AFTER_INTERVAL_BELL);
            let strikes = u32::try_from(room.as_nanos() / interval.every.as_nanos().max(1)).unwrap_or(u32::MAX);
            (1..=strikes)
                .try_for_each(|number| self.strike(&interval.bell.value, start.after(interval.every * number)))?;
        }
        Ok(start.after(rest.natural))
    }

    /// A bed gives way to speech before it begins, and comes back after it only if there is time.
    fn horizon(&self) -> Option<Horizon> {
        let places = self.timeline.segments.get(self.awaited?)?.start;
        let cues = &self.timeline.cues;
        let spoken = cues.iter().filter(|cue| cue.sound.is_voice() && cue.start < places).map(Cue::end).max();
        let has_bed = cues.iter().any(|cue| cue.sound.kind() == "bed");
        let sound = if has_bed { BedCurve::certain_before(places, spoken, self.timeline.rate) } else { places };
        Some(Horizon { places, sound })
    }

    fn nothing_asked(&mut self) -> Result<(), Fault> {
        self.strike("inkin", self.at)?;
        for cue in &mut self.timeline.cues {
            cue.gain = cue.gain + SOFTLY;
        }
        self.at = self.at.after(NOTHING_ASKED);
        self.timeline.segments.push(Segment {
            id: None,
            repeat: None,
            chapter: None,
            kind: SegmentKind::Silence,
            start: Frames::ZERO,
            frames: self.at.frame(self.timeline.rate),
            text: None,
            bell: None,
        });
        Ok(())
    }

    fn finish(mut self, programme: Programme) -> Result<Timeline, Fault> {
        if programme == Programme::CLOSING && self.session.exit.is_empty() {
            self.strike("bowl", Position::default())?;
        }
        if programme == Programme::SOFTEN && self.session.soften.is_empty() {
            self.nothing_asked()?;
        }
        self.timeline.frames = self.at.frame(self.timeline.rate);
        if programme != Programme::CLOSING {
            self.bed();
            if let Some(cue) = self.timeline.cues.iter_mut().find(|cue| cue.sound.kind() == "bed") {
                cue.segment = 0;
            }
            self.check_size()?;
        }
        self.timeline.horizon = self.horizon();
        self.timeline.cues.sort_by_key(|cue| cue.start);
        let rung_out = self.timeline.cues.iter().map(Cue::end).max().unwrap_or_default();
        self.timeline.end = rung_out.max(self.timeline.frames);
        Ok(self.timeline)
    }
}
