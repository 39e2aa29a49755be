//! A voice for lines that nobody recorded: the listener's own speech engine, asked once for each line.
//!
//! An engine is a stranger: it gets the text on standard input and nothing else of the manifest, and what it writes counts only
//! once it was decoded whole and can be speech of these words.

pub(crate) mod narration;

mod engine;
mod finish;
pub(crate) mod job;
mod run;
mod search;
mod text;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

pub use engine::{Engine, Voice};

use crate::error::Failure;
use crate::io::cache::Cache;
use crate::io::decode::ClipBytes;
use crate::manifest::session::SessionLevels;
use crate::units::Lufs;
use engine::Manner;
use run::Ran;

/// What all speech is brought to, as heard in both ears.
pub const LOUDNESS: Lufs = SessionLevels::VOICE;
/// What messages call it.
const NAME: &str = "speech";
/// Another number here lets go of all that was made in another way.
const WAY: &str = "1";
/// So many bytes of speech are kept: more than three hours.
const MOST_KEPT: u64 = 256 * 1024 * 1024;
/// The time that an engine has in any case, …
const PATIENCE: Duration = Duration::from_secs(10);
/// … and for each word: twice as fast as it speaks.
const PATIENCE_FOR_A_WORD: Duration = Duration::from_millis(230);
/// An engine that has failed so often, and never done well, is not asked again.
const FAILURES: usize = 3;

/// A speech engine that was found, and what it said before.
#[derive(Debug)]
pub struct Speaker {
    /// Without it, there is only what it said before.
    program: Option<PathBuf>,
    manner: Manner,
    said: Cache,
}

/// Why a line is shown after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unspoken {
    /// Nothing of it can be said: a picture, or dots.
    Wordless,
    /// The engine failed: a sentence that says how.
    Failed(String),
    /// The engine was not asked, because it had failed at other lines or is not there.
    NotAsked,
}

/// What one line came to: the speech, or why there is none.
pub type Spoken = Result<ClipBytes, Unspoken>;

impl Speaker {
    fn new(manner: Manner, program: Option<PathBuf>) -> Self {
        Self { program, manner, said: Cache::for_listener("speech", MOST_KEPT) }
    }

    /// The engine that a listener wants for lines in a language; `None` where the words are shown.
    ///
    /// # Errors
    /// When an engine was named that is not there, and it has not spoken all these lines before.
    pub fn find(voice: Voice, language: &str, lines: &[&str]) -> Result<Option<Self>, Failure> {
        match voice {
            Voice::None => Ok(None),
            Voice::Auto => Ok(best(language, lines)),
            Voice::Engine(engine) => named(engine, language, lines).map(Some),
        }
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.manner.engine
    }

    /// What was made of a line before.
    #[must_use]
    pub fn remembers(&self, line: &str) -> Option<ClipBytes> {
        self.said.get(&self.key(&self.readable(line))).map(|speech| ClipBytes::held(speech, NAME))
    }

    /// Whether nothing of a line can be said.
    #[must_use]
    pub fn is_wordless(&self, line: &str) -> bool {
        self.readable(line).is_empty()
    }

    /// Speaks lines on all cores, each handed over with its number as soon as it is done, in no certain order. Ends early
    /// where they are not `wanted` any more.
    pub fn speak(&self, lines: &[&str], wanted: &(dyn Fn() -> bool + Sync), done: &(dyn Fn(usize, Spoken) + Sync)) {
        let next = AtomicUsize::new(0);
        let trust = Trust::default();
        let work = || {
            while wanted() {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(line) = lines.get(number) else { break };
                done(number, self.line(line, &trust, wanted));
            }
        };
        let cores = thread::available_parallelism().map_or(1, usize::from).min(lines.len());
        thread::scope(|scope| {
            for _ in 1..cores {
                scope.spawn(work);
            }
            work();
        });
        self.said.evict();
    }

    fn line(&self, line: &str, trust: &Trust, wanted: &(dyn Fn() -> bool + Sync)) -> Spoken {
        if let Some(speech) = self.remembers(line) {
            return Ok(speech);
        }
        let text = self.readable(line);
        if text.is_empty() {
            return Err(Unspoken::Wordless);
        }
        let Some(program) = self.program.as_ref().filter(|_| !trust.is_lost()) else {
            return Err(Unspoken::NotAsked);
        };
        let spoken = self.ask(program, &text, wanted);
        trust.learn(&spoken);
        spoken.map_err(|failed| match failed {
            Failed::Otherwise(how) | Failed::TooLong(how) => Unspoken::Failed(format!("{} {how}", self.engine())),
            Failed::Unwanted => Unspoken::NotAsked,
        })
    }

    fn ask(&self, program: &Path, text: &str, wanted: &(dyn Fn() -> bool + Sync)) -> Result<ClipBytes, Failed> {
        let unable = |error: io::Error| Failed::Otherwise(format!("could not be asked: {error}"));
        let workshop = tempfile::Builder::new().prefix("karuna-speech-").tempdir().map_err(unable)?;
        let (raw, finished) = (workshop.path().join("raw.wav"), workshop.path().join("speech.flac"));
        let invocation = self.manner.invocation(program.to_owned(), &raw);
        let words = u32::try_from(text::words(text)).unwrap_or(u32::MAX);
        let limit = PATIENCE + PATIENCE_FOR_A_WORD.saturating_mul(words);
        match run::run(&invocation, text, limit, wanted).map_err(unable)? {
            Ran::Well => {}
            Ran::Failed(status) => return Err(Failed::Otherwise(ended(status))),
            Ran::TooLong => return Err(Failed::TooLong(format!("was not done after {} s", limit.as_secs()))),
            Ran::Unwanted => return Err(Failed::Unwanted),
        }
        finish::finish(&raw, &finished, text, LOUDNESS).map_err(Failed::Otherwise)?;
        let speech = std::fs::read(&finished).map_err(unable)?;
        self.said.insert(&self.key(text), &speech);
        Ok(ClipBytes::held(speech, NAME))
    }

    fn readable(&self, line: &str) -> String {
        text::readable(line, self.engine().is_ascii())
    }

    /// All that the sound depends on.
    fn key(&self, text: &str) -> Vec<u8> {
        let parts = [WAY, self.engine().name(), &self.manner.settings, text];
        parts.join("\0").into_bytes()
    }
}

/// Saves speech into a FLAC file, at a loudness as heard in both ears; softer where it would not fit below full scale.
///
/// # Errors
/// Why the file can't be written, in a sentence.
pub fn save(speech: &ClipBytes, to: &Path, loudness: Lufs) -> Result<(), String> {
    finish::save(speech, to, LOUDNESS, loudness)
}

/// How asking came out, where it did not come out well.
enum Failed {
    TooLong(String),
    Unwanted,
    Otherwise(String),
}

/// Whether an engine is worth asking: it is not once it hangs, nor when all that it does fails.
#[derive(Default)]
struct Trust {
    lost: AtomicBool,
    failures: AtomicUsize,
    has_spoken: AtomicBool,
}

impl Trust {
    fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    fn learn(&self, spoken: &Result<ClipBytes, Failed>) {
        match spoken {
            Ok(_) => self.has_spoken.store(true, Ordering::Relaxed),
            Err(Failed::TooLong(_)) => self.lost.store(true, Ordering::Relaxed),
            Err(Failed::Unwanted) => {}
            Err(Failed::Otherwise(_)) => {
                let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
                if failures >= FAILURES && !self.has_spoken.load(Ordering::Relaxed) {
                    self.lost.store(true, Ordering::Relaxed);
                }
            }
        }
    }
}

/// The best engine that is there; where none is, the one that has said most of these lines before.
fn best(language: &str, lines: &[&str]) -> Option<Speaker> {
    let there = Engine::ALL.into_iter().find_map(|engine| {
        let program = search::program(engine.program()).filter(|_| engine.is_good_enough())?;
        Some((engine.manner(language)?, program))
    });
    if let Some((manner, program)) = there {
        return Some(Speaker::new(manner, Some(program)));
    }
    let remembered = Engine::ALL.into_iter().filter_map(|engine| Some(Speaker::new(engine.manner(language)?, None)));
    let counted =
        remembered.map(|speaker| (lines.iter().filter(|line| speaker.remembers(line).is_some()).count(), speaker));
    counted.filter(|(count, _)| *count > 0).max_by_key(|(count, _)| *count).map(|(_, speaker)| speaker)
}

fn named(engine: Engine, language: &str, lines: &[&str]) -> Result<Speaker, Failure> {
    let elsewhere = "choose another with --voice, or leave it out; with --voice none the words are shown";
    if !engine.speaks(language) {
        let message = format!(
            "{engine} speaks English only, and the language of this session is {}",
            crate::text::escape_controls(language)
        );
        return Err(Failure::new(message, elsewhere));
    }
    let absent = || {
        Failure::new(format!("the speech engine {engine} is not there"), format!("{}; or {elsewhere}", engine.remedy()))
    };
    let manner = engine.manner(language).ok_or_else(absent)?;
    let program = search::program(engine.program());
    let is_there = program.is_some();
    let speaker = Speaker::new(manner, program);
    let is_needed = |line: &&str| !speaker.readable(line).is_empty() && speaker.remembers(line).is_none();
    if is_there || !lines.iter().any(is_needed) { Ok(speaker) } else { Err(absent()) }
}

fn ended(status: std::process::ExitStatus) -> String {
    status.code().map_or_else(|| "broke off".to_owned(), |code| format!("ended with exit code {code}"))
}
