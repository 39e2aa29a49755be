//! The screen of the recorder.

use super::machine::{Recorder, RecorderState};
use super::meter::LevelRange;
use crate::io::display::ScreenLine;
use crate::io::terminal::Size;
use crate::present::layout::{fitted, room, wrapped};
use crate::text::{describe_duration, escape_controls, format_clock, single_line, without_pronunciations};

/// The maximum width of the words, so that they can be read from a distance.
const MAX_WORDS_WIDTH: usize = 56;
const INDENT: usize = 2;
/// With fewer rows, the words have no empty lines between them.
const ROWS_FOR_SPACING: usize = 16;
const METER_CELLS: usize = 30;

/// Returns the lines of the screen, limited to its number of rows.
pub(crate) fn recorder_lines(recorder: &Recorder, size: Size) -> Vec<ScreenLine> {
    let columns = room(size.columns);
    let bright = |text: String| ScreenLine { text, dim: false };
    let dim = |text: String| ScreenLine { text, dim: true };
    let mut below: Vec<ScreenLine> = vec![bright(fitted(&state_line(recorder), columns))];
    below.extend(notices(recorder).iter().flat_map(|notice| wrapped(notice, columns)).map(bright));
    below.push(dim(fitted(&meter_line(recorder), columns)));
    below.push(dim(fitted(keys(recorder.state), columns)));
    let name = escape_controls(&recorder.line().name);
    let place = format!("line {} of {} · {name}", recorder.at + 1, recorder.line_count());
    let room_for_words = size.rows.saturating_sub(below.len() + 3).max(1);
    let mut lines = vec![dim(fitted(&place, columns)), bright(String::new())];
    lines.extend(words(recorder, columns, room_for_words).into_iter().map(bright));
    lines.push(bright(String::new()));
    lines.append(&mut below);
    lines.truncate(size.rows.max(1));
    lines
}

/// Returns the wrapped words, with empty lines between them if there is room.
fn words(recorder: &Recorder, columns: usize, rows: usize) -> Vec<String> {
    let text = single_line(&without_pronunciations(&recorder.line().words));
    let indent = if columns > 4 * INDENT { INDENT } else { 0 };
    let wrapped = wrapped(&text, columns.saturating_sub(indent).clamp(1, MAX_WORDS_WIDTH));
    let is_spaced = rows >= ROWS_FOR_SPACING.min(2 * wrapped.len() - 1) && 2 * wrapped.len() <= rows + 1;
    let mut lines = Vec::new();
    for (number, line) in wrapped.iter().enumerate() {
        if number > 0 && is_spaced {
            lines.push(String::new());
        }
        lines.push(fitted(&format!("{}{line}", " ".repeat(indent)), columns));
    }
    lines.truncate(rows);
    lines
}

/// Returns a description of the current state.
pub(super) fn state_line(recorder: &Recorder) -> String {
    let clock = |frames| format_clock(frames, recorder.rate());
    match recorder.state {
        RecorderState::Ready => "press space when you are ready".to_owned(),
        RecorderState::CountIn => format!("stay quiet while the room is measured … {}", recorder.count_in_left()),
        RecorderState::Recording => format!("● speak now  {}", clock(recorder.recorded())),
        RecorderState::Review if recorder.has_take() => {
            let length = std::time::Duration::from_secs_f64(recorder.take_length().seconds(recorder.rate()));
            let verdict = if recorder.problems().is_empty() { ", and sounds good" } else { "" };
            format!("the take lasts {}{verdict}", describe_duration(length))
        }
        RecorderState::Review => "nothing was recorded".to_owned(),
        RecorderState::Playing => "listen …".to_owned(),
        RecorderState::Saving => "saving …".to_owned(),
        RecorderState::Over => String::new(),
    }
}

/// Returns the problem with the take.
pub(super) fn notices(recorder: &Recorder) -> Vec<String> {
    let is_shown = matches!(recorder.state, RecorderState::Review | RecorderState::Playing);
    let problems = recorder.problems().iter().filter(|_| is_shown).map(ToString::to_string);
    problems.chain(recorder.notice.as_deref().map(escape_controls)).collect()
}

fn meter_line(recorder: &Recorder) -> String {
    let filled = recorder.meter.filled(METER_CELLS).min(METER_CELLS);
    let range = match recorder.meter.range() {
        LevelRange::Quiet => "",
        LevelRange::Good => "good",
        LevelRange::Loud => "too loud",
    };
    format!("{}{} {range}", "━".repeat(filled), "─".repeat(METER_CELLS - filled)).trim_end().to_owned()
}

/// Returns the keys that have an effect now.
pub(super) fn keys(state: RecorderState) -> &'static str {
    match state {
        RecorderState::Ready => "space record · s skip · q leave",
        RecorderState::CountIn => "a again · s skip · q leave",
        RecorderState::Recording => "space stop · k keep · a again · h hear · s skip · q leave",
        RecorderState::Review => "k keep · a again · h hear · s skip · q leave",
        RecorderState::Playing => "h stop · k keep · a again · s skip · q leave",
        RecorderState::Saving | RecorderState::Over => "",
    }
}
