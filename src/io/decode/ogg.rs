//! Ogg (RFC 3533) with Vorbis, Opus (RFC 7845) or FLAC. A file may hold several streams one after another; each is a link of its
//! own.
//!
//! The position of a packet in time is counted from the packets before it. A page's granule position says where the first page
//! begins and the last one ends, and what is missing in between; a page without one costs nothing.

mod codec;
mod index;
mod page;
mod reader;
mod vorbis_modes;

pub(super) use index::{OggLink, find_links};
pub(super) use reader::OggReader;
