//! What a listener sees: three quiet lines that are drawn anew in their place, or plain lines one after the other.

use std::io::Write;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What is to be seen at a moment. All words are harmless already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// The chapter, or what is heard.
    pub place: String,
    /// Time gone, as a clock shows it.
    pub gone: String,
    /// Time left.
    pub left: String,
    /// Frames gone.
    pub position: u64,
    /// Frames in all.
    pub length: u64,
    /// What is being said, or what sounds.
    pub words: String,
    /// The phrase of it that is due now, for a narrow screen.
    pub phrase: String,
    /// That it is paused, or what else there is to know.
    pub note: String,
}

/// Where a scene is shown.
pub enum Display {
    /// Drawn in place.
    Screen(Box<Screen>),
    /// A line for each change.
    Plain(Plain),
    /// Not at all.
    Hidden,
}

/// Three lines of a terminal.
pub struct Screen {
    lines: MultiProgress,
    bar: ProgressBar,
    words: ProgressBar,
    keys: ProgressBar,
    shown: Scene,
    columns: usize,
}

/// Lines on standard output.
#[derive(Default)]
pub struct Plain {
    shown: Scene,
}

/// On narrower terminals the chapter gives way to the bar.
const ROOM_FOR_PLACE: usize = 50;
/// On still narrower ones the bar gives way to the times.
const ROOM_FOR_BAR: usize = 24;
/// Enough for a calm clock.
const DRAWS_A_SECOND: u8 = 10;

impl Display {
    /// Lines that are drawn in their place, on standard error.
    #[must_use]
    pub fn screen() -> Self {
        let lines = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWS_A_SECOND));
        let bar = lines.add(ProgressBar::new(1));
        let line = |lines: &MultiProgress| {
            let line = lines.add(ProgressBar::new(1));
            line.set_style(style("{wide_msg}"));
            line
        };
        let (words, keys) = (line(&lines), line(&lines));
        Self::Screen(Box::new(Screen { lines, bar, words, keys, shown: Scene::default(), columns: 0 }))
    }

    /// Shows a scene, where it differs from the one before.
    pub fn show(&mut self, scene: &Scene, columns: usize) {
        match self {
            Self::Screen(screen) => screen.show(scene, columns),
            Self::Plain(plain) => plain.show(scene),
            Self::Hidden => {}
        }
    }

    /// Shows what the keys do, or nothing in their place.
    pub fn keys(&mut self, keys: &str) {
        match self {
            Self::Screen(screen) => screen.keys.set_message(fitted(keys, screen.columns.max(1))),
            Self::Plain(_) if !keys.is_empty() => line(keys),
            _ => {}
        }
    }

    /// Says something that stays.
    pub fn say(&mut self, sentence: &str) {
        match self {
            Self::Screen(screen) => {
                let _ = screen.lines.println(sentence);
            }
            Self::Plain(_) => line(sentence),
            Self::Hidden => {}
        }
    }

    /// Takes everything off the screen that would be drawn anew.
    pub fn clear(&mut self) {
        if let Self::Screen(screen) = self {
            let _ = screen.lines.clear();
        }
    }

    /// Draws anew all that was taken off.
    pub fn redraw(&mut self) {
        if let Self::Screen(screen) = self {
            screen.columns = 0;
            let scene = screen.shown.clone();
            screen.show(&scene, crate::io::terminal::columns());
        }
    }
}

impl Screen {
    fn show(&mut self, scene: &Scene, columns: usize) {
        if *scene == self.shown && columns == self.columns {
            return;
        }
        let room = columns.saturating_sub(1);
        if columns != self.columns {
            self.bar.set_style(style(template(columns)));
            self.columns = columns;
        }
        let note = if scene.note.is_empty() { scene.left.clone() } else { scene.note.clone() };
        self.bar.set_length(scene.length.max(1));
        self.bar.set_position(scene.position);
        self.bar.set_prefix(fitted(&format!("{}  {}", scene.place, scene.gone), room / 2).trim_start().to_owned());
        self.bar.set_message(if columns < ROOM_FOR_PLACE {
            fitted(&format!("{} {note}", scene.gone), room)
        } else {
            note
        });
        let words = if scene.words.width() <= room { &scene.words } else { &scene.phrase };
        self.words.set_message(fitted(words, room));
        self.bar.force_draw();
        self.words.force_draw();
        self.shown = scene.clone();
    }
}

fn template(columns: usize) -> &'static str {
    match columns {
        ROOM_FOR_PLACE.. => "{prefix} {wide_bar} {msg}",
        ROOM_FOR_BAR.. => "{wide_bar} {msg}",
        _ => "{msg}",
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━━╌")
}

impl Plain {
    fn show(&mut self, scene: &Scene) {
        if scene.place != self.shown.place && !scene.place.is_empty() {
            line(&format!("{}  {}", scene.gone, scene.place));
        }
        if scene.words != self.shown.words && !scene.words.is_empty() {
            line(&scene.words);
        }
        if scene.note != self.shown.note && !scene.note.is_empty() {
            line(&scene.note);
        }
        self.shown = scene.clone();
    }
}

/// A line on standard output; a reader that has gone away is no failure.
fn line(text: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{text}");
    let _ = output.flush();
}

/// As much of a text as fits, with a sign that there was more.
fn fitted(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let (mut kept, mut width) = (String::new(), 1);
    for c in text.chars() {
        width += c.width().unwrap_or(0);
        if width > columns {
            break;
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    if columns > 0 {
        kept.push('…');
    }
    kept
}
