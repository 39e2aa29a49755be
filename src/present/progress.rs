//! The progress line: the chapter, the times, and a bar between them.

use super::layout::{fitted, padded, shares};
use super::scene::Scene;
use crate::text::width;

/// A filled cell of the bar.
const DONE: char = '━';
/// An empty cell of the bar.
const REMAINING: char = '╌';

/// Returns the line of a scene in at most `room` columns. If there is too little room, first the bar is omitted, then the chapter.
pub(crate) fn progress_line(scene: &Scene, room: usize) -> String {
    let end = if scene.status.is_empty() { &scene.remaining } else { &scene.status };
    let elapsed = padded("", width(&scene.remaining).saturating_sub(1 + width(&scene.elapsed))) + &scene.elapsed;
    let times = width(&elapsed) + 1 + width(end);
    let (label, has_bar) = shares(room, times, scene.label_columns);
    let prefix = if label > 0 { padded(&fitted(&scene.label, label), label) + " " } else { String::new() };
    if !has_bar {
        return fitted(format!("{prefix}{} {end}", scene.elapsed).trim_start(), room);
    }
    let prefix = format!("{prefix}{elapsed}");
    let end = padded(end, width(&scene.remaining));
    let cells = room.saturating_sub(width(&prefix) + width(&end) + 2);
    format!("{prefix} {} {end}", bar(scene.position, scene.length, cells)).trim_end().to_owned()
}

/// Returns a bar of this many cells. The cell in progress counts as filled.
fn bar(position: u64, length: u64, cells: usize) -> String {
    let fraction = position as f64 / length.max(1) as f64;
    let filled = fraction.clamp(0.0, 1.0) * cells as f64;
    let done = (filled as usize + usize::from(filled > 0.0)).min(cells);
    (0..cells).map(|cell| if cell < done { DONE } else { REMAINING }).collect()
}
