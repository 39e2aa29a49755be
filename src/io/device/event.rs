//! What happens to an open device.

/// What happened to an open device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceEvent {
    /// The device is gone.
    Lost,
    /// The sound comes out somewhere else.
    Moved {
        /// The name of the new place.
        to: String,
        /// The place before is gone: a device was removed, or headphones were pulled out. Otherwise somebody chose the new one, or it has
        /// just appeared.
        was_lost: bool,
    },
    /// Something silences the sound outside of the program, or nothing does any more.
    Silenced(Option<Silence>),
}

/// What keeps the sound of a device from being heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// What it is.
    pub cause: SilenceCause,
    /// The name of the output.
    pub output: String,
}

/// Why nothing of a stream can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilenceCause {
    /// The output is muted.
    OutputMuted,
    /// The output's volume is at zero.
    OutputVolume,
    /// The stream is muted in the sound server.
    StreamMuted,
    /// The stream's volume in the sound server is at zero.
    StreamVolume,
}
