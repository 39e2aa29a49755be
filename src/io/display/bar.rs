//! The line that says where we are, with indicatif's bar in it. The bar is drawn into a string; the painter brings it to the screen.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use unicode_width::UnicodeWidthStr;

use super::Scene;
use super::layout::{fitted, padded, shares, width};

/// Draws the line.
pub(super) struct Bar {
    bar: ProgressBar,
    canvas: Canvas,
}

/// What indicatif takes for a terminal.
#[derive(Clone, Debug, Default)]
struct Canvas(Arc<Mutex<(u16, String)>>);

impl Default for Bar {
    fn default() -> Self {
        let canvas = Canvas::default();
        let target = ProgressDrawTarget::term_like(Box::new(canvas.clone()));
        Self { bar: ProgressBar::with_draw_target(Some(1), target), canvas }
    }
}

impl Bar {
    /// The line of a scene, for so many columns.
    pub(super) fn line(&self, scene: &Scene, room: usize) -> String {
        let end = if scene.note.is_empty() { &scene.left } else { &scene.note };
        let gone = padded("", width(&scene.left).saturating_sub(1 + width(&scene.gone))) + &scene.gone;
        let times = width(&gone) + 1 + width(end);
        let (place, has_bar) = shares(room, times, scene.place_columns);
        let prefix = if place > 0 { padded(&fitted(&scene.place, place), place) + " " } else { String::new() };
        if !has_bar {
            return fitted(format!("{prefix}{} {end}", scene.gone).trim_start(), room);
        }
        self.bar.set_style(style());
        self.bar.set_length(scene.length.max(1));
        self.bar.set_position(scene.position);
        let prefix = format!("{prefix}{gone}");
        // indicatif takes joined emoji for one.
        let joined = width(&prefix).saturating_sub(prefix.width());
        self.bar.set_prefix(prefix);
        self.bar.set_message(padded(end, width(&scene.left)));
        self.canvas.begin(room - joined.min(room));
        self.bar.force_draw();
        self.canvas.take()
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{prefix} {wide_bar} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━╌")
}

impl Canvas {
    fn begin(&self, columns: usize) {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (columns, String::new());
    }

    fn take(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.trim_end().to_owned()
    }
}

impl TermLike for Canvas {
    fn width(&self) -> u16 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.max(1)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.push_str(text);
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}
