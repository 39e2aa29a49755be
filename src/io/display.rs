//! Lines that are drawn in place on a terminal, by way of standard error.

mod painter;

use std::time::{Duration, Instant};

use super::terminal::{self, Size};
use painter::Painter;

/// How long a window has to keep its size before anything is drawn again: what is drawn while its edge is being dragged, the terminal
/// would move about. Some terminals report a size only a quarter of a second after they took it.
const RESIZE_SETTLE: Duration = Duration::from_millis(300);

/// A line on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScreenLine {
    /// Text without control characters.
    pub text: String,
    /// Drawn dim, where the terminal has colours.
    pub dim: bool,
}

/// Lines of a terminal that stay in their place.
#[derive(Default)]
pub struct Screen {
    painter: Painter,
    /// The size that the lines on the screen were laid out for; `None` where they have to be drawn again.
    size: Option<Size>,
    /// A size that the window has since a moment, and that has not settled yet.
    resized: Option<(Size, Instant)>,
}

impl Screen {
    /// Returns the size to lay out lines for. `None` while nothing may be drawn: in the background, where all is drawn anew later, and
    /// while the window is being resized.
    pub fn layout_size(&mut self) -> Option<Size> {
        if !terminal::in_foreground() {
            self.redraw();
            return None;
        }
        // A terminal that does not keep up is shown only the latest.
        if !self.painter.is_idle() {
            return None;
        }
        let size = terminal::size();
        self.has_settled(size, Instant::now()).then_some(size)
    }

    /// Whether the window keeps its size. Once it does, all is drawn anew, also where the size is the old one again: some terminals
    /// have cut off meanwhile what was beyond the edge.
    fn has_settled(&mut self, size: Size, now: Instant) -> bool {
        match (self.size, self.resized) {
            (None, _) => self.resized = None,
            (Some(drawn), None) if drawn == size => {}
            (_, Some((same, since))) if same == size && now.duration_since(since) >= RESIZE_SETTLE => {
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

    /// Draws lines that were laid out for a size.
    pub fn draw(&mut self, lines: Vec<ScreenLine>, size: Size) {
        self.size = Some(size);
        self.painter.paint(lines, size.columns);
    }

    /// Prints lines above those that are drawn in place. They stay there.
    pub fn print_above(&mut self, lines: &[String]) {
        self.painter.print(lines);
    }

    /// Removes everything that is drawn in place.
    pub fn clear(&mut self) {
        self.painter.clear();
        self.size = None;
    }

    /// Waits until the terminal has taken everything, for a time at most. Returns whether it has.
    #[must_use]
    pub fn wait_idle(&self, at_most: Duration) -> bool {
        self.painter.wait_idle(at_most)
    }

    /// Draws the next lines whole, where the cursor is then: something else was written meanwhile.
    pub fn redraw(&mut self) {
        self.painter.forget();
        self.size = None;
    }

    /// Notes that the window has been resized, if only for a moment.
    pub fn on_resized(&mut self) {
        if self.size.is_some() {
            self.resized = Some((terminal::size(), Instant::now()));
        }
    }
}
