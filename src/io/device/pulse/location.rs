//! The outputs of streams according to the server, and whether they can be heard.

use std::collections::BTreeSet;

use pulseaudio::protocol::port_info::{PortAvailable, PortInfo, PortType};
use pulseaudio::protocol::{ChannelVolume, Prop, Props, SinkInfo, SinkInputInfo, Volume};

use crate::io::device::event::MuteCause;

/// The output of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::io::device) struct StreamLocation {
    /// The server's index of the stream.
    pub(in crate::io::device) stream: u32,
    /// The server's index of the sink.
    pub(in crate::io::device) sink: u32,
    /// The active port of the sink, such as headphones or speakers.
    pub(in crate::io::device) port: Option<String>,
    /// The display name.
    pub(in crate::io::device) name: String,
    /// Whether the sink is connected by Bluetooth.
    pub(in crate::io::device) is_wireless: bool,
    /// Why the stream is muted, if it is.
    pub(in crate::io::device) mute: Option<MuteCause>,
}

/// A sink and one of its ports, if it has any.
pub(in crate::io::device) type OutputPlace = (u32, Option<String>);

/// The outputs of this program's streams, and all available outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::io::device) struct StreamLocations {
    pub(in crate::io::device) streams: Vec<StreamLocation>,
    /// Every available output.
    pub(in crate::io::device) usable: BTreeSet<OutputPlace>,
}

/// Returns whether a stream belongs to this process.
pub(super) fn is_own(stream: &SinkInputInfo) -> bool {
    property(&stream.props, Prop::ApplicationProcessId) == Some(std::process::id().to_string().as_bytes())
}

/// Returns the output of a stream in this sink.
pub(super) fn location(stream: &SinkInputInfo, sink: &SinkInfo) -> StreamLocation {
    let name = sink.description.as_ref().unwrap_or(&sink.name).to_string_lossy();
    let port = sink.ports.get(sink.active_port);
    let port_name = port.and_then(|port| port.description.as_ref()).map(|port| port.to_string_lossy());
    StreamLocation {
        stream: stream.index,
        sink: sink.index,
        port: port.map(|port| port.name.to_string_lossy().into_owned()),
        name: port_name.map_or_else(|| name.clone().into_owned(), |port| format!("{port} ({name})")),
        is_wireless: is_wireless(sink),
        mute: mute_cause(stream, sink),
    }
}

/// Returns whether a sink is connected by Bluetooth.
pub(super) fn is_wireless(sink: &SinkInfo) -> bool {
    property(&sink.props, Prop::DeviceApi) == Some(b"bluez5")
        || property(&sink.props, Prop::DeviceBus) == Some(b"bluetooth")
}

/// Returns why a stream is muted, if it is.
pub(super) fn mute_cause(stream: &SinkInputInfo, sink: &SinkInfo) -> Option<MuteCause> {
    let is_zero = |volume: &ChannelVolume| volume.channels().iter().all(|channel| *channel == Volume::MUTED);
    if sink.muted {
        Some(MuteCause::OutputMuted)
    } else if is_zero(&sink.cvolume) {
        Some(MuteCause::OutputVolume)
    } else if stream.muted {
        Some(MuteCause::StreamMuted)
    } else if stream.has_volume && is_zero(&stream.cvolume) {
        Some(MuteCause::StreamVolume)
    } else {
        None
    }
}

/// Returns the text of a property, which is stored with a terminating zero.
fn property(props: &Props, name: Prop) -> Option<&[u8]> {
    props.get(name).map(|value| value.strip_suffix(b"\0").unwrap_or(value))
}

/// Returns the available outputs of a sink. Speakers are reported as unavailable while headphones are plugged in, but they still exist: only
/// ports with a plug can be lost.
pub(super) fn usable_places(sink: &SinkInfo) -> impl Iterator<Item = OutputPlace> {
    let is_usable = |port: &&PortInfo| port.available != PortAvailable::No || is_loudspeaker(port);
    let ports = sink.ports.iter().filter(is_usable).map(|port| Some(port.name.to_string_lossy().into_owned()));
    ports.chain(sink.ports.is_empty().then_some(None)).map(|port| (sink.index, port))
}

/// Older servers do not report the type of a port, but its name contains it.
fn is_loudspeaker(port: &PortInfo) -> bool {
    port.port_type == PortType::Speaker || port.name.to_string_lossy().to_lowercase().contains("speaker")
}
