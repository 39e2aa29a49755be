//! Segments one after the other: repeats written out, the listener's opt-outs applied, lengths known but for what stretches.

use std::time::Duration;

use super::facts::{ClipKey, Facts, SpeechKey};
use super::shape::{Length, Shape};
use crate::manifest::Session;
use crate::manifest::session::{
    IntervalBell, NarrationSpec, SegmentContent, SegmentSpec, SilenceSpec, SpokenLine, StrikesSpec,
};
use crate::units::{Decibels, Frames, Rate};

/// Time for which words without a voice are shown, for each of them: 130 words a minute.
const SHOWN_WORD: Duration = Duration::from_millis(460);
const SHOWN_LEAST: Duration = Duration::from_secs(2);
const AUDITION: Duration = Duration::from_secs(1);

/// A length: as many frames as a clip has, or a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Extent {
    Frames(Frames),
    Time(Duration),
}

/// One segment of the timeline before it has its frames.
pub(super) struct Step<'session> {
    pub(super) id: Option<String>,
    /// The id of the repeat that begins with it.
    pub(super) repeat: Option<&'session str>,
    pub(super) chapter: Option<&'session str>,
    pub(super) what: What<'session>,
    /// How long it is will be known once speech is made; until then this is a guess.
    pub(super) awaits_speech: bool,
}

pub(super) enum What<'session> {
    Bell(&'session StrikesSpec),
    Silence(Rest<'session>),
    Spoken { words: Option<&'session str>, clip: ClipKey, gain: Decibels, frames: Frames },
    Shown { words: &'session str, time: Duration },
    Held(Extent),
}

/// A silence, and how far it stretches.
pub(super) struct Rest<'session> {
    pub(super) natural: Duration,
    pub(super) least: Duration,
    pub(super) most: Duration,
    pub(super) interval: Option<&'session IntervalBell>,
}

/// A clip that the facts do not hold.
pub(super) struct Unprobed(pub(super) ClipKey);

/// What the segments of a session are unrolled with.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'inputs> {
    pub(super) session: &'inputs Session,
    pub(super) facts: &'inputs Facts,
    pub(super) shape: &'inputs Shape,
    pub(super) rate: Rate,
}

/// Writes out all segments, the settle first.
pub(super) fn unroll<'session>(
    settle: Duration,
    segments: &'session [SegmentSpec],
    inputs: Inputs<'session>,
) -> Result<Vec<Step<'session>>, Unprobed> {
    let shape = inputs.shape;
    let mut steps = Vec::new();
    if !settle.is_zero() {
        let time = if shape.length == Length::Audition { settle.min(AUDITION) } else { settle };
        let what = What::Held(Extent::Time(time));
        steps.push(Step { id: None, repeat: None, chapter: None, what, awaits_speech: false });
    }
    for segment in segments {
        let SegmentContent::Repeat { times, parts } = &segment.content else {
            steps.push(step(segment, 1, inputs)?);
            continue;
        };
        let first = steps.len();
        for turn in 1..=*times {
            for part in parts {
                steps.push(step(part, turn, inputs)?);
            }
        }
        if let Some(step) = steps.get_mut(first) {
            step.chapter = segment.chapter.as_deref().or(step.chapter);
            step.repeat = segment.id.as_ref().map(|id| id.value.as_str());
            step.id = step.id.take().or_else(|| step.repeat.map(str::to_owned));
        }
    }
    Ok(steps)
}

fn step<'session>(
    segment: &'session SegmentSpec,
    turn: u32,
    inputs: Inputs<'session>,
) -> Result<Step<'session>, Unprobed> {
    let id = segment.id.as_ref().map(|id| if turn == 1 { id.value.clone() } else { format!("{}.{turn}", id.value) });
    let chapter = segment.chapter.as_deref().filter(|_| turn == 1);
    let what = match &segment.content {
        SegmentContent::Bell(strikes) => What::Bell(strikes),
        SegmentContent::Silence(silence) => What::Silence(rest(silence, inputs.shape)),
        SegmentContent::Narration(narration) => spoken(narration, inputs)?,
        SegmentContent::Repeat { .. } => What::Held(Extent::Frames(Frames::ZERO)),
    };
    let awaits_speech = match &segment.content {
        SegmentContent::Narration(narration) => awaits_speech(narration, inputs),
        _ => false,
    };
    Ok(Step { id, repeat: None, chapter, what, awaits_speech })
}

/// Whether the line that gives this segment its length is still being spoken.
fn awaits_speech(narration: &NarrationSpec, Inputs { session, facts, shape, .. }: Inputs) -> bool {
    SpeechKey::for_line(session, shape.line(narration)).is_some_and(|key| facts.awaits(&key))
}

fn rest<'session>(silence: &'session SilenceSpec, shape: &Shape) -> Rest<'session> {
    let mut rest = Rest {
        natural: silence.natural,
        least: silence.least,
        most: silence.most,
        interval: silence.interval.as_ref(),
    };
    if shape.length == Length::Audition {
        rest.natural = rest.natural.min(AUDITION);
    }
    rest
}

fn spoken<'session>(narration: &'session NarrationSpec, inputs: Inputs<'session>) -> Result<What<'session>, Unprobed> {
    let Inputs { shape, rate, .. } = inputs;
    let is_avoided = shape.avoids(&narration.tags);
    let gain = if is_avoided { Decibels::UNITY } else { narration.gain };
    let heard = line(shape.line(narration), gain, inputs)?;
    if !is_avoided || narration.instead.is_some() {
        return Ok(heard);
    }
    let held = match heard {
        What::Spoken { frames, .. } => Extent::Frames(frames),
        What::Shown { time, .. } => Extent::Time(time),
        _ => Extent::Time(Duration::ZERO),
    };
    Ok(What::Held(match held {
        Extent::Frames(frames) if shape.length == Length::Audition => Extent::Frames(frames.min(rate.frames(AUDITION))),
        Extent::Time(time) if shape.length == Length::Audition => Extent::Time(time.min(AUDITION)),
        held => held,
    }))
}

fn line<'session>(line: &'session SpokenLine, gain: Decibels, inputs: Inputs) -> Result<What<'session>, Unprobed> {
    let words = line.words().map(|say| say.value.as_str());
    let key = match line {
        SpokenLine::Recorded { clip, .. } => ClipKey::File(clip.value.clone()),
        SpokenLine::Words(say) => ClipKey::Speech(SpeechKey::new(&inputs.session.language, &say.value)),
    };
    match (inputs.facts.get(&key), words) {
        (Some(clip), _) => {
            Ok(What::Spoken { words, gain, frames: clip.rate.convert(clip.frames, inputs.rate), clip: key })
        }
        (None, Some(words)) if matches!(line, SpokenLine::Words(_)) => Ok(What::Shown { words, time: shown(words) }),
        (None, _) => Err(Unprobed(key)),
    }
}

/// How long words stay on the screen when nobody speaks them.
pub(super) fn shown(words: &str) -> Duration {
    let count = u32::try_from(words.split_whitespace().count()).unwrap_or(u32::MAX);
    SHOWN_WORD.saturating_mul(count).max(SHOWN_LEAST)
}
