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
}
