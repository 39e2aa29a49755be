//! Stores recordings, each in its own file, which is named in the manifest immediately.

use std::path::{Path, PathBuf};

use super::machine::RecorderLine;
use crate::dsp::fades::raised_cosine;
use crate::io::encode::{AudioFileWriter, BitDepth, OutputFormat, Tags};
use crate::io::library::{ManifestFile, ManifestOrigin};
use crate::manifest::{Session, suggest};
use crate::speech::narration::{self, NarratedLine, NarrationError, RecordingFolder, SaveError};
use crate::units::{Frame, Frames, Rate};

/// The length of the fades at the ends of a recording in milliseconds, within the margin around the words.
const FADE_MILLISECONDS: u32 = 5;

/// The lines of a session to be recorded, and the folder for their recordings.
pub(crate) struct RecordingStore {
    manifest: ManifestFile,
    lines: Vec<NarratedLine>,
    /// Created with the first recording.
    folder: Option<RecordingFolder>,
}

impl RecordingStore {
    /// Finds the lines without a recording, or the requested one.
    ///
    /// # Errors
    /// If the session can't be changed, or has no such line.
    pub(crate) fn new(manifest: ManifestFile, session: &Session, line: Option<&str>) -> Result<Self, NarrationError> {
        if matches!(manifest.origin, ManifestOrigin::Bundled) {
            return Err(NarrationError::ShippedSession { session: manifest.name });
        }
        let all = narration::lines_with_words(session, &manifest.text);
        let lines: Vec<_> =
            match line {
                None => all.into_iter().filter(|line| line.clip.is_none()).collect(),
                Some(requested) => {
                    let found = all.iter().find(|line| line.stem == requested || line.name == requested).cloned();
                    let suggestion =
                        || suggest::nearest(requested, all.iter().map(|line| line.stem.as_str())).map(str::to_owned);
                    vec![found.ok_or_else(|| NarrationError::NoLine {
                        line: requested.to_owned(),
                        suggestion: suggestion(),
                    })?]
                }
            };
        Ok(Self { manifest, lines, folder: None })
    }

    /// Returns the lines to be recorded.
    pub(crate) fn lines(&self) -> Vec<RecorderLine> {
        let name = |line: &NarratedLine| {
            if line.is_alternative { format!("{}, instead", line.name) } else { line.name.clone() }
        };
        self.lines.iter().map(|line| RecorderLine { name: name(line), words: line.words.clone() }).collect()
    }

    /// Writes a recording to a file, names it in the manifest, and returns its path.
    ///
    /// # Errors
    /// If the file or the manifest can't be written. The next attempt then finds a file that was already written.
    pub(crate) fn save(&mut self, line: usize, samples: &[f32], rate: Rate) -> Result<PathBuf, NarrationError> {
        let folder = match &mut self.folder {
            Some(folder) => folder,
            none => none.insert(RecordingFolder::open(&self.manifest, None, true)?),
        };
        let line = &self.lines[line];
        let failed = |source| NarrationError::Save { line: line.name.clone(), source };
        let placed = folder.put(line, "flac", |path| write(path, samples, rate).map_err(failed))?;
        narration::add_clips_to_manifest(&self.manifest, std::slice::from_ref(&placed))?;
        Ok(placed.path)
    }
}

/// Writes samples to a 24-bit file, equal in both channels.
pub(crate) fn write(path: &Path, samples: &[f32], rate: Rate) -> Result<(), SaveError> {
    let format = OutputFormat::for_path(path, rate, Some(BitDepth::Int24))?;
    let mut file = AudioFileWriter::create(path, format, &Tags::default(), Frames(samples.len() as u64))?;
    let fade = (rate.hertz() * FADE_MILLISECONDS / 1000).max(1) as f32;
    let gain = |at: usize| raised_cosine((at.min(samples.len() - 1 - at) as f32 / fade).min(1.0));
    let mut frames: Vec<Frame> = Vec::with_capacity(BLOCK);
    for (number, block) in samples.chunks(BLOCK).enumerate() {
        frames.clear();
        frames.extend(block.iter().zip(number * BLOCK..).map(|(sample, at)| [(sample * gain(at)).clamp(-1.0, 1.0); 2]));
        file.write(&frames)?;
    }
    Ok(file.finish()?)
}

const BLOCK: usize = 4096;
