//! Brings wishes to the player, and what happens back to the listener.

use std::collections::{BTreeSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};

use super::super::Outcome;
use super::events;
use super::held::Held;
use super::input::Input;
use super::output::Sounding;
use super::playback::Playback;
use super::view::View;
use crate::controls::{self, LINES, Wish};
use crate::io::signals::{self, Signal};
use crate::io::sleep::Sleep;
use crate::io::terminal::{Modes, Pressed};
use crate::player::{Happening, Notice, Snapshot};
use crate::transport::{Command, Event, Reason};
use crate::units::Decibels;
use crate::words::harmless;

/// How often it is looked what happened.
const TICK: Duration = Duration::from_millis(40);
/// How long a fade may take before the program is stopped by the shell.
const SUSPENSION: Duration = Duration::from_millis(500);
/// A wait for a clip's loudness that a listener would wonder at.
const WONDER: Duration = Duration::from_millis(300);

pub(super) struct Conductor {
    playback: Playback,
    view: View,
    modes: Modes,
    inputs: Receiver<Input>,
    /// What came in and was put off.
    pending: VecDeque<Input>,
    held: Held,
    grown: bool,
    waiting: Option<Instant>,
    /// A wait was explained.
    wondered: bool,
    /// What was told of clips already.
    troubles: BTreeSet<String>,
    /// The signal to go on, after a stop of our own, is still to come.
    continues: bool,
}

/// Goes on, or ends for a reason.
type Next = ControlFlow<Reason>;

const GO_ON: Next = ControlFlow::Continue(());

impl Conductor {
    pub(super) fn new(playback: Playback, view: View, modes: Modes, inputs: Receiver<Input>) -> Self {
        let (pending, held) = (VecDeque::new(), Held::default());
        Self {
            playback,
            view,
            modes,
            inputs,
            pending,
            held,
            grown: false,
            waiting: None,
            wondered: false,
            troubles: BTreeSet::new(),
            continues: false,
        }
    }

    /// Plays until the end.
    pub(super) fn run(mut self, from: &Snapshot, said: Option<String>) -> Outcome {
        if let Some(said) = said {
            self.view.say(&said);
        }
        self.view.begin(from.session_frame);
        let mut sleep = Sleep::now();
        let reason = loop {
            if let ControlFlow::Break(reason) = self.turn(&mut sleep) {
                break reason;
            }
        };
        self.playback.drain();
        self.view.clear();
        if reason == Reason::Stop { Outcome::Stopped } else { Outcome::Done }
    }

    /// One turn: what came in, what happened, what is to be seen.
    fn turn(&mut self, sleep: &mut Sleep) -> Next {
        let input = self.pending.pop_front().or_else(|| self.inputs.recv_timeout(TICK).ok());
        if let Some(pressed) = self.held.settled(Instant::now(), pressed(input.as_ref())) {
            self.key(pressed)?;
        }
        if let Some(input) = input {
            self.attend(input)?;
        }
        self.notices()?;
        self.playback.hand_over();
        if self.playback.hangs() {
            self.lose()?;
        }
        if sleep.happened() && self.pause() {
            self.view.say("the machine slept, so the session is paused where it was; space goes on");
        }
        self.mind_waiting();
        self.mind_clips();
        self.modes.mind();
        self.view.show(&self.playback.snapshot());
        GO_ON
    }

    fn attend(&mut self, input: Input) -> Next {
        match input {
            Input::Pressed(pressed) => return self.press(pressed),
            Input::Line(line) => match controls::of_line(&line, self.playback.rate()) {
                Some(wish) => return self.wish(wish),
                None => {
                    self.view.say(&format!("`{}` is not known here; a line is one of: {LINES}", harmless(&line)));
                }
            },
            Input::Signal(signal) => return self.signal(signal),
            Input::Lost(opening) if self.playback.is_current(opening) => return self.lose(),
            Input::Moved(opening, place) if self.playback.is_current(opening) => self.moved(&place),
            Input::Lost(_) | Input::Moved(..) => {}
            Input::Room(room) => {
                let most = self.playback.room_found(room);
                self.tell_volume(most);
            }
            Input::Longer(longer) => self.playback.lengthen(longer),
            Input::Looked(Some(found)) if self.playback.is_lost() => self.found(found),
            Input::Looked(_) => self.playback.look_again(),
        }
        GO_ON
    }

    fn press(&mut self, pressed: Pressed) -> Next {
        if self.held.press(pressed, Instant::now()) { self.key(pressed) } else { GO_ON }
    }

    fn key(&mut self, pressed: Pressed) -> Next {
        let wish = match pressed {
            Pressed::Interrupt => Some(Wish::Transport(Command::Exit)),
            Pressed::Key(key) => controls::of_key(key, self.playback.rate()),
        };
        wish.map_or(GO_ON, |wish| self.wish(wish))
    }

    fn signal(&mut self, signal: Signal) -> Next {
        match signal {
            // A closed window sends its signal twice, and a system that shuts down sends another kind before it.
            Signal::Interrupt | Signal::HangUp => return self.press(Pressed::Interrupt),
            Signal::Terminate if self.held.terminate(Instant::now()) => return self.key(Pressed::Interrupt),
            Signal::Terminate => {}
            Signal::Quit => return self.wish(Wish::Transport(Command::Stop)),
            Signal::Suspend => return self.suspend(),
            Signal::Continue if std::mem::take(&mut self.continues) => {}
            Signal::Continue => {
                self.modes.retake();
                self.view.redraw();
            }
            Signal::Resized => {}
        }
        GO_ON
    }

    /// Fades, holds, and lets the shell stop the program; draws anew when it goes on, paused.
    fn suspend(&mut self) -> Next {
        if self.playback.snapshot().ending {
            return GO_ON;
        }
        if !self.playback.is_lost() {
            self.playback.send(Command::Pause);
        }
        let deadline = Instant::now() + SUSPENSION;
        while !self.playback.is_lost() && !self.playback.snapshot().silent && Instant::now() < deadline {
            self.notices()?;
            thread::park_timeout(Duration::from_millis(5));
        }
        thread::sleep(self.playback.buffered());
        self.notices()?;
        self.view.clear();
        self.modes.leave();
        self.continues = true;
        signals::stop_here();
        self.modes.mind();
        self.view.redraw();
        // A key held down asked for it several times before it was done.
        let waiting = self.pending.drain(..).chain(self.inputs.try_iter());
        self.pending = waiting.filter(|input| !matches!(input, Input::Signal(Signal::Suspend))).collect();
        if self.playback.renew() { GO_ON } else { self.lose() }
    }

    fn wish(&mut self, wish: Wish) -> Next {
        match wish {
            Wish::Captions => self.view.toggle_captions(),
            Wish::Help => self.view.help(),
            Wish::Volume(by) => {
                let before = self.playback.volume();
                let most = self.playback.change_volume(by);
                // Where the room above 0 dB has to be looked for first, the volume is told once that is known.
                if most.is_some() || by.0 < 0.0 || self.playback.volume() != before {
                    self.tell_volume(most);
                }
            }
            Wish::Transport(Command::Exit) if self.playback.is_lost() => return self.end_unheard(Reason::Exit),
            Wish::Transport(Command::Stop) if self.playback.is_lost() => return self.end_unheard(Reason::Stop),
            Wish::Transport(_) if self.playback.is_lost() => self.view.say("there is no sound device yet; q leaves"),
            Wish::Transport(command) => self.playback.send(command),
        }
        GO_ON
    }

    /// Without a device there is nothing to fade.
    fn end_unheard(&mut self, reason: Reason) -> Next {
        let at = self.playback.snapshot().session_frame;
        if reason == Reason::Exit {
            self.view.event(&events::of(&Notice { happening: Happening::Transport(Event::Exit), at }));
        }
        self.view.event(&events::end(at, reason));
        ControlFlow::Break(reason)
    }

    /// What happened in the player meanwhile.
    fn notices(&mut self) -> Next {
        while let Some(notice) = self.playback.notice() {
            self.view.notice(&notice);
            match notice.happening {
                Happening::Transport(Event::End(reason)) => return ControlFlow::Break(reason),
                Happening::Underrun(_) if !self.playback.snapshot().holds => self.grow(),
                _ => {}
            }
        }
        GO_ON
    }

    /// The volume, or the most that it can be, where that is less than was wanted.
    fn tell_volume(&mut self, most: Option<Decibels>) {
        match most {
            Some(most) => self.view.loudest(most),
            None => self.view.volume(self.playback.volume()),
        }
    }

    /// The machine was too busy, and the sound is prepared further ahead from now on.
    fn grow(&mut self) {
        if self.playback.seek_longer() && !std::mem::replace(&mut self.grown, true) {
            self.view.say("the machine is busy, so the sound is prepared further ahead; keys answer a little later");
        }
    }

    /// The device is gone. A listener who is leaving has left.
    fn lose(&mut self) -> Next {
        self.notices()?;
        let ending = self.playback.snapshot().ending;
        self.playback.lose();
        self.view.event(&events::device("lost", self.playback.snapshot().session_frame));
        if ending {
            return self.end_unheard(Reason::Exit);
        }
        self.view.say("the sound device is gone, so the session is paused; plug it in again, or leave with q");
        GO_ON
    }

    fn found(&mut self, sounding: Sounding) {
        if !self.playback.found(sounding) {
            return self.playback.look_again();
        }
        self.view.event(&events::device("found", self.playback.snapshot().session_frame));
        self.view.say("the sound device is there again; space goes on");
    }

    /// Headphones were pulled out perhaps, and nobody else is meant to hear the session.
    fn moved(&mut self, place: &str) {
        if self.pause() {
            self.view.say(&format!("the sound moved to {}, so the session is paused; space goes on", harmless(place)));
        }
    }

    /// Pauses what plays, unasked. Gives whether it did.
    fn pause(&mut self) -> bool {
        let snapshot = self.playback.snapshot();
        let plays = !self.playback.is_lost() && !snapshot.holds && !snapshot.ending;
        if plays {
            self.playback.send(Command::Pause);
        }
        plays
    }

    /// One line where the session holds for the loudness of its clips.
    fn mind_waiting(&mut self) {
        if !self.playback.awaits_gain() {
            self.waiting = None;
            return;
        }
        let since = *self.waiting.get_or_insert_with(Instant::now);
        if since.elapsed() > WONDER && !std::mem::replace(&mut self.wondered, true) {
            self.view.say("a moment: the recordings are being listened to, so that none is too loud");
        }
    }

    /// One sentence for each clip that can't be played any more.
    fn mind_clips(&mut self) {
        while let Some(trouble) = self.playback.trouble() {
            if self.troubles.insert(trouble.clone()) {
                self.view.say(&format!("{}; its time passes in silence", harmless(&trouble)));
            }
        }
    }
}

fn pressed(input: Option<&Input>) -> Option<Pressed> {
    match input {
        Some(Input::Pressed(pressed)) => Some(*pressed),
        _ => None,
    }
}
