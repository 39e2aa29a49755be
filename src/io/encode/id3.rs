//! The ID3v2.4 tag of an MP3, with chapters by the ID3v2 Chapter Frame Addendum of 2005.

use std::io;

use id3::frame::{Comment, Lyrics, Picture, PictureType, TableOfContents};
use id3::{Encoder, Frame, Tag, TagLike, Version};
use isolang::Language;

use super::tags::{Chapter, Tags};
use crate::units::{Frames, Rate};

/// The ISO 639-2 code for an unknown language.
const UNKNOWN_LANGUAGE: &str = "XXX";
/// The value of an unspecified byte offset.
const NO_OFFSET: u32 = u32::MAX;
/// The maximum number of entries of a table of contents, which counts them in a byte.
const MAX_ENTRIES: usize = 255;
/// The maximum size of a tag in bytes: 28 bits.
const MAX_SIZE: usize = (1 << 28) - 1;

/// Encodes the tag at the start of an MP3. Returns no bytes if there are no tags, or more than an ID3 tag can hold.
pub(super) fn encode(tags: &Tags, rate: Rate, length: Frames) -> io::Result<Vec<u8>> {
    let mut tag = Tag::with_version(Version::Id3v24);
    let code = tags.language.as_deref().and_then(three_letter_code);
    let language = code.map(str::to_owned).or_else(|| tags.language.clone());
    let texts = [("TIT2", &tags.title), ("TPE1", &tags.teacher), ("TCOP", &tags.license), ("TLAN", &language)];
    for (id, text) in texts {
        if let Some(text) = text {
            tag.add_frame(Frame::text(id, without_zeros(text)));
        }
    }
    for (description, text) in [("", &tags.summary), ("credits", &tags.credits)] {
        if let Some(text) = text {
            let (lang, text) = (code.unwrap_or(UNKNOWN_LANGUAGE).to_owned(), without_zeros(text));
            tag.add_frame(Comment { lang, description: description.to_owned(), text });
        }
    }
    if let Some(lyrics) = &tags.lyrics {
        let (lang, text) = (code.unwrap_or(UNKNOWN_LANGUAGE).to_owned(), without_zeros(lyrics));
        tag.add_frame(Lyrics { lang, description: String::new(), text });
    }
    if let Some(cover) = &tags.cover {
        tag.add_frame(Picture {
            mime_type: cover.media_type.to_owned(),
            picture_type: PictureType::CoverFront,
            description: String::new(),
            data: cover.data.to_vec(),
        });
    }
    add_chapters(&mut tag, &tags.chapters, rate, length);
    let mut bytes = Vec::new();
    if tag.frames().next().is_some() {
        Encoder::new().encode(&tag, &mut bytes).map_err(io::Error::other)?;
    }
    if bytes.len() > MAX_SIZE {
        bytes.clear();
    }
    Ok(bytes)
}

/// Adds a table of contents and the chapters. If one table can't list them all, it lists further tables instead.
fn add_chapters(tag: &mut Tag, chapters: &[Chapter], rate: Rate, length: Frames) {
    if chapters.is_empty() {
        return;
    }
    let ids: Vec<String> = (0..chapters.len()).map(|index| format!("chp{index}")).collect();
    let tables: Vec<_> = ids.chunks(MAX_ENTRIES).take(MAX_ENTRIES).collect();
    if let [only] = tables[..] {
        tag.add_frame(table_of_contents("toc", true, only));
    } else {
        let table_ids: Vec<String> = (0..tables.len()).map(|index| format!("toc{index}")).collect();
        tag.add_frame(table_of_contents("toc", true, &table_ids));
        for (id, entries) in table_ids.iter().zip(&tables) {
            tag.add_frame(table_of_contents(id, false, entries));
        }
    }
    let time = |position: Frames| u32::try_from(position.milliseconds(rate)).unwrap_or(u32::MAX);
    let ends = chapters.iter().skip(1).map(|next| next.start).chain([length]);
    for ((id, chapter), end) in ids.iter().zip(chapters).zip(ends) {
        tag.add_frame(id3::frame::Chapter {
            element_id: id.clone(),
            start_time: time(chapter.start),
            end_time: time(end),
            start_offset: NO_OFFSET,
            end_offset: NO_OFFSET,
            frames: vec![Frame::text("TIT2", without_zeros(&chapter.title))],
        });
    }
}

fn table_of_contents(id: &str, is_top_level: bool, entries: &[String]) -> TableOfContents {
    TableOfContents {
        element_id: id.to_owned(),
        top_level: is_top_level,
        ordered: true,
        elements: entries.to_vec(),
        frames: Vec::new(),
    }
}

/// Returns the ISO 639-2 code of a BCP 47 tag's language, which ID3v2.4 requires, or `None` if it has no such code.
fn three_letter_code(tag: &str) -> Option<&'static str> {
    let language = tag.split('-').next()?.to_ascii_lowercase();
    Language::from_639_1(&language).or_else(|| Language::from_639_3(&language)).map(|language| language.to_639_3())
}

/// Removes zeros, which separate values in ID3v2.4.
fn without_zeros(text: &str) -> String {
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tags_give_no_bytes() {
        assert!(encode(&Tags::default(), Rate::DEFAULT, Frames(1)).unwrap().is_empty());
    }

    #[test]
    fn languages_have_three_letters() {
        for (tag, code) in [("en", "eng"), ("de-CH", "deu"), ("EN-gb", "eng"), ("yue", "yue"), ("zh-Hant-TW", "zho")] {
            assert_eq!(three_letter_code(tag), Some(code), "{tag}");
        }
        for tag in ["", "xx", "x-private", "english"] {
            assert_eq!(three_letter_code(tag), None, "{tag}");
        }
        let tags = Tags { language: Some("de".to_owned()), summary: Some("Kurz".to_owned()), ..Tags::default() };
        let tag = Tag::read_from2(io::Cursor::new(encode(&tags, Rate::DEFAULT, Frames(1)).unwrap())).unwrap();
        assert_eq!(tag.get("TLAN").unwrap().content().text(), Some("deu"));
        assert_eq!(tag.comments().next().unwrap().lang, "deu");
    }

    #[test]
    fn a_thousand_chapters_are_split_into_tables_of_255() {
        let chapter = |index: u64| Chapter { start: Frames(index * 48_000), title: format!("part {index}") };
        let tags = Tags { chapters: (0..1_000).map(chapter).collect(), ..Tags::default() };
        let tag = encode(&tags, Rate::DEFAULT, Frames(48_000_000)).unwrap();
        let count = |name: &[u8]| tag.windows(4).filter(|window| *window == name).count();
        assert_eq!((count(b"CTOC"), count(b"CHAP")), (5, 1_000));
        let root = tag.windows(6).position(|window| window == b"toc\0\x03\x04");
        assert!(root.is_some());
    }
}
