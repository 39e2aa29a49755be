//! Lines drawn in place on a terminal, through standard error.
//!
//! Only what has changed is written. `indicatif`, which shows the progress of other commands, rewrites complete lines at every change. That
//! would flood slow connections and screen readers, and wrap when the window becomes narrower.

mod painter;

use std::time::{Duration, Instant};

use super::terminal::{self, Size};
use painter::Painter;

/// The time for which a window must keep its size before anything is drawn, because the terminal would move drawn lines while its edge is
/// being dragged. Some terminals report a new size only a quarter of a second after applying it.
const RESIZE_SETTLE: Duration = Duration::from_millis(300);

/// A line on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScreenLine {
    /// Text without control characters.
    pub text: String,
    /// Whether it is drawn dim, if the terminal has colours.
    pub dim: bool,
}

/// Lines of a terminal that stay in place.
#[derive(Default)]
pub struct Screen {
    painter: Painter,
    /// The size that the lines on the screen were laid out for; `None` if they must be redrawn.
    size: Option<Size>,
    /// A new size of the window that has not settled yet, with the time of the change.
    resized: Option<(Size, Instant)>,
}

impl Screen {
    /// Returns the size for the layout of lines. `None` while nothing may be drawn: in the background, where everything is redrawn later, and
    /// while the window is being resized.
    pub fn layout_size(&mut self) -> Option<Size> {
        if !terminal::in_foreground() {
            self.redraw();
            return None;
        }
        // A terminal that does not keep up is only shown the latest scene.
        if !self.painter.is_idle() {
            return None;
        }
        let size = terminal::size();
        self.has_settled(size, Instant::now()).then_some(size)
    }

    /// Returns whether the window keeps its size. Once it does, everything is redrawn, even if the size is the old one again, because some
    /// terminals have truncated lines meanwhile.
    fn has_settled(&mut self, size: Size, now: Instant) -> bool {
        match (self.size, self.resized) {
            (None, _) => self.resized = None,
            (Some(drawn), None) if drawn == size => {}
            (_, Some((same, since))) if same == size && now.duration_since(since) >= RESIZE_SETTLE => {
                self.painter.invalidate();
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

    /// Draws lines that were laid out for a size.
    pub fn draw(&mut self, lines: Vec<ScreenLine>, size: Size) {
        self.size = Some(size);
        self.painter.paint(lines, size.columns);
    }

    /// Prints permanent lines above those drawn in place.
    pub(crate) fn print_above(&mut self, lines: &[String]) {
        self.painter.print(lines);
    }

    /// Removes everything drawn in place.
    pub(crate) fn clear(&mut self) {
        self.painter.clear();
        self.size = None;
    }

    /// Waits until the terminal has accepted everything, up to a timeout. Returns whether it has.
    #[must_use]
    pub(crate) fn wait_idle(&self, timeout: Duration) -> bool {
        self.painter.wait_idle(timeout)
    }

    /// Draws the next lines completely, at the cursor, because something else has been written meanwhile.
    pub(crate) fn redraw(&mut self) {
        self.painter.forget();
        self.size = None;
    }

    /// Records that the window has been resized, possibly only temporarily.
    pub(crate) fn on_resized(&mut self) {
        if self.size.is_some() {
            self.resized = Some((terminal::size(), Instant::now()));
        }
    }
}
