//! Puts every segment and every cue on its frame.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::facts::{ClipKey, Facts};
use super::fit::{self, Range};
use super::levels::Mix;
use super::shape::{Length, Shape};
use super::unroll::{Extent, Rest, Step, Unprobed, What, unroll};
use super::{Cue, Segment, SegmentKind, Sound, Timeline};
use crate::manifest::duration;
use crate::manifest::session::{Bed, BellSound, OwnBell, Session, Strikes};
use crate::sound::beds;
use crate::sound::bells::{self, Bell, Strike};
use crate::units::{Decibels, Frames, Rate};

/// So much of a silence has to remain after an interval bell.
const AFTER_INTERVAL_BELL: Duration = Duration::from_secs(10);
/// The gentler passage of a session that has none of its own: an inkin, so much softer than elsewhere, …
const SOFTLY: Decibels = Decibels(-6.0);
/// … and a time in which nothing is asked.
const NOTHING_ASKED: Duration = Duration::from_secs(30);
const MOST_CUES: usize = 50_000;
const LONGEST: Duration = Duration::from_hours(24);

/// Which of a manifest's programmes a timeline is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Programme {
    /// The session itself.
    Session,
    /// The gentler passage.
    Soften,
    /// What closes a gentle exit.
    Closing,
}

/// Why there is no such timeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A clip was not probed, or could not be.
    ClipUnknown(ClipKey),
    /// It can't be made so long or so short.
    Length {
        /// What was wanted.
        wanted: Duration,
        /// What is possible.
        possible: Range,
    },
    /// More cues, or a longer session, than any listener can use.
    TooMuch(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::ClipUnknown(key) => write!(formatter, "the clip {} can't be read", key.name()),
            Self::Length { wanted, .. } => {
                write!(formatter, "the session can't be fitted to {}", duration::format(*wanted))
            }
            Self::TooMuch(what) => formatter.write_str(what),
        }
    }
}

impl Fault {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::ClipUnknown(_) => "`karuna check` says what is the matter with it".to_owned(),
            Self::Length { possible, .. } => {
                let Some((shortest, longest)) = possible.typed() else {
                    return "its length is fixed; leave --length out".to_owned();
                };
                let (low, high) = (duration::format(shortest), duration::format(longest));
                if possible.shortest == possible.longest {
                    return format!("its length is fixed at {low}; leave --length out");
                }
                if shortest == longest {
                    return format!("choose {low} or leave --length out; it hardly stretches");
                }
                format!("choose a length from {low} to {high}")
            }
            Self::TooMuch(_) => "divide it into several sessions".to_owned(),
        }
    }
}

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
        Programme::Session => (session.settle, &session.segments),
        Programme::Soften => (Duration::ZERO, &session.soften),
        Programme::Closing => (Duration::ZERO, &session.exit),
    };
    let mut shape = shape.clone();
    if programme != Programme::Session && matches!(shape.length, Length::Fitted(_)) {
        shape.length = Length::Natural;
    }
    let mut steps = unroll(settle, segments, facts, &shape, rate).map_err(|Unprobed(key)| Fault::ClipUnknown(key))?;
    if let Length::Fitted(wanted) = shape.length {
        let (fixed, clips) = fixed(&steps);
        fit_steps(&mut steps, wanted, fixed, clips, rate)?;
    }
    let mut builder = Builder::new(session, facts, &shape, rate);
    for step in steps {
        builder.step(step)?;
    }
    builder.finish(programme)
}

/// The shortest and the longest length that a session can be fitted to.
///
/// # Errors
/// When a clip is missing from the facts.
pub fn range(session: &Session, facts: &Facts, shape: &Shape, rate: Rate) -> Result<Range, Fault> {
    let steps = unroll(session.settle, &session.segments, facts, shape, rate)
        .map_err(|Unprobed(key)| Fault::ClipUnknown(key))?;
    let (fixed, clips) = fixed(&steps);
    Ok(possible(&steps, fixed + time_of(clips, rate)))
}

/// The lengths of a session of which so much never stretches. None is beyond what a session may last.
fn possible(steps: &[Step], fixed: Duration) -> Range {
    let reach = fit::reach(steps);
    Range { shortest: fixed + reach.shortest, longest: (fixed + reach.longest).min(LONGEST) }
}

/// What never stretches: a time, and the frames of clips.
fn fixed(steps: &[Step]) -> (Duration, Frames) {
    steps.iter().fold((Duration::ZERO, Frames::ZERO), |(time, frames), step| match &step.what {
        What::Bell(strikes) => (time + bell_time(strikes), frames),
        What::Silence(_) => (time, frames),
        What::Spoken { frames: clip, .. } => (time, frames + *clip),
        What::Shown { time: shown, .. } => (time + *shown, frames),
        What::Held(Extent::Frames(held)) => (time, frames + *held),
        What::Held(Extent::Time(held)) => (time + *held, frames),
    })
}

fn bell_time(strikes: &Strikes) -> Duration {
    strikes.every * (strikes.count - 1) + strikes.hold
}

fn fit_steps(steps: &mut [Step], wanted: Duration, fixed: Duration, clips: Frames, rate: Rate) -> Result<(), Fault> {
    let reach = fit::reach(steps);
    let fault = Fault::Length { wanted, possible: possible(steps, fixed + time_of(clips, rate)) };
    if wanted > LONGEST {
        return Err(fault);
    }
    let Some(frames) = rate.frames(wanted).0.checked_sub(clips.0) else { return Err(fault) };
    let Some(silences) = time_of(Frames(frames), rate).checked_sub(fixed) else { return Err(fault) };
    let tolerance = Duration::from_secs(1) / rate.hertz() / 2;
    if silences + tolerance < reach.shortest || silences > reach.longest + tolerance {
        return Err(fault);
    }
    fit::fit(steps, silences.clamp(reach.shortest, reach.longest));
    Ok(())
}

/// The moment of a frame, to the nearest nanosecond.
fn time_of(frames: Frames, rate: Rate) -> Duration {
    let hertz = u128::from(rate.hertz());
    let nanoseconds = (u128::from(frames.0) * 1_000_000_000 + hertz / 2) / hertz;
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

/// Where the next segment begins: the frames of all clips so far, and the time of all else, which is rounded once, as a whole.
#[derive(Clone, Copy, Debug, Default)]
struct Position {
    clips: Frames,
    time: Duration,
}

impl Position {
    fn frame(self, rate: Rate) -> Frames {
        self.clips + rate.frames(self.time)
    }

    fn after(self, time: Duration) -> Self {
        Self { time: self.time + time, ..self }
    }

    fn after_clip(self, frames: Frames) -> Self {
        Self { clips: self.clips + frames, ..self }
    }
}

struct Builder<'inputs> {
    session: &'inputs Session,
    facts: &'inputs Facts,
    shape: &'inputs Shape,
    mix: Mix,
    at: Position,
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
            clips: Vec::new(),
            bells: Vec::new(),
        };
        Self {
            session,
            facts,
            shape,
            mix: Mix::new(session, shape),
            at: Position::default(),
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
                start.after(bell_time(strikes))
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

    fn voice(&mut self, clip: ClipKey, gain: Decibels, start: Frames, frames: Frames) {
        if !self.shape.voice.sounds() {
            return;
        }
        let source = clip.name().to_owned();
        let is_speech = matches!(clip, ClipKey::Speech(_));
        let number = self.clip_number(clip);
        if is_speech {
            self.cue(source, Sound::Speech(number), start, frames, gain + self.mix.speech());
        } else {
            self.cue(source, Sound::Voice(number), start, frames, gain + self.shape.voice.gain());
        }
    }

    fn strike(&mut self, name: &str, at: Position) -> Result<(), Fault> {
        if !self.shape.rings() {
            return Ok(());
        }
        let rate = self.timeline.rate;
        let start = at.frame(rate);
        match self.session.bells.get(name) {
            Some(OwnBell { level, sound: BellSound::Clip(clip) }) => {
                let key = ClipKey::File(clip.value.clone());
                let facts = *self.facts.get(&key).ok_or_else(|| Fault::ClipUnknown(key.clone()))?;
                let gain = facts.momentary.map_or(Decibels::UNITY, |loudness| self.mix.own_bell(*level, loudness));
                let number = self.clip_number(key);
                self.cue(name.to_owned(), Sound::BellClip(number), start, facts.rate.convert(facts.frames, rate), gain);
            }
            Some(OwnBell { level, sound: BellSound::Modes(bell) }) => {
                let gain = match self.modal_gains.get(name) {
                    Some(gain) => *gain,
                    None => self.mix.own_bell(*level, bells::greatest_momentary(bell)),
                };
                self.modal_gains.insert(name.to_owned(), gain);
                self.modal(name, start, gain, || Arc::new((**bell).clone()));
            }
            None => {
                let gain = self.mix.bell();
                if let Some(bell) = Bell::shipped(name) {
                    self.modal(name, start, gain, || Arc::new(bell.clone()));
                }
            }
        }
        self.check_size()
    }

    fn modal(&mut self, name: &str, start: Frames, gain: Decibels, cast: impl FnOnce() -> Arc<Bell>) {
        let number = *self.bell_numbers.entry(name.to_owned()).or_insert_with(|| {
            self.timeline.bells.push(cast());
            self.timeline.bells.len() - 1
        });
        let rate = self.timeline.rate;
        let bell = &self.timeline.bells[number];
        let frames = *self.strike_lengths.entry(number).or_insert_with(|| Strike::new(bell, rate, 1.0).length());
        self.cue(name.to_owned(), Sound::Strike(number), start, frames, gain);
    }

    fn bed(&mut self) {
        let Some(bed) = self.session.bed.as_ref().filter(|_| self.shape.bed.sounds()) else { return };
        let frames = self.timeline.frames + self.timeline.rate.frames(beds::FADE_OUT);
        match bed {
            Bed::Named(name) => {
                let gain = self.mix.bed(beds::lowered(name));
                self.cue(name.clone(), Sound::Bed(name.clone()), Frames::ZERO, frames, gain);
            }
            Bed::Clip(clip) => {
                let key = ClipKey::File(clip.value.clone());
                let loudness = self.facts.get(&key).and_then(|facts| facts.integrated);
                let gain = loudness.map_or(Decibels::UNITY, |loudness| self.mix.own_bed(loudness));
                let source = clip.value.as_str().to_owned();
                let number = self.clip_number(key);
                self.cue(source, Sound::BedClip(number), Frames::ZERO, frames, gain);
            }
        }
    }

    fn cue(&mut self, source: String, sound: Sound, start: Frames, frames: Frames, gain: Decibels) {
        let segment = self.timeline.segments.len();
        self.timeline.cues.push(Cue { segment, source, sound, start, frames, gain });
    }

    fn clip_number(&mut self, key: ClipKey) -> usize {
        *self.clip_numbers.entry(key).or_insert_with_key(|key| {
            self.timeline.clips.push(key.clone());
            self.timeline.clips.len() - 1
        })
    }

    fn nothing_asked(&mut self) -> Result<(), Fault> {
        self.strike("inkin", self.at)?;
        for cue in &mut self.timeline.cues {
            cue.gain = cue.gain + SOFTLY;
        }
        self.at = self.at.after(NOTHING_ASKED);
        self.timeline.segments.push(Segment {
            id: None,
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
        if programme == Programme::Closing && self.session.exit.is_empty() {
            self.strike("bowl", Position::default())?;
        }
        if programme == Programme::Soften && self.session.soften.is_empty() {
            self.nothing_asked()?;
        }
        self.timeline.frames = self.at.frame(self.timeline.rate);
        if programme != Programme::Closing {
            self.bed();
            if let Some(cue) = self.timeline.cues.iter_mut().find(|cue| cue.sound.kind() == "bed") {
                cue.segment = 0;
            }
            self.check_size()?;
        }
        self.timeline.cues.sort_by_key(|cue| cue.start);
        let rung_out = self.timeline.cues.iter().map(Cue::end).max().unwrap_or_default();
        self.timeline.end = rung_out.max(self.timeline.frames);
        Ok(self.timeline)
    }
}
