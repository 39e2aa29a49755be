//! Tags and chapters of an audio file.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;

use crate::units::{Frames, Rate};

/// The maximum number of chapters in Vorbis comments, which number them with three digits.
const MAX_COMMENT_CHAPTERS: usize = 999;

/// The tags of an audio file. Missing ones are omitted.
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
    /// The spoken words. Written to MP3, Opus, Vorbis and FLAC.
    pub lyrics: Option<String>,
    /// The credits, as further text beside the summary.
    pub credits: Option<String>,
    /// The front cover. Written to MP3 and Opus.
    pub cover: Option<CoverPicture>,
}

/// The front cover of an audio file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverPicture {
    /// `image/png` or `image/jpeg`.
    pub media_type: &'static str,
    /// The content of the image file.
    pub data: Arc<[u8]>,
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
    /// Returns Vorbis comments for FLAC and Ogg as names and values, with chapters by the convention of `CHAPTERxxx`.
    pub(super) fn vorbis_comments(&self, rate: Rate) -> Vec<(String, String)> {
        let texts = [
            ("TITLE", &self.title),
            ("ARTIST", &self.teacher),
            ("DESCRIPTION", &self.summary),
            ("LICENSE", &self.license),
            ("LANGUAGE", &self.language),
            ("LYRICS", &self.lyrics),
            ("CREDITS", &self.credits),
        ];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?)));
        let chapters = self.chapters.iter().take(MAX_COMMENT_CHAPTERS).enumerate().flat_map(|(index, chapter)| {
            let name = format!("CHAPTER{:03}", index + 1);
            let start = timestamp(chapter.start, rate);
            [(name.clone(), start), (format!("{name}NAME"), chapter.title.clone())]
        });
        texts.chain(chapters).map(|(name, value)| (name, value.replace('\0', ""))).collect()
    }

    /// Returns the cover as a comment: a FLAC picture block in base64.
    fn cover_comment(&self) -> Option<(String, String)> {
        const FRONT_COVER: u32 = 3;
        let cover = self.cover.as_ref()?;
        let mut block = FRONT_COVER.to_be_bytes().to_vec();
        block.extend((cover.media_type.len() as u32).to_be_bytes());
        block.extend(cover.media_type.as_bytes());
        // An empty description, and four numbers that may be zero: width, height, depth and colours.
        block.extend([0; 5 * size_of::<u32>()]);
        block.extend((cover.data.len() as u32).to_be_bytes());
        block.extend(&*cover.data);
        Some(("METADATA_BLOCK_PICTURE".to_owned(), BASE64.encode(&block)))
    }

    /// Returns the comment block for Opus and FLAC: the encoder's name, then `NAME=value` for each comment.
    pub(super) fn vorbis_comment_block(&self, encoder: &str, rate: Rate) -> Vec<u8> {
        comment_block(encoder, &self.vorbis_comments(rate))
    }

    /// Like [`vorbis_comment_block`](Self::vorbis_comment_block), with the cover.
    pub(super) fn vorbis_comment_block_with_cover(&self, encoder: &str, rate: Rate) -> Vec<u8> {
        let mut comments = self.vorbis_comments(rate);
        comments.extend(self.cover_comment());
        comment_block(encoder, &comments)
    }
}

fn comment_block(encoder: &str, comments: &[(String, String)]) -> Vec<u8> {
    let sized = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    let mut block = sized(encoder);
    block.extend((comments.len() as u32).to_le_bytes());
    block.extend(comments.iter().flat_map(|(name, value)| sized(&format!("{name}={value}"))));
    block
}

/// Returns the serial number of an Ogg stream, which differs between sessions and is the same for every render of one.
pub(super) fn ogg_serial(tags: &Tags, length: Frames) -> u32 {
    let mut hasher = DefaultHasher::new();
    (&tags.title, &tags.teacher, length).hash(&mut hasher);
    hasher.finish() as u32
}

/// Formats a position as `HH:MM:SS.mmm`.
fn timestamp(position: Frames, rate: Rate) -> String {
    let position = Duration::from_millis(position.milliseconds(rate));
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

    #[test]
    fn a_cover_is_a_picture_block_in_base64() {
        let cover = CoverPicture { media_type: "image/png", data: Arc::from([1, 2, 3]) };
        let tags = Tags { cover: Some(cover), ..Tags::default() };
        let (name, value) = tags.cover_comment().unwrap();
        let expected = [&[0, 0, 0, 3, 0, 0, 0, 9][..], b"image/png", &[0; 20], &[0, 0, 0, 3, 1, 2, 3]].concat();
        assert_eq!((name.as_str(), BASE64.decode(value.as_bytes()).unwrap()), ("METADATA_BLOCK_PICTURE", expected));
    }
}
