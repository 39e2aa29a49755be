//! Options in the form in which they are typed, to store and show them.

use std::time::Duration;

use clap::Parser;

use crate::cli::{Play, ShapeArguments, SoundKind, settling_time};
use crate::config::{Config, Setting};
use crate::manifest::duration;
use crate::playback::OutputChoice;
use crate::timeline::LevelChange;

/// The maximum number of stored words.
const MAX_WORDS: usize = 2000;

/// The options that are stored with a session that was left: those that shape it.
#[derive(Clone, Debug, Default, PartialEq, Parser)]
#[command(no_binary_name = true)]
pub(crate) struct StoredOptions {
    #[command(flatten)]
    pub(crate) shape: ShapeArguments,
    #[arg(long, value_parser = settling_time)]
    pub(crate) settle: Option<Duration>,
}

impl StoredOptions {
    /// Returns the options of a command.
    pub(crate) fn of(arguments: &Play) -> Self {
        Self { shape: arguments.shape.clone(), settle: arguments.settle }
    }

    /// Returns the options that a configuration adds.
    pub(crate) fn of_config(config: &Config) -> Self {
        let levels = config.levels.value;
        let level = [(SoundKind::Voice, levels.voice), (SoundKind::Bell, levels.bell), (SoundKind::Bed, levels.bed)];
        let shape = ShapeArguments {
            avoid: config.avoid.value.clone(),
            level: level.into_iter().filter_map(|(kind, change)| Some((kind, change?))).collect(),
            voice: config.voice.explicit().cloned(),
            ..ShapeArguments::default()
        };
        Self { shape, settle: config.settle.explicit().copied() }
    }

    /// Restores the options from [`of_config`](Self::of_config) in a configuration. Avoided tags are added to the present ones.
    pub(crate) fn into_config(self, config: &mut Config) {
        config.avoid.value.extend(self.shape.avoid);
        config.levels = Setting::default();
        for (kind, change) in self.shape.level {
            let levels = &mut config.levels.value;
            let level = match kind {
                SoundKind::Voice => &mut levels.voice,
                SoundKind::Bell => &mut levels.bell,
                SoundKind::Bed => &mut levels.bed,
            };
            *level = Some(change);
        }
        config.voice = self.shape.voice.map_or_else(|| Config::default().voice, Setting::stored);
        config.settle = self.settle.map_or_else(Setting::default, Setting::stored);
    }

    /// Parses options as written by [`words`](Self::words).
    pub(crate) fn parse(words: &[String]) -> Option<Self> {
        if words.len() > MAX_WORDS { None } else { Self::try_parse_from(words).ok() }
    }

    /// Returns the options as typed words.
    pub(crate) fn words(&self) -> Vec<String> {
        let Self { shape, settle } = self;
        let mut words = Vec::new();
        let mut add = |name: &str, value: String| words.extend(option(name, value));
        shape.length.iter().for_each(|length| add("--length", duration::format(*length)));
        shape.avoid.iter().for_each(|tag| add("--avoid", tag.clone()));
        shape.level.iter().for_each(|(kind, change)| add("--level", level(*kind, *change)));
        shape.voice.iter().for_each(|voice| add("--voice", voice.clone()));
        settle.iter().for_each(|time| add("--settle", duration::format(*time)));
        words.extend(shape.no_bell.then(|| "--no-bell".to_owned()));
        words.extend(shape.audition.then(|| "--audition".to_owned()));
        words
    }

    /// Returns whether every option given here has the same value in `other`.
    pub(crate) fn is_part_of(&self, other: &Self) -> bool {
        let (own, earlier) = (&self.shape, &other.shape);
        let is_same = |given: bool, is_equal: bool| !given || is_equal;
        is_same(own.length.is_some(), own.length == earlier.length)
            && is_same(!own.avoid.is_empty(), own.avoid == earlier.avoid)
            && is_same(own.no_bell, earlier.no_bell)
            && is_same(!own.level.is_empty(), own.level == earlier.level)
            && is_same(own.voice.is_some(), own.voice == earlier.voice)
            && is_same(own.audition, earlier.audition)
            && is_same(self.settle.is_some(), self.settle == other.settle)
    }
}

impl Play {
    /// Returns the shell command that plays a session with these options, without a start position.
    pub(crate) fn command(&self, session: &str, is_config_ignored: bool) -> String {
        let mut words = vec!["karuna".to_owned(), "play".to_owned(), session.to_owned()];
        words.extend(StoredOptions::of(self).words());
        words.extend(self.volume.iter().flat_map(|volume| option("--volume", volume.0.to_string())));
        words.extend(self.output.iter().flat_map(|output| option("--output", output_name(output))));
        words.extend(self.wake_lead.iter().flat_map(|lead| option("--wake-lead", lead.to_string())));
        words.extend(self.plain.map(|plain| if plain { "--plain".to_owned() } else { "--plain=false".to_owned() }));
        let flags = [
            ("--no-input", self.no_input),
            ("--json", self.json),
            ("--allow-sleep", self.allow_sleep),
            ("--no-config", is_config_ignored),
        ];
        words.extend(flags.into_iter().filter(|(_, is_given)| *is_given).map(|(flag, _)| flag.to_owned()));
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }
}

/// Returns an option with its value, as one word if the value looks like an option.
fn option(name: &str, value: String) -> Vec<String> {
    let is_number = value.parse::<f64>().is_ok();
    if value.starts_with('-') && !is_number { vec![format!("{name}={value}")] } else { vec![name.to_owned(), value] }
}

fn level(kind: SoundKind, change: LevelChange) -> String {
    let kind = match kind {
        SoundKind::Voice => "voice",
        SoundKind::Bell => "bell",
        SoundKind::Bed => "bed",
    };
    match change {
        LevelChange::By(gain) => format!("{kind}={}", gain.0),
        LevelChange::Off => format!("{kind}=off"),
    }
}

fn output_name(output: &OutputChoice) -> String {
    match output {
        OutputChoice::Auto => "auto".to_owned(),
        OutputChoice::Null => "null".to_owned(),
        OutputChoice::Named(name) => name.clone(),
    }
}

/// Returns a word, quoted for a shell if necessary.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};

    fn play(words: &str) -> Play {
        let cli = Cli::try_parse_from(["karuna", "play"].into_iter().chain(words.split(' '))).expect("right arguments");
        let Some(Command::Play(arguments)) = cli.command else { panic!("{words}") };
        arguments
    }

    #[test]
    fn options_round_trip_through_typed_words() {
        let all = "x --length 20m --avoid touch --avoid=-sand --level bell=-6 --level bed=off --voice none --settle 30s --no-bell";
        let options = StoredOptions::of(&play(all));
        let words = options.words();
        assert_eq!(
            words.join(" "),
            "--length 20m --avoid touch --avoid=-sand --level bell=-6 --level bed=off --voice none --settle 30s --no-bell"
        );
        assert_eq!(StoredOptions::parse(&words), Some(options));
        assert_eq!(StoredOptions::parse(&[]), Some(StoredOptions::default()));
        for garbage in ["--frob", "x", "--length=soon", "--help", "--version"] {
            assert_eq!(StoredOptions::parse(&[garbage.to_owned()]), None, "{garbage}");
        }
    }

    #[test]
    fn given_options_must_match_the_earlier_ones() {
        let earlier = StoredOptions::of(&play("x --length 20m --avoid touch"));
        for (given, is_part) in [
            ("x", true),
            ("x --length 20m", true),
            ("x --length 20m --avoid touch --output null --volume -3", true),
            ("x --length 21m", false),
            ("x --avoid breath", false),
            ("x --audition", false),
            ("x --settle 1s", false),
        ] {
            assert_eq!(StoredOptions::of(&play(given)).is_part_of(&earlier), is_part, "{given}");
        }
    }

    #[test]
    fn a_command_is_quoted_for_a_shell() {
        let arguments = play("x --length 20m --volume -3 --output null --plain --no-input --from hand");
        let command = arguments.command("it's a session.toml", false);
        assert_eq!(
            command,
            "karuna play 'it'\\''s a session.toml' --length 20m --volume -3 --output null --plain --no-input"
        );
        assert_eq!(play("x").command("glimmer", true), "karuna play glimmer --no-config");
    }

    #[test]
    fn options_of_a_configuration_round_trip() {
        let text = "avoid = [\"touch\"]\nlevels = { bed = \"off\" }\nvoice = \"none\"\nsettle = \"30s\"\n";
        let (config, _) = crate::config::read(std::path::Path::new("config.toml"), text, &[]);
        let stored = StoredOptions::of_config(&config);
        assert_eq!(stored.words().join(" "), "--avoid touch --level bed=off --voice none --settle 30s");
        let mut today = Config::default();
        today.avoid.value.push("pain".to_owned());
        stored.clone().into_config(&mut today);
        assert_eq!(today.avoid.value, ["pain", "touch"]);
        assert_eq!(StoredOptions::of_config(&today).settle, stored.settle);
        assert_eq!((today.voice.value.as_str(), today.levels.value), ("none", config.levels.value));
    }
}
