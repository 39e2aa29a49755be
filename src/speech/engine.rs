//! The speech engines that a listener may have: what each is called, how it is asked, and what it can't do.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::search;

/// A speech engine, of those that are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Neural voices, from a model of the listener's own.
    Piper,
    /// The voice of macOS.
    Say,
    /// The voice of Windows.
    Windows,
    /// Festival, with the CMU ARCTIC voice slt where it is there.
    Festival,
    /// Flite, with its voice slt.
    Flite,
    /// eSpeak NG: small, quick, in more than a hundred languages.
    EspeakNg,
}

/// What a listener wants for lines without a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Voice {
    /// The best engine that is there; otherwise the words are shown.
    #[default]
    Auto,
    /// The words are shown.
    None,
    /// This engine.
    Engine(Engine),
}

/// What the speech of an engine depends on, beside the text, and how it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    pub(super) engine: Engine,
    /// Everything that changes the sound, in words.
    pub(super) settings: String,
    /// A model, where an engine needs one.
    model: Option<PathBuf>,
    /// The voice by its name in the engine, where it is given.
    voice: Option<String>,
}

/// A program to run, as an argument vector; no shell reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invocation {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: Vec<(&'static str, PathBuf)>,
}

/// Where PowerShell is told to write.
const WINDOWS_FILE: &str = "KARUNA_SPEECH_FILE";
/// Reads UTF-8 from standard input, and writes to the path in the environment. No text is ever part of it.
const WINDOWS_SCRIPT: &str = "\
    $ErrorActionPreference = 'Stop'; Add-Type -AssemblyName System.Speech; \
    $in = New-Object IO.StreamReader([Console]::OpenStandardInput(), (New-Object Text.UTF8Encoding($false))); \
    $text = $in.ReadToEnd(); $voice = New-Object Speech.Synthesis.SpeechSynthesizer; $voice.Rate = -2; \
    $voice.SetOutputToWaveFile($env:KARUNA_SPEECH_FILE); $voice.Speak($text); $voice.Dispose()";
/// Festival's own voices may be quick diphones; this one is the one that was listened to. No text is ever part of it.
const FESTIVAL_VOICE: &str = "\
    (if (member 'cmu_us_slt_arctic_hts (voice.list)) (begin (voice_cmu_us_slt_arctic_hts) \
    (set! hts_engine_params (append hts_engine_params '((\"-r\" 0.75) (\"-fm\" -1.5) (\"-b\" 0.2))))))";

impl Engine {
    /// All of them, those first that are understood best and pleasant for long.
    pub const ALL: [Self; 6] = [Self::Piper, Self::Say, Self::Windows, Self::Festival, Self::Flite, Self::EspeakNg];

    /// As `--voice` takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Piper => "piper",
            Self::Say => "say",
            Self::Windows => "windows",
            Self::Festival => "festival",
            Self::Flite => "flite",
            Self::EspeakNg => "espeak-ng",
        }
    }

    /// The program that speaks.
    pub(super) fn program(self) -> &'static str {
        match self {
            Self::Festival => "text2wave",
            Self::Windows => "powershell",
            other => other.name(),
        }
    }

    /// How to come by it.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Piper => {
                "install piper, and put a voice (a file that ends in .onnx) into $XDG_DATA_HOME/karuna/voices, which is usually ~/.local/share/karuna/voices"
            }
            Self::Say => "it belongs to macOS; elsewhere choose another, such as espeak-ng",
            Self::Windows => "it belongs to Windows; elsewhere choose another, such as espeak-ng",
            Self::Festival => "install festival, and festvox-us-slt-hts for its better voice",
            Self::Flite => "install flite",
            Self::EspeakNg => "install espeak-ng",
        }
    }

    /// Whether it knows no letters but those of ASCII.
    pub(super) fn is_ascii(self) -> bool {
        matches!(self, Self::Festival | Self::Flite)
    }

    /// Whether this machine can have it at all.
    fn belongs_here(self) -> bool {
        (self != Self::Say || cfg!(target_os = "macos")) && (self != Self::Windows || cfg!(windows))
    }

    /// Whether it speaks a language, given by its BCP 47 tag.
    #[must_use]
    pub fn speaks(self, language: &str) -> bool {
        !self.is_ascii() || primary(language) == "en"
    }

    /// Whether `auto` may take it where its program is there.
    pub(super) fn is_good_enough(self) -> bool {
        self != Self::Festival || search::festival_has("cmu_us_slt_arctic_hts")
    }

    /// How it speaks a language; none where it can't.
    pub(super) fn manner(self, language: &str) -> Option<Manner> {
        if !self.belongs_here() || !self.speaks(language) {
            return None;
        }
        let manner = |settings: String, model, voice| Some(Manner { engine: self, settings, model, voice });
        match self {
            Self::Piper => {
                let model = search::piper_model(&primary(language))?;
                manner(format!("{} length-scale 1.25", model.display()), Some(model), None)
            }
            Self::Say => manner("rate 130".to_owned(), None, None),
            Self::Windows => manner("rate -2".to_owned(), None, None),
            Self::Festival => manner("slt hts, or its own voice, -r 0.75 -fm -1.5 -b 0.2".to_owned(), None, None),
            Self::Flite => manner("slt, duration_stretch 1.25".to_owned(), None, None),
            Self::EspeakNg => {
                let voice = espeak_voice(language);
                manner(format!("{voice}, 130 words a minute"), None, Some(voice))
            }
        }
    }
}

impl Manner {
    /// What is to be run so that the speech of what is on standard input is written to a file.
    pub(super) fn invocation(&self, program: PathBuf, file: &Path) -> Invocation {
        let mut arguments: Vec<OsString> = Vec::new();
        let mut environment = Vec::new();
        let mut plain = |words: &[&str]| arguments.extend(words.iter().map(OsString::from));
        match self.engine {
            Engine::Piper => {
                plain(&["--length-scale", "1.25", "-m"]);
                arguments.extend(self.model.clone().map(PathBuf::into_os_string));
                arguments.push("-f".into());
                arguments.push(file.into());
            }
            Engine::Say => {
                plain(&["-r", "130", "-f", "-", "--data-format=LEI16@22050", "-o"]);
                arguments.push(file.into());
            }
            Engine::Windows => {
                plain(&["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", WINDOWS_SCRIPT]);
                environment.push((WINDOWS_FILE, file.to_owned()));
            }
            Engine::Festival => {
                plain(&["-eval", FESTIVAL_VOICE, "-o"]);
                arguments.push(file.into());
            }
            Engine::Flite => {
                plain(&["-voice", "slt", "--setf", "duration_stretch=1.25", "-f", "/dev/stdin", "-o"]);
                arguments.push(file.into());
            }
            Engine::EspeakNg => {
                plain(&["-v", self.voice.as_deref().unwrap_or("en-us"), "-s", "130", "-b", "1", "--stdin", "-w"]);
                arguments.push(file.into());
            }
        }
        Invocation { program, arguments, environment }
    }
}

/// The first part of a BCP 47 tag, in small letters.
fn primary(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// eSpeak's name of a voice: the language alone, but for the few whose regions sound unlike. Letters only, so that no tag of
/// a manifest can name a file.
fn espeak_voice(language: &str) -> String {
    let tag = language.replace('_', "-").to_ascii_lowercase();
    match tag.as_str() {
        "en-gb" | "en-029" | "pt-br" | "es-419" | "fr-be" | "fr-ch" => tag,
        _ if primary(language) == "en" => "en-us".to_owned(),
        _ => primary(language).chars().filter(char::is_ascii_alphabetic).take(8).collect(),
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Voice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "none" => Ok(Self::None),
            name => Engine::ALL.into_iter().find(|engine| engine.name() == name).map(Self::Engine).ok_or_else(|| {
                let names = Engine::ALL.map(Engine::name).join(", ");
                format!("a voice is auto, none, or one of {names}")
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_are_read_as_they_are_written() {
        for engine in Engine::ALL {
            assert_eq!(engine.name().parse(), Ok(Voice::Engine(engine)));
        }
        assert_eq!("auto".parse(), Ok(Voice::Auto));
        assert!("loud".parse::<Voice>().unwrap_err().contains("espeak-ng"));
    }

    #[test]
    fn a_language_can_name_no_file() {
        for language in ["../../etc", "-w", "xx-/etc/passwd", "de-AT", ""] {
            let voice = espeak_voice(language);
            assert!(voice.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && !voice.starts_with('-'), "{voice}");
        }
        assert_eq!(espeak_voice("en"), "en-us");
        assert_eq!(espeak_voice("en-GB"), "en-gb");
        assert_eq!(espeak_voice("de-AT"), "de");
    }

    #[test]
    fn engines_of_english_leave_other_languages_alone() {
        assert_eq!(Engine::Flite.manner("de"), None);
        assert!(Engine::Flite.manner("en-GB").is_some());
        assert!(Engine::EspeakNg.manner("de").is_some());
    }
}
