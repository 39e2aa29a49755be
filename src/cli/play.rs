//! The arguments of `play`.

use std::time::Duration;

use clap::Args;

use super::shape::ShapeArguments;
use super::values::{settling_time, start, volume};
use crate::playback::{OutputChoice, StartPosition, WakeMode};
use crate::units::Decibels;

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
    #[arg(long, value_name = "T", value_parser = settling_time)]
    pub(crate) settle: Option<Duration>,
    /// Change of the volume in decibels, up to 6 [setting: volume] [default: 0]
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = volume)]
    pub(crate) volume: Option<Decibels>,
    /// The output: the best device, nothing at all in real time, or a device by a part of its name [setting: output] [default: auto]
    #[arg(long, value_name = "auto|null|NAME")]
    pub(crate) output: Option<OutputChoice>,
    /// Wake the device before the first sound, and keep it awake with inaudible noise: on Bluetooth, always, or never [setting: wake-lead] [default: auto]
    #[arg(long, value_name = "auto|always|never")]
    pub(crate) wake_lead: Option<WakeMode>,
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
