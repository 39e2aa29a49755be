//! Sound as plain arithmetic on samples: bells, beds, fades, the limiter and dither. No files, no clock, no threads.
//!
//! All that has a memory has a finite one, and whatever is noise is keyed by the frame: from any position, and in blocks of
//! any size, the samples are the same, bit for bit.

pub mod beds;
pub mod bells;
pub mod dither;
pub mod fades;
mod keyed;
pub mod limiter;
mod oscillator;
pub mod resample;
