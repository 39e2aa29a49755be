//! All settings.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::engine::EngineConfig;
use super::setting::Setting;
use crate::timeline::LevelChange;
use crate::units::Decibels;

/// The name of the file in the configuration folder.
pub(crate) const FILE_NAME: &str = "config.toml";
/// The minimum and maximum volume, in decibels.
pub(crate) const VOLUME: RangeInclusive<f64> = -60.0..=6.0;
/// The range of a change to a level, in decibels.
pub(crate) const LEVEL_CHANGE: RangeInclusive<f64> = -60.0..=12.0;

/// All settings with their sources. The default applies without a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// Tags to avoid.
    pub avoid: Setting<Vec<String>>,
    /// The volume.
    pub volume: Setting<Decibels>,
    /// Changes to the levels of a session.
    pub levels: Setting<LevelChanges>,
    /// The voice for lines without a recording: `auto`, `none`, or a name.
    pub voice: Setting<String>,
    /// The output: `auto`, `null`, or a part of a device's name.
    pub output: Setting<String>,
    /// The silence before a session.
    pub settle: Setting<Duration>,
    /// Whether captions are shown.
    pub captions: Setting<bool>,
    /// Whether plain lines replace the moving display.
    pub plain: Setting<bool>,
    /// Whether the place where a session was left is stored.
    pub remember: Setting<bool>,
    /// Whether each sitting is logged.
    pub log: Setting<bool>,
    /// When a wireless device is woken: `auto`, `always` or `never`.
    pub wake_lead: Setting<String>,
    /// The listener's own speech engines.
    pub engines: Vec<EngineConfig>,
}

/// Changes to the three levels; `None` if not set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct LevelChanges {
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
