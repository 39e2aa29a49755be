//! The listener's display: a screen, or plain lines.

use std::time::Duration;

use crate::io::display::Screen;
use crate::io::output_queue::{OutputQueue, OutputStream};
use crate::io::terminal;
use crate::present::layout;
use crate::present::plain::{PlainLines, footer_line};
use crate::present::scene::Scene;
use crate::present::screen::{Footer, screen_lines};
use crate::present::view::ViewUpdate;

/// The listener's display.
pub(super) enum Display {
    /// Lines drawn in place, on standard error.
    Screen { screen: Box<Screen>, footer: Footer },
    /// One line per change on standard output, and messages on standard error.
    Plain { lines: PlainLines, output: OutputQueue, errors: OutputQueue },
}

impl Display {
    pub(super) fn screen() -> Self {
        Self::Screen { screen: Box::default(), footer: Footer::Empty }
    }

    pub(super) fn plain() -> Self {
        Self::Plain {
            lines: PlainLines::default(),
            output: OutputQueue::start(OutputStream::Output),
            errors: OutputQueue::start(OutputStream::Error),
        }
    }

    /// Returns the maximum width of a caption.
    pub(super) fn columns() -> usize {
        layout::room(terminal::size().columns)
    }

    /// Returns whether lines are drawn in place.
    pub(super) fn is_screen(&self) -> bool {
        matches!(self, Self::Screen { .. })
    }

    /// Shows an update.
    pub(super) fn update(&mut self, update: ViewUpdate) {
        match update {
            ViewUpdate::Title(title) => self.print_title(&title),
            ViewUpdate::Line(line) => self.print_line(&line),
            ViewUpdate::Message(message) => self.print_message(&message),
            ViewUpdate::Footer(footer) => self.set_footer(footer),
            ViewUpdate::Moved => self.forget_position(),
        }
    }

    /// Shows a scene.
    pub(super) fn show(&mut self, scene: Scene) {
        match self {
            Self::Screen { screen, footer } => {
                if let Some(size) = screen.layout_size() {
                    screen.draw(screen_lines(&scene, footer, size), size);
                }
            }
            Self::Plain { lines, output, .. } => lines.update(scene).iter().for_each(|line| print(output, line)),
        }
    }

    /// Shows a footer below the caption.
    fn set_footer(&mut self, next: Footer) {
        match self {
            Self::Screen { footer, .. } => *footer = next,
            Self::Plain { output, .. } => footer_line(&next).iter().for_each(|line| print(output, line)),
        }
    }

    /// Prints the title of the session.
    fn print_title(&mut self, title: &str) {
        match self {
            Self::Screen { screen, .. } if terminal::in_foreground() => {
                let mut lines = layout::wrapped(title, Self::columns());
                lines.push(String::new());
                screen.print_above(&lines);
            }
            Self::Plain { output, .. } => print(output, title),
            Self::Screen { .. } => {}
        }
    }

    /// Prints a permanent line about the session.
    fn print_line(&mut self, line: &str) {
        match self {
            Self::Screen { screen, .. } if terminal::in_foreground() => {
                screen.print_above(&layout::wrapped(line, Self::columns()));
            }
            Self::Plain { output, .. } => print(output, line),
            Self::Screen { .. } => {}
        }
    }

    /// Prints a message on standard error.
    pub(super) fn print_message(&mut self, message: &str) {
        match self {
            Self::Screen { screen, .. } => screen.print_above(&layout::wrapped(message, Self::columns())),
            Self::Plain { errors, .. } => print(errors, message),
        }
    }

    /// Returns whether the reader keeps up with the output that can't be skipped.
    pub(super) fn has_room(&self) -> bool {
        match self {
            Self::Screen { .. } => true,
            Self::Plain { output, .. } => output.has_room(),
        }
    }

    /// Waits until everything has been written, up to a timeout. Returns whether it has.
    pub(super) fn wait_idle(&self, timeout: Duration) -> bool {
        match self {
            Self::Screen { screen, .. } => screen.wait_idle(timeout),
            Self::Plain { output, errors, .. } => output.wait_idle(timeout) && errors.wait_idle(timeout),
        }
    }

    /// Removes the lines drawn in place.
    pub(super) fn clear(&mut self) {
        if let Self::Screen { screen, .. } = self {
            screen.clear();
        }
    }

    /// Draws everything again with the next scene.
    pub(super) fn redraw(&mut self) {
        if let Self::Screen { screen, .. } = self {
            screen.redraw();
        }
    }

    pub(super) fn on_resized(&mut self) {
        if let Self::Screen { screen, .. } = self {
            screen.on_resized();
        }
    }

    /// Reports the position with the next scene, even if it is unchanged.
    fn forget_position(&mut self) {
        if let Self::Plain { lines, .. } = self {
            lines.forget_position();
        }
    }
}

fn print(queue: &OutputQueue, line: &str) {
    queue.write(&format!("{line}\n"));
}
