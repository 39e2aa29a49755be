//! The clients of a session that plays: JSON lines for programs; a screen or plain lines for people.

use std::io::Write;
use std::time::Instant;

use super::display::Display;
use crate::playback::controls::{Control, LINES};
use crate::playback::{Event, EventKind, PlaybackSnapshot};
use crate::present::json::event_json;
use crate::present::messages::{message, volume_limit};
use crate::present::view::ListenerView;

/// Something that follows a session.
pub(super) trait Client {
    /// Takes note of an event.
    fn on_event(&mut self, event: &Event);

    /// Shows or hides captions or help.
    fn on_control(&mut self, control: Control);

    /// Prints a message to the listener.
    fn print_message(&mut self, text: &str);

    /// Shows the state of the session.
    fn show(&mut self, _snapshot: &PlaybackSnapshot) {}

    /// Removes what is drawn in place.
    fn clear(&mut self) {}

    /// Draws everything again.
    fn redraw(&mut self) {}

    /// The window has another size, if only for a moment.
    fn on_resized(&mut self) {}
}

/// Prints one JSON object a line on standard output, and messages on standard error.
pub(super) struct JsonClient;

impl Client for JsonClient {
    fn on_event(&mut self, event: &Event) {
        if let Some(object) = event_json(event) {
            // A reader that has gone away is no error.
            let mut output = std::io::stdout().lock();
            let _ = writeln!(output, "{object}").and_then(|()| output.flush());
        }
        let text = match event.kind {
            EventKind::VolumeLimited { volume } => Some(volume_limit(volume)),
            ref kind => message(kind),
        };
        text.iter().for_each(|text| self.print_message(text));
    }

    fn on_control(&mut self, control: Control) {
        if control == Control::ShowHelp {
            self.print_message(LINES);
        }
    }

    fn print_message(&mut self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}

/// Shows a session to a listener.
pub(super) struct ListenerClient {
    view: ListenerView,
    display: Display,
}

impl ListenerClient {
    pub(super) fn new(display: Display, has_keys: bool, captions: bool) -> Self {
        Self { view: ListenerView::new(has_keys, captions), display }
    }
}

impl Client for ListenerClient {
    fn on_event(&mut self, event: &Event) {
        for update in self.view.on_event(event, Instant::now()) {
            self.display.update(update);
        }
    }

    fn on_control(&mut self, control: Control) {
        let update = match control {
            Control::ToggleCaptions => self.view.toggle_captions(Instant::now()),
            Control::ShowHelp => self.view.show_help(self.display.is_screen(), Instant::now()),
            Control::Wish(_) => return,
        };
        self.display.update(update);
    }

    fn print_message(&mut self, text: &str) {
        self.display.print_message(text);
    }

    fn show(&mut self, snapshot: &PlaybackSnapshot) {
        if let Some(update) = self.view.expire_footer(Instant::now()) {
            self.display.update(update);
        }
        if let Some(scene) = self.view.scene(snapshot, Display::columns()) {
            self.display.show(scene);
        }
    }

    fn clear(&mut self) {
        self.display.clear();
    }

    fn redraw(&mut self) {
        self.display.redraw();
    }

    fn on_resized(&mut self) {
        self.display.on_resized();
    }
}
