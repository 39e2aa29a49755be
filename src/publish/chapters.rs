//! Chapters in the JSON format of Podcasting 2.0.

use serde::Serialize;

use crate::io::encode::Chapter;
use crate::text::single_line;
use crate::units::{Frames, Rate};

/// The version of the format.
const VERSION: &str = "1.2.0";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    version: &'static str,
    title: String,
    chapters: Vec<ChapterMark>,
}

/// Times are in seconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChapterMark {
    start_time: f64,
    end_time: f64,
    title: String,
}

/// Writes the chapters of a session that ends at `end`.
pub(super) fn json(title: &str, chapters: &[Chapter], end: Frames, rate: Rate) -> String {
    let seconds = |position: Frames| position.milliseconds(rate) as f64 / 1000.0;
    let ends = chapters.iter().skip(1).map(|next| next.start).chain([end]);
    let entry = |(chapter, end): (&Chapter, Frames)| ChapterMark {
        start_time: seconds(chapter.start),
        end_time: seconds(end),
        title: single_line(&chapter.title),
    };
    let chapters = chapters.iter().zip(ends).map(entry).collect();
    let document = Document { version: VERSION, title: single_line(title), chapters };
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_chapter_ends_at_the_start_of_the_next() {
        let chapter = |start, title: &str| Chapter { start: Frames(start), title: title.to_owned() };
        let text = json("A \"b\"", &[chapter(24_000, "One"), chapter(96_024, "Two")], Frames(144_000), Rate::DEFAULT);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected = serde_json::json!({"version": "1.2.0", "title": "A \"b\"", "chapters": [
            {"startTime": 0.5, "endTime": 2.001, "title": "One"}, {"startTime": 2.001, "endTime": 3.0, "title": "Two"}
        ]});
        assert_eq!(json, expected);
    }
}
