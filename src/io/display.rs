//! What a listener sees: three quiet lines that are drawn in their place, or plain lines one after the other.

mod bar;
mod layout;
mod painter;
mod plain;
mod screen;

use std::io::Write;

use super::terminal;
use plain::Plain;
use screen::Screen;

/// What is to be seen at a moment. All words are harmless already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// The chapter, or what is heard.
    pub place: String,
    /// The columns of the widest place.
    pub place_columns: usize,
    /// Time gone, as a clock shows it.
    pub gone: String,
    /// Time left.
    pub left: String,
    /// Seconds gone.
    pub position: u64,
    /// Seconds in all.
    pub length: u64,
    /// That it is paused, or nothing.
    pub note: String,
    /// What the words belong to: another one makes the same words new.
    pub segment: (usize, usize),
    /// The words that are due now, for a screen.
    pub words: String,
    /// What plain lines tell as a segment begins.
    pub opening: String,
    /// What goes on within the segment, numbered in order, for plain lines.
    pub step: Option<(usize, String)>,
}

/// What stands below the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Footer {
    /// Nothing.
    #[default]
    Empty,
    /// The most needed keys.
    Hint,
    /// All keys, each with what it does.
    Keys(&'static [(&'static str, &'static str)]),
    /// What a key has changed.
    Note(String),
}

/// Where a scene is shown.
pub enum Display {
    /// Drawn in place, on standard error.
    Screen(Box<Screen>),
    /// A line for each change, on standard output.
    Plain(Plain),
    /// Not at all.
    Hidden,
}

impl Display {
    /// Lines that are drawn in their place.
    #[must_use]
    pub fn screen() -> Self {
        Self::Screen(Box::default())
    }

    /// Lines one after the other.
    #[must_use]
    pub fn plain() -> Self {
        Self::Plain(Plain::default())
    }

    /// How many columns the words may take.
    #[must_use]
    pub fn columns(&self) -> usize {
        layout::room(terminal::size().columns)
    }

    /// Shows a scene, where it differs from the one before. A program in the background draws nothing.
    pub fn show(&mut self, scene: &Scene) {
        match self {
            Self::Screen(screen) => screen.show(scene, terminal::size(), terminal::in_foreground()),
            Self::Plain(plain) => plain.show(scene),
            Self::Hidden => {}
        }
    }

    /// Shows something below the words, or nothing there.
    pub fn footer(&mut self, footer: Footer) {
        match self {
            Self::Screen(screen) => screen.footer(footer),
            Self::Plain(plain) => plain.footer(&footer),
            Self::Hidden => {}
        }
    }

    /// Says what is played.
    pub fn title(&mut self, title: &str) {
        match self {
            Self::Screen(screen) if terminal::in_foreground() => screen.title(title, terminal::size()),
            Self::Plain(_) => plain::print(title),
            _ => {}
        }
    }

    /// Says something about the machine or a mistake, on standard error.
    pub fn say(&mut self, sentence: &str) {
        match self {
            Self::Screen(screen) => screen.say(sentence, terminal::size()),
            Self::Plain(_) | Self::Hidden => {
                let _ = writeln!(std::io::stderr().lock(), "{sentence}");
            }
        }
    }

    /// Takes everything off the screen that is drawn in place.
    pub fn clear(&mut self) {
        if let Self::Screen(screen) = self {
            screen.clear();
        }
    }

    /// Something else was written in between: all is shown anew with the next scene.
    pub fn redraw(&mut self) {
        if let Self::Screen(screen) = self {
            screen.forget();
        }
    }

    /// The terminal has another size, if only for a moment.
    pub fn resized(&mut self) {
        if let Self::Screen(screen) = self {
            screen.resized(terminal::size());
        }
    }

    /// The playhead has moved: lines tell where it is now, even where it is the same place.
    pub fn moved(&mut self) {
        if let Self::Plain(plain) = self {
            plain.forget();
        }
    }
}

#[cfg(test)]
mod tests;
