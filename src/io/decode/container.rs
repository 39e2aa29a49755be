//! MP4.

use std::sync::atomic::Ordering;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::{Error, Result};
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, Track};
use symphonia::core::io::ReadBytes;
use symphonia::core::units::{Duration, TimeBase, Timestamp};
use symphonia::default::formats::IsoMp4Reader;

use super::byte_cursor::ByteCursor;
use super::clip_bytes::ClipBytes;
use super::edit_list::{self, EditList};
use super::packet_reader::{AudioPacket, MAX_CORRUPT_PACKETS, NextPacket, PacketReader, PlayableRange};
use super::read_monitor::ReadMonitor;
use crate::io::panic_guard::catch_panic;

/// The packet length that is assumed if a container states none, in frames.
const DEFAULT_PACKET_FRAMES: u64 = 1024;

/// Opens a symphonia reader.
fn open(source: &ContainerSource) -> Result<Box<dyn FormatReader>> {
    catch_panic(|| open_unguarded(source)).unwrap_or(Err(Error::DecodeError("damaged")))
}

fn open_unguarded(source: &ContainerSource) -> Result<Box<dyn FormatReader>> {
    let cursor = source.cursor();
    let is_seekable = cursor.is_seekable_flag();
    let mut stream = cursor.into_stream(source.start);
    // The reader steps back over the four bytes that symphonia's probe would have read.
    stream.read_quad_bytes()?;
    // The reader rejects a file that ends within the audio, unless it can't seek to find out.
    is_seekable.store(!edit_list::is_truncated(&mut source.cursor()), Ordering::Relaxed);
    let reader = IsoMp4Reader::try_new(stream, FormatOptions::default());
    is_seekable.store(true, Ordering::Relaxed);
    Ok(Box::new(reader?))
}

/// The bytes of a container: those of a clip from `start` on.
struct ContainerSource {
    bytes: ClipBytes,
    monitor: ReadMonitor,
    start: u64,
}

impl ContainerSource {
    fn cursor(&self) -> ByteCursor {
        self.bytes.cursor(&self.monitor)
    }
}

/// Reads the packets of the first audio track of a container.
pub(super) struct ContainerReader {
    source: ContainerSource,
    /// `None` once nothing more can be read.
    reader: Option<Box<dyn FormatReader>>,
    track_id: u32,
    parameters: AudioCodecParameters,
    time_base: TimeBase,
    /// The sample rate of the decoded audio in hertz.
    rate: u32,
    /// The start of each packet is a multiple of this number of frames; 1 if the time base is exact.
    packet_grid: u64,
    corrupt_packets: u32,
}

impl ContainerReader {
    /// Opens the container that begins at the byte `start`.
    pub(super) fn open(bytes: &ClipBytes, monitor: &ReadMonitor, start: u64) -> Result<Self> {
        let source = ContainerSource { bytes: bytes.clone(), monitor: monitor.clone(), start };
        let reader = open(&source)?;
        let (track, parameters) = audio_track(&*reader).ok_or(Error::Unsupported("no audio track"))?;
        let rate = parameters.sample_rate.unwrap_or(0);
        let time_base =
            track.time_base.or(TimeBase::try_from_recip(rate)).ok_or(Error::Unsupported("no sample rate"))?;
        let (track_id, parameters) = (track.id, parameters.clone());
        let reader = Some(reader);
        Ok(Self {
            source,
            reader,
            track_id,
            parameters,
            time_base,
            rate,
            packet_grid: 1,
            corrupt_packets: 0,
        })
    }

    /// The parameters for a decoder.
    pub(super) fn parameters(&self) -> &AudioCodecParameters {
        &self.parameters
    }

    /// Sets the sample rate of the decoded audio, which a decoder may know better than the container.
    pub(super) fn set_rate(&mut self, rate: u32) {
        self.rate = rate;
        let ticks_per_second = u64::from(self.time_base.denom.get());
        let is_exact = self.time_base.numer.get() == 1 && ticks_per_second.is_multiple_of(u64::from(rate.max(1)));
        if !is_exact {
            let packet_frames = self.parameters.max_frames_per_packet.filter(|frames| *frames > 0);
            self.packet_grid = packet_frames.unwrap_or(DEFAULT_PACKET_FRAMES);
        }
    }

    fn track(&self) -> Option<&Track> {
        self.reader.as_ref()?.tracks().iter().find(|track| track.id == self.track_id)
    }

    /// Returns the frames that are meant to be heard. Reads the whole file if no header states its length.
    pub(super) fn playable_range(&mut self) -> PlayableRange {
        let track_ticks = self.track().and_then(|track| track.duration).map_or(0, Duration::get);
        let edits = EditList::read(&mut self.source.cursor(), self.track_id);
        let (start, length) = edits.apply(track_ticks);
        let start = self.frames(i64::try_from(start).unwrap_or(i64::MAX));
        let frames = self.frames(i64::try_from(length).unwrap_or(i64::MAX)).cast_unsigned();
        if frames == 0 {
            let end = self.last_packet_end();
            return PlayableRange { start, frames: u64::try_from(end.saturating_sub(start)).unwrap_or(0) };
        }
        PlayableRange { start, frames }
    }

    /// Reads the whole file for the end of the last packet.
    fn last_packet_end(&mut self) -> i64 {
        let mut end = 0;
        loop {
            match self.next_packet() {
                NextPacket::Packet(packet) => end = end.max(packet.end()),
                NextPacket::Corrupt => {}
                NextPacket::End { .. } => break,
            }
        }
        self.reopen();
        end
    }

    fn reopen(&mut self) {
        self.corrupt_packets = 0;
        self.reader = open(&self.source).ok();
    }

    /// Converts ticks of the time base to frames.
    fn frames(&self, ticks: i64) -> i64 {
        let numerator = i128::from(self.time_base.numer.get());
        let denominator = i128::from(self.time_base.denom.get());
        let scaled = i128::from(ticks) * numerator * i128::from(self.rate);
        i64::try_from((scaled + denominator / 2).div_euclid(denominator)).unwrap_or(i64::MAX)
    }

    /// Converts frames to ticks of the time base.
    fn ticks(&self, frame: i64) -> Option<i64> {
        let numerator = i128::from(self.time_base.numer.get());
        let scaled = i128::from(frame) * i128::from(self.time_base.denom.get());
        i64::try_from(scaled.checked_div(numerator * i128::from(self.rate))?).ok()
    }

    /// Converts a packet's timestamp to its first frame.
    fn packet_start(&self, ticks: i64) -> i64 {
        let frame = self.frames(ticks);
        let grid = self.packet_grid.cast_signed();
        frame.saturating_add(grid / 2).div_euclid(grid).saturating_mul(grid)
    }

    fn try_seek(&mut self, frame: i64) -> bool {
        let target = frame.saturating_sub_unsigned(self.packet_grid);
        if target <= 0 {
            return false;
        }
        let Some(ticks) = self.ticks(target) else { return false };
        let to = SeekTo::Timestamp { ts: Timestamp::new(ticks), track_id: self.track_id };
        let Some(reader) = &mut self.reader else { return false };
        let result = catch_panic(|| reader.seek(SeekMode::Accurate, to));
        result.is_some_and(|result| result.is_ok_and(|found| found.actual_ts.get() <= ticks))
    }
}

impl PacketReader for ContainerReader {
    fn next_packet(&mut self) -> NextPacket {
        loop {
            let Some(reader) = &mut self.reader else { return NextPacket::End { is_truncated: true } };
            let Some(next) = catch_panic(|| reader.next_packet()) else {
                self.reader = None;
                return NextPacket::End { is_truncated: true };
            };
            match next {
                Ok(Some(packet)) if packet.track_id == self.track_id => {
                    self.corrupt_packets = 0;
                    self.source.monitor.audio_found();
                    let frames = self.frames(i64::try_from(packet.block_dur().get()).unwrap_or(i64::MAX));
                    let start = self.packet_start(packet.pts.get());
                    return NextPacket::Packet(AudioPacket {
                        start,
                        frames: frames.cast_unsigned(),
                        data: packet.data,
                    });
                }
                Ok(Some(_)) => {}
                Ok(None) => return NextPacket::End { is_truncated: false },
                Err(Error::DecodeError(_)) if self.corrupt_packets < MAX_CORRUPT_PACKETS => {
                    self.corrupt_packets += 1;
                    return NextPacket::Corrupt;
                }
                Err(_) => return NextPacket::End { is_truncated: true },
            }
        }
    }

    fn seek(&mut self, frame: i64) {
        // An MP4 reader that has reached its end returns nothing after a seek.
        self.reopen();
        if !self.try_seek(frame) && frame > 0 {
            self.reopen();
        }
    }
}

fn audio_track(reader: &dyn FormatReader) -> Option<(&Track, &AudioCodecParameters)> {
    reader.tracks().iter().find_map(|track| match &track.codec_params {
        Some(CodecParameters::Audio(parameters)) => Some((track, parameters)),
        _ => None,
    })
}
