//! Finds the streams of an Ogg file and their pages.

use std::ops::Range;

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::{Error, Result};

use super::super::byte_cursor::ByteCursor;
use super::super::file_window::FileWindow;
use super::codec::{OggCodec, StreamHeaders};
use super::page::{OggPage, PageHeader};

/// The maximum number of chained streams.
const MAX_LINKS: usize = 256;
/// The maximum number of multiplexed streams.
const MAX_STREAMS: usize = 64;
/// The maximum size of a stream's headers in bytes.
const MAX_HEADER_SIZE: usize = 4 * 1024 * 1024;
/// The maximum plausible time between the ends of two pages, in seconds.
const MAX_PAGE_SECONDS: i64 = 60;

/// An audio stream among the chained ones.
#[derive(Clone)]
pub(in super::super) struct OggLink {
    pub(super) headers: StreamHeaders,
    pub(super) serial: u32,
    /// The bytes from the first page of the link to that of the next one.
    pub(super) range: Range<u64>,
    /// The granule position of the end, from the last page that has one.
    pub(super) end: Option<i64>,
    /// Whether the pages agree on that end.
    pub(super) is_end_certain: bool,
    /// Whether the end of the stream is marked.
    pub(super) is_ended: bool,
}

impl OggLink {
    /// Returns the parameters for a decoder.
    pub(in super::super) fn parameters(&self) -> &AudioCodecParameters {
        &self.headers.parameters
    }
}

/// The state of a link during the scan.
struct LinkScan {
    start: u64,
    /// The serial numbers of the streams, with the first packet of each.
    streams: Vec<(u32, Vec<u8>)>,
    last_granule: Option<i64>,
    is_end_stated: bool,
    is_regular: bool,
    is_ended: bool,
}

impl LinkScan {
    fn new(start: u64) -> Self {
        Self { start, streams: Vec::new(), last_granule: None, is_end_stated: false, is_regular: true, is_ended: false }
    }

    /// Returns the stream to play: the first with audio.
    fn audio(&self) -> Option<(u32, &[u8], OggCodec)> {
        let streams =
            || self.streams.iter().map(|(serial, first)| (*serial, first.as_slice(), OggCodec::detect(first)));
        let is_playable = |codec| matches!(codec, OggCodec::Vorbis | OggCodec::Opus | OggCodec::Flac);
        streams()
            .find(|(_, _, codec)| is_playable(*codec))
            .or_else(|| streams().find(|(_, _, codec)| matches!(codec, OggCodec::Unsupported(_))))
    }

    /// Adds a page of the stream to play.
    fn add(&mut self, header: &PageHeader, rate: u32) {
        self.is_ended |= header.is_last();
        if !header.ends_packet() {
            return;
        }
        self.is_end_stated = header.granule.is_some();
        let Some(granule) = header.granule else { return };
        let last = self.last_granule.unwrap_or(0);
        let longest = MAX_PAGE_SECONDS * i64::from(rate);
        if granule < last || (self.last_granule.is_some() && granule - last > longest) {
            self.is_regular = false;
        } else {
            self.last_granule = Some(granule);
        }
    }

    fn finish(self, window: &mut FileWindow, end: u64) -> Option<Result<OggLink>> {
        let (serial, first, codec) = self.audio()?;
        let range = self.start..end;
        let headers =
            read_setup(window, serial, codec, &range).and_then(|setup| StreamHeaders::read(codec, first, &setup));
        Some(headers.map(|headers| OggLink {
            headers,
            serial,
            range,
            end: self.last_granule,
            is_end_certain: self.is_regular && self.is_end_stated,
            is_ended: self.is_ended,
        }))
    }
}

/// Finds the chained audio streams from the byte `start` on.
///
/// # Errors
/// If none can be decoded.
pub(in super::super) fn find_links(cursor: ByteCursor, start: u64) -> Result<Vec<OggLink>> {
    let mut window = FileWindow::new(cursor);
    let size = window.file_size();
    let (mut links, mut error) = (Vec::new(), None);
    let mut scan = LinkScan::new(start);
    let mut add = |scan: LinkScan, window: &mut FileWindow, end| match scan.finish(window, end) {
        Some(Ok(link)) => links.push(link),
        Some(Err(problem)) => drop(error.get_or_insert(problem)),
        None => {}
    };
    let (mut position, mut is_in_head, mut count) = (start, true, 0);
    while position < size && count < MAX_LINKS {
        let Some(header) = next_page(&mut window, position, size) else { break };
        position = header.end();
        if position > size {
            break;
        }
        window.audio_found();
        if header.is_first() {
            let Some(page) = header.read(&mut window) else { continue };
            if !is_in_head {
                let next = LinkScan::new(header.position);
                add(std::mem::replace(&mut scan, next), &mut window, header.position);
                (is_in_head, count) = (true, count + 1);
            }
            let first = page.pieces().next().map(|(piece, _)| piece.to_vec()).unwrap_or_default();
            if scan.streams.len() < MAX_STREAMS {
                scan.streams.push((header.serial, first));
            }
            continue;
        }
        is_in_head = false;
        if let Some((_, first, codec)) = scan.audio().filter(|(serial, ..)| *serial == header.serial) {
            let rate = rate(codec, first);
            scan.add(&header, rate);
        }
    }
    add(scan, &mut window, size);
    if links.is_empty() { Err(error.unwrap_or(Error::Unsupported("it contains no sound"))) } else { Ok(links) }
}

/// Returns the sample rate from the first packet.
fn rate(codec: OggCodec, first: &[u8]) -> u32 {
    match (codec, first.get(12..16)) {
        (OggCodec::Vorbis, Some(&[a, b, c, d])) => u32::from_le_bytes([a, b, c, d]).clamp(1, 1 << 20),
        _ => 192_000,
    }
}

/// Returns the header of the page at a position, or of the next intact page after damage.
fn next_page(window: &mut FileWindow, position: u64, end: u64) -> Option<PageHeader> {
    PageHeader::at(window, position).or_else(|| OggPage::find(window, position + 1, end).map(|page| page.header))
}

/// Returns the header of a stream that its decoder needs besides the first one; empty for most codecs.
fn read_setup(window: &mut FileWindow, serial: u32, codec: OggCodec, range: &Range<u64>) -> Result<Vec<u8>> {
    if codec != OggCodec::Vorbis {
        return Ok(Vec::new());
    }
    let (mut packet, mut position) = (Vec::new(), range.start);
    while position < range.end {
        let Some(page) = OggPage::at(window, position).or_else(|| OggPage::find(window, position + 1, range.end))
        else {
            break;
        };
        position = page.header.end();
        if page.header.serial != serial {
            continue;
        }
        if !page.header.is_continued() {
            packet.clear();
        }
        for (piece, is_end) in page.pieces() {
            packet.extend_from_slice(piece);
            if is_end && codec.needs(&packet) {
                return Ok(packet);
            }
            let is_audio = is_end && !codec.is_header(&packet) && !packet.is_empty();
            if is_audio || packet.len() > MAX_HEADER_SIZE {
                return Err(Error::DecodeError("its headers are damaged"));
            }
            if is_end {
                packet.clear();
            }
        }
    }
    Err(Error::IoError(std::io::ErrorKind::UnexpectedEof.into()))
}
