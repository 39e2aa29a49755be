//! Tags and chapters of an audio file.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::units::{Frames, Rate};

/// The maximum number of chapters in Vorbis comments, which number them with three digits.
const MAX_COMMENT_CHAPTERS: usize = 999;

/// The tags of an audio file. Missing ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The title of the session.
    pub title: Option<String>,
    /// The teacher, written as the artist.
    pub teacher: Option<String>,
    /// The summary, written as a comment or description.
    pub summary: Option<String>,
    /// The licence.
    pub license: Option<String>,
    /// The spoken language as a BCP 47 tag.
    pub language: Option<String>,
    /// The chapters in order.
    pub chapters: Vec<Chapter>,
}

/// A chapter, which lasts until the next one or the end of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// The start, at the sample rate of the file.
    pub start: Frames,
    /// The title.
    pub title: String,
}

impl Tags {
    /// Vorbis comments for FLAC and Ogg as names and values, with chapters by the convention of `CHAPTERxxx`.
    pub(super) fn vorbis_comments(&self, rate: Rate) -> Vec<(String, String)> {
        let texts = [
            ("TITLE", &self.title),
            ("ARTIST", &self.teacher),
            ("DESCRIPTION", &self.summary),
            ("LICENSE", &self.license),
            ("LANGUAGE", &self.language),
        ];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?)));
        let chapters = self.chapters.iter().take(MAX_COMMENT_CHAPTERS).enumerate().flat_map(|(index, chapter)| {
            let name = format!("CHAPTER{:03}", index + 1);
            let start = timestamp(chapter.start, rate);
            [(name.clone(), start), (format!("{name}NAME"), chapter.title.clone())]
        });
        texts.chain(chapters).map(|(name, value)| (name, value.replace('\0', ""))).collect()
    }

    /// The comment block that Opus and FLAC share: the encoder's name, then `NAME=value` for each comment.
    pub(super) fn vorbis_comment_block(&self, encoder: &str, rate: Rate) -> Vec<u8> {
        let sized = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
        let comments = self.vorbis_comments(rate);
        let mut block = sized(encoder);
        block.extend((comments.len() as u32).to_le_bytes());
        block.extend(comments.iter().flat_map(|(name, value)| sized(&format!("{name}={value}"))));
        block
    }
}

/// The serial number of an Ogg stream: it differs between sessions and is the same for every render of one.
pub(super) fn ogg_serial(tags: &Tags, length: Frames) -> u32 {
    let mut hasher = DefaultHasher::new();
    (&tags.title, &tags.teacher, length).hash(&mut hasher);
    hasher.finish() as u32
}

/// A position in milliseconds, rounded to the nearest.
pub(super) fn milliseconds(position: Frames, rate: Rate) -> u64 {
    const PER_SECOND: u32 = 1_000;
    Rate::new(PER_SECOND).map_or(0, |clock| rate.convert(position, clock).0)
}

/// A position as `HH:MM:SS.mmm`.
fn timestamp(position: Frames, rate: Rate) -> String {
    let position = Duration::from_millis(milliseconds(position, rate));
    let seconds = position.as_secs();
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, position.subsec_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_become_pairs_of_comments() {
        let chapter = Chapter { start: Frames(48_000 * 3_725 + 24), title: "Rest".into() };
        let tags = Tags { title: Some("Glimmer".into()), chapters: vec![chapter], ..Tags::default() };
        let comments = tags.vorbis_comments(Rate::DEFAULT);
        let comments: Vec<_> = comments.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(comments, ["TITLE=Glimmer", "CHAPTER001=01:02:05.001", "CHAPTER001NAME=Rest"]);
    }
}
