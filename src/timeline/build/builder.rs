//! The state of a timeline being built, and its completion.

use std::collections::HashMap;
use std::time::Duration;

use crate::dsp::beds::BedEnvelope;
use crate::manifest::session::{BedSpec, Session};
use crate::timeline::cue::Cue;
use crate::timeline::cursor::TimelineCursor;
use crate::timeline::error::TimelineError;
use crate::timeline::facts::{ClipKey, SessionFacts};
use crate::timeline::gains::CueGains;
use crate::timeline::model::{Horizon, MAX_LENGTH, Timeline};
use crate::timeline::programme::Programme;
use crate::timeline::segment::{Segment, SegmentKey};
use crate::timeline::shape::Shape;
use crate::units::{Decibels, Frames, Rate};

/// The gain of the inkin in the built-in gentler passage.
const BUILT_IN_SOFTEN_GAIN: Decibels = Decibels(-6.0);
/// The length of the built-in gentler passage.
const BUILT_IN_SOFTEN_LENGTH: Duration = Duration::from_secs(30);
const MAX_CUES: usize = 50_000;

/// The beds with the frames at which they start.
pub(super) type BedStarts = Vec<(Frames, Option<BedSpec>)>;

/// Builds a timeline, segment by segment.
pub(super) struct TimelineBuilder<'inputs> {
    pub(super) session: &'inputs Session,
    /// The programme being built.
    pub(super) list: Programme,
    /// Whether the last silence is extended to its maximum.
    pub(super) is_endless: bool,
    /// The bed at the start.
    pub(super) first_bed: Option<&'inputs BedSpec>,
    pub(super) facts: &'inputs SessionFacts,
    pub(super) shape: &'inputs Shape,
    pub(super) gains: CueGains,
    pub(super) cursor: TimelineCursor,
    /// The index of the first segment that is not final.
    pub(super) first_pending: Option<usize>,
    pub(super) clip_indices: HashMap<ClipKey, usize>,
    pub(super) bell_indices: HashMap<String, usize>,
    /// The gains of the session's own modal bells, so that each is measured only once.
    pub(super) modal_gains: HashMap<String, Decibels>,
    /// The length of a strike, by the bell's index.
    pub(super) strike_lengths: HashMap<usize, Frames>,
    /// The changes of the bed, by segment.
    pub(super) bed_changes: Vec<(usize, Option<&'inputs BedSpec>)>,
    pub(super) timeline: Timeline,
}

impl<'inputs> TimelineBuilder<'inputs> {
    /// Creates the builder of a programme, still without segments.
    pub(super) fn new(
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

    /// Returns an error if the timeline has become too large.
    pub(super) fn check_limits(&self) -> Result<(), TimelineError> {
        if self.is_endless {
            return Ok(());
        }
        if self.timeline.cues.len() > MAX_CUES {
            return Err(TimelineError::TooManyCues(self.list.kind(), MAX_CUES));
        }
        if self.cursor.frame(self.timeline.rate) > self.timeline.rate.frames(MAX_LENGTH) {
            return Err(TimelineError::TooLong(self.list.kind()));
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
        let frames = self.cursor.frame(self.timeline.rate);
        self.timeline.segments.push(Segment { frames, ..Segment::empty(SegmentKey::UNLISTED, Frames::ZERO) });
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

    /// Adds the defaults of an empty programme and the beds, and returns the timeline.
    pub(super) fn finish(mut self) -> Result<(Timeline, BedStarts), TimelineError> {
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
