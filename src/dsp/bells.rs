//! Bells by modal synthesis: a table of partials, each a decaying doublet, and the noise of the mallet.
//!
//! `audio/bells.toml` holds the shipped bells, and at its head the formula of a strike. A manifest may describe a bell of its
//! own by the same keys; such a one is to be checked by [`Bell::check`] before it is struck.

mod bounds;
mod loudness;
mod strike;

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Deserialize;

pub use bounds::BellFault;
use bounds::{
    ATTACKS, AUDIBLE, BEATS, BRIGHTNESS, CONTACTS, DECAYS, GAINS, LENGTHS, PANS, PARTIALS, RATIOS, RINGS, SHARES,
    THUD_ATTACKS,
};
pub use loudness::greatest_momentary;
pub use strike::Strike;

/// The names of the shipped bells, in the order of their table.
pub const NAMES: [&str; 5] = ["bowl", "inkin", "gong", "tingsha", "block"];

const TABLE: &str = include_str!("../../audio/bells.toml");

/// The shipped bells, each read from the table when it is first asked for.
static SHIPPED: [OnceLock<Bell>; NAMES.len()] = [const { OnceLock::new() }; NAMES.len()];

/// The bell of this name in the table; the rest of it is left unread.
fn from_table(name: &str) -> Bell {
    let below = TABLE.split_once(&format!("[bell.{name}]")).map_or("", |(_, below)| below);
    let keys = below.split("\n[bell.").next().unwrap_or_default();
    toml::from_str(keys).expect("a test reads every bell of the table")
}

/// A bell, as its table describes it. The head of `audio/bells.toml` says what the numbers mean.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bell {
    /// What it is, in a few words.
    #[serde(default)]
    pub description: String,
    /// The frequency that the partials' ratios refer to, in hertz.
    #[schemars(range(min = *AUDIBLE.start(), max = *AUDIBLE.end()))]
    pub fundamental_hz: f64,
    /// The gain of the whole bell, in decibels.
    #[serde(default = "Bell::default_master")]
    #[schemars(range(min = *GAINS.start(), max = *GAINS.end()))]
    pub master_db: f64,
    /// The greatest momentary loudness of a strike of velocity 1, in LUFS, where it is known. [`greatest_momentary`] measures it.
    #[serde(default)]
    #[schemars(range(min = *GAINS.start(), max = *GAINS.end()))]
    pub max_momentary_lufs: Option<f64>,
    /// How loud the upper member of each doublet is, as a part of the lower one.
    #[serde(default)]
    #[schemars(range(min = *SHARES.start(), max = *SHARES.end()))]
    pub split_mix: f64,
    /// How far the members of a doublet lie to the left and right of their partial's pan.
    #[serde(default)]
    #[schemars(range(min = *SHARES.start(), max = *SHARES.end()))]
    pub width: f64,
    /// How long the mallet touches, in milliseconds: softer mallets touch longer, and sound duller.
    #[serde(default = "Bell::default_contact")]
    #[schemars(range(min = *CONTACTS.start(), max = *CONTACTS.end()))]
    pub contact_ms: f64,
    /// How much duller a softer strike is: the exponent by which the contact grows as the velocity falls.
    #[serde(default)]
    #[schemars(range(min = *BRIGHTNESS.start(), max = *BRIGHTNESS.end()))]
    pub bright_exp: f64,
    /// The latest end of a strike, in seconds.
    #[serde(default = "Bell::default_length")]
    #[schemars(range(min = *LENGTHS.start(), max = *LENGTHS.end()))]
    pub length_s: f64,
    /// The mallet's noise.
    #[serde(default)]
    pub thud: Option<Thud>,
    /// What rings, from the lowest.
    #[schemars(length(min = *PARTIALS.start(), max = *PARTIALS.end()))]
    pub partials: Vec<Partial>,
}

/// One mode of a bell.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Partial {
    /// Its frequency, as a multiple of the fundamental.
    #[schemars(range(min = *RATIOS.start(), max = *RATIOS.end()))]
    pub ratio: f64,
    /// Its gain at the strike, in decibels.
    #[serde(default)]
    #[schemars(range(min = *GAINS.start(), max = *GAINS.end()))]
    pub gain_db: f64,
    /// How long it takes to fall by 60 dB, in seconds.
    #[schemars(range(min = *RINGS.start(), max = *RINGS.end()))]
    pub t60_s: f64,
    /// How often its two members beat, in hertz.
    #[serde(default)]
    #[schemars(range(min = *BEATS.start(), max = *BEATS.end()))]
    pub beat_hz: f64,
    /// Where it is heard, from −1 (left) to 1 (right).
    #[serde(default)]
    #[schemars(range(min = *PANS.start(), max = *PANS.end()))]
    pub pan: f64,
    /// How long it takes to rise, in milliseconds.
    #[serde(default = "Partial::default_attack")]
    #[schemars(range(min = *ATTACKS.start(), max = *ATTACKS.end()))]
    pub attack_ms: f64,
}

/// The noise of a mallet: a burst between two frequencies.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thud {
    /// Its RMS level without the envelope, in decibels.
    #[schemars(range(min = *GAINS.start(), max = *GAINS.end()))]
    pub gain_db: f64,
    /// The lower end of its band, in hertz.
    #[schemars(range(min = *AUDIBLE.start(), max = *AUDIBLE.end()))]
    pub lo_hz: f64,
    /// The upper end of its band, in hertz.
    #[schemars(range(min = *AUDIBLE.start(), max = *AUDIBLE.end()))]
    pub hi_hz: f64,
    /// The time in which it falls to 1/e, in milliseconds.
    #[schemars(range(min = *DECAYS.start(), max = *DECAYS.end()))]
    pub decay_ms: f64,
    /// How long it takes to rise, in milliseconds.
    #[serde(default = "Thud::default_attack")]
    #[schemars(range(min = *THUD_ATTACKS.start(), max = *THUD_ATTACKS.end()))]
    pub attack_ms: f64,
}

impl Bell {
    /// The shipped bell of this name.
    #[must_use]
    pub fn shipped(name: &str) -> Option<&'static Self> {
        let number = NAMES.iter().position(|known| *known == name)?;
        Some(SHIPPED[number].get_or_init(|| from_table(name)))
    }

    /// Tells whether every number is within its bounds, so that a strike is finite in sound, time and memory.
    ///
    /// # Errors
    /// The first key that isn't, with the range it should be in.
    pub fn check(&self) -> Result<(), BellFault> {
        self.faults().into_iter().next().map_or(Ok(()), Err)
    }

    /// Every number that isn't within its bounds, in the order of the keys.
    #[must_use]
    pub fn faults(&self) -> Vec<BellFault> {
        bounds::faults(self)
    }

    fn default_master() -> f64 {
        -20.0
    }

    fn default_contact() -> f64 {
        3.0
    }

    fn default_length() -> f64 {
        bounds::LONGEST_SECONDS
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
    fn the_table_holds_the_named_bells_and_no_other() {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            bell: BTreeMap<String, Bell>,
        }
        let table: Table = toml::from_str(TABLE).unwrap();
        assert_eq!(table.bell.len(), NAMES.len());
        for name in NAMES {
            let bell = Bell::shipped(name).unwrap();
            assert_eq!(table.bell.get(name), Some(bell));
            assert_eq!(bell.check(), Ok(()), "{name}");
            assert!(bell.max_momentary_lufs.is_some(), "{name}");
        }
        assert_eq!(Bell::shipped("cowbell"), None);
    }

    #[test]
    fn a_bell_of_ones_own_needs_no_more_than_its_modes() {
        let text =
            "fundamental_hz = 440\npartials = [{ ratio = 1, t60_s = 8 }, { ratio = 2.7, t60_s = 3.5, gain_db = -12 }]";
        let bell: Bell = toml::from_str(text).unwrap();
        assert_eq!(bell.check(), Ok(()));
        assert_eq!(bell.partials.len(), 2);
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let text = "fundamental_hz = 440\nhum = 3\npartials = [{ ratio = 1.0, t60_s = 8.0 }]";
        assert!(toml::from_str::<Bell>(text).unwrap_err().to_string().contains("hum"));
        let text = "fundamental_hz = 440.0\npartials = [{ ratio = 1.0, t60_s = 8.0, t60 = 8.0 }]";
        assert!(toml::from_str::<Bell>(text).is_err());
    }
}
