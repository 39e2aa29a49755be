//! Draws a terminal window with a session in it, as SVG. `scripts/picture` calls it.
//!
//! ```sh
//! cargo run --example terminal_picture -- PROGRAM OUTPUT.svg
//! ```
//! PROGRAM is run in a pseudo-terminal, without sound. What its screen shows at one line of the session is drawn.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use vt100::{Cell, Parser, Screen};

const SESSION: &str = "glimmer";
/// Shown from the beginning on.
const HINT: &str = "? keys";
/// Words in the session that are on the screen when it is drawn.
const WORDS: &str = "safe enough";
const COLUMNS: u16 = 80;
const ROWS: u16 = 20;
/// The size of a cell, in pixels.
const CELL: (u32, u32) = (9, 20);
const MARGIN: u32 = 20;
/// The height of the window's title bar.
const BAR: u32 = 30;
const DEADLINE: Duration = Duration::from_mins(1);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, output] = arguments.as_slice() else {
        return Err("usage: terminal_picture PROGRAM OUTPUT.svg".into());
    };
    let screen = play(program)?;
    std::fs::write(output, draw(&screen))?;
    Ok(())
}

/// Plays the session, with its keys shown, until the words are on the screen.
fn play(program: &str) -> Result<Screen, Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let pair = native_pty_system().openpty(PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 })?;
    let mut command = CommandBuilder::new(program);
    command.args(["play", SESSION, "--output", "null", "--voice", "none", "--no-config", "--allow-sleep"]);
    command.env("HOME", home.path());
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    let mut child = pair.slave.spawn_command(command)?;
    let written = follow(pair.master.try_clone_reader()?);
    let mut keys = pair.master.take_writer()?;
    let mut parser = Parser::new(ROWS.try_into()?, COLUMNS.try_into()?, 0);
    parser.process(format!("$ karuna play {SESSION}\r\n").as_bytes());
    let deadline = Instant::now() + DEADLINE;
    // A key is taken once the title stands there; before, the terminal would show it.
    for (words, key) in [(HINT, "?"), (WORDS, "")] {
        while !parser.screen().contents().contains(words) {
            let left = deadline.saturating_duration_since(Instant::now());
            parser.process(&written.recv_timeout(left).map_err(|_| format!("\"{words}\" did not appear"))?);
        }
        keys.write_all(key.as_bytes())?;
    }
    // What belongs to the same drawing.
    while let Ok(bytes) = written.recv_timeout(Duration::from_millis(100)) {
        parser.process(&bytes);
    }
    child.kill()?;
    child.wait()?;
    Ok(parser.screen().clone())
}

/// Reads what the program writes, in a thread.
fn follow(mut reader: Box<dyn Read + Send>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// The rows of the screen in a window, down to the last one that holds something.
fn draw(screen: &Screen) -> String {
    let contents = screen.contents();
    let rows = u32::try_from(contents.trim_end().lines().count()).unwrap_or(0);
    let (width, height) = (u32::from(COLUMNS) * CELL.0 + 2 * MARGIN, BAR + rows * CELL.1 + 2 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>A terminal in which karuna plays a session</title>\n<desc>{}</desc>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"10\" fill=\"#1d2438\"/>\n\
         <path d=\"M0 {BAR}V10A10 10 0 0 1 10 0H{}A10 10 0 0 1 {width} 10V{BAR}z\" fill=\"#33415f\"/>\n\
         <g fill=\"#8793ad\"><circle cx=\"20\" cy=\"15\" r=\"5\"/><circle cx=\"38\" cy=\"15\" r=\"5\"/>\
         <circle cx=\"56\" cy=\"15\" r=\"5\"/></g>\n\
         <g font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\" fill=\"#f4ead8\" \
         xml:space=\"preserve\">\n",
        escape(contents.trim_end()),
        width - 10,
    );
    for row in 0..rows {
        let baseline = BAR + MARGIN + row * CELL.1 + 15;
        for (column, text, style) in runs(screen, u16::try_from(row).unwrap_or(u16::MAX)) {
            // The length keeps the columns in place with any font.
            let columns = u32::try_from(text.chars().count()).unwrap_or(0);
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{baseline}\" textLength=\"{}\"{style}>{}</text>",
                MARGIN + u32::from(column) * CELL.0,
                columns * CELL.0,
                escape(&text)
            );
        }
    }
    svg + "</g>\n</svg>\n"
}

/// The runs of cells of one style in a row, without blanks at either end: where each begins, its text, its attributes.
fn runs(screen: &Screen, row: u16) -> Vec<(u16, String, String)> {
    let mut runs: Vec<(u16, String, String)> = Vec::new();
    for column in 0..COLUMNS {
        let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) else { continue };
        let (text, style) = (if cell.has_contents() { cell.contents() } else { " " }, style(cell));
        match runs.last_mut() {
            Some((_, run, of_run)) if *of_run == style => run.push_str(text),
            _ => runs.push((column, text.to_owned(), style)),
        }
    }
    for (column, text, _) in &mut runs {
        *column += u16::try_from(text.len() - text.trim_start().len()).unwrap_or(0);
        *text = text.trim().to_owned();
    }
    runs.retain(|(_, text, _)| !text.is_empty());
    runs
}

fn style(cell: &Cell) -> String {
    let mut style = String::new();
    if cell.dim() {
        style += " opacity=\"0.65\"";
    }
    if cell.bold() {
        style += " font-weight=\"bold\"";
    }
    style
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
