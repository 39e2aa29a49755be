//! From samples of floating point to whole numbers.

use crate::units::Frame;

/// The nearest number of 24 bits, full scale at ±1. Exact for every sample that has 24 bits.
pub(super) fn quantise_24(sample: f32) -> i32 {
    const FULL_SCALE: f64 = 8_388_608.0;
    // Added, it leaves the nearest whole number in the lowest bits: unlike `round`, no call on processors of the baseline.
    const TO_WHOLE: f64 = 6_755_399_441_055_744.0;
    let scaled = (f64::from(sample) * FULL_SCALE).clamp(-FULL_SCALE, FULL_SCALE - 1.0);
    (scaled + TO_WHOLE).to_bits() as i32
}

/// Numbers of 16 bits with triangular dither of ±1 step, which depends on nothing but the frame's place. Digital silence stays silent.
pub(super) fn quantise_16(frame_index: u64, sample: Frame) -> [i16; 2] {
    const FULL_SCALE: f32 = 32_768.0;
    if sample == [0.0; 2] {
        return [0; 2];
    }
    let noise = mix(frame_index);
    let triangular = |bits: u64| ((bits & 0xffff) as f32 + (bits >> 16 & 0xffff) as f32 - 65_535.0) / 65_536.0;
    let dithers = [triangular(noise), triangular(noise >> 32)];
    std::array::from_fn(|channel| {
        let scaled = sample[channel] * FULL_SCALE + dithers[channel];
        scaled.round_ties_even().clamp(-FULL_SCALE, FULL_SCALE - 1.0) as i16
    })
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood, 2014).
fn mix(index: u64) -> u64 {
    let mut mixed = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}
