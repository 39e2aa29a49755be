//! The audio track of a file, or of one part of it.

use std::sync::Arc;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_MP3};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::errors::{Error, Result};

use super::band_replication;
use super::caf::CafSound;
use super::clip_bytes::ClipBytes;
use super::file_kind::{FileKind, UNKNOWN_FORMAT};
use super::file_window::FileWindow;
use super::flac::{FlacPacketReader, FlacStream};
use super::mp3::Mp3Reader;
use super::mp4::Mp4Sound;
use super::ogg::{OggLink, OggReader, find_links};
use super::packet_decoder;
use super::packet_reader::{PacketReader, PlayableRange};
use super::packet_table::{PacketTableReader, TablePacket};
use super::pcm::{SampleFile, SampleFileFormat, SampleReader};
use super::read_monitor::ReadMonitor;
use super::sample_codec::COMPLEX_AAC;

/// The maximum number of streams in an MP3 file, each with another rate or number of channels.
const MAX_STREAMS: usize = 1024;

/// The source of a part.
#[derive(Clone)]
pub(super) enum PartSource {
    /// A file that starts at this byte, after its tags.
    Samples(SampleFileFormat, u64),
    Flac(u64),
    Mp4(u64),
    Caf(u64),
    Ogg(Arc<OggLink>),
    /// The MP3 stream at this byte, and whether it is the first in its file.
    Mp3 {
        position: u64,
        is_first: bool,
    },
}

/// An audio track that is open for reading.
pub(super) struct AudioTrack {
    pub(super) reader: Box<dyn PacketReader>,
    pub(super) parameters: AudioCodecParameters,
    pub(super) decoder: Box<dyn AudioDecoder>,
    pub(super) range: PlayableRange,
    /// In hertz.
    pub(super) rate: u32,
    pub(super) channels: usize,
    /// The number of frames stated by a header, if the file contains more than that.
    pub(super) understated: Option<u64>,
    /// Whether the samples are stored as floating-point numbers.
    pub(super) is_float: bool,
}

/// Opens the tracks of a file one after another; most files have one.
pub(super) fn open_parts(bytes: &ClipBytes, monitor: &ReadMonitor) -> Result<Vec<(PartSource, AudioTrack)>> {
    let (kind, start) = FileKind::detect(&mut bytes.cursor(monitor));
    let source = match kind {
        FileKind::Samples(format) => PartSource::Samples(format, start),
        FileKind::Flac => PartSource::Flac(start),
        FileKind::Mp4 => PartSource::Mp4(start),
        FileKind::Caf => PartSource::Caf(start),
        FileKind::Mp3 => return open_mp3_parts(bytes, monitor, start),
        FileKind::Ogg => {
            let links =
                find_links(bytes.cursor(monitor), start)?.into_iter().map(|link| PartSource::Ogg(Arc::new(link)));
            let parts = links.map(|link| Ok((link.clone(), link.open(bytes, monitor)?)));
            let (parts, errors): (Vec<_>, Vec<_>) = parts.partition(Result::is_ok);
            return match errors.into_iter().next() {
                Some(error) if parts.is_empty() => error.map(|part| vec![part]),
                _ => parts.into_iter().collect(),
            };
        }
        FileKind::Other(name) => return Err(Error::Unsupported(name)),
    };
    let track = source.open(bytes, monitor)?;
    Ok(vec![(source, track)])
}

fn open_mp3_parts(bytes: &ClipBytes, monitor: &ReadMonitor, start: u64) -> Result<Vec<(PartSource, AudioTrack)>> {
    let (mut parts, mut next) = (Vec::new(), Some(start));
    while let Some(position) = next.filter(|_| parts.len() < MAX_STREAMS) {
        let is_first = parts.is_empty();
        let (track, following) = open_mp3(bytes, monitor, position, is_first)?;
        parts.push((PartSource::Mp3 { position, is_first }, track));
        next = following.filter(|following| *following > position);
    }
    Ok(parts)
}

impl PartSource {
    /// Opens the part.
    pub(super) fn open(&self, bytes: &ClipBytes, monitor: &ReadMonitor) -> Result<AudioTrack> {
        match self {
            Self::Samples(format, start) => open_samples(*format, bytes, monitor, *start),
            Self::Flac(start) => open_flac(bytes, monitor, *start),
            Self::Mp4(start) => open_mp4(bytes, monitor, *start),
            Self::Caf(start) => open_caf(bytes, monitor, *start),
            Self::Ogg(link) => open_ogg(bytes, monitor, link),
            Self::Mp3 { position, is_first } => open_mp3(bytes, monitor, *position, *is_first).map(|(track, _)| track),
        }
    }
}

fn open_samples(format: SampleFileFormat, bytes: &ClipBytes, monitor: &ReadMonitor, start: u64) -> Result<AudioTrack> {
    let (file, window) = SampleFile::open(format, bytes.cursor(monitor), start)?;
    let decoder = packet_decoder::new_decoder(&file.parameters)?;
    Ok(AudioTrack {
        reader: Box::new(SampleReader::new(window, &file)),
        decoder,
        range: PlayableRange { start: 0, frames: file.frames() },
        rate: file.parameters.sample_rate.unwrap_or(0),
        channels: file.parameters.channels.as_ref().map_or(0, Channels::count),
        understated: file.understated_frames(),
        is_float: file.is_float(),
        parameters: file.parameters,
    })
}

fn open_flac(bytes: &ClipBytes, monitor: &ReadMonitor, start: u64) -> Result<AudioTrack> {
    let stream = FlacStream::open(bytes.cursor(monitor), start)?;
    let understated = stream.understated_frames();
    let mut reader = FlacPacketReader::open(bytes, monitor, stream)?;
    let range = PlayableRange { start: 0, frames: reader.frames() };
    let parameters = reader.parameters().clone();
    AudioTrack::decoded(Box::new(reader), parameters, range).map(|track| AudioTrack { understated, ..track })
}

fn open_ogg(bytes: &ClipBytes, monitor: &ReadMonitor, link: &OggLink) -> Result<AudioTrack> {
    let mut reader = OggReader::new(bytes.cursor(monitor), link.clone());
    let range = reader.playable_range();
    let (understated, parameters) = (reader.understated_frames(), link.parameters().clone());
    AudioTrack::decoded(Box::new(reader), parameters, range).map(|track| AudioTrack { understated, ..track })
}

fn open_mp4(bytes: &ClipBytes, monitor: &ReadMonitor, start: u64) -> Result<AudioTrack> {
    let Mp4Sound { parameters, packets, range, is_float } = Mp4Sound::open(&mut bytes.cursor(monitor), start)?;
    let mut window = FileWindow::new(bytes.cursor(monitor));
    check_aac(&parameters, &mut window, &packets)?;
    let reader = PacketTableReader::new(window, packets);
    AudioTrack::decoded(Box::new(reader), parameters, range).map(|track| AudioTrack { is_float, ..track })
}

fn open_caf(bytes: &ClipBytes, monitor: &ReadMonitor, start: u64) -> Result<AudioTrack> {
    let (CafSound { parameters, packets, range, is_float }, mut window) = CafSound::open(bytes.cursor(monitor), start)?;
    check_aac(&parameters, &mut window, &packets)?;
    let reader = PacketTableReader::new(window, packets);
    AudioTrack::decoded(Box::new(reader), parameters, range).map(|track| AudioTrack { is_float, ..track })
}

/// Refuses high-efficiency AAC that does not announce itself: without its upper half it would sound dull.
fn check_aac(parameters: &AudioCodecParameters, window: &mut FileWindow, packets: &[TablePacket]) -> Result<()> {
    /// High-efficiency AAC states half of its rate, which is at most 48 kHz.
    const MAX_CORE_RATE: u32 = 24_000;
    let may_be = parameters.codec == CODEC_ID_AAC && parameters.sample_rate.is_some_and(|rate| rate <= MAX_CORE_RATE);
    if may_be && band_replication::has_band_replication(window, packets) { Err(COMPLEX_AAC) } else { Ok(()) }
}

/// Opens an MP3 stream, and returns the position of another one that follows it.
fn open_mp3(
    bytes: &ClipBytes,
    monitor: &ReadMonitor,
    position: u64,
    is_first: bool,
) -> Result<(AudioTrack, Option<u64>)> {
    let open = if is_first { Mp3Reader::open } else { Mp3Reader::open_next };
    let mut reader = open(bytes.cursor(monitor), position).ok_or(Error::DecodeError(UNKNOWN_FORMAT))?;
    let (rate, channels) = (reader.rate(), reader.channels());
    let range = reader.playable_range();
    let (understated, next) = (reader.understated_frames(range), reader.next_stream());
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(CODEC_ID_MP3).with_sample_rate(rate);
    let track = AudioTrack::decoded(Box::new(reader), parameters, range)?;
    Ok((AudioTrack { channels, understated, ..track }, next))
}

impl AudioTrack {
    /// Creates a track whose rate and channels are known to its decoder.
    fn decoded(reader: Box<dyn PacketReader>, parameters: AudioCodecParameters, range: PlayableRange) -> Result<Self> {
        let decoder = packet_decoder::new_decoder(&parameters)?;
        let known = decoder.codec_params();
        let rate = known.sample_rate.or(parameters.sample_rate).unwrap_or(0);
        let channels = known.channels.as_ref().or(parameters.channels.as_ref()).map_or(0, Channels::count);
        Ok(Self { reader, parameters, decoder, range, rate, channels, understated: None, is_float: false })
    }
}
