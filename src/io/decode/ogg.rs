//! Ogg (RFC 3533) with Vorbis, Opus (RFC 7845) or FLAC. A file may contain several chained streams, each of which is a link.
//!
//! The position of a packet in time is counted from the previous packets. A page's granule position determines where the first page starts
//! and the last one ends, and what is missing in between; pages without one lose nothing.

mod codec;
mod index;
mod page;
mod reader;
mod vorbis_modes;

pub(super) use index::{OggLink, find_links};
pub(super) use reader::OggReader;
