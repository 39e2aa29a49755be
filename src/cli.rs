//! What can be typed, and no more.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::config::{LEVEL_CHANGE, VOLUME};
use crate::io::encode::BitDepth;
use crate::io::library;
use crate::manifest::{Code, SETTLE, duration, suggest};
use crate::playback::{OutputChoice, StartPosition, WakeLead};
use crate::present::care::care;
use crate::publish::Form;
use crate::timeline::LengthChoice;
use crate::timeline::{LevelChange, Shape};
use crate::units::{Decibels, Rate};

/// How one begins.
const BEGIN: &str = "`karuna` alone lists the sessions, and `karuna glimmer` plays a short one. Leaving early is always all right.\n\
    `karuna new evening.toml` begins a session of your own.";

fn after_help() -> String {
    format!("{BEGIN}\n\n{}", care("karuna"))
}

/// The keys of `record`.
const RECORD_KEYS: &str = "Keys: space begins the first line, and ends a take; k keeps it and goes on, a takes it again, h plays it, s skips the line,\n\
    q leaves. Before each take two seconds of silence measure the room. What was kept stays, whenever you leave.";

/// A gentle player for guided meditation.
#[derive(Debug, Parser)]
#[command(name = "karuna", version, about, disable_help_subcommand = true, after_help = after_help())]
#[command(override_usage = "karuna [COMMAND]\n       karuna SESSION [OPTIONS of play]")]
pub struct Cli {
    /// What to do; without it, the sessions are listed.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Leave the configuration alone, as if there were none
    #[arg(long, global = true)]
    pub no_config: bool,
}

impl Cli {
    /// Reads the program's arguments. `karuna SESSION` stands for `karuna play SESSION` where no command has that name.
    ///
    /// Ends the program if the arguments are wrong, or ask for help.
    #[must_use]
    pub fn read() -> Self {
        Self::parse_from(with_play(std::env::args_os().collect()))
    }
}

/// Inserts `play` before a first argument that names a session, or nearly does, and no command.
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
pub enum Command {
    /// List the sessions of the library
    List {
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
    /// Show a session's exact timeline, without playing it
    Show(Show),
    /// Find every mistake in a manifest
    Check(Check),
    /// Play a session
    Play(Play),
    /// Render a session into a file: the same samples as are played
    Render(Render),
    /// Publish a session, or a folder of sessions, in forms that need no player of their own
    Publish(Publish),
    /// Write a manifest to start from, or a session to change
    New(New),
    /// Give each line without a recording one: spoken by an engine, or from a folder of your own recordings
    Narrate(Narrate),
    /// Record the lines one after the other, with a microphone
    Record(RecordArguments),
    /// Strike a bell; without a name, list them
    Bell {
        /// The bell
        name: Option<String>,
        /// Where it sounds
        #[arg(long, value_name = "auto|null|NAME", default_value = "auto")]
        output: OutputChoice,
    },
    /// List the output devices; hear one
    Devices {
        /// Hear a line after two seconds of silence, without and with waking the device first; the best device, or one by a part of its name
        #[arg(long = "try", value_name = "NAME", num_args = 0..=1, default_missing_value = "auto")]
        tried: Option<OutputChoice>,
    },
    /// List who can speak lines without a recording; hear, install or remove a voice
    Voices(Voices),
    /// Name the teacher, the licence, the voices and the bells of a session
    Credits {
        /// A manifest, or the name of a session in the library
        session: String,
    },
    /// Show the settings and where each comes from, or write a file to start from
    Config {
        /// Write a file with every setting as a comment
        #[arg(long)]
        init: bool,
    },
    /// List the sittings: when, which, how long
    Log {
        /// Comma-separated values, for a spreadsheet
        #[arg(long)]
        csv: bool,
    },
    /// Delete what is kept, and say what was deleted
    Forget {
        /// What to delete
        kept: Kept,
    },
    /// Print the schema of manifests, for editors that complete and check while you type
    Schema,
    /// Print what a shell needs to complete commands, options and sessions
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print what a shell offers for an option
    #[command(hide = true)]
    CompleteValues {
        /// Of what
        kind: ValueKind,
        /// The words of the command so far
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

/// `show`
#[derive(Debug, Args)]
pub struct Show {
    /// A manifest, or the name of a session in the library
    pub session: String,
    /// What makes it fit
    #[command(flatten)]
    pub shape: ShapeArguments,
    /// Frames a second
    #[arg(long, value_name = "HZ", value_parser = rate, default_value = "48000")]
    pub rate: Rate,
    /// One JSON document
    #[arg(long, conflicts_with = "transcript")]
    pub json: bool,
    /// Its words, bells and silences as plain text
    #[arg(long)]
    pub transcript: bool,
    /// Draw it as a picture into this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "transcript"])]
    pub svg: Option<PathBuf>,
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    /// Manifests, or names of sessions in the library
    #[arg(required_unless_present = "explain", value_name = "PATH")]
    pub sessions: Vec<String>,
    /// Say what a finding's code means, with an example before and after
    #[arg(long, value_name = "CODE", value_parser = code, conflicts_with_all = ["sessions", "json"])]
    pub explain: Option<Code>,
    /// Also show hints: places that are worth a second look, and often right as they are
    #[arg(long, conflicts_with = "explain")]
    pub hints: bool,
    /// One JSON document
    #[arg(long)]
    pub json: bool,
}

/// `play`
#[derive(Clone, Debug, Args)]
pub struct Play {
    /// A manifest, or the name of a session in the library; without one, the sessions are listed
    pub session: Option<String>,
    /// What makes it fit
    #[command(flatten)]
    pub shape: ShapeArguments,
    /// Begin at a segment's id, or at a time such as 2m30s
    #[arg(long, value_name = "ID|TIME", value_parser = start)]
    pub from: Option<StartPosition>,
    /// Go on where this session, or without a name the one left last, was left early, with the options of then
    #[arg(long, conflicts_with = "from")]
    pub resume: bool,
    /// Quiet before the session begins, up to 10m [setting: settle]
    #[arg(long, value_name = "T", value_parser = settle)]
    pub settle: Option<Duration>,
    /// Louder or softer, in decibels, up to 6 [setting: volume] [default: 0]
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = volume)]
    pub volume: Option<Decibels>,
    /// Where it sounds: the best device, nothing at all in real time, or a device by a part of its name [setting: output] [default: auto]
    #[arg(long, value_name = "auto|null|NAME")]
    pub output: Option<OutputChoice>,
    /// Wake the device before the first sound, and keep it awake with noise too soft to hear: on Bluetooth, always, or never [setting: wake-lead] [default: auto]
    #[arg(long, value_name = "auto|always|never")]
    pub wake_lead: Option<WakeLead>,
    /// Leave standard input alone
    #[arg(long)]
    pub no_input: bool,
    /// Let the machine go to sleep while the session plays
    #[arg(long)]
    pub allow_sleep: bool,
    /// Plain lines instead of a moving display [setting: plain]
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub plain: Option<bool>,
    /// One JSON object a line, for what happens
    #[arg(long)]
    pub json: bool,
}

impl Play {
    /// To play something as it is.
    #[must_use]
    pub fn quiet(session: &str, output: OutputChoice) -> Self {
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

/// `render`
#[derive(Debug, Args)]
pub struct Render {
    /// A manifest, or the name of a session in the library
    pub session: String,
    /// The file, its kind by its ending: .wav .flac .ogg .opus .mp3
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// What makes it fit
    #[command(flatten)]
    pub shape: ShapeArguments,
    /// Frames a second
    #[arg(long, value_name = "HZ", value_parser = rate, default_value = "48000")]
    pub rate: Rate,
    /// Bits a sample
    #[arg(long, value_name = "16|24|32f")]
    pub bits: Option<BitDepth>,
}

/// `publish`
#[derive(Debug, Args)]
pub struct Publish {
    /// A manifest, the name of a session in the library, or a folder of manifests
    pub session: String,
    /// The folder that the files are written into
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// The forms, with commas between; without it, all of them
    #[arg(long = "as", value_name = "FORM", value_delimiter = ',')]
    pub forms: Vec<Form>,
    /// A picture for the cover, PNG or JPEG; without it, the cover is drawn from the session
    #[arg(long, value_name = "FILE")]
    pub cover: Option<PathBuf>,
    /// The address that the folder will have on the web, for the links in the feed
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub url: Option<String>,
    /// What makes it fit
    #[command(flatten)]
    pub shape: ShapeArguments,
}

impl ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// `new`
#[derive(Debug, Args)]
pub struct New {
    /// The new manifest, such as evening.toml; folders that are missing are made
    pub path: PathBuf,
    /// Start from a session of the library, or from a manifest, with its recordings
    #[arg(long, value_name = "SESSION")]
    pub like: Option<String>,
    /// Make it from a script: plain text, Markdown, SSML, or JSON
    #[arg(long, value_name = "SCRIPT", conflicts_with = "like")]
    pub from: Option<PathBuf>,
}

/// `narrate`
#[derive(Debug, Args)]
pub struct Narrate {
    /// A manifest, or the name of a session in the library
    pub session: String,
    /// Who speaks: the best speech engine that is there, or one by its name; none only lists the lines that lack a recording [setting: voice]
    #[arg(long, value_name = "auto|none|ENGINE")]
    pub voice: Option<String>,
    /// Where the recordings go; without it, into a folder of the session's own name beside the manifest
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Take recordings from this folder in place of speech, each named by the id of its line, as in hand.wav
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// Put the clip lines into the manifest, and leave all else in it as it is
    #[arg(long)]
    pub write: bool,
}

/// `record`
#[derive(Debug, Args)]
#[command(after_help = RECORD_KEYS)]
pub struct RecordArguments {
    /// A manifest, or the name of a session in the library of your own
    pub session: String,
    /// The microphone, by a part of its name; without it, the default one
    #[arg(long, value_name = "NAME")]
    pub input: Option<String>,
    /// Only this line, by its id, also if it has a recording
    #[arg(long, value_name = "ID")]
    pub line: Option<String>,
}

/// `voices`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Voices {
    /// What to do; without it, the voices are listed
    #[command(subcommand)]
    pub action: Option<VoicesAction>,
    /// One JSON document
    #[arg(long, conflicts_with = "say")]
    pub json: bool,
    /// Hear a text, spoken by the best voice or by the one that is named
    #[arg(long, num_args = 1..=2, value_names = ["TEXT", "NAME"])]
    pub say: Option<Vec<String>>,
}

/// What `voices` changes.
#[derive(Debug, Subcommand)]
pub enum VoicesAction {
    /// Install a voice from a file, if its checksum is a known one
    Add {
        /// The package, such as hibari_tts-0.2.1-py3-none-any.whl
        file: PathBuf,
        /// Install a package that is not known, if it has the right form
        #[arg(long)]
        unverified: bool,
    },
    /// Remove an installed voice
    Remove {
        /// The voice
        name: String,
    },
}

/// What makes a session fit a listener; the same for show, play and render.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct ShapeArguments {
    /// Stretch or shrink the silences so that the session lasts so long, as in 20m
    #[arg(long, value_name = "T", value_parser = length, conflicts_with = "audition")]
    pub length: Option<Duration>,
    /// Leave out lines with this tag (touch, breath, body, eyes-closed, imagery, pain, or the session's own); several with commas between [setting, for play: avoid]
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub avoid: Vec<String>,
    /// Keep the bells' time, without their sound
    #[arg(long)]
    pub no_bell: bool,
    /// Add to a level, or turn it off, as in bell=-6 or bed=off [setting, for play: levels]
    #[arg(long, value_name = "voice|bell|bed=DB|off", value_parser = level)]
    pub level: Vec<(Part, LevelChange)>,
    /// Who speaks lines without a clip: the best speech engine that is there, nobody (their words are shown), or one by its name. The name of a narrator plays that narrator's recordings where they exist [setting: voice] [default: auto]
    #[arg(long, value_name = "auto|none|ENGINE")]
    pub voice: Option<String>,
    /// Shorten each silence to a second, to hear the lines without waiting
    #[arg(long)]
    pub audition: bool,
}

impl ShapeArguments {
    /// The shape that these arguments ask for.
    #[must_use]
    pub fn shape(&self) -> Shape {
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

/// What a shell asks values of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ValueKind {
    /// The tags of a session.
    Avoid,
    /// The ids of a session.
    From,
    /// The output devices.
    Output,
    /// The bells.
    Bell,
}

/// What is kept for a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kept {
    /// Where sessions were left.
    Places,
    /// The sittings.
    Log,
    /// Speech, and what was measured of recordings; made again when it is needed.
    Cache,
    /// All of it.
    All,
}

/// What a level is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The narration.
    Voice,
    /// The bells.
    Bell,
    /// The bed.
    Bed,
}

/// The lowest rate that a session is rendered at.
const LOWEST_RATE: u32 = 8_000;
/// The highest rate that a session is rendered at.
const HIGHEST_RATE: u32 = 192_000;

fn rate(text: &str) -> Result<Rate, String> {
    text.parse()
        .ok()
        .filter(|hertz| (LOWEST_RATE..=HIGHEST_RATE).contains(hertz))
        .and_then(Rate::new)
        .ok_or_else(|| format!("a rate is a number of hertz from {LOWEST_RATE} to {HIGHEST_RATE}, such as 48000"))
}

fn web_address(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}?#".contains(c);
    if !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("an address is written as in https://example.org/sits/".to_owned())
}

fn code(text: &str) -> Result<Code, String> {
    Code::parse(text).ok_or_else(|| {
        let near = suggest::nearest(text, Code::ALL.iter().map(|code| code.name()));
        near.map_or_else(|| "docs/findings.md lists all codes".to_owned(), |near| format!("did you mean {near}?"))
    })
}

#[expect(clippy::unnecessary_wraps, reason = "clap expects a result of every parser")]
fn start(text: &str) -> Result<StartPosition, std::convert::Infallible> {
    Ok(duration::parse(text).map_or_else(|| StartPosition::Segment(text.to_owned()), StartPosition::Time))
}

fn length(text: &str) -> Result<Duration, String> {
    duration::parse(text).ok_or_else(|| "a length is written as in 20m, 1h or 7m30s".to_owned())
}

pub(crate) fn settle(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .filter(|time| SETTLE.contains(time))
        .ok_or_else(|| "the quiet is a time of up to 10m, such as 30s or 1m30s".to_owned())
}

fn volume(text: &str) -> Result<Decibels, String> {
    text.parse()
        .ok()
        .filter(|volume| VOLUME.contains(volume))
        .map(Decibels)
        .ok_or_else(|| "a volume is a number of decibels from -60 to 6".to_owned())
}

fn level(text: &str) -> Result<(Part, LevelChange), String> {
    let help = "a level is written as in voice=-3, bell=2 or bed=off, from -60 to 12";
    let (part, change) = text.split_once('=').ok_or(help)?;
    let part = Part::from_str(part, false).map_err(|_| help)?;
    let change = match change {
        "off" => LevelChange::Off,
        number => {
            LevelChange::By(number.parse().ok().filter(|by| LEVEL_CHANGE.contains(by)).map(Decibels).ok_or(help)?)
        }
    };
    Ok((part, change))
}
