//! What a listener is told: scenes and what keys have changed, or events for a program.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::display::Display;
use crate::cli::Play;
use crate::io::terminal;
use crate::playback::controls::{KEYS, LINES};
use crate::player::transport::TransportEvent;
use crate::player::{PlayerEvent, PlayerNotice, PlayerSnapshot};
use crate::present::json as events;
use crate::present::scene::Scenes;
use crate::present::screen::Footer;
use crate::timeline::Programmes;
use crate::units::{Decibels, Frames};

/// How long the keys stay in sight.
const KEYS_SHOWN: Duration = Duration::from_secs(20);
/// How long it is told what a key has changed.
const NOTE_SHOWN: Duration = Duration::from_secs(4);

/// The listener's side of a session that plays.
pub(super) struct View {
    display: Display,
    scenes: Scenes,
    json: bool,
    /// Keys are read.
    keys: bool,
    captions: bool,
    footer_until: Option<Instant>,
    keys_in_sight: bool,
    /// A jump is under way.
    jumps: bool,
}

impl View {
    pub(super) fn new(arguments: &Play, programmes: Programmes) -> Self {
        let display = if arguments.json {
            Display::Hidden
        } else if arguments.plain || !terminal::can_draw() || !std::io::stdout().is_terminal() {
            Display::plain()
        } else {
            Display::screen()
        };
        Self {
            display,
            scenes: Scenes::new(programmes),
            json: arguments.json,
            keys: !arguments.no_input && terminal::has_keys(),
            captions: true,
            footer_until: None,
            keys_in_sight: false,
            jumps: false,
        }
    }

    /// The session begins.
    pub(super) fn begin(&mut self, at: Frames) {
        if self.json {
            let session = self.scenes.session();
            events::print(&events::start(at, session.rate, session.frames));
            return;
        }
        self.display.print_title(&format!("{}, {}", self.scenes.title(), self.scenes.length()));
        if self.keys {
            self.below(Footer::Hint, KEYS_SHOWN);
        }
    }

    /// More is known of the session by now.
    pub(super) fn renew(&mut self, programmes: Programmes) {
        self.scenes = Scenes::new(programmes);
    }

    /// Something happened, for a program that reads along.
    pub(super) fn event(&mut self, event: &Value) {
        if self.json {
            events::print(event);
        }
    }

    /// Something happened in the player.
    pub(super) fn notice(&mut self, notice: &PlayerNotice) {
        self.event(&events::of(notice));
        match notice.event {
            PlayerEvent::Transport(TransportEvent::Jumped { .. }) => self.jumps = true,
            PlayerEvent::Transport(TransportEvent::ExitStarted) => self.leaving(),
            PlayerEvent::Segment(_) if std::mem::take(&mut self.jumps) => self.display.forget_place(),
            _ => {}
        }
    }

    /// Says something about the machine, or a mistake.
    pub(super) fn say(&mut self, sentence: &str) {
        self.display.print_message(sentence);
    }

    /// Tells how loud it is now.
    pub(super) fn volume(&mut self, volume: Decibels) {
        let sign = if volume.0 > 0.0 { "+" } else { "" };
        self.note(format!("volume {sign}{:.1} dB", volume.0 + 0.0));
    }

    /// Tells that it is as loud as it can be.
    pub(super) fn loudest(&mut self, most: Decibels) {
        if self.json {
            self.say(&format!("it can be {:.1} dB louder than it was made, and no more without distortion", most.0));
        } else {
            self.note(format!("volume {:+.1} dB, the most without distortion", most.0));
        }
    }

    /// Shows or hides the words.
    pub(super) fn toggle_captions(&mut self) {
        self.captions = !self.captions;
        let note = if self.captions { "words shown" } else { "words hidden; c shows them" };
        self.note(note.to_owned());
    }

    /// Shows the keys, or takes them away again; without keys, the lines that standard input may hold.
    pub(super) fn help(&mut self) {
        if !self.keys || self.json {
            self.say(LINES);
        } else if self.keys_in_sight {
            self.below(Footer::Empty, Duration::ZERO);
        } else {
            self.below(Footer::Keys(&KEYS), KEYS_SHOWN);
            self.keys_in_sight = matches!(self.display, Display::Screen { .. });
        }
    }

    fn leaving(&mut self) {
        let note = if self.keys { "leaving; q ends now" } else { "leaving" };
        self.below(Footer::Note(note.to_owned()), KEYS_SHOWN);
    }

    fn note(&mut self, note: String) {
        self.below(Footer::Note(note), NOTE_SHOWN);
    }

    fn below(&mut self, footer: Footer, time: Duration) {
        self.footer_until = Some(Instant::now() + time);
        self.keys_in_sight = false;
        self.display.set_footer(footer);
    }

    /// Shows where the session is.
    pub(super) fn show(&mut self, snapshot: &PlayerSnapshot) {
        if self.footer_until.is_some_and(|until| Instant::now() > until) {
            self.below(Footer::Empty, Duration::ZERO);
            self.footer_until = None;
        }
        if !self.json {
            self.display.show(self.scenes.at(snapshot, self.captions, Display::columns()));
        }
    }

    /// Takes off the screen what is drawn in place.
    pub(super) fn clear(&mut self) {
        self.display.clear();
    }

    /// The terminal has another size, if only for a moment.
    pub(super) fn resized(&mut self) {
        self.display.on_resized();
    }

    /// Something else was written in between.
    pub(super) fn redraw(&mut self) {
        self.display.redraw();
    }
}
