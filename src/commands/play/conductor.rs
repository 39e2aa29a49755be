//! Brings wishes to the player, and what happens back to the listener.

mod signals;
mod sound;

use std::collections::{BTreeSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::super::Outcome;
use super::ahead::Ahead;
use super::view::View;
use crate::error::Failure;
use crate::io::lines::Lines;
use crate::io::sleep::SleepDetector;
use crate::io::terminal::{Modes, Pressed};
use crate::playback::controls::{self, LINES, Wish};
use crate::playback::input::Input;
use crate::playback::key_repeat::Held;
use crate::playback::sound::{Hearing, Playback};
use crate::player::transport::{EndReason, TransportCommand, TransportEvent};
use crate::player::{PlayerEvent, StartPoint, WaitReason};
use crate::text::escape_controls;

/// How often it is looked what happened.
const TICK: Duration = Duration::from_millis(40);

pub(super) struct Conductor {
    playback: Playback,
    view: View,
    modes: Modes,
    inputs: Receiver<Input>,
    lines: Option<Lines>,
    /// What came in and was put off.
    pending: VecDeque<Input>,
    held: Held,
    grown: bool,
    waiting: Option<Instant>,
    /// What was waited for, and told.
    explained: Vec<WaitReason>,
    ahead: Ahead,
    /// What was told of clips already.
    troubles: BTreeSet<String>,
    /// The signal to go on, after a stop of our own, is still to come.
    continues: bool,
    /// Why the session can't go on.
    failure: Option<Failure>,
}

/// Goes on, or ends for a reason.
type Next = ControlFlow<EndReason>;

const GO_ON: Next = ControlFlow::Continue(());

impl Conductor {
    pub(super) fn new(
        playback: Playback,
        view: View,
        modes: Modes,
        inputs: Receiver<Input>,
        lines: Option<Lines>,
        ahead: Ahead,
    ) -> Self {
        let (pending, held) = (VecDeque::new(), Held::default());
        Self {
            playback,
            view,
            modes,
            inputs,
            lines,
            pending,
            held,
            grown: false,
            waiting: None,
            explained: Vec::new(),
            ahead,
            troubles: BTreeSet::new(),
            continues: false,
            failure: None,
        }
    }

    /// Plays until the end.
    pub(super) fn run(mut self, from: &StartPoint, said: Option<String>) -> Result<Outcome, Failure> {
        if let Some(said) = said {
            self.view.say(&said);
        }
        self.view.begin(from.session_frame);
        let mut sleep = SleepDetector::start();
        let reason = loop {
            if let ControlFlow::Break(reason) = self.turn(&mut sleep) {
                break reason;
            }
        };
        self.ahead.cease();
        self.playback.drain();
        self.view.clear();
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        Ok(if reason == EndReason::Stopped { Outcome::Stopped } else { Outcome::Done })
    }

    /// One turn: what came in, what happened, what is to be seen.
    fn turn(&mut self, sleep: &mut SleepDetector) -> Next {
        let input = self.next_input();
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
        if sleep.has_slept() && self.pause() {
            self.view.say("the machine slept, so the session is paused where it was; space goes on");
        }
        self.renew();
        self.mind_waiting();
        self.mind_clips();
        self.modes.mind();
        self.view.show(&self.playback.snapshot());
        GO_ON
    }

    /// What came in next. A line is next only where nothing else waits, so that no flood of lines delays a signal.
    fn next_input(&mut self) -> Option<Input> {
        let waiting = self.pending.pop_front().or_else(|| self.inputs.try_recv().ok());
        let waiting = waiting.or_else(|| self.lines.as_ref()?.next_line().map(Input::Line));
        waiting.or_else(|| self.inputs.recv_timeout(TICK).ok())
    }

    fn attend(&mut self, input: Input) -> Next {
        match input {
            Input::Pressed(pressed) => return self.press(pressed),
            Input::Line(line) => match controls::of_line(&line, self.playback.rate()) {
                Some(wish) => return self.wish(wish),
                None => {
                    self.view
                        .say(&format!("`{}` is not known here; a line is one of: {LINES}", escape_controls(&line)));
                }
            },
            Input::Signal(signal) => return self.signal(signal),
            Input::Lost(opening) if self.playback.is_current(opening) => return self.lose(),
            Input::Moved(opening, place) if self.playback.is_current(opening) => self.moved(&place),
            Input::Lost(_) | Input::Moved(..) | Input::LinesReady => {}
            Input::Room(room) => {
                let most = self.playback.room_found(room);
                self.tell_volume(most);
            }
            Input::Longer(longer) => self.playback.lengthen(longer),
            Input::Looked(Some(found)) if self.playback.is_lost() => self.found(found),
            Input::Looked(_) => self.playback.look_again(),
            Input::Flaw(sentence) => self.view.say(&sentence),
            Input::Failed(failure) => {
                self.failure = Some(failure);
                return self.end_unheard(EndReason::Stopped);
            }
            Input::Spoken(latest) => self.ahead.reach(latest),
        }
        GO_ON
    }

    fn press(&mut self, pressed: Pressed) -> Next {
        if self.held.press(pressed, Instant::now()) { self.key(pressed) } else { GO_ON }
    }

    fn key(&mut self, pressed: Pressed) -> Next {
        let wish = match pressed {
            Pressed::Interrupt => Some(Wish::Transport(TransportCommand::Exit)),
            Pressed::Key(key) => controls::of_key(key, self.playback.rate()),
        };
        wish.map_or(GO_ON, |wish| self.wish(wish))
    }

    fn wish(&mut self, wish: Wish) -> Next {
        match wish {
            Wish::Captions => self.view.toggle_captions(),
            Wish::Help => self.view.help(),
            Wish::Volume(by) => {
                let before = self.playback.volume();
                let most = self.playback.change_volume(by);
                // Where the room above 0 dB has to be looked for first, the volume is told once that is known.
                let changed = by.0 < 0.0 || self.playback.volume() != before;
                if most.is_some() || changed || self.playback.room_waits() {
                    self.tell_volume(most);
                }
            }
            Wish::Transport(command) => return self.command(command),
        }
        GO_ON
    }

    fn command(&mut self, command: TransportCommand) -> Next {
        match (self.playback.hearing(), command) {
            (Hearing::WordsAlone | Hearing::Lost, TransportCommand::Exit) => {
                return self.end_unheard(EndReason::Exited);
            }
            (Hearing::Lost, TransportCommand::Stop) => return self.end_unheard(EndReason::Stopped),
            (Hearing::Lost, _) => self.view.say("there is no sound device yet; q leaves"),
            (Hearing::WordsAlone | Hearing::AsWished, command) => {
                // Who leaves needs no more speech.
                if matches!(command, TransportCommand::Exit | TransportCommand::Stop) {
                    self.ahead.cease();
                }
                self.playback.send(command);
            }
        }
        GO_ON
    }

    /// What happened in the player meanwhile.
    fn notices(&mut self) -> Next {
        while let Some(notice) = self.playback.notice() {
            self.view.notice(&notice);
            match notice.event {
                PlayerEvent::Transport(TransportEvent::Ended(reason)) => return ControlFlow::Break(reason),
                PlayerEvent::Underrun(_) if !self.playback.snapshot().paused => self.grow(),
                _ => {}
            }
        }
        GO_ON
    }
}

fn pressed(input: Option<&Input>) -> Option<Pressed> {
    match input {
        Some(Input::Pressed(pressed)) => Some(*pressed),
        _ => None,
    }
}
