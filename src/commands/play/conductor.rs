//! Brings wishes to the player, and what happens back to the listener.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use super::super::Outcome;
use super::input::{Held, Input, listen};
use super::output::{Choice, Period, Sounding, look_again};
use super::scene::scene;
use super::{Clips, events};
use crate::cli::{Output, Play};
use crate::controls::{self, KEYS, LINES, Wish};
use crate::engine::VoiceGain;
use crate::failure::Failure;
use crate::io::device::Found;
use crate::io::display::Display;
use crate::io::signals::{self, Signal};
use crate::io::sleep::Sleep;
use crate::io::terminal::{self, Modes, Pressed};
use crate::player::{self, Handle, Happening, Notice, Snapshot};
use crate::timeline::Programme;
use crate::transport::{Command, Event, Programmes, Reason, Volume};
use crate::units::{Decibels, Frames};
use crate::words::harmless;

/// How often it is looked what happened.
const TICK: Duration = Duration::from_millis(40);
/// A device that asks for nothing so long has gone.
const HANGS: Duration = Duration::from_secs(1);
/// What a device needs beyond its own buffer to have played everything.
const DRAIN: Duration = Duration::from_millis(100);
/// How long the keys stay in sight.
const KEYS_SHOWN: Duration = Duration::from_secs(20);
/// How long a fade may take before the program is stopped by the shell.
const SUSPENSION: Duration = Duration::from_millis(500);
/// A wait for a clip's loudness that a listener would wonder at.
const WONDER: Duration = Duration::from_millis(300);

pub(super) struct Conductor {
    programmes: Programmes,
    clips: Clips,
    gain: VoiceGain,
    display: Display,
    wanted: Output,
    json: bool,
    no_input: bool,
    inputs: Receiver<Input>,
    sender: Sender<Input>,
    held: Held,
    captions: bool,
    keys_until: Option<Instant>,
    period: Period,
    grown: bool,
    opening: u64,
    waiting: Option<Instant>,
}

/// What is open at the moment.
struct Open {
    handle: Handle,
    /// None while the device is lost.
    sounding: Option<Sounding>,
    beats: (u64, Instant),
}

/// What is next.
enum Next {
    GoOn,
    Over(Reason),
}

impl Conductor {
    pub(super) fn new(
        arguments: &Play,
        programmes: Programmes,
        clips: Clips,
        gain: VoiceGain,
        display: Display,
    ) -> Self {
        let (sender, inputs) = mpsc::channel();
        Self {
            programmes,
            clips,
            gain,
            display,
            wanted: arguments.output.clone(),
            json: arguments.json,
            no_input: arguments.no_input,
            inputs,
            sender,
            held: Held::default(),
            captions: true,
            keys_until: None,
            period: Period::default(),
            grown: false,
            opening: 0,
            waiting: None,
        }
    }

    /// Plays until the end.
    pub(super) fn run(mut self, choice: Choice, from: Snapshot, said: Option<String>) -> Result<Outcome, Failure> {
        let over = Arc::new(AtomicBool::new(false));
        let mut modes = (!self.no_input).then(Modes::enter);
        let mut open = self.open(choice, from)?;
        listen(&self.sender, &over, self.no_input);
        if let Some(said) = said {
            eprintln!("{said}");
        }
        if self.json {
            events::print(&events::start(
                from.session_frame,
                self.programmes.session.rate,
                self.programmes.session.frames,
            ));
        } else if modes.is_some() && terminal::has_keys() {
            self.show_keys();
        }
        let mut sleep = Sleep::now();
        let reason = loop {
            if let Next::Over(reason) = self.turn(&mut open, &mut modes) {
                break reason;
            }
            if sleep.happened() && !open.handle.snapshot().holds {
                self.wish(&mut open, Wish::Transport(Command::Pause));
                self.say("the machine slept, so the session is paused where it was; space goes on");
            }
        };
        over.store(true, Ordering::Relaxed);
        self.drain(&open);
        self.display.clear();
        drop(modes);
        Ok(if reason == Reason::Stop { Outcome::Stopped } else { Outcome::Done })
    }

    fn open(&mut self, choice: Choice, from: Snapshot) -> Result<Open, Failure> {
        let (callback, handle) = player::start(self.programmes.clone(), self.clips.clone(), self.gain.clone(), from);
        self.opening += 1;
        let rate = self.programmes.session.rate;
        let sounding = Sounding::open(choice, callback, rate, self.period, self.opening, &self.sender)?;
        Ok(Open { handle, sounding: Some(sounding), beats: (0, Instant::now()) })
    }

    /// One turn: what came in, what happened, what is to be seen.
    fn turn(&mut self, open: &mut Open, modes: &mut Option<Modes>) -> Next {
        if let Ok(input) = self.inputs.recv_timeout(TICK)
            && let Next::Over(reason) = self.attend(input, open, modes)
        {
            return Next::Over(reason);
        }
        while let Some(notice) = open.handle.notice() {
            if let Next::Over(reason) = self.notice(&notice, open) {
                return Next::Over(reason);
            }
        }
        if hangs(open)
            && let Next::Over(reason) = self.lose(open)
        {
            return Next::Over(reason);
        }
        self.show(open);
        Next::GoOn
    }

    fn attend(&mut self, input: Input, open: &mut Open, modes: &mut Option<Modes>) -> Next {
        let rate = self.programmes.session.rate;
        match input {
            Input::Pressed(pressed) if !self.held.is_new(pressed) => {}
            Input::Pressed(Pressed::Interrupt) => return self.wish(open, Wish::Transport(Command::Exit)),
            Input::Pressed(Pressed::Key(key)) => {
                if let Some(wish) = controls::of_key(key, rate) {
                    return self.wish(open, wish);
                }
            }
            Input::Line(line) => match controls::of_line(&line, rate) {
                Some(wish) => return self.wish(open, wish),
                None => eprintln!("`{}` is not known here; a line is one of: {LINES}", harmless(&line)),
            },
            Input::Signal(signal) => return self.signal(signal, open, modes),
            Input::Lost(opening) if opening == self.opening && open.sounding.is_some() => return self.lose(open),
            Input::Lost(_) => {}
            Input::Looked(Some(found)) if open.sounding.is_none() => self.found(found, open),
            Input::Looked(_) if open.sounding.is_none() => look_again(&self.wanted, &self.sender),
            Input::Looked(_) => {}
        }
        Next::GoOn
    }

    fn signal(&mut self, signal: Signal, open: &mut Open, modes: &mut Option<Modes>) -> Next {
        match signal {
            Signal::Interrupt if !self.held.is_new(Pressed::Interrupt) => Next::GoOn,
            Signal::Interrupt | Signal::Terminate => self.wish(open, Wish::Transport(Command::Exit)),
            Signal::HangUp => {
                self.display = Display::Hidden;
                let is_new = self.held.is_new(Pressed::Interrupt);
                if is_new { self.wish(open, Wish::Transport(Command::Exit)) } else { Next::GoOn }
            }
            Signal::Suspend => self.suspend(open, modes),
            Signal::Continue | Signal::Resized => {
                self.display.redraw();
                Next::GoOn
            }
        }
    }

    /// Fades, holds, and lets the shell stop the program; draws anew when it goes on, paused.
    fn suspend(&mut self, open: &mut Open, modes: &mut Option<Modes>) -> Next {
        if open.handle.snapshot().ending {
            return Next::GoOn;
        }
        self.wish(open, Wish::Transport(Command::Pause));
        let deadline = Instant::now() + SUSPENSION;
        while open.sounding.is_some() && !open.handle.snapshot().silent && Instant::now() < deadline {
            std::thread::park_timeout(Duration::from_millis(5));
        }
        std::thread::sleep(self.buffered(open));
        self.display.clear();
        let took = modes.take().is_some();
        signals::stop_here();
        *modes = took.then(Modes::enter);
        open.beats.1 = Instant::now();
        self.display.redraw();
        Next::GoOn
    }

    fn wish(&mut self, open: &mut Open, wish: Wish) -> Next {
        match wish {
            Wish::Captions => self.captions = !self.captions,
            Wish::Help if terminal::has_keys() && !self.no_input => self.show_keys(),
            Wish::Help if self.json => eprintln!("{LINES}"),
            Wish::Help => self.say(LINES),
            Wish::Volume(by) => self.send(open, Command::Volume(louder(open.handle.snapshot().volume, by))),
            Wish::Transport(Command::Exit) if open.sounding.is_none() => return self.end_unheard(open, Reason::Exit),
            Wish::Transport(Command::Stop) if open.sounding.is_none() => return self.end_unheard(open, Reason::Stop),
            Wish::Transport(_) if open.sounding.is_none() => self.say("there is no sound device yet; q leaves"),
            Wish::Transport(command) => self.send(open, command),
        }
        Next::GoOn
    }

    fn send(&mut self, open: &mut Open, command: Command) {
        let _ = open.handle.send(command);
    }

    /// Without a device there is nothing to fade.
    fn end_unheard(&mut self, open: &Open, reason: Reason) -> Next {
        let at = open.handle.snapshot().session_frame;
        if self.json {
            if reason == Reason::Exit {
                events::print(&events::of(&Notice { happening: Happening::Transport(Event::Exit), at }));
            }
            events::print(&events::end(at, reason));
        }
        Next::Over(reason)
    }

    fn notice(&mut self, notice: &Notice, open: &mut Open) -> Next {
        if self.json {
            events::print(&events::of(notice));
        }
        match notice.happening {
            Happening::Transport(Event::End(reason)) => return Next::Over(reason),
            Happening::Underrun(_) => self.grow(open),
            _ => {}
        }
        Next::GoOn
    }

    /// The machine was too busy: the device's buffer grows, and the session goes on where it was heard.
    fn grow(&mut self, open: &mut Open) {
        if self.json {
            eprintln!("the machine was busy, and the sound waited a moment");
        }
        let Some(period) =
            self.period.longer().filter(|_| open.sounding.as_ref().is_some_and(|sounding| sounding.beats().is_some()))
        else {
            return;
        };
        let mut from = open.handle.snapshot();
        if from.ending {
            return;
        }
        let Ok((choice @ Choice::Device(_), _)) = Choice::find(&self.wanted) else { return };
        if choice.rate() != self.programmes.session.rate {
            return;
        }
        from.place.frame = from.place.frame.saturating_sub(self.unheard(open));
        self.period = period;
        if let Ok(opened) = self.open(choice, from) {
            *open = opened;
        }
        if !self.grown {
            self.grown = true;
            self.say("the machine is busy, so the sound is prepared further ahead; keys answer a little later");
        }
    }

    /// The device is gone: the session holds at what was heard, and it is looked for each second.
    fn lose(&mut self, open: &mut Open) -> Next {
        let snapshot = open.handle.snapshot();
        if self.json {
            events::print(&events::device("lost", snapshot.session_frame));
        }
        if snapshot.ending {
            return self.end_unheard(open, Reason::Exit);
        }
        let unheard = self.unheard(open);
        open.sounding = None;
        let mut from = snapshot;
        from.holds = true;
        from.place.frame = from.place.frame.saturating_sub(unheard);
        if from.place.programme == Programme::Session {
            from.session_frame = from.place.frame;
        }
        let (_, handle) = player::start(self.programmes.clone(), self.clips.clone(), self.gain.clone(), from);
        open.handle = handle;
        self.say("the sound device is gone, so the session is paused; plug it in again, or leave with q");
        look_again(&self.wanted, &self.sender);
        Next::GoOn
    }

    /// A device is there: the session stays paused, so that no sound bursts into a room.
    fn found(&mut self, found: Found, open: &mut Open) {
        let mut from = open.handle.snapshot();
        from.holds = true;
        if found.rate != self.programmes.session.rate {
            look_again(&self.wanted, &self.sender);
            return;
        }
        match self.open(Choice::Device(found), from) {
            Ok(opened) => {
                *open = opened;
                if self.json {
                    events::print(&events::device("found", from.session_frame));
                }
                self.say("the sound device is there again; space goes on");
            }
            Err(_) => look_again(&self.wanted, &self.sender),
        }
    }

    fn unheard(&self, open: &Open) -> Frames {
        open.sounding.as_ref().map(Sounding::buffer).unwrap_or_default()
    }

    fn buffered(&self, open: &Open) -> Duration {
        Duration::from_secs_f64(self.unheard(open).seconds(self.programmes.session.rate))
    }

    /// Until the last sample is heard.
    fn drain(&self, open: &Open) {
        if open.sounding.as_ref().is_some_and(|sounding| sounding.beats().is_some()) {
            std::thread::sleep(self.buffered(open) + DRAIN);
        }
    }

    fn show_keys(&mut self) {
        self.display.keys(KEYS);
        self.keys_until = Some(Instant::now() + KEYS_SHOWN);
    }

    fn say(&mut self, sentence: &str) {
        if self.json { eprintln!("{sentence}") } else { self.display.say(sentence) }
    }

    fn show(&mut self, open: &Open) {
        if self.keys_until.is_some_and(|until| Instant::now() > until) {
            self.keys_until = None;
            self.display.keys("");
        }
        self.mind_waiting(open);
        if self.json || !terminal::in_foreground() {
            return;
        }
        let columns = terminal::columns();
        let scene = scene(&self.programmes, &open.handle.snapshot(), self.captions, columns);
        self.display.show(&scene, columns);
    }

    /// One line where a clip waits for its loudness.
    fn mind_waiting(&mut self, open: &Open) {
        if !open.handle.awaits_gain() || self.gain.get().is_some() {
            return;
        }
        let since = *self.waiting.get_or_insert_with(Instant::now);
        if since.elapsed() > WONDER && since.elapsed() < WONDER + 2 * TICK {
            self.say("a moment: the recordings are being listened to, so that none is too loud");
        }
    }
}

fn louder(volume: Decibels, by: Decibels) -> Decibels {
    Decibels((volume + by).0.clamp(Volume::SOFTEST.0, Volume::LOUDEST.0))
}

/// Whether the device has asked for nothing for too long.
fn hangs(open: &mut Open) -> bool {
    let Some(beats) = open.sounding.as_ref().and_then(Sounding::beats) else { return false };
    if beats != open.beats.0 {
        open.beats = (beats, Instant::now());
    }
    open.beats.1.elapsed() > HANGS
}
