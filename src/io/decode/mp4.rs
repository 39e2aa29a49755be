//! MP4 and MOV: the samples of the first decodable audio track, according to ISO/IEC 14496-12 and Apple's description of MOV.
//!
//! Samples are concatenated. The times in the file only show where one is missing, because those of phones jitter from sample to sample.

mod boxes;
mod edit_list;
mod fragments;
mod sample_entry;
mod sample_table;

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::{Error, Result};

use super::byte_cursor::ByteCursor;
use super::limits::MAX_PACKETS;
use super::packet_decoder;
use super::packet_reader::PlayableRange;
use super::packet_table::TablePacket;
use super::sample_codec::SampleCodec;
use boxes::{Mp4Box, boxes, find, find_path, inner_boxes, time_scale};
use edit_list::EditList;
pub(super) use sample_entry::elementary_stream;
use sample_table::{Sample, SampleTable};

/// The maximum number of samples, which are packets.
const MAX_SAMPLES: usize = MAX_PACKETS;

/// The audio of an MP4 file.
pub(super) struct Mp4Sound {
    pub(super) parameters: AudioCodecParameters,
    pub(super) packets: Vec<TablePacket>,
    pub(super) range: PlayableRange,
    pub(super) is_float: bool,
}

impl Mp4Sound {
    /// Reads the sample tables of the file that starts at the byte `start`.
    pub(super) fn open(cursor: &mut ByteCursor, start: u64) -> Result<Self> {
        let length = cursor.length();
        let top = boxes(cursor, start, length);
        let movie = top.iter().find(|found| found.name == *b"moov" && found.end > found.start);
        let movie = *movie.ok_or(Error::Unsupported("missing moov"))?;
        let mut first_error = None;
        for track in inner_boxes(cursor, movie).into_iter().filter(|inner| inner.name == *b"trak") {
            match Self::open_track(cursor, movie, track, &top) {
                Ok(Some(sound)) => return Ok(sound),
                Ok(None) => {}
                Err(error) => drop(first_error.get_or_insert(error)),
            }
        }
        Err(first_error.unwrap_or(Error::Unsupported("it contains no sound")))
    }

    /// Returns `None` if the track is not audio.
    fn open_track(cursor: &mut ByteCursor, movie: Mp4Box, track: Mp4Box, top: &[Mp4Box]) -> Result<Option<Self>> {
        let Some(table) = find_path(cursor, track, &[*b"mdia", *b"minf", *b"stbl"]) else { return Ok(None) };
        let Some(description) =
            find(cursor, table, *b"stsd").and_then(|stsd| sample_entry::read_sample_entry(cursor, stsd))
        else {
            return Ok(None);
        };
        if !is_sound(cursor, track) {
            return Ok(None);
        }
        let codec = description.codec()?;
        let decoder = packet_decoder::new_decoder(&codec.parameters)?;
        let rate = decoder.codec_params().sample_rate.or(codec.parameters.sample_rate).unwrap_or(0);
        let header = find_path(cursor, track, &[*b"mdia", *b"mdhd"]);
        let clock = Clock { ticks: header.map_or(0, |header| time_scale(cursor, header)).max(1), rate: rate.into() };
        let mut samples = SampleTable::read(cursor, table, &codec);
        let edits = EditList::read(cursor, movie, track);
        let movie_count = samples.samples.len();
        fragments::append(cursor, movie, track, top, &codec, &mut samples);
        let edits = if samples.samples.len() > movie_count { edits.without_end() } else { edits };
        let (packets, total) = lay_out(&samples, &codec, clock);
        let range = playable_range(edits, clock, total);
        let is_float = codec.frame_bytes > 0 && description.is_float;
        Ok(Some(Self { parameters: codec.parameters, packets, range, is_float }))
    }
}

/// Returns whether the handler of a track is that of audio.
fn is_sound(cursor: &mut ByteCursor, track: Mp4Box) -> bool {
    let handler = find_path(cursor, track, &[*b"mdia", *b"hdlr"]);
    handler.and_then(|handler| boxes::read::<4>(cursor, handler, 8)).is_none_or(|kind| kind == *b"soun")
}

/// The ticks of a track per second, and its frames per second.
#[derive(Clone, Copy)]
struct Clock {
    ticks: u64,
    rate: u64,
}

impl Clock {
    fn frames(self, ticks: u64) -> u64 {
        let scaled = u128::from(ticks) * u128::from(self.rate) + u128::from(self.ticks) / 2;
        u64::try_from(scaled / u128::from(self.ticks)).unwrap_or(u64::MAX)
    }
}

/// Concatenates the samples, and returns them with their total length, in ticks.
fn lay_out(samples: &SampleTable, codec: &SampleCodec, clock: Clock) -> (Vec<TablePacket>, TrackLength) {
    let mut packets = Vec::with_capacity(samples.samples.len());
    let (mut start, mut ticks) = (0_u64, 0_u64);
    for &Sample { offset, size, duration } in &samples.samples {
        let stated = clock.frames(duration.into());
        let frames = match (codec.packet_frames, codec.frame_bytes) {
            (_, bytes @ 1..) => u64::from(size / bytes),
            (0, _) => stated,
            (frames, _) => frames.into(),
        };
        packets.push(TablePacket { offset, size, frames: u32::try_from(frames).unwrap_or(u32::MAX), start });
        ticks = ticks.saturating_add(duration.into());
        // A time difference of more than two packets means that something is missing.
        let has_gap = frames > 0 && stated > 2 * frames;
        start = start.saturating_add(if has_gap { stated } else { frames });
    }
    let end = packets.last().map_or(0, TablePacket::end);
    let last = packets.last().map_or(0, |packet| packet.frames.into());
    (packets, TrackLength { frames: end, ticks, last_packet: last })
}

/// The length of all samples.
#[derive(Clone, Copy)]
struct TrackLength {
    frames: u64,
    ticks: u64,
    /// The number of frames in the last packet.
    last_packet: u64,
}

/// Returns the valid frames.
fn playable_range(edits: EditList, clock: Clock, total: TrackLength) -> PlayableRange {
    let (start, length) = edits.apply(total.ticks);
    let start_frame = clock.frames(start);
    let by_times = clock.frames(start.saturating_add(length));
    // The times may end within the last packet, where an encoder's padding starts; if they are farther off, they are inexact.
    let is_whole = start.saturating_add(length) == total.ticks;
    let is_exact = by_times.abs_diff(total.frames) < total.last_packet.max(1);
    let end = if is_whole && !is_exact { total.frames } else { by_times };
    let start = i64::try_from(start_frame).unwrap_or(i64::MAX);
    PlayableRange { start, frames: end.saturating_sub(start_frame) }
}
