//! A counter-based random number generator: each number is a function of a key, so it can be computed at any position.

/// Returns 32 pseudorandom bits for a key. This is the mixing function `lowbias32` of Chris Wellons' hash prospector.
#[inline]
pub(super) fn random_bits(key: u32) -> u32 {
    let mut mixed = key;
    mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x7feb_352d);
    mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x846c_a68b);
    mixed ^ (mixed >> 16)
}

/// Returns a stream that depends on a text.
pub(crate) fn text_stream(text: &str) -> u32 {
    text.bytes().fold(0, |stream, byte| random_bits(stream ^ u32::from(byte)).wrapping_add(1))
}

/// Returns the key of number `index` in a stream. Different streams are independent.
#[inline]
pub(crate) fn stream_key(stream: u32, index: u64) -> u32 {
    random_bits(index as u32 ^ random_bits((index >> 32) as u32 ^ random_bits(stream)))
}

/// Returns a uniformly distributed number from 0 to just below 1.
#[inline]
pub(crate) fn random_unit(key: u32) -> f64 {
    f64::from(random_bits(key)) / 4_294_967_296.0
}
