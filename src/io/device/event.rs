//! Events of an open device.

/// An event of an open device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DeviceEvent {
    /// The device is gone.
    Lost,
    /// The sound moved to another output.
    Moved {
        /// The name of the new output.
        to: String,
        /// Whether the previous output is gone, because a device was removed or headphones were unplugged. Otherwise the new one was chosen by the
        /// listener, or has just appeared.
        was_lost: bool,
    },
    /// The sound was muted outside of the program, or is no longer muted, which is also reported for a new stream.
    MuteChanged(Option<Mute>),
}

/// Why the sound of a device can't be heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mute {
    /// The kind of muting.
    pub cause: MuteCause,
    /// The name of the output.
    pub output: String,
}

/// The kinds of muting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MuteCause {
    /// The output is muted.
    OutputMuted,
    /// The volume of the output is zero.
    OutputVolume,
    /// The stream is muted in the sound server.
    StreamMuted,
    /// The volume of the stream in the sound server is zero.
    StreamVolume,
}
