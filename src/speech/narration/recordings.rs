//! Recordings of a person's own, in a folder, each named by the line that it is of.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::lines::Line;
use crate::error::{Failure, reason};
use crate::io::decode::{self, ClipBytes};
use crate::io::library;
use crate::manifest::suggest;
use crate::text::{self, escape_controls};

/// What the names of recordings end in.
const ENDINGS: [&str; 11] = ["wav", "wave", "aiff", "aif", "flac", "mp3", "ogg", "oga", "opus", "m4a", "mp4"];

/// Recordings by the stem of their line.
#[derive(Debug, Default)]
pub(crate) struct Recordings(BTreeMap<String, PathBuf>);

impl Recordings {
    /// Looks for the recordings of these lines. A name is the line's own (`hand`), its number (`7`, `07`), or both (`07-hand`).
    /// What belongs to no line is told.
    pub(crate) fn of(folder: &Path, lines: &[Line]) -> Result<Self, Failure> {
        let shown = text::display_path(folder);
        let entries = fs::read_dir(folder).map_err(|error| {
            Failure::new(
                format!("{shown} can't be read: {}", reason(&error)),
                "give the folder that holds the recordings",
            )
        })?;
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| is_sound(path)).collect();
        files.sort();
        let (mut found, mut strange) = (BTreeMap::new(), Vec::new());
        for file in files {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let Some(line) = lines.iter().find(|line| is_of(&stem, line)) else {
                strange.push(stem);
                continue;
            };
            look(&file)?;
            if let Some(other) = found.insert(line.stem.clone(), file.clone()) {
                let message = format!("{shown} holds two recordings of {}", line.stem);
                let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                return Err(Failure::new(message, format!("keep one of {} and {}", name(&other), name(&file))));
            }
        }
        tell_strange(&strange, lines);
        if found.is_empty() {
            let help = "name each file by the id of its line, as in hand.wav; `karuna narrate SESSION --voice none` lists the lines";
            return Err(Failure::new(format!("{shown} holds no recording of a line of this session"), help));
        }
        Ok(Self(found))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, line: &Line) -> bool {
        self.0.contains_key(&line.stem)
    }

    /// The lines that have a recording here, with it.
    pub(crate) fn iter<'all>(&'all self, lines: &'all [Line]) -> impl Iterator<Item = (&'all Line, &'all Path)> {
        lines.iter().filter_map(|line| Some((line, self.0.get(&line.stem)?.as_path())))
    }
}

fn is_sound(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    path.is_file() && ENDINGS.contains(&ending.as_str())
}

fn is_of(name: &str, line: &Line) -> bool {
    let is_number = |text: &str| text.parse() == Ok(line.number);
    let (number, rest) = name.split_once('-').unwrap_or((name, ""));
    name == line.stem || is_number(name) || is_number(number) && rest == line.stem
}

/// A recording that can't be played is not taken.
fn look(path: &Path) -> Result<(), Failure> {
    let name = path.display().to_string();
    let unreadable = |error: std::io::Error| {
        Failure::new(format!("{name} can't be read: {}", reason(&error)), "look at who may read it")
    };
    let bytes =
        library::open_quietly(path).and_then(|file| ClipBytes::from_file(file, name.clone())).map_err(unreadable)?;
    decode::probe(&bytes).map(drop).map_err(|error| Failure::new(error.to_string(), error.help()))
}

fn tell_strange(strange: &[String], lines: &[Line]) {
    for stem in strange {
        let near = suggest::nearest(stem, lines.iter().map(|line| line.stem.as_str()));
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        eprintln!("no line is called {}{near}", escape_controls(stem));
    }
}
