//! What happens to an open device.

/// What happened to an open device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceEvent {
    /// The device is gone.
    Lost,
    /// The sound comes out somewhere else, perhaps from loudspeakers after headphones were pulled out. The name of the new place.
    Moved(String),
}
