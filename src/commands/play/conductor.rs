//! Brings wishes to the player, and what happens back to the listener.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use super::super::Outcome;
use super::events;
use super::input::{Held, Input, listen};
use super::output::Sounding;
use super::playback::Playback;
use super::scene::scene;
use crate::cli::Play;
use crate::controls::{self, KEYS, LINES, Wish};
use crate::io::display::Display;
use crate::io::signals::{self, Signal};
use crate::io::sleep::Sleep;
use crate::io::terminal::{self, Modes, Pressed};
use crate::player::{Happening, Notice, Snapshot};
use crate::transport::{Command, Event, Reason};
use crate::units::Decibels;
use crate::words::harmless;

/// How often it is looked what happened.
const TICK: Duration = Duration::from_millis(40);
/// How long the keys stay in sight.
const KEYS_SHOWN: Duration = Duration::from_secs(20);
/// How long a fade may take before the program is stopped by the shell.
const SUSPENSION: Duration = Duration::from_millis(500);
/// A wait for a clip's loudness that a listener would wonder at.
const WONDER: Duration = Duration::from_millis(300);

pub(super) struct Conductor {
    playback: Playback,
    display: Display,
    json: bool,
    no_input: bool,
    inputs: Receiver<Input>,
    sender: Sender<Input>,
    held: Held,
    captions: bool,
    keys_until: Option<Instant>,
    grown: bool,
    waiting: Option<Instant>,
}

/// What is next.
enum Next {
    GoOn,
    Over(Reason),
}

impl Conductor {
    pub(super) fn new(
        arguments: &Play,
        playback: Playback,
        display: Display,
        (sender, inputs): (Sender<Input>, Receiver<Input>),
    ) -> Self {
        Self {
            playback,
            display,
            json: arguments.json,
            no_input: arguments.no_input,
            inputs,
            sender,
            held: Held::default(),
            captions: true,
            keys_until: None,
            grown: false,
            waiting: None,
        }
    }

    /// Plays until the end.
    pub(super) fn run(mut self, from: &Snapshot, said: Option<String>) -> Outcome {
        let over = Arc::new(AtomicBool::new(false));
        let mut modes = (!self.no_input).then(Modes::enter);
        listen(&self.sender, &over, self.no_input);
        if let Some(said) = said {
            eprintln!("{said}");
        }
        if self.json {
            let session = &self.playback.programmes().session;
            events::print(&events::start(from.session_frame, session.rate, session.frames));
        } else if modes.is_some() && terminal::has_keys() {
            self.show_keys();
        }
        let mut sleep = Sleep::now();
        let reason = loop {
            if let Next::Over(reason) = self.turn(&mut modes) {
                break reason;
            }
            if sleep.happened() && !self.playback.snapshot().holds {
                self.wish(Wish::Transport(Command::Pause));
                self.say("the machine slept, so the session is paused where it was; space goes on");
            }
        };
        over.store(true, Ordering::Relaxed);
        self.playback.drain();
        self.display.clear();
        drop(modes);
        if reason == Reason::Stop { Outcome::Stopped } else { Outcome::Done }
    }

    /// One turn: what came in, what happened, what is to be seen.
    fn turn(&mut self, modes: &mut Option<Modes>) -> Next {
        if let Ok(input) = self.inputs.recv_timeout(TICK)
            && let Next::Over(reason) = self.attend(input, modes)
        {
            return Next::Over(reason);
        }
        if let Next::Over(reason) = self.notices() {
            return Next::Over(reason);
        }
        self.playback.hand_over();
        if self.playback.hangs()
            && let Next::Over(reason) = self.lose()
        {
            return Next::Over(reason);
        }
        self.show();
        Next::GoOn
    }

    fn attend(&mut self, input: Input, modes: &mut Option<Modes>) -> Next {
        let rate = self.playback.rate();
        match input {
            Input::Pressed(pressed) if !self.held.is_new(pressed) => {}
            Input::Pressed(Pressed::Interrupt) => return self.wish(Wish::Transport(Command::Exit)),
            Input::Pressed(Pressed::Key(key)) => {
                if let Some(wish) = controls::of_key(key, rate) {
                    return self.wish(wish);
                }
            }
            Input::Line(line) => match controls::of_line(&line, rate) {
                Some(wish) => return self.wish(wish),
                None => eprintln!("`{}` is not known here; a line is one of: {LINES}", harmless(&line)),
            },
            Input::Signal(signal) => return self.signal(signal, modes),
            Input::Lost(opening) if self.playback.is_current(opening) => return self.lose(),
            Input::Moved(opening, place) if self.playback.is_current(opening) => self.moved(&place),
            Input::Lost(_) | Input::Moved(..) => {}
            Input::Room(room) => {
                let most = self.playback.room_found(room);
                self.tell_most(most);
            }
            Input::Longer(longer) => self.playback.lengthen(longer),
            Input::Looked(Some(found)) if self.playback.is_lost() => self.found(found),
            Input::Looked(_) => self.playback.look_again(),
        }
        Next::GoOn
    }

    fn signal(&mut self, signal: Signal, modes: &mut Option<Modes>) -> Next {
        match signal {
            Signal::Interrupt if !self.held.is_new(Pressed::Interrupt) => Next::GoOn,
            Signal::Interrupt | Signal::Terminate => self.wish(Wish::Transport(Command::Exit)),
            Signal::HangUp => {
                self.display = Display::Hidden;
                let is_new = self.held.is_new(Pressed::Interrupt);
                if is_new { self.wish(Wish::Transport(Command::Exit)) } else { Next::GoOn }
            }
            Signal::Suspend => self.suspend(modes),
            Signal::Continue | Signal::Resized => {
                self.display.redraw();
                Next::GoOn
            }
        }
    }

    /// Fades, holds, and lets the shell stop the program; draws anew when it goes on, paused.
    fn suspend(&mut self, modes: &mut Option<Modes>) -> Next {
        if self.playback.snapshot().ending {
            return Next::GoOn;
        }
        self.wish(Wish::Transport(Command::Pause));
        let deadline = Instant::now() + SUSPENSION;
        while !self.playback.is_lost() && !self.playback.snapshot().silent && Instant::now() < deadline {
            std::thread::park_timeout(Duration::from_millis(5));
        }
        std::thread::sleep(self.playback.buffered());
        if let Next::Over(reason) = self.notices() {
            return Next::Over(reason);
        }
        self.display.clear();
        let took = modes.take().is_some();
        signals::stop_here();
        *modes = took.then(Modes::enter);
        self.display.redraw();
        if self.playback.renew() { Next::GoOn } else { self.lose() }
    }

    fn wish(&mut self, wish: Wish) -> Next {
        match wish {
            Wish::Captions => self.captions = !self.captions,
            Wish::Help if terminal::has_keys() && !self.no_input => self.show_keys(),
            Wish::Help if self.json => eprintln!("{LINES}"),
            Wish::Help => self.say(LINES),
            Wish::Volume(by) => {
                let most = self.playback.change_volume(by);
                self.tell_most(most);
            }
            Wish::Transport(Command::Exit) if self.playback.is_lost() => return self.end_unheard(Reason::Exit),
            Wish::Transport(Command::Stop) if self.playback.is_lost() => return self.end_unheard(Reason::Stop),
            Wish::Transport(_) if self.playback.is_lost() => self.say("there is no sound device yet; q leaves"),
            Wish::Transport(command) => self.playback.send(command),
        }
        Next::GoOn
    }

    /// Without a device there is nothing to fade.
    fn end_unheard(&mut self, reason: Reason) -> Next {
        let at = self.playback.snapshot().session_frame;
        if self.json {
            if reason == Reason::Exit {
                events::print(&events::of(&Notice { happening: Happening::Transport(Event::Exit), at }));
            }
            events::print(&events::end(at, reason));
        }
        Next::Over(reason)
    }

    /// All that happened since.
    fn notices(&mut self) -> Next {
        while let Some(notice) = self.playback.notice() {
            if let Next::Over(reason) = self.notice(&notice) {
                return Next::Over(reason);
            }
        }
        Next::GoOn
    }

    fn notice(&mut self, notice: &Notice) -> Next {
        if self.json {
            events::print(&events::of(notice));
        }
        match notice.happening {
            Happening::Transport(Event::End(reason)) => return Next::Over(reason),
            Happening::Underrun(_) if !self.playback.snapshot().holds => self.grow(),
            _ => {}
        }
        Next::GoOn
    }

    /// The most that the volume can be, where that is less than was wanted.
    fn tell_most(&mut self, most: Option<Decibels>) {
        if let Some(most) = most {
            self.say(&format!("it can be {:.1} dB louder than it was made, and no more without distortion", most.0));
        }
    }

    /// The machine was too busy, and the sound is prepared further ahead from now on.
    fn grow(&mut self) {
        if self.json {
            eprintln!("the machine was busy, and the sound waited a moment");
        }
        if self.playback.seek_longer() && !std::mem::replace(&mut self.grown, true) {
            self.say("the machine is busy, so the sound is prepared further ahead; keys answer a little later");
        }
    }

    /// The device is gone. A listener who is leaving has left.
    fn lose(&mut self) -> Next {
        if let Next::Over(reason) = self.notices() {
            return Next::Over(reason);
        }
        let ending = self.playback.snapshot().ending;
        self.playback.lose();
        if self.json {
            events::print(&events::device("lost", self.playback.snapshot().session_frame));
        }
        if ending {
            return self.end_unheard(Reason::Exit);
        }
        self.say("the sound device is gone, so the session is paused; plug it in again, or leave with q");
        Next::GoOn
    }

    fn found(&mut self, sounding: Sounding) {
        if !self.playback.found(sounding) {
            return self.playback.look_again();
        }
        if self.json {
            events::print(&events::device("found", self.playback.snapshot().session_frame));
        }
        self.say("the sound device is there again; space goes on");
    }

    /// Headphones were pulled out perhaps, and nobody else is meant to hear the session.
    fn moved(&mut self, place: &str) {
        let snapshot = self.playback.snapshot();
        if !snapshot.holds && !snapshot.ending {
            self.playback.send(Command::Pause);
            self.say(&format!("the sound moved to {}, so the session is paused; space goes on", harmless(place)));
        }
    }

    fn show_keys(&mut self) {
        self.display.keys(KEYS);
        self.keys_until = Some(Instant::now() + KEYS_SHOWN);
    }

    fn say(&mut self, sentence: &str) {
        if self.json { eprintln!("{sentence}") } else { self.display.say(sentence) }
    }

    fn show(&mut self) {
        if self.keys_until.is_some_and(|until| Instant::now() > until) {
            self.keys_until = None;
            self.display.keys("");
        }
        self.mind_waiting();
        if self.json || !terminal::in_foreground() {
            return;
        }
        let columns = terminal::columns();
        let scene = scene(self.playback.programmes(), &self.playback.snapshot(), self.captions, columns);
        self.display.show(&scene, columns);
    }

    /// One line where a clip waits for its loudness.
    fn mind_waiting(&mut self) {
        if !self.playback.awaits_gain() {
            return;
        }
        let since = *self.waiting.get_or_insert_with(Instant::now);
        if since.elapsed() > WONDER && since.elapsed() < WONDER + 2 * TICK {
            self.say("a moment: the recordings are being listened to, so that none is too loud");
        }
    }
}
