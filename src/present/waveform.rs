//! The waveforms of a session's recordings.

use std::collections::HashMap;
use std::ops::Range;

use crate::engine::ClipSource;
use crate::timeline::{CueSource, Timeline};
use crate::units::{Decibels, Frame, Frames, SILENCE};

/// Peaks per second.
const PEAKS_PER_SECOND: u64 = 50;
/// The frames read per block.
const BLOCK_FRAMES: usize = 8192;

/// The peaks of every spoken line, as they sound, on a lane of this many cells.
pub(crate) struct Waveform {
    /// Each line's first cell, and the peak within each of its cells.
    pub(crate) lines: Vec<(Range<usize>, Vec<f32>)>,
}

impl Waveform {
    /// Decodes every recording once. An unreadable one is silent.
    pub(crate) fn of(timeline: &Timeline, clips: &dyn ClipSource, voice: Decibels, cells: usize) -> Self {
        let mut peaks_by_clip: HashMap<usize, Vec<f32>> = HashMap::new();
        let length = timeline.end.0.max(1) as f64;
        let mut lines = Vec::new();
        for cue in &timeline.cues {
            let (CueSource::Recording(clip) | CueSource::Speech(clip)) = cue.source else { continue };
            let peaks = peaks_by_clip.entry(clip).or_insert_with(|| peaks(clips, clip));
            let gain = cue.total_gain(voice).amplitude() as f32;
            let cell = |frame: Frames| frame.0 as f64 / length * cells as f64;
            let (from, to) = (cell(cue.start), cell(cue.end()));
            let range = from as usize..(to.ceil() as usize).clamp(from as usize + 1, cells.max(from as usize + 1));
            let along = |cell: usize| ((cell as f64 - from) / (to - from).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
            let maximum = range.clone().map(|cell| {
                let index = |part: f64| ((part * peaks.len() as f64) as usize).min(peaks.len());
                let (first, last) = (index(along(cell)), index(along(cell + 1)));
                let within = &peaks[first.min(last)..last.max(first + 1).min(peaks.len())];
                gain * within.iter().copied().fold(0.0, f32::max)
            });
            lines.push((range.clone(), maximum.collect()));
        }
        Self { lines }
    }

    /// Returns the maximum peak.
    pub(crate) fn maximum(&self) -> f32 {
        self.lines.iter().flat_map(|(_, peaks)| peaks).copied().fold(0.0, f32::max)
    }
}

/// Returns the peak of each fiftieth of a second.
fn peaks(clips: &dyn ClipSource, clip: usize) -> Vec<f32> {
    let Ok(mut reader) = clips.open(clip) else { return Vec::new() };
    let chunk = (u64::from(reader.rate().hertz()) / PEAKS_PER_SECOND).max(1) as usize;
    let mut remaining = reader.frames().index();
    let (mut block, mut held, mut peaks) = (vec![SILENCE; BLOCK_FRAMES], Vec::new(), Vec::new());
    while remaining > 0 {
        let count = remaining.min(BLOCK_FRAMES);
        reader.read(&mut block[..count]);
        held.extend_from_slice(&block[..count]);
        let whole = held.len() / chunk * chunk;
        peaks.extend(held[..whole].chunks_exact(chunk).map(maximum));
        held.drain(..whole);
        remaining -= count;
    }
    peaks.extend((!held.is_empty()).then(|| maximum(&held)));
    peaks
}

fn maximum(frames: &[Frame]) -> f32 {
    frames.iter().flatten().fold(0.0, |maximum, sample| sample.abs().max(maximum))
}
