//! ID3v2.4 tags, with the chapters of its addendum of 2005.

use super::tags::milliseconds;
use super::{Chapter, Tags};
use crate::units::{Frames, Rate};

const UTF_8: u8 = 3;
/// ISO 639-2 for a language that is not told.
const UNKNOWN_LANGUAGE: &[u8] = b"XXX";
/// As a byte position: there is none.
const NO_POSITION: [u8; 4] = [0xff; 4];
/// A table of contents counts its entries in a byte.
const ENTRIES: usize = 255;
/// Sizes have 28 bits. A chapter takes some hundred bytes, so no session comes near it.
const LARGEST: usize = (1 << 28) - 1;

/// The tag that an MP3 begins with; empty when there is nothing to say.
pub(super) fn tag(tags: &Tags, rate: Rate, length: Frames) -> Vec<u8> {
    let named = [(b"TIT2", &tags.title), (b"TPE1", &tags.teacher), (b"TCOP", &tags.license), (b"TLAN", &tags.language)];
    let named = named.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let mut frames: Vec<u8> = named.flat_map(|(name, value)| text(*name, value)).collect();
    if let Some(summary) = &tags.summary {
        let without_title = [0];
        frames.extend(frame(*b"COMM", &[&[UTF_8], UNKNOWN_LANGUAGE, &without_title, &clean(summary)].concat()));
    }
    frames.extend(chapters(&tags.chapters, rate, length));
    if frames.is_empty() || frames.len() > LARGEST {
        return Vec::new();
    }
    let version_and_flags = [4, 0, 0];
    [&b"ID3"[..], &version_and_flags, &synchsafe(frames.len()), &frames].concat()
}

/// A table of contents, and each chapter. Where there are more than one table can name, a table of tables leads.
fn chapters(chapters: &[Chapter], rate: Rate, length: Frames) -> Vec<u8> {
    if chapters.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = (0..chapters.len()).map(|index| format!("chp{index}")).collect();
    let tables: Vec<_> = names.chunks(ENTRIES).take(ENTRIES).collect();
    let mut frames = Vec::new();
    if let [only] = tables[..] {
        frames.extend(contents("toc", true, only));
    } else {
        let tables_names: Vec<String> = (0..tables.len()).map(|index| format!("toc{index}")).collect();
        frames.extend(contents("toc", true, &tables_names));
        for (name, entries) in tables_names.iter().zip(&tables) {
            frames.extend(contents(name, false, entries));
        }
    }
    let ends = chapters.iter().skip(1).map(|next| next.start).chain([length]);
    for ((name, chapter), end) in names.iter().zip(chapters).zip(ends) {
        let times = [chapter.start, end].map(|time| milliseconds(time, rate) as u32).map(u32::to_be_bytes);
        let title = text(*b"TIT2", &chapter.title);
        let body = [name.as_bytes(), &[0], times.as_flattened(), &NO_POSITION, &NO_POSITION, &title].concat();
        frames.extend(frame(*b"CHAP", &body));
    }
    frames
}

/// The frame `CTOC`, whose entries are in order.
fn contents(name: &str, is_root: bool, entries: &[String]) -> Vec<u8> {
    const ORDERED: u8 = 1;
    const ROOT: u8 = 2;
    let flags = if is_root { ROOT | ORDERED } else { ORDERED };
    let mut body = [name.as_bytes(), &[0, flags, entries.len() as u8]].concat();
    for entry in entries {
        body.extend(entry.bytes().chain([0]));
    }
    frame(*b"CTOC", &body)
}

fn text(name: [u8; 4], value: &str) -> Vec<u8> {
    frame(name, &[&[UTF_8][..], &clean(value)].concat())
}

fn frame(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let no_flags = [0; 2];
    [&name[..], &synchsafe(body.len()), &no_flags, body].concat()
}

/// Zero separates values, so none may be within one.
fn clean(text: &str) -> Vec<u8> {
    text.bytes().filter(|byte| *byte != 0).collect()
}

/// Seven bits a byte.
fn synchsafe(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (size >> shift) as u8 & 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_say_is_no_tag() {
        assert!(tag(&Tags::default(), Rate::DEFAULT, Frames(1)).is_empty());
    }

    #[test]
    fn a_thousand_chapters_are_in_tables_of_at_most_255() {
        let chapter = |index: u64| Chapter { start: Frames(index * 48_000), title: format!("part {index}") };
        let tags = Tags { chapters: (0..1_000).map(chapter).collect(), ..Tags::default() };
        let tag = tag(&tags, Rate::DEFAULT, Frames(48_000_000));
        let count = |name: &[u8]| tag.windows(4).filter(|window| *window == name).count();
        assert_eq!((count(b"CTOC"), count(b"CHAP")), (5, 1_000));
        let root = tag.windows(6).position(|window| window == b"toc\0\x03\x04");
        assert!(root.is_some());
    }
}
