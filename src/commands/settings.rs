//! Combines the options, the configuration and the environment.

use std::env;

use super::report;
use crate::cli::{Cli, Play, ShapeArguments};
use crate::config::{self, Config};
use crate::error::Failure;
use crate::io::folders;
use crate::io::own_file::{self, Links};
use crate::load::LoadOptions;
use crate::manifest::Finding;
use crate::playback::{OutputChoice, WakeMode};
use crate::speech::{SpeechEngines, VoiceChoice};
use crate::timeline::{LevelChange, Shape};
use crate::units::Decibels;

/// The maximum size of a configuration file.
const MAX_CONFIG_BYTES: u64 = 1024 * 1024;
/// The environment variable that asks programs for plain output.
const ACCESSIBLE: &str = "ACCESSIBLE";

/// A configuration file with its findings.
pub(super) struct ConfigFile {
    /// The path of the file, which need not exist; `None` if the system has no configuration folder.
    pub(super) path: Option<std::path::PathBuf>,
    /// The text; `None` if there is no file, or it is ignored.
    pub(super) text: Option<String>,
    pub(super) config: Config,
    pub(super) findings: Vec<Finding>,
}

impl ConfigFile {
    /// Reads the file, unless it is ignored, and the environment.
    ///
    /// # Errors
    /// If the file is not safe to use, or can't be read.
    pub(super) fn read(is_ignored: bool) -> Result<Self, Failure> {
        let path = folders::config_folder().map(|folder| folder.join(config::FILE_NAME));
        let text = match path.as_deref().filter(|_| !is_ignored) {
            Some(path) => own_file::read(path, Links::Followed, MAX_CONFIG_BYTES).map_err(unreadable)?,
            None => None,
        };
        let (mut config, findings) = match (&path, &text) {
            (Some(path), Some(text)) => {
                let voices: Vec<_> = SpeechEngines::known_names().collect();
                config::read(path, text, &voices)
            }
            _ => (Config::default(), Vec::new()),
        };
        if is_accessible() {
            config.plain.turn_on(ACCESSIBLE);
        }
        Ok(Self { path, text, config, findings })
    }

    /// Returns the configuration, or prints its errors.
    pub(super) fn into_valid(self) -> Option<Config> {
        if self.findings.is_empty() {
            return Some(self.config);
        }
        report::print(&self.text.unwrap_or_default(), &self.findings);
        report::line("this is karuna's configuration file; --no-config ignores it");
        None
    }
}

fn unreadable(error: own_file::OwnFileError) -> Failure {
    let failure = Failure::from(error);
    Failure { help: format!("{}; --no-config ignores it", failure.help), ..failure }
}

fn is_accessible() -> bool {
    env::var_os(ACCESSIBLE).is_some_and(|value| !value.is_empty() && value != "0" && value != "false")
}

/// Returns the options for loading a session in `show` and `render`. Only `voice` and `engine` of the configuration apply.
///
/// # Errors
/// If there is no such voice.
pub(super) fn load_options(arguments: &ShapeArguments, config: &Config) -> Result<LoadOptions, Failure> {
    Ok(LoadOptions {
        shape: arguments.shape(),
        voice: voice_or_narrator(arguments.voice.as_deref(), config)?,
        engines: config.engines.clone(),
        ..LoadOptions::default()
    })
}

/// Returns the voice of the options, or else of the configuration.
///
/// # Errors
/// If there is no such voice.
pub(super) fn voice(requested: Option<&str>, config: &Config) -> Result<VoiceChoice, Failure> {
    let name = requested.unwrap_or(&config.voice.value);
    VoiceChoice::parse(name, &config.engines).map_err(|message| Failure::usage(message, "`karuna voices` lists them"))
}

/// Like [`voice`], but also accepts a narrator whose recordings are played.
fn voice_or_narrator(requested: Option<&str>, config: &Config) -> Result<VoiceChoice, Failure> {
    let Some(name) = requested else { return voice(None, config) };
    let choice = VoiceChoice::parse_with_narrators(name, &config.engines);
    choice.map_err(|message| Failure::usage(message, "`karuna voices` lists them"))
}

/// How a session is played.
pub(super) struct PlaySettings {
    pub(super) load: LoadOptions,
    pub(super) volume: Decibels,
    pub(super) output: OutputChoice,
    pub(super) wake_lead: WakeMode,
    pub(super) captions: bool,
    pub(super) plain: bool,
}

impl PlaySettings {
    /// Combines the options with the configuration. Options take precedence.
    ///
    /// # Errors
    /// If there is no such voice.
    pub(super) fn new(arguments: &Play, config: &Config) -> Result<Self, Failure> {
        let mut load = load_options(&arguments.shape, config)?;
        load.avoid_where_present.clone_from(&config.avoid.value);
        load.shape.settle = arguments.settle.or(config.settle.explicit().copied());
        add_levels(&mut load.shape, &arguments.shape, config);
        Ok(Self {
            load,
            volume: arguments.volume.unwrap_or(config.volume.value),
            output: arguments.output.clone().unwrap_or_else(|| output(config)),
            wake_lead: arguments.wake_lead.unwrap_or_else(|| wake_lead(config)),
            captions: config.captions.value,
            plain: arguments.plain.unwrap_or(config.plain.value),
        })
    }
}

fn output(config: &Config) -> OutputChoice {
    config.output.value.parse().unwrap_or_default()
}

fn wake_lead(config: &Config) -> WakeMode {
    config.wake_lead.value.parse().unwrap_or_default()
}

/// Adds the levels of the configuration to those of the options. An option overrides a level that the configuration turns off.
fn add_levels(shape: &mut Shape, arguments: &ShapeArguments, config: &Config) {
    let usual = config.levels.value;
    for (level, usual, part) in [
        (&mut shape.voice, usual.voice, crate::cli::SoundKind::Voice),
        (&mut shape.bell, usual.bell, crate::cli::SoundKind::Bell),
        (&mut shape.bed, usual.bed, crate::cli::SoundKind::Bed),
    ] {
        let is_given = arguments.level.iter().any(|(given, _)| *given == part);
        *level = match (*level, usual) {
            (requested, None) => requested,
            (_, Some(usual)) if !is_given => usual,
            (LevelChange::By(requested), Some(LevelChange::By(usual))) => {
                let (low, high) = config::LEVEL_CHANGE.into_inner();
                LevelChange::By(Decibels((requested.0 + usual.0).clamp(low, high)))
            }
            (requested, Some(_)) => requested,
        };
    }
}

/// Returns the configuration for a command; `None` if it has errors, which have been printed.
///
/// # Errors
/// If the file is not safe to use, or can't be read.
pub(super) fn read(cli: &Cli) -> Result<Option<Config>, Failure> {
    Ok(ConfigFile::read(cli.no_config)?.into_valid())
}
