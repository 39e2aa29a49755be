//! The chunks of a WAV file.

use symphonia::core::errors::{Error, Result};

use super::super::file_window::FileWindow;
use super::chunks::{self, ByteOrder, Chunk};
use super::wave_format::WaveFormat;
use super::{SampleFile, SoundBytes};

/// The first chunk follows the name, the size and the form of the file.
const FIRST_CHUNK: u64 = 12;
/// Bytes after the audio that are not metadata count as audio too, unless there are only this few.
const MAX_TRAILER: u64 = 512;
/// A size written by some programs while it is unknown.
const TWO_BILLION: u64 = 2_000_000_000;

/// Reads the headers of the file that starts at the byte `start`.
pub(super) fn read(window: &mut FileWindow, start: u64) -> Result<SampleFile> {
    let order = if window.at(start, 4) == b"RIFX" { ByteOrder::Big } else { ByteOrder::Little };
    let is_wide = matches!(window.at(start, 4), b"RF64" | b"BW64");
    let (mut wide_size, mut format, mut sound) = (None, None, None);
    chunks::walk(window, start + FIRST_CHUNK, order, *b"data", |window, chunk| {
        match &chunk.name {
            b"ds64" if is_wide => wide_size = chunk.read(window, 8).map(u64::from_le_bytes),
            b"fmt " if format.is_none() => format = Some(WaveFormat::read(window, chunk, order)),
            b"data" => sound = Some(chunk),
            _ => {}
        }
        sound.is_none()
    });
    let format = format.ok_or(Error::DecodeError("its header does not state the format"))??;
    let mut sound = sound.ok_or(Error::IoError(std::io::ErrorKind::UnexpectedEof.into()))?;
    if is_wide && sound.size == u64::from(u32::MAX) {
        sound.size = wide_size.unwrap_or(0);
    }
    let sound = sound_bytes(window, sound, order, &format);
    Ok(format.file(sound))
}

/// Returns whether a size means that it is unknown.
fn is_unknown(size: u64) -> bool {
    size == 0 || size == TWO_BILLION || (0x7fff_f000..=0xffff_ffff).contains(&size) || size >= 1 << 62
}

fn sound_bytes(window: &mut FileWindow, chunk: Chunk, order: ByteOrder, format: &WaveFormat) -> SoundBytes {
    let start = chunk.start;
    let rest = window.file_size().saturating_sub(start);
    let is_followed = |window: &mut FileWindow, size: u64| {
        let end = start + size;
        rest > size && chunks::is_metadata(window, end + size % 2, order)
    };
    if chunk.size >= rest && is_unknown(chunk.size) {
        return SoundBytes { start, available: rest, stated: None };
    }
    if chunk.size >= rest || is_followed(window, chunk.size) {
        return SoundBytes { start, available: rest.min(chunk.size), stated: Some(chunk.size) };
    }
    if chunk.size == 0 {
        return SoundBytes { start, available: rest, stated: None };
    }
    let trailer = rest - chunk.size;
    // Samples go on where they left off.
    let end = start + chunk.size - chunk.size % format.block_size().max(1);
    let is_sound = trailer > MAX_TRAILER.max(format.block_size())
        && !is_blank(window, start + chunk.size)
        && !format.layout().is_noise_after(window, start, end);
    SoundBytes { start, available: if is_sound { rest } else { chunk.size }, stated: Some(chunk.size) }
}

/// Returns whether only padding follows a position.
fn is_blank(window: &mut FileWindow, position: u64) -> bool {
    window.at(position, 4096).iter().all(|byte| *byte == 0)
}
