//! Every setting.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::engine::EngineConfig;
use super::setting::Setting;
use crate::timeline::LevelChange;
use crate::units::Decibels;

/// The name of the file in the configuration folder.
pub(crate) const FILE_NAME: &str = "config.toml";
/// The softest and the loudest volume, in decibels.
pub(crate) const VOLUME: RangeInclusive<f64> = -60.0..=6.0;
/// How far a level can be changed, in decibels.
pub(crate) const LEVEL_CHANGE: RangeInclusive<f64> = -60.0..=12.0;

/// Every setting, with where it comes from. The default is what counts without a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Tags to avoid where a session has them.
    pub avoid: Setting<Vec<String>>,
    /// The volume.
    pub volume: Setting<Decibels>,
    /// Changes to the levels of a session.
    pub levels: Setting<LevelChanges>,
    /// Who speaks lines without a recording: `auto`, `none`, or the name of a voice.
    pub voice: Setting<String>,
    /// Where a session is heard: `auto`, `null`, or a part of a device's name.
    pub output: Setting<String>,
    /// The quiet before a session.
    pub settle: Setting<Duration>,
    /// Whether the words are shown.
    pub captions: Setting<bool>,
    /// Whether there are plain lines instead of a moving display.
    pub plain: Setting<bool>,
    /// Whether the place is kept where a session was left.
    pub remember: Setting<bool>,
    /// Whether a line is kept for each sitting.
    pub log: Setting<bool>,
    /// When a wireless device is woken: `auto`, `always` or `never`.
    pub wake_lead: Setting<String>,
    /// The listener's own speech engines.
    pub engines: Vec<EngineConfig>,
}

/// Changes to the three levels; `None` where the file has none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LevelChanges {
    /// The voice.
    pub voice: Option<LevelChange>,
    /// The bells.
    pub bell: Option<LevelChange>,
    /// The bed.
    pub bed: Option<LevelChange>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            avoid: Setting::default(),
            volume: Setting::of(Decibels::UNITY),
            levels: Setting::default(),
            voice: Setting::of("auto".to_owned()),
            output: Setting::of("auto".to_owned()),
            settle: Setting::default(),
            captions: Setting::of(true),
            plain: Setting::default(),
            remember: Setting::default(),
            log: Setting::default(),
            wake_lead: Setting::of("auto".to_owned()),
            engines: Vec::new(),
        }
    }
}
