//! Chance that is the same every time: numbers that depend on nothing but a key.

/// Thirty-two bits that look random, of a key: the mixing function `lowbias32` of Chris Wellons' hash prospector.
#[inline]
pub(super) fn bits(key: u32) -> u32 {
    let mut mixed = key;
    mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x7feb_352d);
    mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x846c_a68b);
    mixed ^ (mixed >> 16)
}

/// A key of its own for the number `index` of the series `series`.
#[inline]
pub(super) fn series(series: u32, index: u64) -> u32 {
    bits(index as u32 ^ bits((index >> 32) as u32 ^ bits(series)))
}

/// Evenly spread from 0 to just under 1, of a key.
#[inline]
pub(super) fn unit(key: u32) -> f64 {
    f64::from(bits(key)) / 4_294_967_296.0
}
