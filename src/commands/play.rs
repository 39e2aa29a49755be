//! `karuna play`: plays a session, under the listener's hand.

mod ahead;
mod conductor;
mod display;
mod view;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use super::loading::{self, SessionToPlay};
use super::{Outcome, loading::Loaded};
use crate::cli::Play;
use crate::error::Failure;
use crate::io::signals;
use crate::io::terminal::Modes;
use crate::load::{self, GainEvent, LoadedSession, SpeechTiming};
use crate::manifest::{duration, suggest};
use crate::playback::input::{self, Input};
use crate::playback::output::{Choice, Chosen};
use crate::playback::sound::{Material, Playback};
use crate::player::{ClipSources, StartPoint, TimelineVersion};
use crate::timeline::{Segment, Timeline};
use crate::units::{Frames, Rate};
use ahead::Ahead;
use conductor::Conductor;
use view::View;

pub(super) fn run(arguments: &Play) -> Result<Outcome, Failure> {
    signals::ignore_terminal_stops();
    let chosen = Choice::seek(&arguments.output);
    // Where a place or a length is asked for that depends on all lines, these are spoken first.
    let needs_all = arguments.from.is_some() || arguments.shape.length.is_some();
    let timing = if needs_all { SpeechTiming::Now } else { SpeechTiming::WhilePlaying };
    match loading::load_to_play(&arguments.session, &arguments.shape, timing)? {
        Loaded::Continue(ready) => play(ready, arguments, chosen),
        Loaded::Break(outcome) => Ok(outcome),
    }
}

fn play(
    SessionToPlay { session, job, interrupt }: SessionToPlay,
    arguments: &Play,
    chosen: impl FnOnce() -> Chosen,
) -> Result<Outcome, Failure> {
    let (choice, said) = chosen()?;
    let rate = choice.rate();
    let version = session.version(rate)?;
    let start = start(arguments.from.as_deref(), version.programmes.session())?;
    let from = StartPoint { volume: arguments.volume, ..StartPoint::at(start) };
    let (sender, inputs) = mpsc::channel();
    let events = sender.clone();
    let gain = session.measure_voice_gain(move |event| {
        let input = match event {
            GainEvent::Failed(error) => Input::Failed(error.into()),
            event => Input::Flaw(event.to_string()),
        };
        let _ = events.send(input);
    });
    let view = View::new(arguments, version.programmes.clone());
    let modes = Modes::enter(!arguments.no_input);
    let over = Arc::new(AtomicBool::new(false));
    let lines = input::listen(&sender, &over, arguments.no_input);
    // From here on signals are listened to. Who wanted to stop before wanted none of it.
    if interrupt.is_some_and(|interrupt| interrupt.is_set()) {
        return Ok(Outcome::Stopped);
    }
    let material = Material { version, gain, awaits_speech: session.awaits_speech() };
    let ahead = Ahead::begin(job, &session, &material, &sender);
    let playback = Playback::open(material, arguments.output.clone(), choice, from, sender)?;
    let ended = Conductor::new(playback, view, modes, inputs, lines, ahead).run(&from, said);
    over.store(true, Ordering::Relaxed);
    ended
}

/// Strikes a bell as a session would.
pub(super) fn bell(name: &str, output: &crate::playback::Output) -> Result<Outcome, Failure> {
    let text = format!("format = 1\ntitle = \"{name}\"\n[[segment]]\nbell = \"{name}\"\nhold = \"0s\"\n");
    signals::ignore_terminal_stops();
    let chosen = Choice::seek(output);
    let session = match loading::finish(load::load_text(name, text), None)? {
        Loaded::Continue(session) => session,
        Loaded::Break(outcome) => return Ok(outcome),
    };
    play(SessionToPlay::without_speech(session), &Play::quiet(name, output.clone()), chosen)
}

/// So many ids are named at most.
const MOST_IDS: usize = 30;

/// The frame that `--from` names: a segment's id, or a time.
fn start(from: Option<&str>, session: &Timeline) -> Result<Frames, Failure> {
    let Some(from) = from else { return Ok(Frames::ZERO) };
    if let Some(number) = session.find(from) {
        return Ok(session.segments[number].start);
    }
    let Some(time) = duration::parse(from) else {
        let ids = || session.segments.iter().flat_map(Segment::ids);
        let help = match (suggest::nearest(from, ids()), ids().take(MOST_IDS).collect::<Vec<_>>().join(", ")) {
            (Some(near), _) => format!("did you mean {near}? A time is written as in 2m30s"),
            (None, all) if all.is_empty() => "give a time such as 2m30s".to_owned(),
            (None, all) => format!("give a time such as 2m30s, or one of {all}"),
        };
        return Err(Failure::new(format!("there is no segment named `{}`", crate::text::escape_controls(from)), help));
    };
    let frame = session.rate.frames(time);
    if frame > session.frames {
        let help = format!("the session is {} long", duration::format(session.rounded_to_seconds()));
        return Err(Failure::new(format!("{from} is after the end"), help));
    }
    Ok(frame)
}

impl LoadedSession {
    /// The programmes as they are known by now, and what they are played with.
    fn version(&self, rate: Rate) -> Result<TimelineVersion, Failure> {
        let programmes = self.programmes(rate)?;
        let clips = ClipSources::new(&programmes, |timeline| self.clips.source(timeline));
        Ok(TimelineVersion { programmes, clips })
    }
}
