//! WAV, AIFF, FLAC, Ogg and MP4: the containers that symphonia takes apart.

use std::ops::Range;
use std::sync::atomic::Ordering;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::errors::{Error, Result};
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, Track};
use symphonia::core::io::ReadBytes;
use symphonia::core::units::{Duration, TimeBase, Timestamp};
use symphonia::default::formats::{AiffReader, FlacReader, IsoMp4Reader, OggReader, WavReader};

use super::clip_bytes::{ByteCursor, ClipBytes, Trouble};
use super::edit_list::{self, Edits};
use super::ogg_pages;
use super::packet_reader::{Extent, Next, Packet, Packets};
use super::panic_guard::guarded;

/// How long the pages of an Ogg file can be, in seconds: 255 packets of 120 ms. Its last page has no exact place in time of its
/// own, so a seek aims for a page before it.
const LONGEST_PAGE: u64 = 31;
/// A packet in a row that can't be had, after which the rest is given up.
const MOST_LOST: u32 = 1000;

/// A container by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Wav,
    Aiff,
    Flac,
    Ogg,
    Mp4,
}

impl Kind {
    /// `None` where the bytes begin none of them.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let form = bytes.get(8..12);
        match bytes.get(..4)? {
            b"RIFF" if form == Some(b"WAVE") => Some(Self::Wav),
            b"FORM" if form == Some(b"AIFF") || form == Some(b"AIFC") => Some(Self::Aiff),
            b"fLaC" => Some(Self::Flac),
            b"OggS" => Some(Self::Ogg),
            _ if bytes.get(4..8) == Some(b"ftyp") => Some(Self::Mp4),
            _ => None,
        }
    }

    /// Opens a reader from the byte `start` on, as if the bytes within `gap` weren't there.
    fn reader(self, source: &Source, gap: Range<u64>) -> Result<Box<dyn FormatReader>> {
        guarded(|| self.unguarded_reader(source, gap)).unwrap_or(Err(Error::DecodeError("damaged")))
    }

    fn unguarded_reader(self, source: &Source, gap: Range<u64>) -> Result<Box<dyn FormatReader>> {
        let cursor = source.cursor().without(gap);
        let seekable = cursor.seekable();
        let options = FormatOptions::default();
        let mut stream = cursor.into_stream(source.start);
        Ok(match self {
            Self::Wav => Box::new(WavReader::try_new(stream, options)?),
            Self::Aiff => Box::new(AiffReader::try_new(stream, options).or_else(|error| match error {
                Error::IoError(_) => aiff_cut_short(source),
                _ => Err(error),
            })?),
            Self::Flac => Box::new(FlacReader::try_new(stream, options)?),
            Self::Ogg => Box::new(OggReader::try_new(stream, options)?),
            Self::Mp4 => {
                // It steps back over the four bytes that a prober would have read.
                stream.read_quad_bytes()?;
                // Nor does it read sound that should go on behind the end, unless it can't look where that is.
                seekable.store(!edit_list::is_cut_short(&mut source.cursor()), Ordering::Relaxed);
                let reader = IsoMp4Reader::try_new(stream, options);
                seekable.store(true, Ordering::Relaxed);
                Box::new(reader?)
            }
        })
    }
}

/// The reader of AIFF looks for what follows the sound, and gives up where the file ends before. One that can't go back doesn't look.
fn aiff_cut_short(source: &Source) -> Result<AiffReader<'static>> {
    let cursor = source.cursor();
    let seekable = cursor.seekable();
    seekable.store(false, Ordering::Relaxed);
    let reader = AiffReader::try_new(cursor.into_stream(source.start), FormatOptions::default());
    seekable.store(true, Ordering::Relaxed);
    reader
}

/// Where a container is: in a clip's bytes from `start` on.
struct Source {
    bytes: ClipBytes,
    trouble: Trouble,
    start: u64,
}

impl Source {
    fn cursor(&self) -> ByteCursor {
        self.bytes.cursor(&self.trouble)
    }
}

/// The packets of the first sound track of a container.
pub(super) struct ContainerPackets {
    kind: Kind,
    source: Source,
    /// Damage that the reader would stumble over at once.
    gap: Range<u64>,
    reader: Option<Box<dyn FormatReader>>,
    track: u32,
    pub(super) parameters: AudioCodecParameters,
    time: TimeBase,
    /// Of the decoded samples.
    rate: u32,
    /// Packets start on multiples of so many frames; 1 where their time says exactly when they start.
    grid: u64,
    lost: u32,
}

impl ContainerPackets {
    /// From the byte `start` on.
    pub(super) fn open(kind: Kind, bytes: &ClipBytes, trouble: &Trouble, start: u64) -> Result<Self> {
        let source = Source { bytes: bytes.clone(), trouble: trouble.clone(), start };
        let (reader, gap) = match kind.reader(&source, 0..0) {
            Ok(reader) => (reader, 0..0),
            Err(error) if kind == Kind::Ogg => {
                let gap = ogg_pages::first_damage(&mut source.cursor(), start).ok_or(error)?;
                (kind.reader(&source, gap.clone())?, gap)
            }
            Err(error) => return Err(error),
        };
        let (track, parameters) = sound(&*reader).ok_or(Error::Unsupported("no sound track"))?;
        let rate = parameters.sample_rate.unwrap_or(0);
        let time = track.time_base.or(TimeBase::try_from_recip(rate)).ok_or(Error::Unsupported("no sample rate"))?;
        let (track, parameters) = (track.id, parameters.clone());
        let reader = Some(reader);
        Ok(Self { kind, source, gap, reader, track, parameters, time, rate, grid: 1, lost: 0 })
    }

    /// Takes the rate of the decoded samples, where the decoder knows better than the container.
    pub(super) fn set_rate(&mut self, rate: u32) {
        self.rate = rate;
        let ticks = u64::from(self.time.denom.get());
        let exact = self.time.numer.get() == 1 && ticks.is_multiple_of(u64::from(rate.max(1)));
        if !exact {
            self.grid = self.parameters.max_frames_per_packet.filter(|frames| *frames > 0).unwrap_or(1024);
        }
    }

    /// The frames that are meant to be heard. Walks through the whole file where no header says how many there are.
    pub(super) fn extent(&mut self) -> Extent {
        match self.kind {
            Kind::Mp4 => self.edited(),
            _ => self.written(),
        }
    }

    fn track(&self) -> Option<&Track> {
        self.reader.as_ref()?.tracks().iter().find(|track| track.id == self.track)
    }

    fn written(&mut self) -> Extent {
        let track = self.track();
        // Where the beginning is damaged, what is left begins later, and not the clip.
        let first = track.filter(|_| self.gap.is_empty()).map_or(0, |track| track.start_ts.get().max(0));
        let end = track.and_then(|track| track.num_frames).filter(|frames| *frames > 0);
        let skipped = match track.and_then(|track| track.delay) {
            Some(delay) if self.parameters.codec == CODEC_ID_OPUS => i64::from(delay),
            _ => 0,
        };
        let start = first.saturating_add(skipped);
        let end = end.map_or_else(|| self.counted(), |end| i64::try_from(end).unwrap_or(i64::MAX));
        Extent { start, frames: u64::try_from(end.saturating_sub(start)).unwrap_or(0) }
    }

    fn edited(&mut self) -> Extent {
        let ticks = self.track().and_then(|track| track.duration).map_or(0, Duration::get);
        let edits = Edits::read(&mut self.source.cursor(), self.track);
        let (start, ticks) = edits.apply(ticks);
        let start = self.frames(i64::try_from(start).unwrap_or(i64::MAX));
        let frames = self.frames(i64::try_from(ticks).unwrap_or(i64::MAX)).cast_unsigned();
        if frames == 0 {
            let end = self.count();
            return Extent { start, frames: u64::try_from(end.saturating_sub(start)).unwrap_or(0) };
        }
        Extent { start, frames }
    }

    /// Where the last packet ends, what an encoder added behind it left out.
    fn counted(&mut self) -> i64 {
        let counted = self.count();
        let told =
            (self.kind == Kind::Ogg).then(|| ogg_pages::last_granule(&mut self.source.cursor(), self.source.start));
        told.flatten().map_or(counted, |told| counted.min(told))
    }

    /// Where the last packet ends.
    fn count(&mut self) -> i64 {
        let mut end = 0;
        loop {
            match self.next() {
                Next::Packet(packet) => end = end.max(packet.end()),
                Next::Lost => {}
                Next::End { .. } => break,
            }
        }
        self.reopen();
        end
    }

    fn reopen(&mut self) {
        self.lost = 0;
        self.reader = self.kind.reader(&self.source, self.gap.clone()).ok();
    }

    /// Ticks of the container's clock as frames.
    fn frames(&self, ticks: i64) -> i64 {
        let (numerator, denominator) = (i128::from(self.time.numer.get()), i128::from(self.time.denom.get()));
        let scaled = i128::from(ticks) * numerator * i128::from(self.rate);
        i64::try_from((scaled + denominator / 2).div_euclid(denominator)).unwrap_or(i64::MAX)
    }

    fn ticks(&self, frame: i64) -> Option<i64> {
        let (numerator, denominator) = (i128::from(self.time.numer.get()), i128::from(self.time.denom.get()));
        let scaled = i128::from(frame) * denominator;
        i64::try_from(scaled.checked_div(numerator * i128::from(self.rate))?).ok()
    }

    fn place(&self, ticks: i64) -> i64 {
        let frame = self.frames(ticks);
        let grid = self.grid.cast_signed();
        frame.saturating_add(grid / 2).div_euclid(grid).saturating_mul(grid)
    }

    fn try_seek(&mut self, frame: i64) -> bool {
        let margin = if self.kind == Kind::Ogg { LONGEST_PAGE * u64::from(self.rate) } else { self.grid };
        let wanted = frame.saturating_sub_unsigned(margin);
        if wanted <= 0 {
            return false;
        }
        let Some(ticks) = self.ticks(wanted) else { return false };
        let to = SeekTo::Timestamp { ts: Timestamp::new(ticks), track_id: self.track };
        let Some(reader) = &mut self.reader else { return false };
        let sought = guarded(|| reader.seek(SeekMode::Accurate, to));
        sought.is_some_and(|sought| sought.is_ok_and(|found| found.actual_ts.get() <= ticks))
    }
}

impl Packets for ContainerPackets {
    fn next(&mut self) -> Next {
        loop {
            let Some(reader) = &mut self.reader else { return Next::End { torn: true } };
            let Some(next) = guarded(|| reader.next_packet()) else {
                self.reader = None;
                return Next::End { torn: true };
            };
            match next {
                Ok(Some(packet)) if packet.track_id == self.track => {
                    self.lost = 0;
                    self.source.trouble.found_sound();
                    let frames = self.frames(i64::try_from(packet.block_dur().get()).unwrap_or(i64::MAX));
                    let start = self.place(packet.pts.get());
                    return Next::Packet(Packet { start, frames: frames.cast_unsigned(), data: packet.data });
                }
                Ok(Some(_)) => {}
                Ok(None) => return Next::End { torn: false },
                Err(Error::DecodeError(_)) if self.lost < MOST_LOST => {
                    self.lost += 1;
                    return Next::Lost;
                }
                Err(Error::ResetRequired) => {
                    // Another stream, chained behind the first, which is all that a clip is.
                    self.reader = None;
                    return Next::End { torn: false };
                }
                Err(_) => return Next::End { torn: true },
            }
        }
    }

    fn seek(&mut self, frame: i64) {
        // An MP4 reader that has met its end yields nothing more after a seek.
        if self.kind == Kind::Mp4 || !self.try_seek(frame) {
            self.reopen();
            if self.kind == Kind::Mp4 {
                let sought = self.try_seek(frame);
                if !sought && frame > 0 {
                    self.reopen();
                }
            }
        }
    }
}

fn sound(reader: &dyn FormatReader) -> Option<(&Track, &AudioCodecParameters)> {
    reader.tracks().iter().find_map(|track| match &track.codec_params {
        Some(CodecParameters::Audio(parameters)) => Some((track, parameters)),
        _ => None,
    })
}
