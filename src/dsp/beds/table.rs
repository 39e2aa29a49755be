//! The table of the built-in beds.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::units::Decibels;

/// The names of the built-in beds, in the order of their table.
pub(crate) const NAMES: [&str; 5] = ["brown", "pink", "rain", "sea", "drone"];

/// Returns the gain that compensates for the masking of the voice by a bed's noise: −6 dB for rain and pink.
#[must_use]
pub(crate) fn masking_correction(name: &str) -> Decibels {
    if matches!(name, "rain" | "pink") { Decibels(-6.0) } else { Decibels::UNITY }
}

static BUILT_IN: LazyLock<BTreeMap<String, BedTable>> = LazyLock::new(|| {
    let table: AmbienceTable =
        toml::from_str(include_str!("../../../audio/ambience.toml")).expect("a test reads the built-in table");
    table.bed
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AmbienceTable {
    bed: BTreeMap<String, BedTable>,
}

/// A built-in bed as described in `audio/ambience.toml`. [`BedSynth`](super::BedSynth) renders it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BedTable {
    pub(super) loop_s: f64,
    pub(super) rms_dbfs: f64,
    pub(super) lfo: Swell,
    pub(super) noise: Vec<NoiseLayer>,
    pub(super) drops: Option<RainDrops>,
    #[serde(default)]
    pub(super) tones: Vec<BedTone>,
}

impl BedTable {
    /// Returns the built-in bed with this name.
    #[must_use]
    pub(crate) fn built_in(name: &str) -> Option<&'static Self> {
        BUILT_IN.get(name)
    }
}

/// The slow rise and fall of the level.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Swell {
    pub(super) cycles: f64,
    pub(super) depth_db: f64,
}

/// Noise with a sloped and band-limited spectrum.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoiseLayer {
    pub(super) slope_db_oct: f64,
    pub(super) hp_hz: f64,
    pub(super) lp_hz: f64,
    pub(super) coherence: f64,
    pub(super) gain_db: f64,
}

/// Drops at random times, pitches and positions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RainDrops {
    pub(super) per_s: f64,
    pub(super) hz: [f64; 2],
    pub(super) t60_s: [f64; 2],
    pub(super) gain_db: f64,
    pub(super) spread_db: f64,
    pub(super) attack_ms: f64,
}

/// A steady tone with a beat.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BedTone {
    pub(super) hz: f64,
    pub(super) gain_db: f64,
    pub(super) beat_hz: f64,
    pub(super) pan: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_contains_exactly_the_named_beds() {
        assert_eq!(BUILT_IN.len(), NAMES.len());
        assert!(NAMES.iter().all(|name| BedTable::built_in(name).is_some()));
        assert!(BedTable::built_in("traffic").is_none());
    }
}
