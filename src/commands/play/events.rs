//! What happens, as one JSON object a line.

use std::io::Write;

use serde_json::{Value, json};

use crate::player::transport::{Event, Reason};
use crate::player::{Happening, Notice};
use crate::units::{Frames, Rate};

/// The session begins.
pub(super) fn start(at: Frames, rate: Rate, frames: Frames) -> Value {
    json!({"event": "start", "at": at, "rate": rate, "frames": frames})
}

/// The device is gone, or there again.
pub(super) fn device(event: &str, at: Frames) -> Value {
    json!({"event": event, "at": at})
}

/// The session is over.
pub(super) fn end(at: Frames, reason: Reason) -> Value {
    let reason = match reason {
        Reason::Done => "done",
        Reason::Exit => "exit",
        Reason::Stop => "stop",
    };
    json!({"event": "end", "at": at, "reason": reason})
}

/// Something happened in the callback.
pub(super) fn of(notice: &Notice) -> Value {
    let at = notice.at;
    match notice.happening {
        Happening::Segment(index) => json!({"event": "segment", "at": at, "index": index}),
        Happening::Underrun(frames) => json!({"event": "underrun", "at": at, "frames": frames}),
        Happening::Transport(event) => match event {
            Event::Pause => json!({"event": "pause", "at": at}),
            Event::Resume => json!({"event": "resume", "at": at}),
            Event::Jump { to } => json!({"event": "jump", "at": at, "to": to}),
            Event::Soften => json!({"event": "soften", "at": at}),
            Event::Softened => json!({"event": "softened", "at": at}),
            Event::Exit => json!({"event": "exit", "at": at}),
            Event::End(reason) => end(at, reason),
        },
    }
}

/// Prints an event. A reader that has gone away is no failure.
pub(super) fn print(event: &Value) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{event}");
    let _ = output.flush();
}
