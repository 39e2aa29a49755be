//! The description of a bell, and the table of the built-in bells.

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Deserialize;

use super::ranges::{
    ATTACK_MS, AUDIBLE_HZ, BEAT_HZ, BRIGHTNESS_EXPONENT, CONTACT_MS, DECAY_MS, GAIN_DB, LENGTH_S, MAX_SECONDS, PAN,
    PARTIAL_COUNT, RATIO, SHARE, T60_S, THUD_ATTACK_MS,
};

/// The names of the built-in bells, in the order of their table.
pub(crate) const NAMES: [&str; 5] = ["bowl", "inkin", "gong", "tingsha", "block"];

const TABLE: &str = include_str!("../../../audio/bells.toml");

/// The built-in bells. Each is read from the table at its first use.
static BUILT_IN: [OnceLock<Bell>; NAMES.len()] = [const { OnceLock::new() }; NAMES.len()];

/// Reads the bell with this name from the table, without reading the others.
fn from_table(name: &str) -> Bell {
    let below = TABLE.split_once(&format!("[bell.{name}]")).map_or("", |(_, below)| below);
    let keys = below.split("\n[bell.").next().unwrap_or_default();
    toml::from_str(keys).expect("a test reads every bell in the table")
}

/// The description of a bell. The comment at the top of `audio/bells.toml` explains the numbers.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bell {
    /// A short description of the bell.
    #[serde(default)]
    pub(crate) description: String,
    /// The frequency in hertz that the ratios of the partials refer to.
    #[schemars(range(min = *AUDIBLE_HZ.start(), max = *AUDIBLE_HZ.end()))]
    pub(crate) fundamental_hz: f64,
    /// The gain of the whole bell in decibels.
    #[serde(default = "Bell::default_master")]
    #[schemars(range(min = *GAIN_DB.start(), max = *GAIN_DB.end()))]
    pub(crate) master_db: f64,
    /// The maximum momentary loudness of a strike of velocity 1 in LUFS, if it is known.
    #[serde(default)]
    #[schemars(range(min = *GAIN_DB.start(), max = *GAIN_DB.end()))]
    pub(crate) max_momentary_lufs: Option<f64>,
    /// The amplitude of the upper sinusoid of each beating pair, relative to the lower one.
    #[serde(default)]
    #[schemars(range(min = *SHARE.start(), max = *SHARE.end()))]
    pub(crate) split_mix: f64,
    /// The panning of the two sinusoids of a pair to the left and right of their partial's pan.
    #[serde(default)]
    #[schemars(range(min = *SHARE.start(), max = *SHARE.end()))]
    pub(crate) width: f64,
    /// The contact time of the mallet in milliseconds. Softer mallets have a longer contact and sound duller.
    #[serde(default = "Bell::default_contact")]
    #[schemars(range(min = *CONTACT_MS.start(), max = *CONTACT_MS.end()))]
    pub(crate) contact_ms: f64,
    /// The exponent with which the contact time grows as the velocity falls, so that softer strikes sound duller.
    #[serde(default)]
    #[schemars(range(min = *BRIGHTNESS_EXPONENT.start(), max = *BRIGHTNESS_EXPONENT.end()))]
    pub(crate) bright_exp: f64,
    /// The maximum length of a strike in seconds.
    #[serde(default = "Bell::default_length")]
    #[schemars(range(min = *LENGTH_S.start(), max = *LENGTH_S.end()))]
    pub(crate) length_s: f64,
    /// The noise of the mallet.
    #[serde(default)]
    pub(crate) thud: Option<Thud>,
    /// The partials, starting with the lowest.
    #[schemars(length(min = *PARTIAL_COUNT.start(), max = *PARTIAL_COUNT.end()))]
    pub(crate) partials: Vec<Partial>,
}

/// One partial of a bell.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Partial {
    /// The frequency as a multiple of the fundamental.
    #[schemars(range(min = *RATIO.start(), max = *RATIO.end()))]
    pub(crate) ratio: f64,
    /// The gain at the strike in decibels.
    #[serde(default)]
    #[schemars(range(min = *GAIN_DB.start(), max = *GAIN_DB.end()))]
    pub(crate) gain_db: f64,
    /// The time in seconds in which it decays by 60 dB.
    #[schemars(range(min = *T60_S.start(), max = *T60_S.end()))]
    pub(crate) t60_s: f64,
    /// The beat frequency of its two sinusoids in hertz.
    #[serde(default)]
    #[schemars(range(min = *BEAT_HZ.start(), max = *BEAT_HZ.end()))]
    pub(crate) beat_hz: f64,
    /// The pan from −1 (left) to 1 (right).
    #[serde(default)]
    #[schemars(range(min = *PAN.start(), max = *PAN.end()))]
    pub(crate) pan: f64,
    /// The rise time in milliseconds.
    #[serde(default = "Partial::default_attack")]
    #[schemars(range(min = *ATTACK_MS.start(), max = *ATTACK_MS.end()))]
    pub(crate) attack_ms: f64,
}

/// The noise of a mallet: a short burst of band-limited noise.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Thud {
    /// The RMS level in decibels, without the envelope.
    #[schemars(range(min = *GAIN_DB.start(), max = *GAIN_DB.end()))]
    pub(crate) gain_db: f64,
    /// The lower end of the band in hertz.
    #[schemars(range(min = *AUDIBLE_HZ.start(), max = *AUDIBLE_HZ.end()))]
    pub(crate) lo_hz: f64,
    /// The upper end of the band in hertz.
    #[schemars(range(min = *AUDIBLE_HZ.start(), max = *AUDIBLE_HZ.end()))]
    pub(crate) hi_hz: f64,
    /// The time in milliseconds in which it decays to 1/e.
    #[schemars(range(min = *DECAY_MS.start(), max = *DECAY_MS.end()))]
    pub(crate) decay_ms: f64,
    /// The rise time in milliseconds.
    #[serde(default = "Thud::default_attack")]
    #[schemars(range(min = *THUD_ATTACK_MS.start(), max = *THUD_ATTACK_MS.end()))]
    pub(crate) attack_ms: f64,
}

impl Bell {
    /// Returns the built-in bell with this name.
    #[must_use]
    pub(crate) fn built_in(name: &str) -> Option<&'static Self> {
        let index = NAMES.iter().position(|known| *known == name)?;
        Some(BUILT_IN[index].get_or_init(|| from_table(name)))
    }

    fn default_master() -> f64 {
        -20.0
    }

    fn default_contact() -> f64 {
        3.0
    }

    fn default_length() -> f64 {
        MAX_SECONDS
    }
}

impl Partial {
    fn default_attack() -> f64 {
        10.0
    }
}

impl Thud {
    fn default_attack() -> f64 {
        3.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_table_contains_exactly_the_named_bells() {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            bell: BTreeMap<String, Bell>,
        }
        let table: Table = toml::from_str(TABLE).unwrap();
        assert_eq!(table.bell.len(), NAMES.len());
        for name in NAMES {
            let bell = Bell::built_in(name).unwrap();
            assert_eq!(table.bell.get(name), Some(bell));
            assert_eq!(bell.range_errors(), [], "{name}");
            assert!(bell.max_momentary_lufs.is_some(), "{name}");
        }
        assert_eq!(Bell::built_in("cowbell"), None);
    }

    #[test]
    fn a_custom_bell_needs_only_a_fundamental_and_partials() {
        let text =
            "fundamental_hz = 440\npartials = [{ ratio = 1, t60_s = 8 }, { ratio = 2.7, t60_s = 3.5, gain_db = -12 }]";
        let bell: Bell = toml::from_str(text).unwrap();
        assert_eq!(bell.range_errors(), []);
        assert_eq!(bell.partials.len(), 2);
    }

    #[test]
    fn unknown_keys_are_rejected() {
        let text = "fundamental_hz = 440\nhum = 3\npartials = [{ ratio = 1.0, t60_s = 8.0 }]";
        assert!(toml::from_str::<Bell>(text).unwrap_err().to_string().contains("hum"));
        let text = "fundamental_hz = 440.0\npartials = [{ ratio = 1.0, t60_s = 8.0, t60 = 8.0 }]";
        assert!(toml::from_str::<Bell>(text).is_err());
    }
}
