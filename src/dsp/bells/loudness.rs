//! How loud a bell is.

use ebur128::{EbuR128, Mode};

use super::{Bell, Strike};
use crate::units::{Frames, Lufs, Rate, SILENCE};

/// Momentary loudness is measured over windows of 400 ms; every 10 ms is close enough to find the greatest.
const STEPS_A_SECOND: u32 = 100;

/// A bell is loudest soon after its strike, as even the slowest rise takes no more than 5 s.
const SEARCHED_SECONDS: u64 = 8;

/// The greatest momentary loudness (BS.1770) of a strike of velocity 1, as heard in both ears.
///
/// It strikes the bell at 48 kHz and measures, which takes a few milliseconds. A bell too soft to measure is at −200 LUFS.
#[must_use]
pub fn greatest_momentary(bell: &Bell) -> Lufs {
    const SOFTEST: f64 = -200.0;
    let rate = Rate::DEFAULT;
    let Ok(mut meter) = EbuR128::new(2, rate.hertz(), Mode::M) else { return Lufs(SOFTEST) };
    let mut strike = Strike::new(bell, rate, 1.0);
    let step = u64::from(rate.hertz() / STEPS_A_SECOND);
    let mut block = vec![SILENCE; Frames(step).index()];
    let mut greatest = SOFTEST;
    for start in (0..SEARCHED_SECONDS * u64::from(rate.hertz())).step_by(block.len()) {
        block.fill(SILENCE);
        strike.add(Frames(start), 1.0, &mut block);
        if meter.add_frames_f32(block.as_flattened()).is_err() {
            break;
        }
        greatest = greatest.max(meter.loudness_momentary().unwrap_or(SOFTEST));
    }
    Lufs(greatest)
}
