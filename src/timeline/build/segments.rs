//! Adds segments with their cues.

use super::builder::TimelineBuilder;
use crate::manifest::session::{BedChange, StrikesSpec};
use crate::text::without_pronunciations;
use crate::timeline::cursor::TimelineCursor;
use crate::timeline::error::TimelineError;
use crate::timeline::interval_bells;
use crate::timeline::plan::{
    PlannedAnnouncement, PlannedContent, PlannedLine, PlannedSegment, Planner, StretchableSilence,
};
use crate::timeline::segment::{Segment, SegmentKey, SegmentKind};
use crate::units::Frames;

impl<'inputs> TimelineBuilder<'inputs> {
    /// Adds a segment at the cursor, and moves the cursor to its end.
    pub(super) fn add_segment(&mut self, planned: PlannedSegment<'inputs>) -> Result<(), TimelineError> {
        let (rate, start) = (self.timeline.rate, self.cursor);
        let mut segment = Segment {
            id: planned.id,
            repeat: planned.repeat.map(str::to_owned),
            chapter: planned.chapter.map(str::to_owned),
            ..Segment::empty(planned.key, start.frame(rate))
        };
        self.change_bed(planned.bed);
        self.cursor = match planned.content {
            PlannedContent::Bell(strikes) => self.add_bell(strikes, &mut segment)?,
            PlannedContent::Silence(silence) => self.add_silence(&silence, &mut segment)?,
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

    /// Records the bed that starts with the next segment.
    fn change_bed(&mut self, change: Option<&'inputs BedChange>) {
        let bed = match change {
            Some(BedChange::To(bed)) => Some(bed),
            Some(BedChange::Off) => None,
            None => return,
        };
        self.bed_changes.push((self.timeline.segments.len(), bed));
    }

    /// Adds the strikes of a bell, and returns the end of their segment.
    fn add_bell(&mut self, strikes: &StrikesSpec, segment: &mut Segment) -> Result<TimelineCursor, TimelineError> {
        let start = self.cursor;
        segment.kind = SegmentKind::Bell;
        segment.bell = Some((strikes.bell.value.clone(), strikes.count));
        (0..strikes.count)
            .try_for_each(|number| self.add_strike(&strikes.bell.value, start.after(strikes.every * number)))?;
        Ok(start.after(strikes.duration()))
    }

    /// Adds the announcement and the bells of a silence, and returns its end.
    fn add_silence(
        &mut self,
        silence: &StretchableSilence<'inputs>,
        segment: &mut Segment,
    ) -> Result<TimelineCursor, TimelineError> {
        let start = self.cursor;
        let end = silence.words_before().after(start).after(silence.length);
        segment.frames = end.frame(self.timeline.rate) - segment.start;
        if silence.is_open {
            segment.is_open = true;
            self.timeline.open_segment = Some(self.timeline.segments.len());
        }
        self.announce(silence, segment)?;
        self.add_interval_bells(silence, segment.key, start)?;
        Ok(end)
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
        segment.text = line.words.map(|words| without_pronunciations(words).into_owned());
        segment.spoken = spoken;
        if let Some(clip) = line.clip.clone().filter(|_| is_played) {
            segment.word_times = line.word_times.clone();
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
}
