//! The drawing of a session in a terminal: lanes over a time axis.

use unicode_width::UnicodeWidthStr;

use super::lanes::Lanes;
use super::layout::fitted;
use crate::text::format_clock;
use crate::units::Rate;

/// The width of the lane names with their separator.
const NAME_WIDTH: usize = 9;
/// The minimum width of a drawing, whatever the terminal reports.
const MIN_WIDTH: usize = NAME_WIDTH + 12;
/// The minimum number of columns between two labels of the axis.
const MIN_TICK_DISTANCE: usize = 9;

/// The minimum width for a chapter's title; with less room it is omitted.
const MIN_TITLE_WIDTH: usize = 7;

/// Escape sequences for colours.
const VOICE_COLOUR: &str = "\u{1b}[36m";
const BELL_COLOUR: &str = "\u{1b}[33m";
const DIM: &str = "\u{1b}[2m";
const BED_COLOUR: &str = "\u{1b}[34m";
const RESET: &str = "\u{1b}[0m";

/// Returns the drawing with the lanes that are not empty, in colour. The last of the columns stays free.
pub(crate) fn drawing(lanes: &Lanes, columns: usize) -> String {
    let cells = columns.saturating_sub(1).max(MIN_WIDTH) - NAME_WIDTH;
    let mut lines = Vec::new();
    if !lanes.chapters.is_empty() {
        lines.push(row("", DIM, &chapters(lanes, cells)));
    }
    let has_lines = !lanes.voice.is_empty() || !lanes.shown.is_empty();
    let drawn = [
        (has_lines, "voice", VOICE_COLOUR, voice(lanes, cells)),
        (!lanes.bells.is_empty(), "bell", BELL_COLOUR, bells(lanes, cells)),
        (!lanes.silences.is_empty(), "silence", DIM, draw_cells(&lanes.filled(&lanes.silences, cells), '░')),
        (!lanes.bed.is_empty(), "bed", BED_COLOUR, draw_cells(&lanes.filled(&lanes.bed, cells), '▂')),
    ];
    lines.extend(drawn.into_iter().filter(|lane| lane.0).map(|(_, name, colour, lane)| row(name, colour, &lane)));
    lines.extend(axis(lanes, cells));
    lines.join("\n")
}

fn row(name: &str, colour: &str, lane: &str) -> String {
    let lane = lane.trim_end();
    let name = format!("{name:>7}");
    if lane.is_empty() { name } else { format!("{name}  {colour}{lane}{RESET}") }
}

/// Draws the spoken lines at a resolution of half a column.
fn voice(lanes: &Lanes, cells: usize) -> String {
    let voice = lanes.filled(&lanes.voice, 2 * cells);
    let shown = lanes.filled(&lanes.shown, cells);
    let pairs = voice.chunks_exact(2).zip(shown);
    let glyph = |(pair, shown): (&[bool], bool)| match (pair[0], pair[1]) {
        (true, true) => '█',
        (true, false) => '▌',
        (false, true) => '▐',
        (false, false) if shown => '▒',
        (false, false) => ' ',
    };
    pairs.map(glyph).collect()
}

fn bells(lanes: &Lanes, cells: usize) -> String {
    let mut drawn: Vec<char> = draw_cells(&lanes.filled(&lanes.bells, cells), '╌').chars().collect();
    for strike in &lanes.bells {
        let cell = (lanes.cell_at(strike.start, cells as f64) as usize).min(cells - 1);
        drawn[cell] = '●';
    }
    drawn.into_iter().collect()
}

/// Draws a glyph in each filled cell.
fn draw_cells(filled: &[bool], glyph: char) -> String {
    filled.iter().map(|filled| if *filled { glyph } else { ' ' }).collect()
}

/// Returns the titles of the chapters at their starts, as far as there is room.
fn chapters(lanes: &Lanes, cells: usize) -> String {
    let mut line = String::new();
    for (number, (start, title)) in lanes.chapters.iter().enumerate() {
        let cell = |start: u64| (lanes.cell_at(start, cells as f64) as usize).min(cells);
        let (from, used) = (cell(*start), line.width());
        let until = lanes.chapters.get(number + 1).map_or(cells, |next| cell(next.0).saturating_sub(1));
        let room = until.saturating_sub(from);
        if from < used || from >= cells {
            continue;
        }
        line.extend(std::iter::repeat_n(' ', from - used));
        let title = if room < MIN_TITLE_WIDTH { String::new() } else { fitted(title, room - 1) };
        line.push_str(&format!("│{title}"));
    }
    line
}

/// Returns the axis and the labels below it.
fn axis(lanes: &Lanes, cells: usize) -> [String; 2] {
    let mut line = vec!['─'; cells];
    let mut labels = String::new();
    for tick in lanes.ticks((cells / MIN_TICK_DISTANCE).max(1)) {
        let cell = (lanes.cell_at(tick.0, cells as f64) as usize).min(cells - 1);
        line[cell] = '┴';
        let label = axis_label(tick.0, lanes.rate);
        let from = cell.saturating_sub(label.len() / 2).min(cells - label.len().min(cells));
        let used = labels.len();
        if from >= used {
            labels.extend(std::iter::repeat_n(' ', from - used));
            labels.push_str(&label);
        }
    }
    [row("", DIM, &line.into_iter().collect::<String>()), row("", DIM, &labels)]
}

fn axis_label(frame: u64, rate: Rate) -> String {
    format_clock(crate::units::Frames(frame), rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(length: u64) -> Lanes {
        let second = 8_000;
        Lanes {
            length: length * second,
            written_length: String::new(),
            rate: Rate::new(8_000).unwrap(),
            voice: vec![10 * second..20 * second, 50 * second..50 * second + 1],
            shown: vec![30 * second..40 * second],
            bells: vec![0..30 * second, 90 * second..(length + 5) * second],
            silences: vec![60 * second..90 * second],
            bed: vec![0..length * second],
            chapters: vec![(0, "Arriving".to_owned()), (50 * second, "A long title that has no room".to_owned())],
        }
    }

    #[test]
    fn lanes_are_drawn_correctly_at_any_width() {
        for columns in [0, 20, 40, 80, 200] {
            let drawn = drawing(&lanes(100), columns);
            let bare = [VOICE_COLOUR, BELL_COLOUR, DIM, BED_COLOUR, RESET]
                .iter()
                .fold(drawn, |text, code| text.replace(code, ""));
            let lines: Vec<_> = bare.lines().collect();
            assert_eq!(lines.len(), 7, "{bare}");
            assert!(lines.iter().all(|line| line.width() < columns.max(MIN_WIDTH + 1)), "{columns}\n{bare}");
            for (line, glyphs) in [(1, "█▒"), (2, "●╌"), (3, "░"), (4, "▂"), (5, "┴")] {
                assert!(glyphs.chars().all(|glyph| lines[line].contains(glyph)), "{columns} {glyphs}\n{bare}");
            }
            assert!(lines[0].contains('│') && lines[6].contains("0:00"), "{bare}");
        }
    }

    #[test]
    fn the_axis_has_round_times() {
        let bare = drawing(&lanes(100), 80).replace(DIM, "").replace(RESET, "");
        let labels: Vec<_> = bare.lines().last().unwrap().split_whitespace().collect();
        assert_eq!(labels, ["0:00", "0:15", "0:30", "0:45", "1:00", "1:15", "1:30"]);
    }
}
