//! The SVG picture of a session: the lanes of the drawing, with the waveform of the speech. Legible on light and dark backgrounds.

use std::fmt::Write;

use super::lanes::{Lanes, Stretches};
use super::layout::fitted;
use super::waveform::Waveform;
use crate::text::{escape_controls, format_clock};

const WIDTH: usize = 1200;
/// The left and right edges of the lanes.
const LEFT: usize = 92;
const RIGHT: usize = WIDTH - 28;
/// The number of cells in a waveform.
pub(crate) const CELLS: usize = RIGHT - LEFT;
/// The maximum width of a letter in a chapter's title.
const LETTER: f64 = 7.2;
/// The minimum distance between two labels of the axis.
const TICK: usize = 76;
/// The end of a chapter's line, in place of its position, which is known only after all lanes have been drawn. `@` occurs nowhere else in a
/// path.
const CHAPTER_LINE_END: &str = "V@";

/// The colours for a light and a dark background. The dark ones are in a media query, which simple viewers ignore.
const STYLE: &str = "\
text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#55524b}\
.paper{fill:#fbf9f4}.title{font-size:22px;font-weight:600;fill:#23211d}.name{text-anchor:end}\
.moment{text-anchor:middle;font-size:12px}.line{stroke:#d9d4c8;stroke-width:1}.chapter{font-size:12.5px}\
.chapters{stroke:#b9b2a3;stroke-dasharray:2 3}.lane{fill:#f1ede4}.voice{fill:#2f7f86}.shown{fill:none;stroke:#2f7f86;stroke-dasharray:4 3}\
.strike{stroke:#b7791f;stroke-width:2}.ring{fill:#e3b868;fill-opacity:.55}.silence{fill:#b9c8c0}.bed{fill:#9fb2cf}\
@media(prefers-color-scheme:dark){text{fill:#b3b0a8}.paper{fill:#16181c}.title{fill:#f1eee6}.line{stroke:#353940}.chapters{stroke:#575c66}\
.lane{fill:#1d2025}.voice{fill:#6fc3c7}.shown{stroke:#6fc3c7}.strike{stroke:#f0c274}.ring{fill:#c08a35}.silence{fill:#44534c}.bed{fill:#4a6186}}";

/// The position of a lane.
struct Lane {
    top: usize,
    height: usize,
}

impl Lane {
    fn middle(&self) -> f64 {
        self.top as f64 + self.height as f64 / 2.0
    }

    fn bottom(&self) -> usize {
        self.top + self.height
    }
}

/// Returns the picture as SVG.
pub(crate) fn picture(title: &str, summary: Option<&str>, lanes: &Lanes, waveform: &Waveform) -> String {
    let top = if summary.is_some() { 92 } else { 68 };
    let mut picture = Picture { lanes, svg: String::new(), top };
    picture.heading(title, summary);
    picture.chapters();
    if !waveform.lines.is_empty() || !lanes.shown.is_empty() {
        let lane = picture.lane("voice", 92);
        picture.boxes("shown", &lanes.shown, &lane, 30);
        picture.waveform(waveform, &lane);
    }
    if !lanes.bells.is_empty() {
        let lane = picture.lane("bell", 46);
        picture.bells(&lane);
    }
    if !lanes.silences.is_empty() {
        let lane = picture.lane("silence", 28);
        picture.boxes("silence", &lanes.silences, &lane, 18);
    }
    if !lanes.bed.is_empty() {
        let lane = picture.lane("bed", 28);
        picture.boxes("bed", &lanes.bed, &lane, 8);
    }
    picture.axis();
    picture.finish(title)
}

struct Picture<'lanes> {
    lanes: &'lanes Lanes,
    svg: String,
    /// The top of the next lane.
    top: usize,
}

impl Picture<'_> {
    fn put(&mut self, element: &str) {
        self.svg.push_str(element);
        self.svg.push('\n');
    }

    fn x(&self, frame: u64) -> f64 {
        LEFT as f64 + self.lanes.cell_at(frame, CELLS as f64)
    }

    fn heading(&mut self, title: &str, summary: Option<&str>) {
        let length = &self.lanes.written_length;
        let title = escaped(&fitted(&escape_controls(title), 80));
        self.put(&format!("<text class=\"title\" x=\"28\" y=\"42\">{title}</text>"));
        self.put(&format!("<text x=\"{RIGHT}\" y=\"42\" text-anchor=\"end\">{length}</text>"));
        if let Some(summary) = summary {
            let summary = escaped(&fitted(&escape_controls(summary), 150));
            self.put(&format!("<text x=\"28\" y=\"66\">{summary}</text>"));
        }
    }

    /// Draws chapter titles where there is room, and a line through all lanes at the start of each chapter.
    fn chapters(&mut self) {
        let (mut free, mut titles, mut lines) = (0.0, String::new(), String::new());
        for (number, (start, title)) in self.lanes.chapters.iter().enumerate() {
            let x = self.x(*start);
            let until = self.lanes.chapters.get(number + 1).map_or(WIDTH as f64 - 8.0, |next| self.x(next.0));
            let room = ((until - x - 10.0) / LETTER) as usize;
            if x < free {
                continue;
            }
            let _ = write!(lines, "M{x:.1} {}{CHAPTER_LINE_END}", self.top);
            if room >= 3 {
                let title = escaped(&fitted(title, room));
                let _ = write!(
                    titles,
                    "<text class=\"chapter\" x=\"{:.1}\" y=\"{}\">{title}</text>",
                    x + 5.0,
                    self.top + 11
                );
            }
            free = x + 3.0;
        }
        if !lines.is_empty() {
            self.put(&format!("<path class=\"line chapters\" d=\"{lines}\"/>{titles}"));
            self.top += 24;
        }
    }

    fn lane(&mut self, name: &str, height: usize) -> Lane {
        let lane = Lane { top: self.top, height };
        self.put(&format!(
            "<rect class=\"lane\" x=\"{LEFT}\" y=\"{}\" width=\"{CELLS}\" height=\"{height}\" rx=\"6\"/>",
            lane.top
        ));
        self.put(&format!("<text class=\"name\" x=\"{}\" y=\"{:.1}\">{name}</text>", LEFT - 14, lane.middle() + 4.5));
        self.top = lane.bottom() + 10;
        lane
    }

    /// Draws a path for each line: the peaks above the middle, mirrored below.
    fn waveform(&mut self, waveform: &Waveform, lane: &Lane) {
        let full = f64::from(waveform.maximum()).max(f64::MIN_POSITIVE);
        let reach = lane.height as f64 / 2.0 - 5.0;
        let mut path = String::new();
        for (cells, peaks) in &waveform.lines {
            let edge = |(cell, peak): (usize, &f32), side: f64| {
                let height = (f64::from(*peak) / full * reach).max(0.4);
                format!(
                    "{}{} {:.1}",
                    if path_starts(cell, cells, side) { "M" } else { "L" },
                    LEFT + cell,
                    lane.middle() + side * height
                )
            };
            let upper = cells.clone().zip(peaks).map(|peak| edge(peak, -1.0));
            let lower = cells.clone().zip(peaks).rev().map(|peak| edge(peak, 1.0));
            path.extend(upper.chain(lower));
            path.push('Z');
        }
        self.put(&format!("<path class=\"voice\" d=\"{path}\"/>"));
    }

    /// Draws each strike as a line, and its ring-out as a falling curve.
    fn bells(&mut self, lane: &Lane) {
        let (top, bottom) = (lane.top as f64 + 5.0, lane.bottom() as f64 - 5.0);
        let (mut rings, mut strikes, mut last) = (String::new(), String::new(), f64::MIN);
        for strike in &self.lanes.bells {
            let (x, end) = (self.x(strike.start), self.x(strike.end));
            if x < last + 1.0 {
                continue;
            }
            last = x;
            let _ = write!(strikes, "M{x:.1} {top}V{bottom}");
            let _ = write!(rings, "M{x:.1} {top}Q{:.1} {bottom} {end:.1} {bottom}H{x:.1}Z", x + (end - x) * 0.18);
        }
        self.put(&format!("<path class=\"ring\" d=\"{rings}\"/><path class=\"strike\" d=\"{strikes}\"/>"));
    }

    fn boxes(&mut self, class: &str, stretches: &Stretches, lane: &Lane, height: usize) {
        let top = lane.middle() - height as f64 / 2.0;
        let mut boxes = String::new();
        let mut last = f64::MIN;
        for stretch in stretches {
            let (x, end) = (self.x(stretch.start) + 0.5, self.x(stretch.end) - 0.5);
            if end < last {
                continue;
            }
            let width = (end - x).max(0.6);
            last = x + width;
            let _ = write!(
                boxes,
                "<rect x=\"{x:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"{height}\" rx=\"{:.1}\"/>",
                (width / 2.0).min(4.0)
            );
        }
        self.put(&format!("<g class=\"{class}\">{boxes}</g>"));
    }

    fn axis(&mut self) {
        let y = self.top + 4;
        let mut axis = format!("<path class=\"line\" d=\"M{LEFT} {y}H{RIGHT}");
        let mut labels = String::new();
        for tick in self.lanes.ticks(CELLS / TICK) {
            let x = self.x(tick.0);
            let _ = write!(axis, "M{x:.1} {y}v5");
            let _ = write!(
                labels,
                "<text class=\"moment\" x=\"{x:.1}\" y=\"{}\">{}</text>",
                y + 20,
                format_clock(tick, self.lanes.rate)
            );
        }
        self.put(&format!("{axis}\"/>{labels}"));
        self.top = y + 36;
    }

    fn finish(self, title: &str) -> String {
        let height = self.top;
        let body = self.svg.replace(CHAPTER_LINE_END, &format!("V{}", height - 36));
        let title = escaped(&escape_controls(title));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n<rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\" rx=\"12\"/>\n{body}</svg>\n"
        )
    }
}

/// Returns whether a cell is the first point of its line's path.
fn path_starts(cell: usize, cells: &std::ops::Range<usize>, side: f64) -> bool {
    cell == cells.start && side < 0.0
}

/// Escapes text for XML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}
