//! `karuna play`: plays a session, which the listener controls meanwhile.

mod awake;
mod clients;
mod display;
mod frontend;
mod media;

use std::io::IsTerminal;

use super::Outcome;
use super::loading::{self, Loaded, SessionToPlay};
use super::settings::PlaySettings;
use crate::cli::Play;
use crate::config::Config;
use crate::error::Failure;
use crate::io::signals;
use crate::io::terminal::{self, Modes};
use crate::load::{self, SpeechTiming};
use crate::playback::{OutputChoice, OutputSearch, Playback, PlaybackOptions, PlaybackRemote};
use crate::player::transport::EndReason;
use awake::AwakeClient;
use clients::{Client, JsonClient, ListenerClient};
use display::Display;
use frontend::{Channels, Frontend};
use media::MediaClient;

pub(super) fn run(arguments: &Play, config: &Config) -> Result<Outcome, Failure> {
    let Some(session) = &arguments.session else { return super::list::welcome() };
    let settings = PlaySettings::new(arguments, config)?;
    signals::ignore_terminal_stops();
    let search = OutputSearch::start(settings.output.clone());
    // Where the start or the length depends on all lines, they are spoken first.
    let needs_all = arguments.from.is_some() || arguments.shape.length.is_some();
    let timing = if needs_all { SpeechTiming::Now } else { SpeechTiming::WhilePlaying };
    match loading::load_to_play(session, &settings.load, timing)? {
        Loaded::Continue(ready) => play(ready, search, arguments, &settings, Visibility::Desktop),
        Loaded::Break(outcome) => Ok(outcome),
    }
}

/// Strikes a bell, as a session would.
pub(super) fn bell(name: &str, output: &OutputChoice) -> Result<Outcome, Failure> {
    let text = format!("format = 1\ntitle = \"{name}\"\n[[segment]]\nbell = \"{name}\"\nhold = \"0s\"\n");
    signals::ignore_terminal_stops();
    let search = OutputSearch::start(output.clone());
    match loading::finish(load::load_text(name, text), None)? {
        Loaded::Continue(session) => {
            let arguments = Play::quiet(name, output.clone());
            let settings = PlaySettings::new(&arguments, &Config::default())?;
            play(SessionToPlay::without_speech(session), search, &arguments, &settings, Visibility::Terminal)
        }
        Loaded::Break(outcome) => Ok(outcome),
    }
}

/// Where a session is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visibility {
    /// On the terminal alone: a single bell.
    Terminal,
    /// By the desktop, too.
    Desktop,
}

fn play(
    ready: SessionToPlay,
    search: OutputSearch,
    arguments: &Play,
    settings: &PlaySettings,
    visibility: Visibility,
) -> Result<Outcome, Failure> {
    let SessionToPlay { session, job, interrupt } = ready;
    let output = search.wait()?;
    let modes = Modes::enter(!arguments.no_input);
    let channels = Channels::open();
    // From here on signals are listened to. Whoever wanted to stop before wants no session.
    if interrupt.is_some_and(|interrupt| interrupt.is_set()) {
        return Ok(Outcome::Stopped);
    }
    let options = PlaybackOptions {
        start: arguments.from.clone().unwrap_or_default(),
        volume: settings.volume,
        is_attended: !arguments.no_input,
    };
    let playback = Playback::start_with_speech(&session, job, output, &options, channels.event_queue())?;
    let mut clients = vec![client(arguments, settings)];
    if visibility == Visibility::Desktop {
        clients.extend(desktop_clients(playback.remote(), arguments));
    }
    let end = Frontend::new(playback, channels, clients, modes, arguments.no_input).run()?;
    Ok(if end == EndReason::Stopped { Outcome::Stopped } else { Outcome::Done })
}

/// Returns who follows the session: a program, or a listener.
fn client(arguments: &Play, settings: &PlaySettings) -> Box<dyn Client> {
    if arguments.json {
        return Box::new(JsonClient);
    }
    let is_plain = settings.plain || !terminal::can_draw() || !std::io::stdout().is_terminal();
    let display = if is_plain { Display::plain() } else { Display::screen() };
    Box::new(ListenerClient::new(display, !arguments.no_input && terminal::has_keys(), settings.captions))
}

/// Returns the clients that connect the session with the desktop.
fn desktop_clients(remote: PlaybackRemote, arguments: &Play) -> Vec<Box<dyn Client>> {
    let mut clients: Vec<Box<dyn Client>> = vec![Box::new(MediaClient::new(remote))];
    if !arguments.allow_sleep {
        clients.push(Box::<AwakeClient>::default());
    }
    clients
}
