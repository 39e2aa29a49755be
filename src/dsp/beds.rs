//! Beds: soft sound without end that lies under a session, out of noise, tones and drops.
//!
//! `audio/ambience.toml` holds the shipped beds, and at its head what their numbers mean. Each is at −41 LUFS by itself.
//! Nothing of them is stored, and nothing ever comes round: the noise is made of overlapping grains whose random phases are
//! keyed by the grain's number, so that a bed can be heard from any frame without seam.

mod curve;
mod drops;
mod noise;
mod sound;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

pub use curve::{BedCurve, FADE_OUT};
pub use sound::BedSound;

use crate::units::{Decibels, Lufs};

/// The names of the shipped beds, in the order of their table.
pub const NAMES: [&str; 5] = ["brown", "pink", "rain", "sea", "drone"];

/// How loud every shipped bed is by itself.
pub const LOUDNESS: Lufs = Lufs(-41.0);

/// By how much a bed is taken down besides, since its noise hides more of the voice than others do: 6 dB of rain and pink.
#[must_use]
pub fn lowered(name: &str) -> Decibels {
    if matches!(name, "rain" | "pink") { Decibels(-6.0) } else { Decibels::UNITY }
}

static SHIPPED: LazyLock<BTreeMap<String, Bed>> = LazyLock::new(|| {
    let table: Table =
        toml::from_str(include_str!("../../audio/ambience.toml")).expect("a test reads the shipped table");
    table.bed
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    bed: BTreeMap<String, Bed>,
}

/// A shipped bed, as its table describes it. [`BedSound`] makes it sound.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bed {
    loop_s: f64,
    rms_dbfs: f64,
    lfo: Swell,
    noise: Vec<Noise>,
    drops: Option<Drops>,
    #[serde(default)]
    tones: Vec<Tone>,
}

impl Bed {
    /// The shipped bed of this name.
    #[must_use]
    pub fn shipped(name: &str) -> Option<&'static Self> {
        SHIPPED.get(name)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Swell {
    cycles: f64,
    depth_db: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noise {
    slope_db_oct: f64,
    hp_hz: f64,
    lp_hz: f64,
    coherence: f64,
    gain_db: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drops {
    per_s: f64,
    hz: [f64; 2],
    t60_s: [f64; 2],
    gain_db: f64,
    spread_db: f64,
    attack_ms: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tone {
    hz: f64,
    gain_db: f64,
    beat_hz: f64,
    pan: f64,
}

#[cfg(test)]
mod tests;
