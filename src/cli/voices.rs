//! The arguments of the commands that record, narrate, and manage voices.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The keys of `record`.
const RECORD_KEYS: &str = "Keys: space starts the first line, and ends a take; k keeps it and continues, a records it again, h plays it, s skips the line,\n\
    q leaves. Before each take, two seconds of silence measure the noise of the room. Recordings you have kept remain, whenever you leave.";

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
