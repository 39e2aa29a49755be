//! The gain of a bed over a session: in, out, and down a little under speech.

use std::ops::Range;
use std::time::Duration;

use crate::dsp::fades::raised_cosine;
use crate::units::{Decibels, Frames, Rate};

/// How long a bed takes to come.
const FADE_IN: Duration = Duration::from_secs(4);
/// How long a bed takes to go.
pub const FADE_OUT: Duration = Duration::from_secs(8);
/// How long it takes to make room before speech.
const MAKE_ROOM: Duration = Duration::from_millis(1_500);
/// How long it takes to come back after speech.
const COME_BACK: Duration = Duration::from_millis(2_500);
/// Its gain under speech.
const UNDER_SPEECH: Decibels = Decibels(-3.0);

/// The gain of a bed at every frame of a programme: 4 s in, 8 s out, and 3 dB lower under speech.
///
/// It is a pure function of the frame. The bed is already down when speech starts, 1.5 s after it began to give way, and takes
/// 2.5 s to come back; in a pause too short for both it stays down.
#[derive(Clone, Debug)]
pub struct BedCurve {
    span: Range<u64>,
    /// In order, with pauses between them that are long enough to come back in.
    speech: Vec<Range<u64>>,
    fade_in: Slope,
    fade_out: Slope,
    make_room: Slope,
    come_back: Slope,
    under_speech: f32,
}

/// A time that a change of gain takes.
#[derive(Clone, Copy, Debug)]
struct Slope {
    frames: u64,
    per_frame: f32,
}

impl BedCurve {
    /// The curve of a bed that is heard over `span`, given all ranges of the programme in which something is spoken, in any
    /// order.
    #[must_use]
    pub fn new(span: Range<Frames>, speech: impl IntoIterator<Item = Range<Frames>>, rate: Rate) -> Self {
        let [fade_in, fade_out, make_room, come_back] =
            [FADE_IN, FADE_OUT, MAKE_ROOM, COME_BACK].map(|time| Slope::new(rate.frames(time)));
        let mut ranges: Vec<Range<u64>> = speech.into_iter().map(|range| range.start.0..range.end.0).collect();
        ranges.retain(|range| range.start < range.end);
        ranges.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<u64>> = Vec::new();
        for range in ranges {
            match merged.last_mut() {
                Some(last) if range.start < last.end + make_room.frames + come_back.frames => {
                    last.end = last.end.max(range.end);
                }
                _ => merged.push(range),
            }
        }
        let under_speech = UNDER_SPEECH.amplitude() as f32;
        Self { span: span.start.0..span.end.0, speech: merged, fade_in, fade_out, make_room, come_back, under_speech }
    }

    /// The frame up to which the gain is the same whether or not someone speaks at `next` or later, when speech before it ended at
    /// `last_end`.
    #[must_use]
    pub fn certain_before(next: Frames, last_end: Option<Frames>, rate: Rate) -> Frames {
        let (make_room, come_back) = (rate.frames(MAKE_ROOM), rate.frames(COME_BACK));
        match last_end {
            Some(end) if next < end + make_room + come_back => end.min(next),
            _ => next.saturating_sub(make_room),
        }
    }

    /// The factor at a frame of the programme; nought outside the bed's span.
    #[must_use]
    pub fn gain(&self, frame: Frames) -> f32 {
        let mut gain = [0.0];
        self.fill(frame, &mut gain);
        gain[0]
    }

    /// The factors at the frames from `from` on.
    pub fn fill(&self, from: Frames, gains: &mut [f32]) {
        let mut frame = from.0;
        let mut rest = gains;
        while !rest.is_empty() {
            let (level, until) = self.piece(frame);
            let count = usize::try_from(until - frame).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            match level {
                Level::Steady(gain) => now.fill(gain),
                Level::Moving { last_end, next_start } => {
                    for (frame, gain) in (frame..).zip(now) {
                        *gain = self.fades(frame) * self.duck(frame, last_end, next_start);
                    }
                }
            }
            frame += count as u64;
            rest = later;
        }
    }

    /// What the gain does from a frame on, and the frame, later than this one, until which this holds.
    fn piece(&self, frame: u64) -> (Level, u64) {
        if frame < self.span.start {
            return (Level::Steady(0.0), self.span.start);
        }
        if frame >= self.span.end {
            return (Level::Steady(0.0), u64::MAX);
        }
        let next = self.speech.partition_point(|range| range.start <= frame);
        let next_start = self.speech.get(next).map_or(u64::MAX, |range| range.start);
        let last_end = next.checked_sub(1).map(|last| self.speech[last].end);
        let full_from = self.span.start + self.fade_in.frames;
        let full_until = self.span.end.saturating_sub(self.fade_out.frames);
        let back_from = last_end.map_or(0, |end| end + self.come_back.frames);
        let room_from = next_start.saturating_sub(self.make_room.frames);
        // The next piece begins at the nearest of these that lies ahead.
        let edges = [full_from, full_until, last_end.unwrap_or(0), back_from, room_from, next_start, self.span.end];
        let until = edges.into_iter().filter(|edge| *edge > frame).min().unwrap_or(self.span.end);
        let faded = frame < full_from || frame >= full_until;
        let spoken = last_end.is_some_and(|end| frame < end);
        let level = if !faded && spoken {
            Level::Steady(self.under_speech)
        } else if !faded && frame >= back_from && frame < room_from {
            Level::Steady(1.0)
        } else {
            Level::Moving { last_end, next_start }
        };
        (level, until)
    }

    fn fades(&self, frame: u64) -> f32 {
        self.fade_in.part(frame - self.span.start) * self.fade_out.part(self.span.end - frame)
    }

    /// The gain between the end of one speech and the start of the next.
    fn duck(&self, frame: u64, last_end: Option<u64>, next_start: u64) -> f32 {
        let since = last_end.map_or(1.0, |end| self.come_back.part(frame.saturating_sub(end)));
        let until = self.make_room.part(next_start - frame);
        self.under_speech + (1.0 - self.under_speech) * since.min(until)
    }
}

enum Level {
    Steady(f32),
    Moving { last_end: Option<u64>, next_start: u64 },
}

impl Slope {
    fn new(length: Frames) -> Self {
        Self { frames: length.0, per_frame: 1.0 / length.0.max(1) as f32 }
    }

    /// How much of the way up it is, so many frames after its foot.
    #[inline]
    fn part(self, frames: u64) -> f32 {
        raised_cosine(frames as f32 * self.per_frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HERTZ: u64 = 1_000;

    fn curve(span: Range<u64>, speech: &[Range<u64>]) -> BedCurve {
        let frames = |range: &Range<u64>| Frames(range.start)..Frames(range.end);
        BedCurve::new(frames(&span), speech.iter().map(frames), Rate::new(HERTZ as u32).unwrap())
    }

    fn decibels(curve: &BedCurve, frame: u64) -> f64 {
        crate::testing::decibels(f64::from(curve.gain(Frames(frame))))
    }

    #[test]
    fn it_comes_in_4_seconds_and_goes_in_8() {
        let curve = curve(1_000..61_000, &[]);
        assert_eq!(curve.gain(Frames(999)), 0.0);
        assert_eq!(curve.gain(Frames(1_000)), 0.0);
        assert!((curve.gain(Frames(3_000)) - 0.5).abs() < 1e-6);
        assert_eq!(curve.gain(Frames(5_000)), 1.0);
        assert_eq!(curve.gain(Frames(53_000)), 1.0);
        assert!((curve.gain(Frames(57_000)) - 0.5).abs() < 1e-6);
        assert!(curve.gain(Frames(60_999)) < 1e-6);
        assert_eq!(curve.gain(Frames(61_000)), 0.0);
    }

    #[test]
    fn it_is_3_decibels_lower_under_speech_and_gives_way_before() {
        let curve = curve(0..90_000, &[20_000..30_000]);
        assert_eq!(decibels(&curve, 18_500), 0.0);
        assert!(decibels(&curve, 19_000) < -0.3);
        assert!((decibels(&curve, 20_000) + 3.0).abs() < 1e-4);
        assert!((decibels(&curve, 29_999) + 3.0).abs() < 1e-4);
        assert!(decibels(&curve, 31_250) > -2.0);
        assert_eq!(decibels(&curve, 32_500), 0.0);
    }

    #[test]
    fn it_stays_down_in_a_short_pause() {
        let curve = curve(0..90_000, &[30_000..35_000, 20_000..27_000, 40_000..40_000]);
        assert!((20_000..35_000).all(|frame| (decibels(&curve, frame) + 3.0).abs() < 1e-4));
        assert_eq!(decibels(&curve, 40_000), 0.0);
    }

    proptest! {
        #[test]
        fn it_moves_softly_and_blocks_make_no_difference(
            start in 0_u64..5_000,
            length in 0_u64..100_000,
            speech in prop::collection::vec((0_u64..100_000, 0_u64..9_000), 0..20),
            from in 0_u64..100_000,
            sizes in prop::collection::vec(1_usize..4_000, 1..8),
        ) {
            let speech: Vec<_> = speech.into_iter().map(|(start, length)| start..start + length).collect();
            let curve = curve(start..start + length, &speech);
            let mut frame = from;
            let mut last: Option<f32> = None;
            for size in sizes {
                let mut gains = vec![9.0; size];
                curve.fill(Frames(frame), &mut gains);
                for (at, gain) in (frame..).zip(gains) {
                    prop_assert_eq!(gain, curve.gain(Frames(at)));
                    prop_assert!((0.0..=1.0).contains(&gain));
                    // Where in and out meet, both move.
                    prop_assert!(last.is_none_or(|last| (last - gain).abs() < 0.0007));
                    last = Some(gain);
                }
                frame += size as u64;
            }
        }
    }
}
