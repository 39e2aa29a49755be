//! Caption files: `WebVTT`, `SubRip`, LRC and plain text.

use super::timed_text::TimedText;
use crate::manifest::Session;
use crate::present::transcript;
use crate::text::single_line;
use crate::timeline::Timeline;
use crate::units::{Frames, Rate};

/// Writes a `WebVTT` file, with `credits` in a comment at its end.
pub(super) fn webvtt(title: &str, rate: Rate, texts: &[TimedText], credits: &str) -> String {
    let mut file = format!("WEBVTT\n\nNOTE {}\n", escape_markup(&single_line(title)));
    for text in texts {
        let id = text.id.as_ref().map(|id| format!("{id}\n")).unwrap_or_default();
        let [start, end] = [text.start, text.end].map(|position| timestamp(position.milliseconds(rate), '.'));
        file.push_str(&format!("\n{id}{start} --> {end}\n{}\n", escape_markup(&text.text)));
    }
    let credits: Vec<_> = credits.lines().filter(|line| !line.trim().is_empty()).map(escape_markup).collect();
    file.push_str(&format!("\nNOTE\n{}\n", credits.join("\n")));
    file
}

/// Writes a `SubRip` file.
pub(super) fn subrip(rate: Rate, texts: &[TimedText]) -> String {
    let entry = |(index, text): (usize, &TimedText)| {
        let [start, end] = [text.start, text.end].map(|position| timestamp(position.milliseconds(rate), ','));
        // SubRip has no escapes, and some players interpret tags in it.
        let words = text.text.replace("-->", "→").replace('<', "‹").replace('>', "›");
        format!("{}\n{start} --> {end}\n{words}\n", index + 1)
    };
    texts.iter().enumerate().map(entry).collect::<Vec<_>>().join("\n")
}

/// Writes an LRC file. A line without words ends each text that is not followed by another immediately.
pub(super) fn lrc(session: &Session, timeline: &Timeline, texts: &[TimedText], credits: &str) -> String {
    let rate = timeline.rate;
    let mut file = format!("[ti:{}]\n", lrc_value(&session.title));
    if let Some(teacher) = &session.teacher {
        file.push_str(&format!("[ar:{}]\n", lrc_value(teacher)));
    }
    let seconds = timeline.end.milliseconds(rate) / 1000;
    file.push_str(&format!("[length:{:02}:{:02}]\n[by:karuna]\n", seconds / 60, seconds % 60));
    file.extend(
        credits.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("[re:{}]\n", lrc_value(line))),
    );
    for (index, text) in texts.iter().enumerate() {
        file.push_str(&format!("[{}]{}\n", lrc_time(text.start, rate), text.text));
        if texts.get(index + 1).is_none_or(|next| text.end < next.start) {
            file.push_str(&format!("[{}]\n", lrc_time(text.end, rate)));
        }
    }
    file
}

/// Writes the transcript, with the credits at the end.
pub(super) fn plain_text(session: &Session, timeline: &Timeline, credits: &str) -> String {
    let mut lines = transcript::heading(session);
    lines.extend(transcript::body(session, timeline));
    format!("{}\n\n{}\n", lines.join("\n"), credits.trim_end())
}

/// Formats a time for `WebVTT` and `SubRip`, which use different marks before the milliseconds.
fn timestamp(milliseconds: u64, mark: char) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    format!("{:02}:{:02}:{:02}{mark}{rest:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Formats a time for LRC: minutes, seconds and hundredths.
fn lrc_time(position: Frames, rate: Rate) -> String {
    let hundredths = (position.milliseconds(rate) + 5) / 10;
    format!("{:02}:{:02}.{:02}", hundredths / 6000, hundredths / 100 % 60, hundredths % 100)
}

/// Returns the value of a tag without brackets, which would end it.
fn lrc_value(text: &str) -> String {
    single_line(text).replace('[', "(").replace(']', ")")
}

/// Escapes text for `WebVTT`.
fn escape_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
