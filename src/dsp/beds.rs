//! Beds: soft, endless sounds under a session, made of noise, tones and drops.
//!
//! `audio/ambience.toml` describes the built-in beds and explains its keys. Each bed has a loudness of −41 LUFS on its own. Nothing is
//! stored and nothing repeats: the noise consists of overlapping grains whose random phases depend on the grain's number, so that a bed
//! can start at any frame without a seam.

mod envelope;
mod grain_noise;
mod rain;
mod synth;
mod table;

pub(crate) use envelope::{BedEdge, BedEnvelope, FADE_OUT};
pub(crate) use synth::BedSynth;
pub(crate) use table::{BedTable, NAMES, masking_correction};

#[cfg(test)]
mod tests;
