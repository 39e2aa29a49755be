//! The built-in voice as a speech engine.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::engine::{CancelFlag, EngineError, SpeechEngine, VoiceDescription, VoiceRequest};
use super::heart::{self, NAME, NeuralSpeech, NeuralVoice, NeuralVoiceError, Pace};
use super::installation;
use super::output::OutputError;
use super::readable::Charset;
use crate::io::encode::{AudioFileWriter, BitDepth, EncodeError, OutputFormat, Tags};
use crate::timeline::WordTimes;
use crate::units::{Frames, Rate};

/// The neural voice, which is loaded when it speaks its first line.
#[derive(Debug)]
pub(super) struct BuiltInEngine {
    /// The folder of the installed voice; `None` if the system has no data folder.
    folder: Option<PathBuf>,
    voice: Mutex<Option<NeuralVoice>>,
}

impl BuiltInEngine {
    pub(super) fn new() -> Self {
        Self { folder: installation::voice_folder(NAME), voice: Mutex::default() }
    }
}

impl SpeechEngine for BuiltInEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn speaks(&self, language: &str) -> bool {
        language.split(['-', '_']).next().is_some_and(|primary| primary.eq_ignore_ascii_case("en"))
    }

    fn charset(&self) -> Charset {
        Charset::UnicodeWithPronunciations
    }

    fn is_installed(&self) -> bool {
        self.folder.as_deref().is_some_and(heart::is_installed)
    }

    fn install_hint(&self) -> &'static str {
        "run scripts/setup, or `karuna voices add FILE` with the package hibari-tts 0.2.1 from PyPI"
    }

    fn describe(&self, voice: &VoiceRequest) -> Option<VoiceDescription> {
        let identity = self.folder.as_deref().and_then(heart::identity).filter(|_| self.speaks(&voice.language))?;
        Some(VoiceDescription { identity, is_recommended: true })
    }

    fn speak(
        &self,
        text: &str,
        _: &VoiceRequest,
        output: &Path,
        cancel: &CancelFlag,
    ) -> Result<WordTimes, EngineError> {
        let folder = self.folder.as_deref().ok_or(EngineError::NoVoice)?;
        let mut voice = self.voice.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = match voice.take() {
            Some(loaded) => loaded,
            None => NeuralVoice::load(folder)?,
        };
        let speech = voice.insert(loaded).speak_while(text, Pace::CALM, &|| !cancel.is_cancelled());
        drop(voice);
        match speech {
            Ok(speech) => save(&speech, output).map(|()| speech.word_times),
            Err(NeuralVoiceError::Cancelled) => Err(EngineError::Cancelled),
            Err(error) => Err(error.into()),
        }
    }
}

/// Writes speech to a WAV file. Its level is not final, so the samples are floating-point numbers.
fn save(speech: &NeuralSpeech, path: &Path) -> Result<(), EngineError> {
    let rate = Rate::new(NeuralSpeech::SAMPLE_RATE).ok_or(EngineError::NoVoice)?;
    let format =
        OutputFormat::for_path(path, rate, Some(BitDepth::Float32)).map_err(|error| OutputError::Save(error.into()))?;
    write(speech, path, format).map_err(|error| OutputError::Save(error.into()))?;
    Ok(())
}

fn write(speech: &NeuralSpeech, path: &Path, format: OutputFormat) -> Result<(), EncodeError> {
    let length = Frames(speech.samples.len() as u64);
    let mut file = AudioFileWriter::create(path, format, &Tags::default(), length)?;
    for samples in speech.samples.chunks(4096) {
        let frames: Vec<_> = samples.iter().map(|sample| [*sample; 2]).collect();
        file.write(&frames)?;
    }
    file.finish()
}
