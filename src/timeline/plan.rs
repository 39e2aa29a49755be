//! Plans the segments of a timeline: unrolls repeats, applies the listener's options, and determines every length that does not stretch.

use std::time::Duration;

use super::cursor::TimelineCursor;
use super::error::TimelineError;
use super::facts::{ClipKey, SessionFacts, SpeechKey};
use super::segment::SegmentKey;
use super::shape::{LengthChoice, Shape};
use super::word_times::WordTimes;
use crate::manifest::Session;
use crate::manifest::session::{
    AnnouncementSpec, BedChange, IntervalBell, NarrationSpec, SegmentContent, SegmentSpec, SilenceSpec, SpokenLine,
    StrikesSpec,
};
use crate::text::without_pronunciations;
use crate::units::{Decibels, Frames, Rate};

/// The time per word for which a line without speech is shown: 130 words a minute.
const CAPTION_TIME_PER_WORD: Duration = Duration::from_millis(460);
const MIN_CAPTION_TIME: Duration = Duration::from_secs(2);
/// The maximum length of a silence in an audition.
const AUDITION_SILENCE: Duration = Duration::from_secs(1);

/// A segment before its frames are known.
pub(super) struct PlannedSegment<'session> {
    pub(super) key: SegmentKey,
    pub(super) id: Option<String>,
    /// The id of the repeat that starts with this segment.
    pub(super) repeat: Option<&'session str>,
    pub(super) chapter: Option<&'session str>,
    /// The change of the bed at the start of the segment.
    pub(super) bed: Option<&'session BedChange>,
    pub(super) content: PlannedContent<'session>,
    /// Whether its speech is still being synthesised, so that its length is an estimate.
    pub(super) is_pending: bool,
}

pub(super) enum PlannedContent<'session> {
    Bell(&'session StrikesSpec),
    Silence(StretchableSilence<'session>),
    Line(PlannedLine<'session>),
    Pause(FixedLength),
}

/// A line with the length of its words.
pub(super) struct PlannedLine<'session> {
    pub(super) words: Option<&'session str>,
    /// The recording or the speech; without either, the words are shown.
    pub(super) clip: Option<ClipKey>,
    pub(super) gain: Decibels,
    pub(super) length: FixedLength,
    /// When each word is heard; empty if that is not known.
    pub(super) word_times: WordTimes,
    /// The requested length of the segment.
    pub(super) lasts: Option<Duration>,
}

impl PlannedLine<'_> {
    /// Returns the length of the segment: the requested one, unless the words last longer.
    pub(super) fn segment_length(&self, rate: Rate) -> FixedLength {
        match self.lasts {
            Some(lasts) if self.length.frames(rate) <= rate.frames(lasts) => FixedLength::Time(lasts),
            _ => self.length,
        }
    }
}

/// A silence with the bounds of its scaling.
pub(super) struct StretchableSilence<'session> {
    pub(super) length: Duration,
    pub(super) least: Duration,
    pub(super) most: Duration,
    pub(super) interval: Option<&'session IntervalBell>,
    pub(super) announcement: PlannedAnnouncement<'session>,
    /// Whether it is the open silence.
    pub(super) is_open: bool,
}

/// How a silence is announced.
pub(super) enum PlannedAnnouncement<'session> {
    No,
    /// By the line for its fitted length.
    ByLength,
    /// In an audition, by this line, whose length is added to that of the silence.
    Before(PlannedLine<'session>),
}

/// A length that does not stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FixedLength {
    /// The length of a clip.
    Frames(Frames),
    Time(Duration),
}

impl FixedLength {
    pub(super) fn after(self, at: TimelineCursor) -> TimelineCursor {
        match self {
            Self::Frames(frames) => at.after_clip(frames),
            Self::Time(time) => at.after(time),
        }
    }

    pub(super) fn frames(self, rate: Rate) -> Frames {
        match self {
            Self::Frames(frames) => frames,
            Self::Time(time) => rate.frames(time),
        }
    }
}

impl StretchableSilence<'_> {
    /// Returns the length of the words that an audition adds to the silence.
    pub(super) fn words_before(&self) -> FixedLength {
        match &self.announcement {
            PlannedAnnouncement::Before(line) => line.length,
            _ => FixedLength::Time(Duration::ZERO),
        }
    }
}

/// Plans the segments of a programme.
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
    /// If the facts do not contain a clip.
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
            let avoided = parts.first().and_then(|part| self.alternative_chapter(part));
            first.chapter = avoided.or(repeat.chapter.as_deref()).or(first.chapter);
            first.bed = first.bed.or(repeat.bed.as_ref());
            first.repeat = repeat.id.as_ref().map(|id| id.value.as_str());
            first.id = first.id.take().or_else(|| first.repeat.map(str::to_owned));
        }
        Ok(())
    }

    fn settle(self, time: Duration) -> PlannedSegment<'session> {
        let time = if self.is_audition() { time.min(AUDITION_SILENCE) } else { time };
        let content = PlannedContent::Pause(FixedLength::Time(time));
        let key = SegmentKey::UNLISTED;
        PlannedSegment { key, id: None, repeat: None, chapter: None, bed: None, content, is_pending: false }
    }

    fn segment(
        self,
        segment: &'session SegmentSpec,
        key: SegmentKey,
        turn: u32,
    ) -> Result<PlannedSegment<'session>, TimelineError> {
        let id =
            segment.id.as_ref().map(|id| if turn == 1 { id.value.clone() } else { format!("{}.{turn}", id.value) });
        let chapter = self.alternative_chapter(segment).or(segment.chapter.as_deref()).filter(|_| turn == 1);
        let (content, is_pending) = match &segment.content {
            SegmentContent::Bell(strikes) => (PlannedContent::Bell(strikes), false),
            SegmentContent::Silence(silence) => {
                (PlannedContent::Silence(self.silence(silence)?), self.is_announcement_pending(silence))
            }
            SegmentContent::Narration(narration) => (self.narration(narration)?, self.is_pending(narration)),
            // The reader refuses nested repeats.
            SegmentContent::Repeat { .. } => (PlannedContent::Pause(FixedLength::Time(Duration::ZERO)), false),
        };
        Ok(PlannedSegment { key, id, repeat: None, chapter, bed: segment.bed.as_ref(), content, is_pending })
    }

    /// Returns the title of a segment's chapter for a listener who avoids the segment's line.
    fn alternative_chapter(self, segment: &'session SegmentSpec) -> Option<&'session str> {
        match &segment.content {
            SegmentContent::Narration(narration) if self.shape.avoids(&narration.tags) => {
                narration.instead_chapter.as_deref()
            }
            _ => None,
        }
    }

    fn is_audition(self) -> bool {
        self.shape.length == LengthChoice::Audition
    }

    /// Returns whether the line that determines the length of a narration is still being synthesised.
    fn is_pending(self, narration: &NarrationSpec) -> bool {
        let line = self.shape.effective_line(narration);
        SpeechKey::for_line(self.session, narration.voice.as_deref(), line)
            .is_some_and(|key| self.facts.is_speech_pending(&key))
    }

    /// Returns whether a line that may announce this silence is still being synthesised.
    fn is_announcement_pending(self, silence: &SilenceSpec) -> bool {
        let is_pending = |announcement: &AnnouncementSpec| matches!(self.announcement_key(announcement), ClipKey::Speech(key) if self.facts.is_speech_pending(&key));
        silence.is_announced && self.shape.possible_announcements(self.session, silence).iter().any(is_pending)
    }

    fn silence(self, silence: &'session SilenceSpec) -> Result<StretchableSilence<'session>, TimelineError> {
        let natural = silence.natural;
        let (length, announcement) = match (silence.is_announced, self.is_audition()) {
            (false, false) => (natural, PlannedAnnouncement::No),
            (false, true) => (natural.min(AUDITION_SILENCE), PlannedAnnouncement::No),
            (true, false) => (natural, PlannedAnnouncement::ByLength),
            (true, true) => match self.announcement(natural)? {
                Some(line) => (AUDITION_SILENCE, PlannedAnnouncement::Before(line)),
                None => (natural.min(AUDITION_SILENCE), PlannedAnnouncement::No),
            },
        };
        let (least, most, interval) = (silence.least, silence.most, silence.interval.as_ref());
        let is_open = silence.is_open && !self.is_audition();
        Ok(StretchableSilence { length, least, most, interval, announcement, is_open })
    }

    /// Returns the line that announces a silence of this length.
    ///
    /// # Errors
    /// If the facts do not contain its clip.
    pub(super) fn announcement(self, length: Duration) -> Result<Option<PlannedLine<'session>>, TimelineError> {
        let Some(announcement) = self.session.announcement(length) else { return Ok(None) };
        let key = self.announcement_key(announcement);
        let words = announcement.line.words().map(|say| say.value.as_str());
        self.planned_line(words, key, Decibels::UNITY, None).map(Some)
    }

    /// Returns the clip of an announcement. A default announcement without a recording is spoken.
    fn announcement_key(self, announcement: &AnnouncementSpec) -> ClipKey {
        let is_default = self.session.announcements.is_empty();
        match &announcement.line {
            SpokenLine::Recorded { clip, say } if is_default => {
                let recording = ClipKey::Bundled(clip.value.clone());
                match say {
                    Some(say) if self.facts.get(&recording).is_none() => {
                        ClipKey::Speech(SpeechKey::of_session(self.session, None, &say.value))
                    }
                    _ => recording,
                }
            }
            line => self.line_key(None, line),
        }
    }

    fn line_key(self, voice: Option<&str>, line: &SpokenLine) -> ClipKey {
        match line {
            SpokenLine::Recorded { clip, .. } => ClipKey::File(clip.value.clone()),
            SpokenLine::Words(say) => ClipKey::Speech(SpeechKey::of_session(self.session, voice, &say.value)),
        }
    }

    fn narration(self, narration: &'session NarrationSpec) -> Result<PlannedContent<'session>, TimelineError> {
        let is_avoided = self.shape.avoids(&narration.tags);
        let gain = if is_avoided { Decibels::UNITY } else { narration.gain };
        let line = self.shape.effective_line(narration);
        let words = line.words().map(|say| say.value.as_str());
        let line = self.planned_line(words, self.line_key(narration.voice.as_deref(), line), gain, narration.lasts)?;
        if !is_avoided || narration.instead.is_some() {
            return Ok(PlannedContent::Line(line));
        }
        let length = line.segment_length(self.rate);
        Ok(PlannedContent::Pause(if self.is_audition() { self.shorten(length) } else { length }))
    }

    fn shorten(self, length: FixedLength) -> FixedLength {
        match length {
            FixedLength::Frames(frames) => FixedLength::Frames(frames.min(self.rate.frames(AUDITION_SILENCE))),
            FixedLength::Time(time) => FixedLength::Time(time.min(AUDITION_SILENCE)),
        }
    }

    fn planned_line(
        self,
        words: Option<&'session str>,
        key: ClipKey,
        gain: Decibels,
        lasts: Option<Duration>,
    ) -> Result<PlannedLine<'session>, TimelineError> {
        match (self.facts.get(&key), words) {
            (Some(clip), _) => {
                let length = FixedLength::Frames(clip.rate.convert(clip.frames, self.rate));
                let word_times = self.facts.word_times(&key).convert(clip.rate, self.rate);
                Ok(PlannedLine { words, clip: Some(key), gain, length, word_times, lasts })
            }
            (None, Some(say)) if matches!(key, ClipKey::Speech(_)) => {
                // A requested length may be shorter than the minimum time of a caption.
                let least = if lasts.is_some() { Duration::ZERO } else { MIN_CAPTION_TIME };
                let length = FixedLength::Time(reading_time(say).max(least));
                Ok(PlannedLine { words, clip: None, gain, length, word_times: WordTimes::default(), lasts })
            }
            (None, _) => Err(TimelineError::UnknownClip(key)),
        }
    }
}

/// Returns the reading time of a line without speech.
fn reading_time(words: &str) -> Duration {
    let count = u32::try_from(without_pronunciations(words).split_whitespace().count()).unwrap_or(u32::MAX);
    CAPTION_TIME_PER_WORD.saturating_mul(count)
}
