//! The gain of a bed over a session: it fades in and out, and is ducked under speech.

use std::ops::Range;
use std::time::Duration;

use crate::dsp::fades::raised_cosine;
use crate::units::{Decibels, Frames, Rate};

/// The fade at the start of a bed.
const FADE_IN: Duration = Duration::from_secs(4);
/// The fade at the end of a bed, and at the start of one that does not start with its session.
pub(crate) const FADE_OUT: Duration = Duration::from_secs(8);
/// The time before speech in which the bed is lowered.
const DUCK: Duration = Duration::from_millis(1_500);
/// The time after speech in which the bed is raised again.
const RECOVER: Duration = Duration::from_millis(2_500);
/// The gain of a bed under speech.
const DUCKED_GAIN: Decibels = Decibels(-3.0);

/// How a bed starts or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BedEdge {
    /// With the session: a fade in over 4 s, or out over 8 s.
    Session,
    /// Within the session, without another bed: a fade over 8 s.
    Silence,
    /// A crossfade over 8 s from or to another bed, at a constant level.
    OtherBed,
}

/// The gain of a bed at every frame of a programme: it fades in over 4 s and out over 8 s, and is 3 dB lower under speech.
///
/// The gain is a pure function of the frame. Ducking starts 1.5 s before speech, so the bed is already low when speech starts, and
/// recovery takes 2.5 s. In a pause too short for both, the bed stays low.
#[derive(Clone, Debug)]
pub(crate) struct BedEnvelope {
    span: Range<u64>,
    /// The ranges of speech in order. Pauses that are too short to recover in have been merged into them.
    speech: Vec<Range<u64>>,
    /// How it starts and ends.
    edges: [BedEdge; 2],
    fade_in: CosineFade,
    fade_out: CosineFade,
    duck: CosineFade,
    recover: CosineFade,
    ducked_gain: f32,
}

/// A raised-cosine fade of a certain length.
#[derive(Clone, Copy, Debug)]
struct CosineFade {
    frames: u64,
    per_frame: f32,
}

impl BedEnvelope {
    /// Creates the envelope of a bed over `span` that starts and ends according to `edges`, given all ranges of speech in any order.
    pub(crate) fn new(
        span: Range<Frames>,
        edges: [BedEdge; 2],
        speech: impl IntoIterator<Item = Range<Frames>>,
        rate: Rate,
    ) -> Self {
        let fade_in = if edges[0] == BedEdge::Session { FADE_IN } else { FADE_OUT };
        let [fade_in, fade_out, duck, recover] =
            [fade_in, FADE_OUT, DUCK, RECOVER].map(|time| CosineFade::new(rate.frames(time)));
        let mut ranges: Vec<Range<u64>> = speech.into_iter().map(|range| range.start.0..range.end.0).collect();
        ranges.retain(|range| range.start < range.end);
        ranges.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<u64>> = Vec::new();
        for range in ranges {
            match merged.last_mut() {
                Some(last) if range.start < last.end + duck.frames + recover.frames => {
                    last.end = last.end.max(range.end);
                }
                _ => merged.push(range),
            }
        }
        let ducked_gain = DUCKED_GAIN.amplitude() as f32;
        Self { span: span.start.0..span.end.0, speech: merged, edges, fade_in, fade_out, duck, recover, ducked_gain }
    }

    /// Returns the frame before which the gain does not depend on speech at `next` or later, given the end of the previous speech.
    pub(crate) fn final_before(next: Frames, last_end: Option<Frames>, rate: Rate) -> Frames {
        let (duck, recover) = (rate.frames(DUCK), rate.frames(RECOVER));
        match last_end {
            Some(end) if next < end + duck + recover => end.min(next),
            _ => next.saturating_sub(duck),
        }
    }

    /// Returns the gain at a frame of the programme, which is zero outside of the bed's span.
    #[cfg(test)]
    fn gain(&self, frame: Frames) -> f32 {
        let mut gain = [0.0];
        self.fill(frame, &mut gain);
        gain[0]
    }

    /// Writes the gains of the frames from `from` on.
    pub(crate) fn fill(&self, from: Frames, gains: &mut [f32]) {
        let mut frame = from.0;
        let mut rest = gains;
        while !rest.is_empty() {
            let (piece, until) = self.piece_at(frame);
            let count = usize::try_from(until - frame).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            match piece {
                EnvelopePiece::Constant(gain) => now.fill(gain),
                EnvelopePiece::Changing { last_end, next_start } => {
                    for (frame, gain) in (frame..).zip(now) {
                        *gain = self.fade_gain(frame) * self.duck_gain(frame, last_end, next_start);
                    }
                }
            }
            frame += count as u64;
            rest = later;
        }
    }

    /// Returns the shape of the gain from a frame on, and the frame of the next change.
    fn piece_at(&self, frame: u64) -> (EnvelopePiece, u64) {
        if frame < self.span.start {
            return (EnvelopePiece::Constant(0.0), self.span.start);
        }
        if frame >= self.span.end {
            return (EnvelopePiece::Constant(0.0), u64::MAX);
        }
        let next = self.speech.partition_point(|range| range.start <= frame);
        let next_start = self.speech.get(next).map_or(u64::MAX, |range| range.start);
        let last_end = next.checked_sub(1).map(|last| self.speech[last].end);
        let full_from = self.span.start + self.fade_in.frames;
        let full_until = self.span.end.saturating_sub(self.fade_out.frames);
        let recovered_from = last_end.map_or(0, |end| end + self.recover.frames);
        let duck_from = next_start.saturating_sub(self.duck.frames);
        // The next piece starts at the nearest of these edges ahead.
        let edges =
            [full_from, full_until, last_end.unwrap_or(0), recovered_from, duck_from, next_start, self.span.end];
        let until = edges.into_iter().filter(|edge| *edge > frame).min().unwrap_or(self.span.end);
        let is_fading = frame < full_from || frame >= full_until;
        let is_spoken = last_end.is_some_and(|end| frame < end);
        let piece = if !is_fading && is_spoken {
            EnvelopePiece::Constant(self.ducked_gain)
        } else if !is_fading && frame >= recovered_from && frame < duck_from {
            EnvelopePiece::Constant(1.0)
        } else {
            EnvelopePiece::Changing { last_end, next_start }
        };
        (piece, until)
    }

    fn fade_gain(&self, frame: u64) -> f32 {
        let gains = [self.fade_in.gain_after(frame - self.span.start), self.fade_out.gain_after(self.span.end - frame)];
        let [start, end] = [0, 1].map(|edge| match self.edges[edge] {
            BedEdge::OtherBed => equal_power(gains[edge]),
            _ => gains[edge],
        });
        start * end
    }

    /// Returns the gain between the end of one speech and the start of the next.
    fn duck_gain(&self, frame: u64, last_end: Option<u64>, next_start: u64) -> f32 {
        let since = last_end.map_or(1.0, |end| self.recover.gain_after(frame.saturating_sub(end)));
        let until = self.duck.gain_after(next_start - frame);
        self.ducked_gain + (1.0 - self.ducked_gain) * since.min(until)
    }
}

/// Returns the gain at which the powers of two different sounds add up to a constant level throughout a crossfade.
fn equal_power(gain: f32) -> f32 {
    let other = 1.0 - gain;
    gain / (gain * gain + other * other).sqrt()
}

/// A piece of the envelope.
enum EnvelopePiece {
    Constant(f32),
    Changing { last_end: Option<u64>, next_start: u64 },
}

impl CosineFade {
    fn new(length: Frames) -> Self {
        Self { frames: length.0, per_frame: 1.0 / length.0.max(1) as f32 }
    }

    /// Returns the gain this many frames after the start of the fade.
    #[inline]
    fn gain_after(self, frames: u64) -> f32 {
        raised_cosine(frames as f32 * self.per_frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HERTZ: u64 = 1_000;

    fn envelope(span: Range<u64>, speech: &[Range<u64>]) -> BedEnvelope {
        let frames = |range: &Range<u64>| Frames(range.start)..Frames(range.end);
        let rate = Rate::new(HERTZ as u32).unwrap();
        BedEnvelope::new(frames(&span), [BedEdge::Session; 2], speech.iter().map(frames), rate)
    }

    fn gain_db(envelope: &BedEnvelope, frame: u64) -> f64 {
        crate::testing::decibels(f64::from(envelope.gain(Frames(frame))))
    }

    #[test]
    fn it_fades_in_over_4_seconds_and_out_over_8() {
        let envelope = envelope(1_000..61_000, &[]);
        assert_eq!(envelope.gain(Frames(999)), 0.0);
        assert_eq!(envelope.gain(Frames(1_000)), 0.0);
        assert!((envelope.gain(Frames(3_000)) - 0.5).abs() < 1e-6);
        assert_eq!(envelope.gain(Frames(5_000)), 1.0);
        assert_eq!(envelope.gain(Frames(53_000)), 1.0);
        assert!((envelope.gain(Frames(57_000)) - 0.5).abs() < 1e-6);
        assert!(envelope.gain(Frames(60_999)) < 1e-6);
        assert_eq!(envelope.gain(Frames(61_000)), 0.0);
    }

    #[test]
    fn it_is_3_decibels_lower_under_speech_and_ducks_before() {
        let envelope = envelope(0..90_000, &[20_000..30_000]);
        assert_eq!(gain_db(&envelope, 18_500), 0.0);
        assert!(gain_db(&envelope, 19_000) < -0.3);
        assert!((gain_db(&envelope, 20_000) + 3.0).abs() < 1e-4);
        assert!((gain_db(&envelope, 29_999) + 3.0).abs() < 1e-4);
        assert!(gain_db(&envelope, 31_250) > -2.0);
        assert_eq!(gain_db(&envelope, 32_500), 0.0);
    }

    #[test]
    fn it_stays_low_in_a_short_pause() {
        let envelope = envelope(0..90_000, &[30_000..35_000, 20_000..27_000, 40_000..40_000]);
        assert!((20_000..35_000).all(|frame| (gain_db(&envelope, frame) + 3.0).abs() < 1e-4));
        assert_eq!(gain_db(&envelope, 40_000), 0.0);
    }

    proptest! {
        #[test]
        fn it_never_steps_and_block_size_makes_no_difference(
            start in 0_u64..5_000,
            length in 0_u64..100_000,
            speech in prop::collection::vec((0_u64..100_000, 0_u64..9_000), 0..20),
            from in 0_u64..100_000,
            sizes in prop::collection::vec(1_usize..4_000, 1..8),
        ) {
            let speech: Vec<_> = speech.into_iter().map(|(start, length)| start..start + length).collect();
            let envelope = envelope(start..start + length, &speech);
            let mut frame = from;
            let mut last: Option<f32> = None;
            for size in sizes {
                let mut gains = vec![9.0; size];
                envelope.fill(Frames(frame), &mut gains);
                for (at, gain) in (frame..).zip(gains) {
                    prop_assert_eq!(gain, envelope.gain(Frames(at)));
                    prop_assert!((0.0..=1.0).contains(&gain));
                    // Where a fade-in and a fade-out meet, both change.
                    prop_assert!(last.is_none_or(|last| (last - gain).abs() < 0.0007));
                    last = Some(gain);
                }
                frame += size as u64;
            }
        }
    }
}
