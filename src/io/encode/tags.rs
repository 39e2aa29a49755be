//! What a file says about itself.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::units::{Frames, Rate};

/// What a file says about itself. What is missing is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The session's title.
    pub title: Option<String>,
    /// Who guides it.
    pub teacher: Option<String>,
    /// A few sentences on it.
    pub summary: Option<String>,
    /// The terms under which it may be passed on.
    pub license: Option<String>,
    /// The language spoken, as a BCP 47 tag.
    pub language: Option<String>,
    /// Its chapters, in their order.
    pub chapters: Vec<Chapter>,
}

/// The start of a chapter, which lasts until the next one or the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Where it starts, at the rate of the file.
    pub start: Frames,
    /// What it is called.
    pub title: String,
}

impl Tags {
    /// As Vorbis comments, for FLAC and Ogg: `NAME` and value, chapters by the convention of `CHAPTERxxx`.
    ///
    /// The convention has three digits, so chapters beyond 999 are left out.
    pub(super) fn vorbis_comments(&self, rate: Rate) -> Vec<(String, String)> {
        let named = [
            ("TITLE", &self.title),
            ("ARTIST", &self.teacher),
            ("DESCRIPTION", &self.summary),
            ("LICENSE", &self.license),
            ("LANGUAGE", &self.language),
        ];
        let named = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
        let chapters = self.chapters.iter().take(999).enumerate().flat_map(|(index, chapter)| {
            let name = format!("CHAPTER{:03}", index + 1);
            let start = clock(chapter.start, rate);
            [(name.clone(), start), (format!("{name}NAME"), chapter.title.clone())]
        });
        named.chain(chapters).map(|(name, value)| (name, value.replace('\0', ""))).collect()
    }

    /// The body of a comment header, as Opus and FLAC have it: the encoder's name, then `NAME=value` for each comment.
    pub(super) fn comment_header(&self, encoder: &str, rate: Rate) -> Vec<u8> {
        let sized = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
        let comments = self.vorbis_comments(rate);
        let mut body = sized(encoder);
        body.extend((comments.len() as u32).to_le_bytes());
        body.extend(comments.iter().flat_map(|(name, value)| sized(&format!("{name}={value}"))));
        body
    }
}

/// The serial number of an Ogg stream: another one for another session, the same each time for the same.
pub(super) fn serial(tags: &Tags, length: Frames) -> u32 {
    let mut hasher = DefaultHasher::new();
    (&tags.title, &tags.teacher, length).hash(&mut hasher);
    hasher.finish() as u32
}

/// A position in milliseconds, the nearest.
pub(super) fn milliseconds(position: Frames, rate: Rate) -> u64 {
    const PER_SECOND: u64 = 1_000;
    Rate::new(PER_SECOND as u32).map_or(0, |clock| rate.convert(position, clock).0)
}

/// `HH:MM:SS.mmm`.
fn clock(position: Frames, rate: Rate) -> String {
    let moment = Duration::from_millis(milliseconds(position, rate));
    let seconds = moment.as_secs();
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, moment.subsec_millis())
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
