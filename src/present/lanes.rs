//! The content of a timeline's drawing: the ranges of frames in each lane.

use std::ops::Range;
use std::time::Duration;

use crate::manifest::duration;
use crate::text::escape_controls;
use crate::timeline::{CueSource, SegmentKind, Timeline};
use crate::units::{Frames, Rate};

/// Steps of a time axis, in seconds.
const STEPS: [u64; 20] =
    [1, 2, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200];

/// Half-open ranges of frames, sorted by their start.
pub(crate) type Stretches = Vec<Range<u64>>;

/// The content of a timeline's drawing.
pub(crate) struct Lanes {
    /// The length, including the ring-out.
    pub(crate) length: u64,
    pub(crate) rate: Rate,
    /// The length of the session as text.
    pub(crate) written_length: String,
    /// Spoken lines.
    pub(crate) voice: Stretches,
    /// Lines that are shown but not spoken.
    pub(crate) shown: Stretches,
    /// Strikes, each with its ring-out.
    pub(crate) bells: Stretches,
    pub(crate) silences: Stretches,
    pub(crate) bed: Stretches,
    /// The start and title of each chapter.
    pub(crate) chapters: Vec<(u64, String)>,
}

impl Lanes {
    pub(crate) fn of(timeline: &Timeline) -> Self {
        let cues = |matches: fn(&CueSource) -> bool| -> Stretches {
            let cues = timeline.cues.iter().filter(|cue| matches(&cue.source));
            cues.map(|cue| cue.start.0..cue.end().0).collect()
        };
        let voice = cues(CueSource::is_spoken);
        let segments = |kind| timeline.segments.iter().filter(move |segment| segment.kind == kind);
        let spoken_starts: std::collections::BTreeSet<_> = voice.iter().map(|line| line.start).collect();
        let shown = segments(SegmentKind::Narration)
            .map(|segment| segment.start.0..(segment.start + segment.spoken).0)
            .filter(|line| !spoken_starts.contains(&line.start))
            .collect();
        let chapters = timeline.segments.iter().filter_map(|segment| {
            segment.chapter.as_deref().map(|chapter| (segment.start.0, escape_controls(chapter)))
        });
        Self {
            length: timeline.end.0.max(1),
            rate: timeline.rate,
            written_length: duration::format(timeline.length_in_seconds()),
            shown,
            voice,
            bells: cues(|sound| matches!(sound, CueSource::BellStrike(_) | CueSource::BellClip(_))),
            silences: segments(SegmentKind::Silence).map(|segment| segment.start.0..segment.end().0).collect(),
            bed: cues(|sound| matches!(sound, CueSource::Bed(_) | CueSource::BedClip(_))),
            chapters: chapters.collect(),
        }
    }

    /// Returns the times for the labels of the axis, at most `max_count`.
    pub(crate) fn ticks(&self, max_count: usize) -> Vec<Frames> {
        let seconds = Frames(self.length).seconds(self.rate);
        let fits = |step: &&u64| seconds / **step as f64 <= max_count as f64;
        let step = STEPS.iter().find(fits).copied().unwrap_or(86_400);
        let count = (seconds / step as f64) as u64;
        (0..=count).map(|number| self.rate.frames(Duration::from_secs(number * step))).collect()
    }

    /// Returns the cell at a frame, for a lane of this many cells.
    pub(crate) fn cell_at(&self, frame: u64, cells: f64) -> f64 {
        frame as f64 / self.length as f64 * cells
    }

    /// Returns the cells filled by these ranges. Each range fills at least one cell.
    pub(crate) fn filled(&self, stretches: &Stretches, cells: usize) -> Vec<bool> {
        let mut filled = vec![false; cells];
        for stretch in stretches {
            let from = (self.cell_at(stretch.start, cells as f64).round() as usize).min(cells - 1);
            let to = (self.cell_at(stretch.end, cells as f64).round() as usize).clamp(from + 1, cells);
            filled[from..to].fill(true);
        }
        filled
    }
}
