//! Finds the frames of an MP3 file one after another, and the gaps between them in a damaged file.

use super::super::byte_cursor::ByteCursor;
use super::super::file_window::FileWindow;
use super::super::tags::{self, TagAt};
use super::frame_header::FrameHeader;

/// The maximum number of bytes before the first frame.
const SEARCH_LIMIT: u64 = 1024 * 1024;
/// The number of bytes needed to recognise a tag.
const TAG_BYTES: usize = 16;
const HEADER_SIZE: u64 = 4;
/// The number of bytes after the last frame that are checked for zeros.
const TRAILER_SIZE: usize = 1024;

/// The element found at the scanner's position.
pub(super) enum ScanStep {
    Frame {
        position: u64,
        size: usize,
    },
    /// A tag, which is skipped.
    Tag,
    /// Bytes between two frames that are neither a frame nor a tag.
    Gap {
        from: u64,
        to: u64,
    },
    /// A frame of another stream, with another rate or number of channels. The scanner does not advance past it.
    OtherStream,
    End {
        is_truncated: bool,
    },
}

/// Scans a file for frames of one stream.
pub(super) struct FrameScanner {
    window: FileWindow,
    /// The header of the first frame, which all others must match.
    header: FrameHeader,
    position: u64,
}

impl FrameScanner {
    /// Finds the first frame from the byte `start` on.
    pub(super) fn open(cursor: ByteCursor, start: u64) -> Option<Self> {
        let mut window = FileWindow::new(cursor);
        (start..start.saturating_add(SEARCH_LIMIT).min(window.file_size()))
            .find_map(|position| {
                let header = header_at(&mut window, position)?;
                continues(&mut window, position, header).then_some((position, header))
            })
            .map(|(position, header)| Self { window, header, position })
    }

    /// Returns the header of the first frame.
    pub(super) fn header(&self) -> &FrameHeader {
        &self.header
    }

    /// Returns the bytes of the first frame, before any step.
    pub(super) fn first_frame(&mut self) -> &[u8] {
        self.window.at(self.position, self.header.size)
    }

    /// Advances past the first frame, before any step.
    pub(super) fn skip_first_frame(&mut self) {
        self.position += self.header.size as u64;
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn set_position(&mut self, position: u64) {
        self.position = position;
    }

    /// Returns the position after the audio, excluding tags at the end of the file.
    pub(super) fn sound_end(&mut self) -> u64 {
        tags::trailing_tags_start(&mut self.window)
    }

    /// Returns bytes of the file; fewer at its end.
    pub(super) fn bytes_at(&mut self, position: u64, count: usize) -> &[u8] {
        self.window.at(position, count)
    }

    /// Advances past the next frame, tag or gap.
    pub(super) fn step(&mut self) -> ScanStep {
        if self.window.file_size().saturating_sub(self.position) < HEADER_SIZE {
            return ScanStep::End { is_truncated: false };
        }
        if let Some(header) = self.matching_header_at(self.position) {
            let (position, end) = (self.position, self.position + header.size as u64);
            if end > self.window.file_size() {
                return ScanStep::End { is_truncated: true };
            }
            self.position = end;
            self.window.audio_found();
            return ScanStep::Frame { position, size: header.size };
        }
        if self.is_other_stream_at(self.position) {
            return ScanStep::OtherStream;
        }
        match tags::tag_at(self.window.at(self.position, TAG_BYTES)) {
            TagAt::Leading { size } => {
                self.position += size;
                ScanStep::Tag
            }
            TagAt::Trailing => ScanStep::End { is_truncated: false },
            TagAt::None => self.resynchronise(),
        }
    }

    /// Finds the next frame after damage.
    fn resynchronise(&mut self) -> ScanStep {
        let from = self.position;
        for position in from + 1..self.window.file_size().saturating_sub(HEADER_SIZE) {
            if self.window.at(position, 4).is_empty() {
                // Nothing more can be read.
                break;
            }
            let header = header_at(&mut self.window, position);
            if header.is_some_and(|header| continues(&mut self.window, position, header)) {
                self.position = position;
                return ScanStep::Gap { from, to: position };
            }
        }
        let trailer = self.window.at(from, TRAILER_SIZE);
        ScanStep::End { is_truncated: trailer.iter().any(|byte| *byte != 0) }
    }

    /// Returns the mean size of up to `count` frames from a position on, or the size of the first frame of the file if there are none.
    pub(super) fn mean_frame_size(&mut self, from: u64, count: u32) -> f64 {
        let (mut position, mut found) = (from, 0);
        while found < count
            && let Some(header) = self.matching_header_at(position)
        {
            position += header.size as u64;
            found += 1;
        }
        if found == 0 { self.header.size as f64 } else { (position - from) as f64 / f64::from(found) }
    }

    fn is_other_stream_at(&mut self, position: u64) -> bool {
        let header = header_at(&mut self.window, position).filter(|header| !header.is_same_stream(&self.header));
        header.is_some_and(|header| continues(&mut self.window, position, header))
    }

    fn matching_header_at(&mut self, position: u64) -> Option<FrameHeader> {
        header_at(&mut self.window, position).filter(|header| header.is_same_stream(&self.header))
    }
}

fn header_at(window: &mut FileWindow, position: u64) -> Option<FrameHeader> {
    FrameHeader::parse(window.at(position, 4).try_into().ok()?)
}

/// Returns whether two more frames follow the one at `position`, or as many as there are before the end of the file.
fn continues(window: &mut FileWindow, position: u64, header: FrameHeader) -> bool {
    let mut position = position + header.size as u64;
    for _ in 0..2 {
        let is_at_end = position + HEADER_SIZE > window.file_size();
        if is_at_end || !matches!(tags::tag_at(window.at(position, TAG_BYTES)), TagAt::None) {
            return position <= window.file_size();
        }
        match header_at(window, position).filter(|next| next.is_same_stream(&header)) {
            Some(next) => position += next.size as u64,
            None => return false,
        }
    }
    true
}
