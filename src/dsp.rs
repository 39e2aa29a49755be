//! Signal processing as pure arithmetic on samples: bells, beds, fades, the limiter, the resampler and dither. No files, no clock, no
//! threads.
//!
//! Every processor has finite memory, and all noise is a function of the frame number. The samples are therefore the same, bit for bit,
//! from any position and in blocks of any size.

pub(crate) mod beds;
pub(crate) mod bells;
pub(crate) mod counter_rng;
pub(crate) mod dither;
pub(crate) mod fades;
pub(crate) mod limiter;
pub(crate) mod noise_floor;
mod oscillator;
pub(crate) mod resampler;
