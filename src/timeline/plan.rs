//! Plans the segments of a timeline: writes repeats out, applies the listener's options, and determines every length that does not
//! stretch.

use std::time::Duration;

use super::error::TimelineError;
use super::facts::{ClipKey, SessionFacts, SpeechKey};
use super::segment::SegmentKey;
use super::shape::{LengthChoice, Shape};
use crate::manifest::Session;
use crate::manifest::session::{
    IntervalBell, NarrationSpec, SegmentContent, SegmentSpec, SilenceSpec, SpokenLine, StrikesSpec,
};
use crate::units::{Decibels, Frames, Rate};

/// How long a line without speech is shown, per word: 130 words a minute.
const CAPTION_TIME_PER_WORD: Duration = Duration::from_millis(460);
const MIN_CAPTION_TIME: Duration = Duration::from_secs(2);
/// How long a silence is at most in an audition.
const AUDITION_SILENCE: Duration = Duration::from_secs(1);

/// A segment before its frames are known.
pub(super) struct PlannedSegment<'session> {
    pub(super) key: SegmentKey,
    pub(super) id: Option<String>,
    /// The id of the repeat that starts with this segment.
    pub(super) repeat: Option<&'session str>,
    pub(super) chapter: Option<&'session str>,
    pub(super) content: PlannedContent<'session>,
    /// Its speech is still being synthesised, so its length is an estimate.
    pub(super) is_pending: bool,
}

pub(super) enum PlannedContent<'session> {
    Bell(&'session StrikesSpec),
    Silence(StretchableSilence<'session>),
    Spoken { words: Option<&'session str>, clip: ClipKey, gain: Decibels, frames: Frames },
    Caption { words: &'session str, time: Duration },
    Pause(PauseLength),
}

/// A silence, and how far it may be scaled.
pub(super) struct StretchableSilence<'session> {
    pub(super) length: Duration,
    pub(super) least: Duration,
    pub(super) most: Duration,
    pub(super) interval: Option<&'session IntervalBell>,
}

/// The length of a silence that does not stretch: the settling time, or that of an avoided line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PauseLength {
    /// As long as the clip that is left out.
    Frames(Frames),
    Time(Duration),
}

/// Plans segments from these inputs.
#[derive(Clone, Copy)]
pub(super) struct Planner<'session> {
    pub(super) session: &'session Session,
    pub(super) facts: &'session SessionFacts,
    pub(super) shape: &'session Shape,
    pub(super) rate: Rate,
}

impl<'session> Planner<'session> {
    /// Plans all segments of one programme, starting with the settling time.
    ///
    /// # Errors
    /// When the facts do not contain a clip.
    pub(super) fn plan(
        self,
        settle: Duration,
        segments: &'session [SegmentSpec],
    ) -> Result<Vec<PlannedSegment<'session>>, TimelineError> {
        let mut planned = Vec::new();
        if !settle.is_zero() {
            planned.push(self.settle(settle));
        }
        for (index, segment) in segments.iter().enumerate() {
            let key = SegmentKey::segment(index);
            match &segment.content {
                SegmentContent::Repeat { times, parts } => {
                    self.plan_repeat(segment, key, *times, parts, &mut planned)?;
                }
                _ => planned.push(self.segment(segment, key, 1)?),
            }
        }
        Ok(planned)
    }

    fn plan_repeat(
        self,
        repeat: &'session SegmentSpec,
        key: SegmentKey,
        turns: u32,
        parts: &'session [SegmentSpec],
        planned: &mut Vec<PlannedSegment<'session>>,
    ) -> Result<(), TimelineError> {
        let first = planned.len();
        for turn in 1..=turns {
            for (index, part) in parts.iter().enumerate() {
                planned.push(self.segment(part, key.part(turn, index), turn)?);
            }
        }
        if let Some(first) = planned.get_mut(first) {
            first.chapter = repeat.chapter.as_deref().or(first.chapter);
            first.repeat = repeat.id.as_ref().map(|id| id.value.as_str());
            first.id = first.id.take().or_else(|| first.repeat.map(str::to_owned));
        }
        Ok(())
    }

    fn settle(self, time: Duration) -> PlannedSegment<'session> {
        let time = if self.is_audition() { time.min(AUDITION_SILENCE) } else { time };
        let content = PlannedContent::Pause(PauseLength::Time(time));
        PlannedSegment { key: SegmentKey::UNLISTED, id: None, repeat: None, chapter: None, content, is_pending: false }
    }

    fn segment(
        self,
        segment: &'session SegmentSpec,
        key: SegmentKey,
        turn: u32,
    ) -> Result<PlannedSegment<'session>, TimelineError> {
        let id =
            segment.id.as_ref().map(|id| if turn == 1 { id.value.clone() } else { format!("{}.{turn}", id.value) });
        let chapter = segment.chapter.as_deref().filter(|_| turn == 1);
        let content = match &segment.content {
            SegmentContent::Bell(strikes) => PlannedContent::Bell(strikes),
            SegmentContent::Silence(silence) => PlannedContent::Silence(self.silence(silence)),
            SegmentContent::Narration(narration) => self.narration(narration)?,
            // The reader refuses a repeat inside a repeat.
            SegmentContent::Repeat { .. } => PlannedContent::Pause(PauseLength::Time(Duration::ZERO)),
        };
        let is_pending = matches!(&segment.content, SegmentContent::Narration(narration) if self.is_pending(narration));
        Ok(PlannedSegment { key, id, repeat: None, chapter, content, is_pending })
    }

    fn is_audition(self) -> bool {
        self.shape.length == LengthChoice::Audition
    }

    /// Returns whether the line that determines the length of a narration is still being synthesised.
    fn is_pending(self, narration: &NarrationSpec) -> bool {
        let line = self.shape.effective_line(narration);
        SpeechKey::for_line(self.session, line).is_some_and(|key| self.facts.is_speech_pending(&key))
    }

    fn silence(self, silence: &'session SilenceSpec) -> StretchableSilence<'session> {
        let natural = silence.natural;
        StretchableSilence {
            length: if self.is_audition() { natural.min(AUDITION_SILENCE) } else { natural },
            least: silence.least,
            most: silence.most,
            interval: silence.interval.as_ref(),
        }
    }

    fn narration(self, narration: &'session NarrationSpec) -> Result<PlannedContent<'session>, TimelineError> {
        let is_avoided = self.shape.avoids(&narration.tags);
        let gain = if is_avoided { Decibels::UNITY } else { narration.gain };
        let line = self.line(self.shape.effective_line(narration), gain)?;
        if !is_avoided || narration.instead.is_some() {
            return Ok(line);
        }
        let length = match line {
            PlannedContent::Spoken { frames, .. } => PauseLength::Frames(frames),
            PlannedContent::Caption { time, .. } => PauseLength::Time(time),
            _ => PauseLength::Time(Duration::ZERO),
        };
        Ok(PlannedContent::Pause(if self.is_audition() { self.shorten(length) } else { length }))
    }

    fn shorten(self, length: PauseLength) -> PauseLength {
        match length {
            PauseLength::Frames(frames) => PauseLength::Frames(frames.min(self.rate.frames(AUDITION_SILENCE))),
            PauseLength::Time(time) => PauseLength::Time(time.min(AUDITION_SILENCE)),
        }
    }

    fn line(self, line: &'session SpokenLine, gain: Decibels) -> Result<PlannedContent<'session>, TimelineError> {
        let words = line.words().map(|say| say.value.as_str());
        let key = match line {
            SpokenLine::Recorded { clip, .. } => ClipKey::File(clip.value.clone()),
            SpokenLine::Words(say) => ClipKey::Speech(SpeechKey::new(&self.session.language, &say.value)),
        };
        match (self.facts.get(&key), line) {
            (Some(clip), _) => {
                let frames = clip.rate.convert(clip.frames, self.rate);
                Ok(PlannedContent::Spoken { words, gain, frames, clip: key })
            }
            (None, SpokenLine::Words(say)) => {
                Ok(PlannedContent::Caption { words: &say.value, time: caption_time(&say.value) })
            }
            (None, SpokenLine::Recorded { .. }) => Err(TimelineError::UnknownClip(key)),
        }
    }
}

/// Returns how long a line without speech is shown.
fn caption_time(words: &str) -> Duration {
    let count = u32::try_from(words.split_whitespace().count()).unwrap_or(u32::MAX);
    CAPTION_TIME_PER_WORD.saturating_mul(count).max(MIN_CAPTION_TIME)
}
