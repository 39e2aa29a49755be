//! Three lines of a terminal: where we are, the words, and the keys.

use std::time::{Duration, Instant};

use super::bar::Bar;
use super::layout::{fitted, hint, keys, room, wrapped};
use super::painter::{Line, Painter};
use super::{Footer, Scene};
use crate::io::terminal::Size;

/// An edge that is pulled is let go of before anything is drawn anew: what is drawn meanwhile, the terminal would move about. Some
/// tell of a size only a quarter of a second after they took it.
const SETTLES: Duration = Duration::from_millis(300);

/// What stands on the screen.
#[derive(Default)]
pub struct Screen {
    painter: Painter,
    bar: Bar,
    scene: Scene,
    footer: Footer,
    /// What the lines that stand there were made for; nothing where they are to be made anew.
    size: Option<Size>,
    /// Another size, and since when.
    resized: Option<(Size, Instant)>,
}

impl Screen {
    /// In the background nothing is drawn, and once in front again all of it.
    pub(super) fn show(&mut self, scene: &Scene, size: Size, in_front: bool) {
        if !in_front {
            self.forget();
        } else if self.has_settled(size, Instant::now()) && (*scene != self.scene || self.size != Some(size)) {
            self.scene = scene.clone();
            self.paint(size);
        }
    }

    /// Whether nobody pulls at the edge. Once that is over all is to be drawn anew, also where the size is the old one again: some
    /// terminals have cut off meanwhile what was beyond the edge.
    fn has_settled(&mut self, size: Size, now: Instant) -> bool {
        match (self.size, self.resized) {
            (None, _) => self.resized = None,
            (Some(drawn), None) if drawn == size => {}
            (_, Some((same, since))) if same == size && now.duration_since(since) >= SETTLES => {
                self.painter.distrust();
                (self.size, self.resized) = (None, None);
            }
            (_, Some((same, _))) if same == size => return false,
            _ => {
                self.resized = Some((size, now));
                return false;
            }
        }
        true
    }

    /// The terminal says that it has another size, if only for a moment.
    pub(super) fn resized(&mut self, size: Size) {
        if self.size.is_some() {
            self.resized = Some((size, Instant::now()));
        }
    }

    pub(super) fn footer(&mut self, footer: Footer) {
        self.footer = footer;
        if let Some(size) = self.size.filter(|_| self.resized.is_none()) {
            self.paint(size);
        }
    }

    pub(super) fn title(&mut self, title: &str, size: Size) {
        let mut lines = wrapped(title, room(size.columns));
        lines.push(String::new());
        self.painter.print(&lines);
    }

    pub(super) fn say(&mut self, sentence: &str, size: Size) {
        self.painter.print(&wrapped(sentence, room(size.columns)));
    }

    pub(super) fn clear(&mut self) {
        self.painter.clear();
        self.size = None;
    }

    /// The next scene is drawn whole, where the cursor is then.
    pub(super) fn forget(&mut self) {
        self.painter.forget();
        self.size = None;
    }

    fn paint(&mut self, size: Size) {
        self.size = Some(size);
        let room = room(size.columns);
        let faint = |text: String| Line { text, faint: true };
        let mut lines =
            vec![faint(self.bar.line(&self.scene, room)), Line { text: fitted(&self.scene.words, room), faint: false }];
        lines.extend(footer(&self.footer, room).into_iter().map(faint));
        lines.truncate(size.rows.max(1));
        self.painter.paint(lines, size.columns);
    }
}

fn footer(footer: &Footer, room: usize) -> Vec<String> {
    match footer {
        Footer::Empty => vec![String::new()],
        Footer::Hint => vec![hint(room).to_owned()],
        Footer::Keys(table) => keys(table, room),
        Footer::Note(note) => vec![fitted(note, room)],
    }
}
