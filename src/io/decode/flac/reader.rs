//! Reads the frames of a FLAC stream as packets.

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::{Error, Result};
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo};
use symphonia::core::units::Timestamp;
use symphonia::default::formats::FlacReader;

use super::super::byte_cursor::ByteCursor;
use super::super::clip_bytes::ClipBytes;
use super::super::packet_reader::{AudioPacket, MAX_CORRUPT_PACKETS, NextPacket, PacketReader};
use super::super::read_monitor::ReadMonitor;
use super::FlacStream;
use crate::io::panic_guard::catch_panic;

/// Reads the frames of a stream.
pub(in super::super) struct FlacPacketReader {
    bytes: ClipBytes,
    monitor: ReadMonitor,
    stream: FlacStream,
    /// `None` once nothing more can be read.
    reader: Option<FlacReader<'static>>,
    parameters: AudioCodecParameters,
    corrupt_packets: u32,
}

impl FlacPacketReader {
    pub(in super::super) fn open(bytes: &ClipBytes, monitor: &ReadMonitor, stream: FlacStream) -> Result<Self> {
        let reader = open(&stream, bytes.cursor(monitor))?;
        let parameters = reader.tracks().first().and_then(|track| match &track.codec_params {
            Some(CodecParameters::Audio(parameters)) => Some(parameters.clone()),
            _ => None,
        });
        let parameters = parameters.ok_or(Error::Unsupported("no audio track"))?;
        let (bytes, monitor) = (bytes.clone(), monitor.clone());
        Ok(Self { bytes, monitor, stream, reader: Some(reader), parameters, corrupt_packets: 0 })
    }

    /// Returns the parameters for a decoder.
    pub(in super::super) fn parameters(&self) -> &AudioCodecParameters {
        &self.parameters
    }

    /// Returns the number of frames. Reads the whole file if neither its header nor its last frame states it.
    pub(in super::super) fn frames(&mut self) -> u64 {
        if let Some(frames) = self.stream.frames() {
            return frames;
        }
        let mut end = 0;
        loop {
            match self.next_packet() {
                NextPacket::Packet(packet) => end = end.max(packet.end()),
                NextPacket::Corrupt => {}
                NextPacket::End { .. } => break,
            }
        }
        self.reopen();
        u64::try_from(end).unwrap_or(0)
    }

    fn reopen(&mut self) {
        self.corrupt_packets = 0;
        self.reader = open(&self.stream, self.bytes.cursor(&self.monitor)).ok();
    }

    fn try_seek(&mut self, frame: i64) -> bool {
        // Symphonia keeps what it has read ahead when it seeks to the first packet.
        let is_later = frame >= self.stream.first_packet.into();
        let Some(reader) = self.reader.as_mut().filter(|_| is_later) else { return false };
        let position = frame.saturating_add_unsigned(self.stream.origin);
        let to = SeekTo::Timestamp { ts: Timestamp::new(position), track_id: 0 };
        let result = catch_panic(|| reader.seek(SeekMode::Accurate, to));
        result.is_some_and(|result| result.is_ok_and(|found| found.actual_ts.get() <= position))
    }
}

fn open(stream: &FlacStream, cursor: ByteCursor) -> Result<FlacReader<'static>> {
    let cursor = cursor.with_head(&stream.head, stream.sound.clone());
    let open = || FlacReader::try_new(cursor.into_stream(0), FormatOptions::default());
    catch_panic(open).unwrap_or(Err(Error::DecodeError("damaged")))
}

impl PacketReader for FlacPacketReader {
    fn next_packet(&mut self) -> NextPacket {
        let Some(reader) = &mut self.reader else { return NextPacket::End { is_truncated: true } };
        let Some(next) = catch_panic(|| reader.next_packet()) else {
            self.reader = None;
            return NextPacket::End { is_truncated: true };
        };
        match next {
            Ok(Some(packet)) => {
                self.corrupt_packets = 0;
                self.monitor.audio_found();
                let start = packet.pts.get().saturating_sub_unsigned(self.stream.origin);
                let frames = packet.block_dur().get();
                NextPacket::Packet(AudioPacket { start, frames, data: packet.data })
            }
            Ok(None) => NextPacket::End { is_truncated: false },
            Err(Error::DecodeError(_)) if self.corrupt_packets < MAX_CORRUPT_PACKETS => {
                self.corrupt_packets += 1;
                NextPacket::Corrupt
            }
            Err(_) => NextPacket::End { is_truncated: true },
        }
    }

    fn seek(&mut self, frame: i64) {
        if !self.try_seek(frame) {
            self.reopen();
        }
    }
}
