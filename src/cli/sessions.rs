//! The arguments of the commands that show, check, write and publish sessions.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::shape::ShapeArguments;
use super::values::{code, rate, web_address};
use crate::io::encode::BitDepth;
use crate::manifest::Code;
use crate::publish::PublicationFormat;
use crate::units::Rate;

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
    /// The formats, separated by commas; without this option, all of them
    #[arg(long = "as", value_name = "FORMAT", value_delimiter = ',')]
    pub(crate) formats: Vec<PublicationFormat>,
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

impl ValueEnum for PublicationFormat {
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
