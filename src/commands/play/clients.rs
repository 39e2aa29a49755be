//! The clients of a playing session: JSON lines for programs, and a screen or plain lines for listeners.

use std::time::{Duration, Instant};

use super::display::Display;
use crate::io::output_queue::{OutputQueue, OutputStream};
use crate::playback::controls::{Control, LINES};
use crate::playback::{Event, EventKind, PlaybackSnapshot};
use crate::present::json::event_json;
use crate::present::messages::{message, volume_limit};
use crate::present::view::{ListenerInput, ListenerView};
use crate::text::escape_json;

/// A receiver of a session's events and state.
pub(super) trait Client {
    /// Handles an event.
    fn on_event(&mut self, event: &Event);

    /// Shows or hides captions or help.
    fn on_control(&mut self, control: Control);

    /// Prints a message to the listener.
    fn print_message(&mut self, text: &str);

    /// Shows the state of the session.
    fn show(&mut self, _snapshot: &PlaybackSnapshot) {}

    /// Removes the lines drawn in place.
    fn clear(&mut self) {}

    /// Draws everything again.
    fn redraw(&mut self) {}

    /// Handles a changed window size, which may be temporary.
    fn on_resized(&mut self) {}

    /// Returns whether it can take another event, because its reader keeps up.
    fn has_room(&self) -> bool {
        true
    }

    /// Waits until everything has been written, up to a timeout. Returns whether it has.
    fn wait_idle(&self, _timeout: Duration) -> bool {
        true
    }
}

/// Prints one JSON object per line on standard output, and messages on standard error.
pub(super) struct JsonClient {
    output: OutputQueue,
    errors: OutputQueue,
}

impl JsonClient {
    pub(super) fn new() -> Self {
        Self { output: OutputQueue::start(OutputStream::Output), errors: OutputQueue::start(OutputStream::Error) }
    }
}

impl Client for JsonClient {
    fn on_event(&mut self, event: &Event) {
        if let Some(object) = event_json(event) {
            self.output.write(&format!("{}\n", escape_json(&object.to_string())));
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
        self.errors.write(&format!("{text}\n"));
    }

    fn has_room(&self) -> bool {
        self.output.has_room()
    }

    fn wait_idle(&self, timeout: Duration) -> bool {
        self.output.wait_idle(timeout) && self.errors.wait_idle(timeout)
    }
}

/// Shows a session to a listener.
pub(super) struct ListenerClient {
    view: ListenerView,
    display: Display,
}

impl ListenerClient {
    pub(super) fn new(display: Display, input: ListenerInput, captions: bool) -> Self {
        Self { view: ListenerView::new(input, captions), display }
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
            Control::ShowHint => match self.view.show_hint(Instant::now()) {
                Some(update) => update,
                None => return,
            },
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

    fn has_room(&self) -> bool {
        self.display.has_room()
    }

    fn wait_idle(&self, timeout: Duration) -> bool {
        self.display.wait_idle(timeout)
    }
}
