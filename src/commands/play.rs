//! `karuna play`: plays a session under the listener's control.

mod awake;
mod clients;
mod display;
mod frontend;
mod media;
mod resume;
mod sitting;

use std::cell::RefCell;
use std::io::IsTerminal;
use std::rc::Rc;

use super::loading::{self, Loaded, SessionToPlay};
use super::settings::PlaySettings;
use super::{Outcome, report};
use crate::cli::Play;
use crate::config::Config;
use crate::error::{Failure, Remedy};
use crate::io::device::DeviceError;
use crate::io::interrupt::Interrupt;
use crate::io::signals;
use crate::io::terminal::{self, Modes};
use crate::load::{self, SpeechTiming};
use crate::playback::{
    FoundOutput, OutputChoice, OutputSearch, Playback, PlaybackOptions, PlaybackRemote, StartPosition,
};
use crate::player::transport::EndReason;
use crate::present::view::ListenerInput;
use awake::AwakeClient;
use clients::{Client, JsonClient, ListenerClient};
use display::Display;
use frontend::{Channels, Frontend};
use media::MediaClient;
use resume::ResumedSession;
use sitting::{SittingClient, SittingOptions, SittingRecord};

pub(super) fn run(arguments: &Play, config: &Config, is_config_ignored: bool) -> Result<Outcome, Failure> {
    if arguments.resume {
        let resumed = ResumedSession::find(arguments, config)?;
        return play_with_history(&resumed.arguments, &resumed.config, Some(&resumed), is_config_ignored);
    }
    if arguments.session.is_none() {
        return super::list::welcome();
    }
    play_with_history(arguments, config, None, is_config_ignored)
}

/// Plays a session, and stores its place and its log line if the listener has turned that on.
fn play_with_history(
    arguments: &Play,
    config: &Config,
    resumed: Option<&ResumedSession>,
    is_config_ignored: bool,
) -> Result<Outcome, Failure> {
    let session = arguments.session.as_deref().unwrap_or_default();
    let record = SittingRecord::new(SittingOptions::new(session, arguments, config, is_config_ignored));
    load_and_play(arguments, config, resumed, Some(record))
}

/// Plays a session without storing anything about it.
pub(super) fn play_without_history(arguments: &Play, config: &Config) -> Result<Outcome, Failure> {
    load_and_play(arguments, config, None, None)
}

fn load_and_play(
    arguments: &Play,
    config: &Config,
    resumed: Option<&ResumedSession>,
    record: Option<SittingRecord>,
) -> Result<Outcome, Failure> {
    let settings = PlaySettings::new(arguments, config)?;
    signals::ignore_terminal_stops();
    let search = OutputSearch::start(settings.output.clone());
    // If the start or the length depends on all lines, they are spoken first.
    let needs_all = arguments.from.is_some() || arguments.shape.length.is_some() || resumed.is_some();
    let timing = if needs_all { SpeechTiming::Now } else { SpeechTiming::WhilePlaying };
    let ready = match loading::load_to_play(arguments.session.as_deref().unwrap_or_default(), &settings.load, timing)? {
        Loaded::Continue(ready) => ready,
        Loaded::Break(outcome) => return Ok(outcome),
    };
    let start = match resumed {
        Some(resumed) => resumed.start(&ready.session, report::line)?,
        None => arguments.from.clone().unwrap_or_default(),
    };
    Ok(play(ready, search, arguments, &settings, start, record)?.into())
}

/// Strikes a bell, through a session with that bell.
pub(super) fn bell(name: &str, output: &OutputChoice) -> Result<Outcome, Failure> {
    let text = format!("format = 1\ntitle = \"{name}\"\n[[segment]]\nbell = \"{name}\"\nhold = \"0s\"\n");
    Ok(play_text(text, &Play::quiet(name, output.clone()))?.map_or(Outcome::Failed, Outcome::from))
}

/// Plays a generated manifest. Returns why it ended, or `None` if it could not be read.
pub(super) fn play_text(text: String, arguments: &Play) -> Result<Option<EndReason>, Failure> {
    signals::ignore_terminal_stops();
    let settings = PlaySettings::new(arguments, &Config::default())?;
    let search = OutputSearch::start(settings.output.clone());
    let name = arguments.session.as_deref().unwrap_or_default();
    match loading::loaded_or_report(load::load_text(name, text), None)? {
        Loaded::Continue(session) => {
            let ready = SessionToPlay::without_speech(session);
            play(ready, search, arguments, &settings, StartPosition::Beginning, None).map(Some)
        }
        Loaded::Break(_) => Ok(None),
    }
}

impl From<EndReason> for Outcome {
    fn from(end: EndReason) -> Self {
        if end == EndReason::Stopped { Self::Stopped } else { Self::Done }
    }
}

fn play(
    ready: SessionToPlay,
    search: OutputSearch,
    arguments: &Play,
    settings: &PlaySettings,
    start: StartPosition,
    record: Option<SittingRecord>,
) -> Result<EndReason, Failure> {
    let SessionToPlay { session, job, interrupt } = ready;
    let is_interrupted = || interrupt.as_ref().is_some_and(Interrupt::is_set);
    let Some(output) = search.wait(is_interrupted)? else { return Ok(EndReason::Stopped) };
    check_has_audience(&output)?;
    let modes = Modes::enter(!arguments.no_input);
    let channels = Channels::open();
    // From here on, signals are handled. If Ctrl-C was pressed before, the session does not start.
    if is_interrupted() {
        return Ok(EndReason::Stopped);
    }
    let options = playback_options(start, arguments, settings);
    let playback = Playback::start_with_speech(&session, job, output, &options, channels.event_queue())?;
    let record = record.map(|record| Rc::new(RefCell::new(record)));
    let clients = clients(&playback, arguments, settings, record.as_ref());
    let end = Frontend::new(playback, channels, clients, modes, arguments.no_input).run();
    if let Some(record) = record {
        record.borrow_mut().finish();
    }
    Ok(end?)
}

/// Refuses to play without sound if there is no terminal for the captions either, as in a cron job.
fn check_has_audience(output: &FoundOutput) -> Result<(), Failure> {
    if !output.is_missing() || std::io::stdout().is_terminal() || std::io::stderr().is_terminal() {
        return Ok(());
    }
    let help = DeviceError::NoDevice.help().unwrap_or_default();
    Err(Failure::new(DeviceError::NoDevice.to_string(), format!("{help}; or play without sound: --output null")))
}

fn playback_options(start: StartPosition, arguments: &Play, settings: &PlaySettings) -> PlaybackOptions {
    PlaybackOptions {
        start,
        volume: settings.volume,
        can_end_open_silence: !arguments.no_input,
        wake_lead: settings.wake_lead,
    }
}

/// Returns the clients of a session. Only a session with a record is connected with the desktop.
fn clients(
    playback: &Playback,
    arguments: &Play,
    settings: &PlaySettings,
    record: Option<&Rc<RefCell<SittingRecord>>>,
) -> Vec<Box<dyn Client>> {
    let mut clients = vec![main_client(arguments, settings)];
    if let Some(record) = record {
        clients.push(Box::new(SittingClient(record.clone())));
        clients.extend(desktop_clients(playback.remote(), arguments));
    }
    clients
}

/// Returns the client for a program (`--json`) or a listener.
fn main_client(arguments: &Play, settings: &PlaySettings) -> Box<dyn Client> {
    if arguments.json {
        return Box::new(JsonClient::new());
    }
    let is_plain = settings.plain || !terminal::can_draw() || !std::io::stdout().is_terminal();
    let display = if is_plain { Display::plain() } else { Display::screen() };
    let input = match terminal::stdin_is_terminal() {
        _ if arguments.no_input => ListenerInput::Nothing,
        true => ListenerInput::Keys,
        false => ListenerInput::Lines,
    };
    Box::new(ListenerClient::new(display, input, settings.captions))
}

/// Returns the clients that connect the session with the desktop.
fn desktop_clients(remote: PlaybackRemote, arguments: &Play) -> Vec<Box<dyn Client>> {
    let mut clients: Vec<Box<dyn Client>> = vec![Box::new(MediaClient::new(remote))];
    if !arguments.allow_sleep {
        clients.push(Box::<AwakeClient>::default());
    }
    clients
}
