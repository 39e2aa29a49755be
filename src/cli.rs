//! The command line: arguments and options.

mod values;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::io::encode::BitDepth;
use crate::io::library;
use crate::manifest::{Code, suggest};
use crate::playback::{OutputChoice, StartPosition, WakeLead};
use crate::present::safety_note::safety_note;
use crate::publish::Form;
use crate::text::escape_controls;
use crate::timeline::LengthChoice;
use crate::timeline::{LevelChange, Shape};
use crate::units::{Decibels, Rate};
pub(crate) use values::{Part, settle};
use values::{code, length, level, rate, start, volume, web_address};

/// The first lines of help after the list of commands.
const BEGIN: &str = "`karuna` alone lists the sessions, and `karuna glimmer` plays a short one. Leaving early is always fine.\n\
    `karuna new evening.toml` starts a session of your own.";

fn after_help() -> String {
    format!("{BEGIN}\n\n{}", safety_note("karuna"))
}

/// The keys of `record`.
const RECORD_KEYS: &str = "Keys: space starts the first line, and ends a take; k keeps it and continues, a records it again, h plays it, s skips the line,\n\
    q leaves. Before each take, two seconds of silence measure the noise of the room. Recordings you have kept remain, whenever you leave.";

/// A gentle player for guided meditation.
#[derive(Debug, Parser)]
#[command(name = "karuna", version, about, disable_help_subcommand = true, after_help = after_help())]
#[command(override_usage = "karuna [COMMAND]\n       karuna SESSION [OPTIONS of play]")]
pub(crate) struct Cli {
    /// The command; without one, the sessions are listed.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Ignore the configuration file
    #[arg(long, global = true)]
    pub(crate) no_config: bool,
}

impl Cli {
    /// Parses the program's arguments. `karuna SESSION` stands for `karuna play SESSION` unless a command has that name.
    ///
    /// Ends the program if the arguments are wrong, or ask for help.
    #[must_use]
    pub(crate) fn read() -> Self {
        let arguments = with_play(std::env::args_os().collect());
        Self::try_parse_from(&arguments).unwrap_or_else(|error| refuse(&error, &arguments))
    }
}

/// Prints what is wrong with the arguments, or the help that they ask for, and ends the program.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> ! {
    let is_harmless = |argument: &OsString| {
        let argument = argument.to_string_lossy();
        escape_controls(&argument) == argument
    };
    if arguments.iter().all(is_harmless) {
        error.exit();
    }
    let text = error.render().to_string();
    for line in text.lines() {
        let _ = writeln!(std::io::stderr().lock(), "{}", escape_controls(line));
    }
    std::process::exit(error.exit_code())
}

/// Inserts `play` before a first argument that names a session, or nearly does, and is not a command.
fn with_play(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let first = arguments.iter().skip(1).position(|argument| !argument.to_string_lossy().starts_with('-'));
    let Some(first) = first.map(|index| index + 1) else { return arguments };
    let (word, cli) = (arguments[first].to_string_lossy(), Cli::command());
    let is_command = cli.find_subcommand(&*word).is_some();
    let nearly_is_command = || suggest::nearest(&word, cli.get_subcommands().map(clap::Command::get_name)).is_some();
    let nearly_is_session = || !nearly_is_command() && library::suggest_session(&word).is_some();
    if !is_command && (library::is_session(&word) || nearly_is_session()) {
        arguments.insert(first, "play".into());
    }
    arguments
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the sessions of the library
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Show a session's exact timeline, without playing it
    Show(Show),
    /// Check manifests for errors
    Check(Check),
    /// Play a session
    Play(Play),
    /// Render a session to a file, with the same samples as in playback
    Render(Render),
    /// Publish a session, or a folder of sessions, in formats that need no karuna
    Publish(Publish),
    /// Write a new manifest: a template, a converted script, or a copy of a session
    New(New),
    /// Create a recording for each line without one, with a speech engine or from a folder of your own recordings
    Narrate(Narrate),
    /// Record the lines one after another, with a microphone
    Record(RecordArguments),
    /// Strike a bell; without a name, list them
    Bell {
        /// The bell
        name: Option<String>,
        /// The output: the best device, nothing at all in real time, or a device by a part of its name
        #[arg(long, value_name = "auto|null|NAME", default_value = "auto")]
        output: OutputChoice,
    },
    /// List the output devices, or try one
    Devices {
        /// Play a line twice, without and with waking the device first, each time after two seconds of silence: on the best device, or on one by a part of its name
        #[arg(long = "try", value_name = "NAME", num_args = 0..=1, default_missing_value = "auto")]
        tried: Option<OutputChoice>,
    },
    /// List the voices for lines without a recording; try, install or remove one
    Voices(Voices),
    /// Show the teacher, the licence, the voices and the bells of a session
    Credits {
        /// A manifest, or the name of a session in the library
        session: String,
    },
    /// Show the settings with their sources, or write a configuration file
    Config {
        /// Write a file with every setting commented out
        #[arg(long)]
        init: bool,
    },
    /// List the sittings: when, which, how long
    Log {
        /// Print comma-separated values, for a spreadsheet
        #[arg(long)]
        csv: bool,
    },
    /// Delete stored data, and report what was deleted
    Forget {
        /// What to delete
        data: StoredData,
    },
    /// Print the JSON schema of manifests, with which editors complete and check while you type
    Schema,
    /// Print a shell's completion script for commands, options and sessions
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the possible values of an option, for completion scripts
    #[command(hide = true)]
    CompleteValues {
        /// The kind of values
        kind: ValueKind,
        /// The words of the command line so far
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Print the manual page, or write those of all commands
    Man {
        /// Write the pages of all commands into this folder
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

/// The arguments of `show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A manifest, or the name of a session in the library
    pub(crate) session: String,
    /// The options that adapt the session
    #[command(flatten)]
    pub(crate) shape: ShapeArguments,
    /// Sample rate in frames per second
    #[arg(long, value_name = "HZ", value_parser = rate, default_value = "48000")]
    pub(crate) rate: Rate,
    /// Print one JSON document
    #[arg(long, conflicts_with = "transcript")]
    pub(crate) json: bool,
    /// Print the words, bells and silences as plain text
    #[arg(long)]
    pub(crate) transcript: bool,
    /// Draw the session as an SVG picture into this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "transcript"])]
    pub(crate) svg: Option<PathBuf>,
}

/// The arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Manifests, or names of sessions in the library
    #[arg(required_unless_present = "explain", value_name = "PATH")]
    pub(crate) sessions: Vec<String>,
    /// Explain the code of a finding, with an example before and after
    #[arg(long, value_name = "CODE", value_parser = code, conflicts_with_all = ["sessions", "json"])]
    pub(crate) explain: Option<Code>,
    /// Also show hints: places that should be reviewed, but are often fine
    #[arg(long, conflicts_with = "explain")]
    pub(crate) hints: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// The arguments of `play`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Play {
    /// A manifest, or the name of a session in the library; without one, the sessions are listed
    pub(crate) session: Option<String>,
    /// The options that adapt the session
    #[command(flatten)]
    pub(crate) shape: ShapeArguments,
    /// Start at a segment's id, or at a time such as 2m30s
    #[arg(long, value_name = "ID|TIME", value_parser = start)]
    pub(crate) from: Option<StartPosition>,
    /// Continue this session, or without a name the one left last, from where it was left early, with the same options as before
    #[arg(long, conflicts_with = "from")]
    pub(crate) resume: bool,
    /// Silence before the session starts, up to 10m [setting: settle]
    #[arg(long, value_name = "T", value_parser = settle)]
    pub(crate) settle: Option<Duration>,
    /// Change of the volume in decibels, up to 6 [setting: volume] [default: 0]
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = volume)]
    pub(crate) volume: Option<Decibels>,
    /// The output: the best device, nothing at all in real time, or a device by a part of its name [setting: output] [default: auto]
    #[arg(long, value_name = "auto|null|NAME")]
    pub(crate) output: Option<OutputChoice>,
    /// Wake the device before the first sound, and keep it awake with inaudible noise: on Bluetooth, always, or never [setting: wake-lead] [default: auto]
    #[arg(long, value_name = "auto|always|never")]
    pub(crate) wake_lead: Option<WakeLead>,
    /// Ignore standard input
    #[arg(long)]
    pub(crate) no_input: bool,
    /// Let the machine go to sleep while the session plays
    #[arg(long)]
    pub(crate) allow_sleep: bool,
    /// Print plain lines instead of a moving display [setting: plain]
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) plain: Option<bool>,
    /// Print one JSON object per line for each event
    #[arg(long)]
    pub(crate) json: bool,
}

impl Play {
    /// Creates the arguments for playing a session unchanged.
    #[must_use]
    pub(crate) fn quiet(session: &str, output: OutputChoice) -> Self {
        let shape = ShapeArguments { voice: Some("none".to_owned()), ..ShapeArguments::default() };
        Self {
            session: Some(session.to_owned()),
            shape,
            from: None,
            resume: false,
            settle: None,
            volume: None,
            output: Some(output),
            wake_lead: None,
            no_input: false,
            allow_sleep: true,
            plain: None,
            json: false,
        }
    }
}

/// The arguments of `render`.
#[derive(Debug, Args)]
pub(crate) struct Render {
    /// A manifest, or the name of a session in the library
    pub(crate) session: String,
    /// The file, whose extension determines its format: .wav .flac .ogg .opus .mp3
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// The options that adapt the session
    #[command(flatten)]
    pub(crate) shape: ShapeArguments,
    /// Sample rate in frames per second
    #[arg(long, value_name = "HZ", value_parser = rate, default_value = "48000")]
    pub(crate) rate: Rate,
    /// Bits per sample
    #[arg(long, value_name = "16|24|32f")]
    pub(crate) bits: Option<BitDepth>,
}

/// The arguments of `publish`.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// A manifest, the name of a session in the library, or a folder of manifests
    pub(crate) session: String,
    /// The folder for the files
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// The forms, separated by commas; without this option, all of them
    #[arg(long = "as", value_name = "FORM", value_delimiter = ',')]
    pub(crate) forms: Vec<Form>,
    /// An image for the cover, PNG or JPEG; without it, the cover is drawn from the session
    #[arg(long, value_name = "FILE")]
    pub(crate) cover: Option<PathBuf>,
    /// The address that the folder will have on the web, for the links in the feed
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(crate) url: Option<String>,
    /// The options that adapt the session
    #[command(flatten)]
    pub(crate) shape: ShapeArguments,
}

impl ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// The arguments of `new`.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The new manifest, such as evening.toml; missing folders are created
    pub(crate) path: PathBuf,
    /// Copy a session of the library, or a manifest, with its recordings
    #[arg(long, value_name = "SESSION")]
    pub(crate) like: Option<String>,
    /// Convert a script: plain text, Markdown, SSML, or JSON
    #[arg(long, value_name = "SCRIPT", conflicts_with = "like")]
    pub(crate) from: Option<PathBuf>,
}

/// The arguments of `narrate`.
#[derive(Debug, Args)]
pub(crate) struct Narrate {
    /// A manifest, or the name of a session in the library
    pub(crate) session: String,
    /// The voice: the best available speech engine, or one by its name; none only lists the lines without a recording [setting: voice]
    #[arg(long, value_name = "auto|none|ENGINE")]
    pub(crate) voice: Option<String>,
    /// The folder for the recordings; without it, a folder with the session's name beside the manifest
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Take recordings from this folder instead of speech, each named by the id of its line, as in hand.wav
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
    /// Add the clip lines to the manifest, and leave everything else in it unchanged
    #[arg(long)]
    pub(crate) write: bool,
}

/// The arguments of `record`.
#[derive(Debug, Args)]
#[command(after_help = RECORD_KEYS)]
pub(crate) struct RecordArguments {
    /// A manifest, or the name of a session in your own library
    pub(crate) session: String,
    /// The microphone, by a part of its name; without this option, the default one
    #[arg(long, value_name = "NAME")]
    pub(crate) input: Option<String>,
    /// Record only this line, by its id, even if it has a recording
    #[arg(long, value_name = "ID")]
    pub(crate) line: Option<String>,
}

/// The arguments of `voices`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Voices {
    /// The action; without one, the voices are listed
    #[command(subcommand)]
    pub(crate) action: Option<VoicesAction>,
    /// Print one JSON document
    #[arg(long, conflicts_with = "say")]
    pub(crate) json: bool,
    /// Speak a text, with the best voice or the named one
    #[arg(long, num_args = 1..=2, value_names = ["TEXT", "NAME"])]
    pub(crate) say: Option<Vec<String>>,
}

/// An action of `voices`.
#[derive(Debug, Subcommand)]
pub(crate) enum VoicesAction {
    /// Install a voice from a file with a known checksum
    Add {
        /// The package, such as hibari_tts-0.2.1-py3-none-any.whl
        file: PathBuf,
        /// Install an unknown package too, if it has the right format
        #[arg(long)]
        unverified: bool,
    },
    /// Remove an installed voice
    Remove {
        /// The voice
        name: String,
    },
}

/// Options that make a session fit a listener; the same for show, play and render.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub(crate) struct ShapeArguments {
    /// Stretch or shrink the silences so that the session has this length, such as 20m
    #[arg(long, value_name = "T", value_parser = length, conflicts_with = "audition")]
    pub(crate) length: Option<Duration>,
    /// Leave out lines with this tag (touch, breath, body, eyes-closed, imagery, pain, or the session's own); separate several by commas [setting, for play: avoid]
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub(crate) avoid: Vec<String>,
    /// Mute the bells, without changing the length
    #[arg(long)]
    pub(crate) no_bell: bool,
    /// Change a level, or turn it off, as in bell=-6 or bed=off [setting, for play: levels]
    #[arg(long, value_name = "voice|bell|bed=DB|off", value_parser = level)]
    pub(crate) level: Vec<(Part, LevelChange)>,
    /// The voice for lines without a clip: the best available speech engine, none (their words are shown), or one by its name. The name of a narrator plays that narrator's recordings where they exist [setting: voice] [default: auto]
    #[arg(long, value_name = "auto|none|ENGINE")]
    pub(crate) voice: Option<String>,
    /// Shorten each silence to a second, to hear the lines without waiting
    #[arg(long)]
    pub(crate) audition: bool,
}

impl ShapeArguments {
    /// Returns the shape described by these arguments.
    #[must_use]
    pub(crate) fn shape(&self) -> Shape {
        let length = match self.length {
            Some(length) => LengthChoice::Fitted(length),
            None if self.audition => LengthChoice::Audition,
            None => LengthChoice::Natural,
        };
        let mut shape = Shape { length, avoid: self.avoid.clone(), no_bell: self.no_bell, ..Shape::default() };
        for (part, change) in &self.level {
            match part {
                Part::Voice => shape.voice = *change,
                Part::Bell => shape.bell = *change,
                Part::Bed => shape.bed = *change,
            }
        }
        shape
    }
}

/// The kind of values that a shell completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValueKind {
    /// The tags of a session.
    Avoid,
    /// The ids of a session.
    From,
    /// The output devices.
    Output,
    /// The bells.
    Bell,
}

/// The kinds of stored data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoredData {
    /// The places where sessions were left
    Places,
    /// The log of sittings
    Log,
    /// Cached speech and analyses of recordings, which are recreated when needed
    Cache,
    /// Everything
    All,
}
