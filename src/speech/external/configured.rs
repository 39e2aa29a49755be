//! A speech engine from the listener's configuration.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::process::{self, Limits};
use super::programs::Invocation;
use super::search;
use crate::config::EngineConfig;
use crate::speech::engine::{CancelFlag, EngineError, SpeechEngine, VoiceDescription, VoiceRequest};
use crate::speech::readable::Charset;
use crate::timeline::WordTimes;

/// A program that reads text from standard input and writes a WAV file to standard output.
#[derive(Debug)]
pub(crate) struct ConfiguredEngine {
    config: EngineConfig,
    /// `None` if the program was not found.
    program: Option<PathBuf>,
    install_hint: String,
}

impl ConfiguredEngine {
    pub(crate) fn new(config: &EngineConfig) -> Self {
        let name = config.command.first().map(String::as_str).unwrap_or_default();
        let install_hint = format!("its program {name} was not found; correct `command` in config.toml");
        Self { program: find(name), install_hint, config: config.clone() }
    }

    /// Returns the command, and the size and date of its program. If any of them changes, the speech may change.
    fn identity(&self) -> String {
        let file = self.program.as_deref().and_then(|program| fs::metadata(program).ok());
        let size = file.as_ref().map_or(0, fs::Metadata::len);
        let modified: Option<SystemTime> = file.and_then(|file| file.modified().ok());
        let seconds = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default().as_secs();
        format!("{} {size} {seconds}", self.config.command.join("\u{1}"))
    }
}

/// Finds a program by its absolute path, or by its name in the folders of `PATH`. Relative paths are not accepted, because they depend on
/// the current folder.
fn find(name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    if path.is_absolute() {
        return which::which(path).ok();
    }
    let is_name = path.components().count() == 1 && path.file_name().is_some();
    search::program(name).filter(|_| is_name)
}

impl SpeechEngine for ConfiguredEngine {
    fn name(&self) -> &str {
        &self.config.name
    }

    fn speaks(&self, language: &str) -> bool {
        self.config.speaks(language)
    }

    fn charset(&self) -> Charset {
        Charset::Unicode
    }

    fn is_installed(&self) -> bool {
        self.program.is_some()
    }

    fn install_hint(&self) -> &str {
        &self.install_hint
    }

    fn describe(&self, voice: &VoiceRequest) -> Option<VoiceDescription> {
        self.speaks(&voice.language).then(|| VoiceDescription { identity: self.identity(), is_recommended: true })
    }

    fn speak(
        &self,
        text: &str,
        _: &VoiceRequest,
        output: &Path,
        cancel: &CancelFlag,
    ) -> Result<WordTimes, EngineError> {
        let program = self.program.clone().ok_or(EngineError::NoVoice)?;
        let arguments = self.config.command.iter().skip(1).map(OsString::from).collect();
        let invocation = Invocation { program, arguments, environment: Vec::new(), writes_to_stdout: true };
        process::run(&invocation, text, output, Limits::for_text(text), cancel)?;
        Ok(WordTimes::default())
    }
}
