//! A folder of the teacher's own recordings, each named after its line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::NarrationError;
use super::lines::NarratedLine;
use crate::io::decode::{self, ClipBytes};
use crate::io::open_file;

/// The extensions of recordings.
const EXTENSIONS: [&str; 11] = ["wav", "wave", "aiff", "aif", "flac", "mp3", "ogg", "oga", "opus", "m4a", "mp4"];

/// Recordings by the stem of their line's name.
#[derive(Debug, Default)]
pub(super) struct RecordingSet(BTreeMap<String, PathBuf>);

impl RecordingSet {
    /// Finds the recordings of these lines in a folder. A file is named after its line (`hand`), the line's number (`7`, `07`), or both
    /// (`07-hand`). The stems of other files are reported.
    pub(super) fn find(
        folder: &Path,
        lines: &[NarratedLine],
        report_unknown: &mut dyn FnMut(&str),
    ) -> Result<Self, NarrationError> {
        let entries =
            fs::read_dir(folder).map_err(|source| NarrationError::ReadFolder { folder: folder.to_owned(), source })?;
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| is_audio(path)).collect();
        files.sort();
        let mut found = BTreeMap::new();
        for file in files {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let Some(line) = lines.iter().find(|line| is_name_of(&stem, line)) else {
                report_unknown(&stem);
                continue;
            };
            check(&file)?;
            if let Some(other) = found.insert(line.stem.clone(), file.clone()) {
                let (folder, line) = (folder.to_owned(), line.stem.clone());
                return Err(NarrationError::TwoRecordings { folder, line, files: [other, file] });
            }
        }
        if found.is_empty() {
            return Err(NarrationError::NoRecordings { folder: folder.to_owned() });
        }
        Ok(Self(found))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, line: &NarratedLine) -> bool {
        self.0.contains_key(&line.stem)
    }

    /// Returns the lines with a recording here, and its path.
    pub(super) fn iter<'all>(
        &'all self,
        lines: &'all [NarratedLine],
    ) -> impl Iterator<Item = (&'all NarratedLine, &'all Path)> {
        lines.iter().filter_map(|line| Some((line, self.0.get(&line.stem)?.as_path())))
    }
}

fn is_audio(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    path.is_file() && EXTENSIONS.contains(&extension.as_str())
}

fn is_name_of(stem: &str, line: &NarratedLine) -> bool {
    let is_number = |text: &str| text.parse() == Ok(line.number);
    let (number, rest) = stem.split_once('-').unwrap_or((stem, ""));
    stem == line.stem || is_number(stem) || is_number(number) && rest == line.stem
}

/// Returns an error for a recording that can't be played.
fn check(path: &Path) -> Result<(), NarrationError> {
    let name = path.display().to_string();
    let bytes = open_file::open(path)
        .and_then(|file| ClipBytes::from_file(file, name))
        .map_err(|source| NarrationError::ReadRecording { path: path.to_owned(), source })?;
    decode::probe(&bytes).map(drop).map_err(NarrationError::Recording)
}
