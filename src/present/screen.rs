//! The lines of the screen: the progress line, the caption, and a footer.

use super::layout::{fitted, hint, key_table, pause_hint, room};
use super::progress::progress_line;
use super::scene::Scene;
use crate::io::display::ScreenLine;
use crate::io::terminal::Size;
use crate::text::width;

/// The footer below the caption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Footer {
    /// Nothing.
    #[default]
    Empty,
    /// The most important keys.
    Hint,
    /// All keys with their descriptions.
    Keys(&'static [(&'static str, &'static str)]),
    /// A note about the effect of a key.
    Note(String),
}

/// Returns the lines of a screen, limited to its number of rows.
pub(crate) fn screen_lines(scene: &Scene, footer: &Footer, size: Size) -> Vec<ScreenLine> {
    let room = room(size.columns);
    let dim = |text: String| ScreenLine { text, dim: true };
    let caption = ScreenLine { text: fitted(&scene.caption, room), dim: false };
    let mut lines = vec![dim(progress_line(scene, room)), caption];
    lines.extend(footer_lines(scene, footer, room).into_iter().map(dim));
    lines.truncate(size.rows.max(1));
    lines
}

/// During a pause, the keys always include how to continue.
fn footer_lines(scene: &Scene, footer: &Footer, room: usize) -> Vec<String> {
    match footer {
        Footer::Empty | Footer::Hint if !scene.to_continue.is_empty() => vec![pause_hint(&scene.to_continue, room)],
        Footer::Note(note) if !scene.to_continue.is_empty() => {
            let both = format!("{} · {note}", scene.to_continue);
            if width(&both) <= room { vec![both] } else { vec![fitted(&scene.to_continue, room), fitted(note, room)] }
        }
        Footer::Empty => vec![String::new()],
        Footer::Hint => vec![hint(room).to_owned()],
        Footer::Keys(keys) => key_table(keys, room),
        Footer::Note(note) => vec![fitted(note, room)],
    }
}
