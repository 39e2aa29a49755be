//! Messages to the listener about the machine.

use crate::error::Remedy;
use crate::io::device::{DeviceError, Mute, MuteCause};
use crate::playback::EventKind;
use crate::player::WaitReason;
use crate::text::escape_controls;
use crate::units::Decibels;

/// Returns the message for an event that concerns the machine rather than the session.
pub(crate) fn message(event: &EventKind) -> Option<String> {
    Some(match event {
        EventKind::NoDevice => {
            format!(
                "no sound device was found; the session continues with captions only. To hear it, {}",
                DeviceError::NoDevice.help().unwrap_or_default()
            )
        }
        EventKind::DeviceLost => {
            "the sound device is gone; the session is paused. Plug it in again, or press q to leave".to_owned()
        }
        EventKind::DeviceFound => "the sound device is back; press space to continue".to_owned(),
        EventKind::DeviceMoved { to, pauses: true } => {
            format!("the sound moved to {}; the session is paused. Press space to continue", escape_controls(to))
        }
        EventKind::DeviceMoved { to, pauses: false } => format!("the sound moved to {}", escape_controls(to)),
        EventKind::Muted(mute) => mute_message(mute),
        EventKind::WishIgnored => "there is no sound device yet; press q to leave".to_owned(),
        EventKind::MachineSlept => "the machine was asleep; the session is paused. Press space to continue".to_owned(),
        EventKind::BufferLengthened => {
            "the machine is busy, so the sound buffer is longer now; keys respond a little later".to_owned()
        }
        EventKind::Waiting(WaitReason::Gain) => {
            "one moment: the loudness of the recordings is being measured".to_owned()
        }
        EventKind::Waiting(WaitReason::Speech) => "one moment: the next line is still being prepared".to_owned(),
        EventKind::ClipFailed { message } => format!("{}; silence replaces it", escape_controls(message)),
        EventKind::RecordingFault { message } | EventKind::SpeechFailed { message } => message.clone(),
        _ => return None,
    })
}

fn mute_message(Mute { cause, output }: &Mute) -> String {
    let output = escape_controls(output);
    match cause {
        MuteCause::OutputMuted => {
            format!("{output} is muted; unmute it in the system's settings to hear the session")
        }
        MuteCause::OutputVolume => {
            format!("the volume of {output} is at zero; raise it in the system's settings to hear the session")
        }
        MuteCause::StreamMuted => {
            "karuna is muted in the system's settings; unmute it there to hear the session".to_owned()
        }
        MuteCause::StreamVolume => {
            "the volume of karuna is at zero in the system's settings; raise it there to hear the session".to_owned()
        }
    }
}

/// Returns the message for a limited volume.
pub(crate) fn volume_limit(volume: Decibels) -> String {
    format!("the maximum volume without distortion is {:.1} dB", volume.0)
}
