//! Builds a timeline with the exact frames of every segment and cue.

mod cues;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::cue::Cue;
use super::cursor::TimelineCursor;
use super::error::TimelineError;
use super::facts::{ClipKey, SessionFacts};
use super::fit;
use super::gains::CueGains;
use super::interval_bells;
use super::length_range::LengthRange;
use super::model::{Horizon, MAX_LENGTH, Timeline};
use super::plan::{PlannedAnnouncement, PlannedContent, PlannedLine, PlannedSegment, Planner, StretchableSilence};
use super::programme::{Programme, ProgrammeKind, Programmes};
use super::segment::{Segment, SegmentKey, SegmentKind};
use super::shape::{LengthChoice, Shape};
use crate::dsp::beds::BedEnvelope;
use crate::manifest::session::{BedChange, BedSpec, Session};
use crate::units::{Decibels, Frames, Rate};

/// The gain of the inkin in the built-in gentler passage.
const BUILT_IN_SOFTEN_GAIN: Decibels = Decibels(-6.0);
/// The length of the built-in gentler passage.
const BUILT_IN_SOFTEN_LENGTH: Duration = Duration::from_secs(30);
const MAX_CUES: usize = 50_000;

/// Builds the timeline of one programme at a sample rate. Only the session itself is fitted to a length.
///
/// # Errors
/// If a clip is missing from the facts, the silences can't be scaled to the requested length, there are too many cues, or the programme is
/// too long.
pub fn build(
    session: &Session,
    programme: Programme,
    facts: &SessionFacts,
    shape: &Shape,
    rate: Rate,
) -> Result<Timeline, TimelineError> {
    build_with_bed(session, programme, session.bed.as_ref(), facts, shape, rate).map(|(timeline, _)| timeline)
}

/// As [`build`], with this bed for a gentler passage. Also returns which bed starts at which frame.
fn build_with_bed(
    session: &Session,
    programme: Programme,
    bed: Option<&BedSpec>,
    facts: &SessionFacts,
    shape: &Shape,
    rate: Rate,
) -> Result<(Timeline, BedStarts), TimelineError> {
    let settle = shape.settle.unwrap_or(session.settle);
    let (list, settle, segments) = match programme.kind() {
        ProgrammeKind::Session | ProgrammeKind::OpenSilence => (Programme::SESSION, settle, &session.segments),
        ProgrammeKind::Soften => (Programme::SOFTEN, Duration::ZERO, &session.soften),
        ProgrammeKind::Closing => (Programme::CLOSING, Duration::ZERO, &session.exit),
    };
    let mut shape = shape.clone();
    if !programme.is_session() && matches!(shape.length, LengthChoice::Fitted(_)) {
        shape.length = LengthChoice::Natural;
    }
    let mut planned = Planner { session, facts, shape: &shape, rate }.plan(settle, segments)?;
    if let LengthChoice::Fitted(requested) = shape.length {
        fit::fit(&mut planned, requested, rate)?;
    }
    if programme == Programme::OPEN_SILENCE {
        extend_open_silence(&mut planned);
    }
    let mut builder = TimelineBuilder::new(session, list, facts, &shape, rate);
    builder.is_endless = programme == Programme::OPEN_SILENCE;
    builder.first_bed = bed;
    builder.first_pending = first_pending(&planned, list, &shape);
    for segment in planned {
        builder.add_segment(segment)?;
    }
    builder.finish()
}

/// Extends the open silence to its maximum, and removes everything after it.
fn extend_open_silence(planned: &mut Vec<PlannedSegment>) {
    let is_open = |segment: &PlannedSegment| matches!(&segment.content, PlannedContent::Silence(one) if one.is_open);
    let Some(open) = planned.iter().position(is_open) else { return };
    planned.truncate(open + 1);
    if let PlannedContent::Silence(silence) = &mut planned[open].content {
        silence.length = MAX_LENGTH;
    }
}

/// Builds the timelines of all programmes at a sample rate.
///
/// # Errors
/// The first error of [`build`].
pub(crate) fn build_all(
    session: &Session,
    facts: &SessionFacts,
    shape: &Shape,
    rate: Rate,
) -> Result<Programmes, TimelineError> {
    let build = |programme, bed| build_with_bed(session, programme, bed, facts, shape, rate);
    let (main, beds) = build(Programme::SESSION, session.bed.as_ref())?;
    let mut timelines = vec![(Programme::CLOSING, build(Programme::CLOSING, None)?.0)];
    if main.open_segment.is_some() {
        let (open, _) = build(Programme::OPEN_SILENCE, session.bed.as_ref())?;
        timelines.push((Programme::OPEN_SILENCE, open));
    }
    let (mut variants, mut passages): (Vec<Option<&BedSpec>>, Vec<_>) = (Vec::new(), Vec::new());
    for (start, bed) in &beds {
        let bed = bed.as_ref();
        let known = variants.iter().position(|one| one.map(BedSpec::name) == bed.map(BedSpec::name));
        let variant = known.unwrap_or(variants.len());
        let passage = Programme::soften(variant);
        if known.is_none() {
            variants.push(bed);
            timelines.push((passage, build(passage, bed)?.0));
        }
        passages.push((*start, passage));
    }
    timelines.push((Programme::SESSION, main));
    let timelines = timelines.into_iter().map(|(programme, timeline)| (programme, Arc::new(timeline)));
    Ok(Programmes::new(timelines.collect(), passages))
}

/// Returns the shortest and the longest length that a session can be fitted to.
///
/// # Errors
/// If a clip is missing from the facts.
pub fn length_range(
    session: &Session,
    facts: &SessionFacts,
    shape: &Shape,
    rate: Rate,
) -> Result<LengthRange, TimelineError> {
    let planned =
        Planner { session, facts, shape, rate }.plan(shape.settle.unwrap_or(session.settle), &session.segments)?;
    Ok(fit::possible_lengths(&planned, rate))
}

/// Returns the index of the first segment that depends on pending speech. In a fitted session every segment does. The gentler
/// passage and the closing don't wait for speech: lines without speech at their time are shown.
fn first_pending(planned: &[PlannedSegment], programme: Programme, shape: &Shape) -> Option<usize> {
    let first = planned.iter().position(|segment| segment.is_pending).filter(|_| programme == Programme::SESSION)?;
    Some(if matches!(shape.length, LengthChoice::Fitted(_)) { 0 } else { first })
}

/// The beds with the frames at which they start.
type BedStarts = Vec<(Frames, Option<BedSpec>)>;

struct TimelineBuilder<'inputs> {
    session: &'inputs Session,
    /// The programme being built.
    list: Programme,
    /// Whether the last silence is extended to its maximum.
    is_endless: bool,
    /// The bed at the start.
    first_bed: Option<&'inputs BedSpec>,
    facts: &'inputs SessionFacts,
    shape: &'inputs Shape,
    gains: CueGains,
    cursor: TimelineCursor,
    /// The index of the first segment that is not final.
    first_pending: Option<usize>,
    clip_indices: HashMap<ClipKey, usize>,
    bell_indices: HashMap<String, usize>,
    /// The gains of the session's own modal bells, so that each is measured only once.
    modal_gains: HashMap<String, Decibels>,
    /// The length of a strike, by the bell's index.
    strike_lengths: HashMap<usize, Frames>,
    /// The changes of the bed, by segment.
    bed_changes: Vec<(usize, Option<&'inputs BedSpec>)>,
    timeline: Timeline,
}

impl<'inputs> TimelineBuilder<'inputs> {
    fn new(
        session: &'inputs Session,
        list: Programme,
        facts: &'inputs SessionFacts,
        shape: &'inputs Shape,
        rate: Rate,
    ) -> Self {
        let timeline = Timeline {
            title: session.title.clone(),
            rate,
            segments: Vec::new(),
            open_segment: None,
            cues: Vec::new(),
            frames: Frames::ZERO,
            end: Frames::ZERO,
            horizon: None,
            clips: Vec::new(),
            bells: Vec::new(),
        };
        Self {
            session,
            list,
            is_endless: false,
            first_bed: None,
            facts,
            shape,
            gains: CueGains::new(session, shape),
            cursor: TimelineCursor::default(),
            first_pending: None,
            clip_indices: HashMap::new(),
            bell_indices: HashMap::new(),
            modal_gains: HashMap::new(),
            strike_lengths: HashMap::new(),
            bed_changes: Vec::new(),
            timeline,
        }
    }

    fn add_segment(&mut self, planned: PlannedSegment<'inputs>) -> Result<(), TimelineError> {
        let start = self.cursor;
        let mut segment = Segment {
            key: planned.key,
            id: planned.id,
            repeat: planned.repeat.map(str::to_owned),
            chapter: planned.chapter.map(str::to_owned),
            kind: SegmentKind::Silence,
            start: start.frame(self.timeline.rate),
            frames: Frames::ZERO,
            text: None,
            spoken: Frames::ZERO,
            is_open: false,
            bell: None,
        };
        let rate = self.timeline.rate;
        let change = planned.bed.map(|change| match change {
            BedChange::To(bed) => Some(bed),
            BedChange::Off => None,
        });
        self.bed_changes.extend(change.map(|bed| (self.timeline.segments.len(), bed)));
        self.cursor = match planned.content {
            PlannedContent::Bell(strikes) => {
                segment.kind = SegmentKind::Bell;
                segment.bell = Some((strikes.bell.value.clone(), strikes.count));
                (0..strikes.count)
                    .try_for_each(|number| self.add_strike(&strikes.bell.value, start.after(strikes.every * number)))?;
                start.after(strikes.duration())
            }
            PlannedContent::Silence(silence) => {
                let end = silence.words_before().after(start).after(silence.length);
                segment.frames = end.frame(rate) - segment.start;
                if silence.is_open {
                    segment.is_open = true;
                    self.timeline.open_segment = Some(self.timeline.segments.len());
                }
                self.announce(&silence, &mut segment)?;
                self.add_interval_bells(&silence, planned.key, start)?;
                end
            }
            PlannedContent::Line(line) => {
                segment.kind = SegmentKind::Narration;
                let end = line.segment_length(rate).after(start);
                segment.frames = end.frame(rate) - segment.start;
                self.add_line(&line, &mut segment, true);
                end
            }
            PlannedContent::Pause(length) => length.after(start),
        };
        segment.frames = self.cursor.frame(rate) - segment.start;
        self.timeline.segments.push(segment);
        self.check_limits()
    }

    /// Adds the announcement at the start of a silence. A clip longer than half of the silence is not played.
    fn announce(&mut self, silence: &StretchableSilence<'inputs>, segment: &mut Segment) -> Result<(), TimelineError> {
        let planner = Planner { session: self.session, facts: self.facts, shape: self.shape, rate: self.timeline.rate };
        match &silence.announcement {
            PlannedAnnouncement::No => {}
            PlannedAnnouncement::Before(line) => self.add_line(line, segment, true),
            PlannedAnnouncement::ByLength => {
                if let Some(line) = planner.announcement(silence.length)? {
                    let is_played = Frames(line.length.frames(self.timeline.rate).0 * 2) <= segment.frames;
                    self.add_line(&line, segment, is_played);
                }
            }
        }
        Ok(())
    }

    /// Adds the words of a line to their segment and, if they are spoken, their cue.
    fn add_line(&mut self, line: &PlannedLine, segment: &mut Segment, is_played: bool) {
        let spoken = line.length.frames(self.timeline.rate).min(segment.frames);
        segment.text = line.words.map(str::to_owned);
        segment.spoken = spoken;
        if let Some(clip) = line.clip.clone().filter(|_| is_played) {
            self.add_clip(clip, line.gain, segment.start, spoken);
        }
    }

    fn add_interval_bells(
        &mut self,
        silence: &StretchableSilence,
        key: SegmentKey,
        start: TimelineCursor,
    ) -> Result<(), TimelineError> {
        let Some(interval) = silence.interval else { return Ok(()) };
        let seed = interval_bells::seed(&self.session.title, self.list, key);
        let length = silence.length;
        interval_bells::strikes(interval, seed, length)
            .try_for_each(|time| self.add_strike(&interval.bell.value, start.after(time)))
    }

    fn check_limits(&self) -> Result<(), TimelineError> {
        if self.is_endless {
            return Ok(());
        }
        if self.timeline.cues.len() > MAX_CUES {
            return Err(TimelineError::TooManyCues(MAX_CUES));
        }
        if self.cursor.frame(self.timeline.rate) > self.timeline.rate.frames(MAX_LENGTH) {
            return Err(TimelineError::TooLong);
        }
        Ok(())
    }

    /// Adds the gentler passage of a session that has none of its own: a soft inkin, and a silence.
    fn add_built_in_soften(&mut self) -> Result<(), TimelineError> {
        self.add_strike("inkin", self.cursor)?;
        for cue in &mut self.timeline.cues {
            cue.gain = cue.gain + BUILT_IN_SOFTEN_GAIN;
        }
        self.cursor = self.cursor.after(BUILT_IN_SOFTEN_LENGTH);
        self.timeline.segments.push(Segment {
            key: SegmentKey::UNLISTED,
            id: None,
            repeat: None,
            chapter: None,
            kind: SegmentKind::Silence,
            start: Frames::ZERO,
            frames: self.cursor.frame(self.timeline.rate),
            text: None,
            spoken: Frames::ZERO,
            is_open: false,
            bell: None,
        });
        Ok(())
    }

    /// Returns how much of the timeline is final. A bed is ducked before speech starts, and returns only if there is time before the next
    /// line, so its audio may be final up to an earlier frame than the positions.
    fn horizon(&self) -> Option<Horizon> {
        let positions = self.timeline.segments.get(self.first_pending?)?.start;
        let cues = &self.timeline.cues;
        let last_speech_end =
            cues.iter().filter(|cue| cue.source.is_spoken() && cue.start < positions).map(Cue::end).max();
        let has_bed = cues.iter().any(|cue| cue.source.kind() == "bed");
        let audio =
            if has_bed { BedEnvelope::final_before(positions, last_speech_end, self.timeline.rate) } else { positions };
        Some(Horizon { positions, audio })
    }

    fn finish(mut self) -> Result<(Timeline, BedStarts), TimelineError> {
        if self.list == Programme::CLOSING && self.session.exit.is_empty() {
            self.add_strike("bowl", TimelineCursor::default())?;
        }
        if self.list == Programme::SOFTEN && self.session.soften.is_empty() {
            self.add_built_in_soften()?;
        }
        self.timeline.frames = self.cursor.frame(self.timeline.rate);
        let beds = self.beds();
        if self.list != Programme::CLOSING {
            self.add_beds(&beds);
            self.check_limits()?;
        }
        self.timeline.horizon = self.horizon();
        self.timeline.cues.sort_by_key(|cue| cue.start);
        let last_end = self.timeline.cues.iter().map(Cue::end).max().unwrap_or_default();
        self.timeline.end = last_end.max(self.timeline.frames);
        let starts = beds.into_iter().map(|(_, start, bed)| (start, bed.cloned())).collect();
        Ok((self.timeline, starts))
    }
}
