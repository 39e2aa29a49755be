//! Measures the loudness of a bell.

use ebur128::{EbuR128, Mode};

use super::model::Bell;
use super::strike::BellStrike;
use crate::units::{Frames, Lufs, Rate, SILENCE};

/// Readings per second. Momentary loudness is measured over windows of 400 ms, so a reading every 10 ms is close enough to the maximum.
const READINGS_PER_SECOND: u32 = 100;

/// The measured part of a strike. The loudest moment is soon after the strike, because the slowest rise takes 5 s.
const MEASURED_SECONDS: u64 = 8;

/// Measures the maximum momentary loudness (BS.1770) of a strike of velocity 1.
///
/// This renders the strike at 48 kHz, which takes a few milliseconds. The result is −200 LUFS if the bell is too soft to measure.
#[must_use]
pub(crate) fn max_momentary_loudness(bell: &Bell) -> Lufs {
    const MINIMUM: f64 = -200.0;
    let rate = Rate::DEFAULT;
    let Ok(mut meter) = EbuR128::new(2, rate.hertz(), Mode::M) else { return Lufs(MINIMUM) };
    let mut strike = BellStrike::new(bell, rate, 1.0);
    let block_length = u64::from(rate.hertz() / READINGS_PER_SECOND);
    let mut block = vec![SILENCE; Frames(block_length).index()];
    let mut maximum = MINIMUM;
    for start in (0..MEASURED_SECONDS * u64::from(rate.hertz())).step_by(block.len()) {
        block.fill(SILENCE);
        strike.add(Frames(start), 1.0, &mut block);
        if meter.add_frames_f32(block.as_flattened()).is_err() {
            break;
        }
        maximum = maximum.max(meter.loudness_momentary().unwrap_or(MINIMUM));
    }
    Lufs(maximum)
}
