//! Speech engines that are programs on the listener's machine.
//!
//! They are not trusted. A program gets plain text on standard input. It is killed with its process group when it takes too long or
//! writes too much, and also when karuna itself is killed. Its output is used only if it decodes completely and is plausible speech of that
//! many words.

mod configured;
mod process;
mod process_group;
mod programs;
mod search;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::engine::{CancelFlag, EngineError, SpeechEngine, VoiceDescription, VoiceRequest};
use super::readable::Charset;
use crate::timeline::WordTimes;
pub(super) use configured::ConfiguredEngine;
use process::Limits;
use programs::{PROGRAMS, Program, ProgramVoice};

/// A program that reads text from standard input and writes speech to a file.
///
/// It is not trusted: it only receives the text, its time and output are limited, and its output is only used if it decodes completely.
#[derive(Debug)]
pub(super) struct ExternalEngine {
    program: &'static Program,
    /// `None` if the program is not installed.
    path: Option<PathBuf>,
    /// The voices found so far, by language.
    voices: Mutex<HashMap<String, Option<ProgramVoice>>>,
}

impl ExternalEngine {
    /// Returns every known engine, in order of preference.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        PROGRAMS.iter().map(Self::new)
    }

    /// Returns the names of all known engines.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        PROGRAMS.iter().map(|program| program.name)
    }

    fn new(program: &'static Program) -> Self {
        let path = Some(program.executable).filter(|_| program.is_supported).and_then(search::program);
        Self { program, path, voices: Mutex::default() }
    }

    fn voice(&self, request: &VoiceRequest) -> Option<ProgramVoice> {
        if !self.program.is_supported || !self.program.speaks(&request.language) {
            return None;
        }
        let mut voices = self.voices.lock().unwrap_or_else(PoisonError::into_inner);
        let find = || (self.program.voice)(&request.language, self.path.as_deref());
        voices.entry(request.language.clone()).or_insert_with(find).clone()
    }
}

impl SpeechEngine for ExternalEngine {
    fn name(&self) -> &str {
        self.program.name
    }

    fn speaks(&self, language: &str) -> bool {
        self.program.speaks(language)
    }

    fn charset(&self) -> Charset {
        self.program.charset
    }

    fn is_installed(&self) -> bool {
        self.path.is_some()
    }

    fn install_hint(&self) -> &str {
        self.program.install_hint
    }

    fn describe(&self, request: &VoiceRequest) -> Option<VoiceDescription> {
        self.voice(request).map(|voice| voice.description)
    }

    fn speak(
        &self,
        text: &str,
        voice: &VoiceRequest,
        output: &Path,
        cancel: &CancelFlag,
    ) -> Result<WordTimes, EngineError> {
        let path = self.path.clone().ok_or(EngineError::NoVoice)?;
        let voice = self.voice(voice).ok_or(EngineError::NoVoice)?;
        process::run(&voice.invocation(path, output), text, output, Limits::for_text(text), cancel)?;
        Ok(WordTimes::default())
    }
}
