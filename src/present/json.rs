//! What happens, as one JSON object a line.

use std::io::Write;

use serde_json::{Value, json};

use crate::player::transport::{EndReason, TransportEvent};
use crate::player::{PlayerEvent, PlayerNotice};
use crate::units::{Frames, Rate};

/// The session begins.
pub(crate) fn start(at: Frames, rate: Rate, frames: Frames) -> Value {
    json!({"event": "start", "at": at, "rate": rate, "frames": frames})
}

/// The device is gone, or there again.
pub(crate) fn device(event: &str, at: Frames) -> Value {
    json!({"event": event, "at": at})
}

/// The session is over.
pub(crate) fn end(at: Frames, reason: EndReason) -> Value {
    let reason = match reason {
        EndReason::Completed => "done",
        EndReason::Exited => "exit",
        EndReason::Stopped => "stop",
    };
    json!({"event": "end", "at": at, "reason": reason})
}

/// Something happened in the callback.
pub(crate) fn of(notice: &PlayerNotice) -> Value {
    let at = notice.at;
    match notice.event {
        PlayerEvent::Segment(index) => json!({"event": "segment", "at": at, "index": index}),
        PlayerEvent::Underrun(frames) => json!({"event": "underrun", "at": at, "frames": frames}),
        PlayerEvent::Transport(event) => match event {
            TransportEvent::Paused => json!({"event": "pause", "at": at}),
            TransportEvent::Resumed => json!({"event": "resume", "at": at}),
            TransportEvent::Jumped { to } => json!({"event": "jump", "at": at, "to": to}),
            TransportEvent::SoftenStarted => json!({"event": "soften", "at": at}),
            TransportEvent::SoftenEnded => json!({"event": "softened", "at": at}),
            TransportEvent::ExitStarted => json!({"event": "exit", "at": at}),
            TransportEvent::Ended(reason) => end(at, reason),
        },
    }
}

/// Prints an event. A reader that has gone away is no failure.
pub(crate) fn print(event: &Value) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{event}");
    let _ = output.flush();
}
