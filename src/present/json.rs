//! The events of a session as JSON objects.

use serde_json::{Value, json};

use crate::playback::{Event, EventKind};
use crate::player::transport::EndReason;

/// Returns the JSON object of an event, or `None` if it is not published.
pub(crate) fn event_json(event: &Event) -> Option<Value> {
    let at = event.at;
    Some(match &event.kind {
        EventKind::Started { programmes } => {
            let session = programmes.session();
            json!({"event": "start", "at": at, "rate": session.rate, "frames": session.frames})
        }
        EventKind::SegmentStarted { index } => json!({"event": "segment", "at": at, "index": index}),
        EventKind::Paused => json!({"event": "pause", "at": at}),
        EventKind::Resumed => json!({"event": "resume", "at": at}),
        EventKind::Jumped { to } => json!({"event": "jump", "at": at, "to": to}),
        EventKind::OpenSilenceStarted => json!({"event": "open", "at": at}),
        EventKind::SoftenStarted => json!({"event": "soften", "at": at}),
        EventKind::SoftenEnded => json!({"event": "softened", "at": at}),
        EventKind::ExitStarted => json!({"event": "exit", "at": at}),
        EventKind::Underrun { frames } => json!({"event": "underrun", "at": at, "frames": frames}),
        EventKind::DeviceLost => json!({"event": "lost", "at": at}),
        EventKind::DeviceFound => json!({"event": "found", "at": at}),
        EventKind::DeviceMoved { to, .. } => json!({"event": "moved", "at": at, "to": to}),
        EventKind::Ended(reason) => json!({"event": "end", "at": at, "reason": end_reason(*reason)}),
        EventKind::TimelinesChanged { .. }
        | EventKind::Failed
        | EventKind::BufferLengthened
        | EventKind::Waiting(_)
        | EventKind::VolumeChanged { .. }
        | EventKind::VolumeLimited { .. }
        | EventKind::NoDevice
        | EventKind::Muted(_)
        | EventKind::WishIgnored
        | EventKind::MachineSlept
        | EventKind::ClipFailed { .. }
        | EventKind::RecordingFault { .. }
        | EventKind::SpeechFailed { .. }
        | EventKind::ReadyToSuspend => return None,
    })
}

fn end_reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Completed => "done",
        EndReason::Exited => "exit",
        EndReason::Stopped => "stop",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Decibels, Frames};

    fn object(kind: EventKind) -> Option<Value> {
        event_json(&Event { at: Frames(7), kind })
    }

    #[test]
    fn each_event_is_one_json_object() {
        let jump = object(EventKind::Jumped { to: Frames(9) });
        assert_eq!(jump, Some(json!({"event": "jump", "at": 7, "to": 9})));
        let end = object(EventKind::Ended(EndReason::Completed));
        assert_eq!(end, Some(json!({"event": "end", "at": 7, "reason": "done"})));
        assert_eq!(object(EventKind::DeviceLost), Some(json!({"event": "lost", "at": 7})));
    }

    #[test]
    fn messages_for_listeners_have_no_json_object() {
        assert_eq!(object(EventKind::VolumeChanged { volume: Decibels(1.0) }), None);
        assert_eq!(object(EventKind::MachineSlept), None);
    }
}
