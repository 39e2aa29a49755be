//! The known speech programs: how each is found, run, and given a voice.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::search;
use crate::speech::engine::VoiceDescription;
use crate::speech::readable::Charset;

/// The properties of a speech program.
#[derive(Debug)]
pub(super) struct Program {
    /// The name for `--voice`.
    pub(super) name: &'static str,
    /// The name of the executable.
    pub(super) executable: &'static str,
    pub(super) install_hint: &'static str,
    pub(super) charset: Charset,
    /// Whether it exists for this system.
    pub(super) is_supported: bool,
    /// Returns the voice for a language, given the path of the executable if it is installed.
    pub(super) voice: fn(&str, Option<&Path>) -> Option<ProgramVoice>,
}

/// A voice of a program, with the arguments that select it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProgramVoice {
    pub(super) description: VoiceDescription,
    /// The arguments, without the path of the output file.
    arguments: Vec<OsString>,
    output: OutputPath,
}

/// How a program receives its output path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OutputPath {
    LastArgument,
    /// The environment variable that holds the path.
    Environment(&'static str),
}

/// A program to run, as an argument vector without a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invocation {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: Vec<(&'static str, PathBuf)>,
    /// Whether it writes its sound to standard output instead of a file.
    pub(super) writes_to_stdout: bool,
}

/// The Festival voice of good quality; others may be rough diphone voices.
const FESTIVAL_VOICE: &str = "cmu_us_slt_arctic_hts";
/// Selects [`FESTIVAL_VOICE`] and slows it down. Never contains text of a session.
const FESTIVAL_SCRIPT: &str = "\
    (begin (voice_cmu_us_slt_arctic_hts) \
    (set! hts_engine_params (append hts_engine_params '((\"-r\" 0.75) (\"-fm\" -1.5) (\"-b\" 0.2)))))";

/// The environment variable with the output path for PowerShell.
const WINDOWS_OUTPUT: &str = "KARUNA_SPEECH_FILE";
/// Reads UTF-8 from standard input, and writes to the path in the environment. Never contains text of a session.
const WINDOWS_SCRIPT: &str = "\
    $ErrorActionPreference = 'Stop'; Add-Type -AssemblyName System.Speech; \
    $in = New-Object IO.StreamReader([Console]::OpenStandardInput(), (New-Object Text.UTF8Encoding($false))); \
    $text = $in.ReadToEnd(); $voice = New-Object Speech.Synthesis.SpeechSynthesizer; $voice.Rate = -2; \
    $voice.SetOutputToWaveFile($env:KARUNA_SPEECH_FILE); $voice.Speak($text); $voice.Dispose()";

/// All known engines, the most pleasant and intelligible first.
pub(super) const PROGRAMS: [Program; 6] = [
    Program {
        name: "piper",
        executable: "piper",
        install_hint: "install piper, and put a voice (a file that ends in .onnx) into $XDG_DATA_HOME/karuna/voices, which is usually ~/.local/share/karuna/voices",
        charset: Charset::Unicode,
        is_supported: true,
        voice: |language, _| piper_voice(language),
    },
    Program {
        name: "say",
        executable: "say",
        install_hint: "it is part of macOS; on other systems choose another engine, such as espeak-ng",
        charset: Charset::Unicode,
        is_supported: cfg!(target_os = "macos"),
        voice: |_, _| Some(say_voice()),
    },
    Program {
        name: "windows",
        executable: "powershell",
        install_hint: "it is part of Windows; on other systems choose another engine, such as espeak-ng",
        charset: Charset::Unicode,
        is_supported: cfg!(windows),
        voice: |_, _| Some(windows_voice()),
    },
    Program {
        name: "festival",
        executable: "text2wave",
        install_hint: "install festival, and festvox-us-slt-hts for its better voice",
        charset: Charset::Ascii,
        is_supported: true,
        voice: |_, program| Some(festival_voice(program)),
    },
    Program {
        name: "flite",
        executable: "flite",
        install_hint: "install flite",
        charset: Charset::Ascii,
        is_supported: true,
        voice: |_, _| Some(flite_voice()),
    },
    Program {
        name: "espeak-ng",
        executable: "espeak-ng",
        install_hint: "install espeak-ng",
        charset: Charset::Unicode,
        is_supported: true,
        voice: |language, _| Some(espeak_voice(language)),
    },
];

impl Program {
    /// Returns whether it speaks a language. The ASCII-only engines have English voices only.
    pub(super) fn speaks(&self, language: &str) -> bool {
        self.charset == Charset::Unicode || primary_language(language) == "en"
    }
}

impl ProgramVoice {
    fn new(identity: impl Into<String>, arguments: &[&str]) -> Self {
        Self {
            description: VoiceDescription { identity: identity.into(), is_recommended: true },
            arguments: arguments.iter().map(OsString::from).collect(),
            output: OutputPath::LastArgument,
        }
    }

    /// Returns the invocation that speaks the text on standard input into a file.
    pub(super) fn invocation(&self, program: PathBuf, file: &Path) -> Invocation {
        let mut invocation =
            Invocation { program, arguments: self.arguments.clone(), environment: Vec::new(), writes_to_stdout: false };
        match self.output {
            OutputPath::LastArgument => invocation.arguments.push(file.into()),
            OutputPath::Environment(name) => invocation.environment.push((name, file.to_owned())),
        }
        invocation
    }
}

/// Returns the first model for the language. It is identified by its content, because a file of the same name may be replaced by another
/// voice.
fn piper_voice(language: &str) -> Option<ProgramVoice> {
    let model = search::piper_model(&primary_language(language))?;
    let digest = search::piper_model_digest(&model)?;
    let mut voice = ProgramVoice::new(format!("{digest} length-scale 1.25"), &["--length-scale", "1.25", "-m"]);
    voice.arguments.extend([model.into_os_string(), "-f".into()]);
    Some(voice)
}

fn say_voice() -> ProgramVoice {
    ProgramVoice::new("rate 130", &["-r", "130", "-f", "-", "--data-format=LEI16@22050", "-o"])
}

fn windows_voice() -> ProgramVoice {
    let arguments = ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", WINDOWS_SCRIPT];
    let voice = ProgramVoice::new("rate -2", &arguments);
    ProgramVoice { output: OutputPath::Environment(WINDOWS_OUTPUT), ..voice }
}

/// Returns the good voice if it is installed, otherwise Festival's default. Without Festival, returns the good voice, for its cached speech.
fn festival_voice(program: Option<&Path>) -> ProgramVoice {
    let installed = program.map(search::festival_voices);
    if installed.as_ref().is_none_or(|voices| voices.iter().any(|voice| voice == FESTIVAL_VOICE)) {
        let identity = format!("{FESTIVAL_VOICE} -r 0.75 -fm -1.5 -b 0.2");
        return ProgramVoice::new(identity, &["-eval", FESTIVAL_SCRIPT, "-o"]);
    }
    // The default depends on the installed voices.
    let identity = format!("default among {}", installed.unwrap_or_default().join(","));
    let mut voice = ProgramVoice::new(identity, &["-o"]);
    voice.description.is_recommended = false;
    voice
}

fn flite_voice() -> ProgramVoice {
    let arguments = ["-voice", "slt", "--setf", "duration_stretch=1.25", "-f", "/dev/stdin", "-o"];
    ProgramVoice::new("slt, duration_stretch 1.25", &arguments)
}

fn espeak_voice(language: &str) -> ProgramVoice {
    let voice = espeak_voice_name(language);
    let arguments = ["-v", &voice, "-s", "130", "-b", "1", "--stdin", "-w"];
    ProgramVoice::new(format!("{voice}, 130 words a minute"), &arguments)
}

/// Returns the first part of a BCP 47 tag in lower case.
fn primary_language(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Returns eSpeak NG's name of a voice: the language alone, unless its regions sound different. The name consists of letters, digits and
/// hyphens, so that a manifest's language tag can't name a file.
fn espeak_voice_name(language: &str) -> String {
    let tag = language.replace('_', "-").to_ascii_lowercase();
    match tag.as_str() {
        "en-gb" | "en-029" | "pt-br" | "es-419" | "fr-be" | "fr-ch" => tag,
        _ if primary_language(language) == "en" => "en-us".to_owned(),
        _ => primary_language(language).chars().filter(char::is_ascii_alphabetic).take(8).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_tag_cannot_name_a_file() {
        for language in ["../../etc", "-w", "xx-/etc/passwd", "de-AT", ""] {
            let voice = espeak_voice_name(language);
            assert!(voice.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && !voice.starts_with('-'), "{voice}");
        }
        assert_eq!(espeak_voice_name("en"), "en-us");
        assert_eq!(espeak_voice_name("en-GB"), "en-gb");
        assert_eq!(espeak_voice_name("de-AT"), "de");
    }

    #[test]
    fn english_engines_speak_no_other_language() {
        let speaks =
            |name: &str, language: &str| PROGRAMS.iter().find(|program| program.name == name).unwrap().speaks(language);
        assert!(!speaks("flite", "de"));
        assert!(speaks("flite", "en-GB"));
        assert!(speaks("espeak-ng", "de"));
    }
}
