//! From a session's name to all that is needed to show, play or render it.

pub(crate) mod speech;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::VoiceGain;
use crate::error::{Failure, Remedy as _};
use crate::io::clips::{ClipTable, Knowledge, Trouble};
use crate::io::decode::ClipBytes;
use crate::io::library::{self, ClipLost, Manifest};
use crate::manifest::lint::recordings;
use crate::manifest::session::{ClipPath, SpokenLine, TAGS};
use crate::manifest::{self, Code, Finding, Findings, Session, suggest};
use crate::speech::Voice;
use crate::speech::job::Making;
use crate::text::escape_controls;
use crate::timeline::LengthRange;
use crate::timeline::{self, Programme, Programmes, SessionFacts, Shape, SpeechKey, Timeline, TimelineError};
use crate::units::{Decibels, Lufs, Rate};
use speech::Left;

/// Of a session whose recordings hold nothing.
const ALL_SILENT: &str = "all clips of this session are silent";

/// A session that can be shown, played or rendered.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) manifest: Manifest,
    pub(crate) session: Session,
    pub(crate) clips: Arc<ClipTable>,
    facts: SessionFacts,
    shape: Shape,
}

/// Why a session could not be loaded.
pub(crate) enum LoadError {
    /// Its manifest has errors, which are still to be shown.
    Invalid {
        /// The text of the manifest.
        text: String,
        /// The errors in it.
        findings: Vec<Finding>,
    },
    /// Something else went wrong.
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for LoadError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Reads a session and probes its clips.
pub(crate) fn session(name: &str, shape: Shape, voice: Voice) -> Result<Prepared, LoadError> {
    read_whole(library::open(name)?, shape, voice)
}

/// The same, to play it. Its speech is made before, or, unless all lines are needed, while it plays.
pub(crate) fn session_to_play(
    name: &str,
    shape: Shape,
    voice: Voice,
    needs_all: bool,
) -> Result<(Prepared, Left), LoadError> {
    let speak = if needs_all { speech::add } else { speech::begin };
    read(library::open(name)?, shape, voice, speak)
}

/// The same as its teacher wrote it.
pub(crate) fn natural(manifest: Manifest) -> Result<Prepared, LoadError> {
    read_whole(manifest, Shape::default(), Voice::None)
}

/// A session whose text was made up by the program itself.
pub(crate) fn text(name: &str, text: String) -> Result<Prepared, LoadError> {
    let manifest = Manifest { name: name.to_owned(), path: PathBuf::from(name), text, home: library::Home::Program };
    read_whole(manifest, Shape::default(), Voice::None)
}

fn read_whole(manifest: Manifest, shape: Shape, voice: Voice) -> Result<Prepared, LoadError> {
    Ok(read(manifest, shape, voice, speech::add)?.0)
}

/// Reads a session and has its lines spoken, in one way or another.
fn read(
    manifest: Manifest,
    shape: Shape,
    voice: Voice,
    speak: impl FnOnce(&Session, &Shape, Voice, &mut ClipTable) -> Result<Left, Failure>,
) -> Result<(Prepared, Left), LoadError> {
    let (session, mut findings) = manifest::read_for_playback(&manifest.path, &manifest.text);
    if let Some(session) = session {
        let (mut clips, troubles) = ClipTable::probe(&manifest.home, &paths(&session), Knowledge::of_listener());
        let mut missing = Findings::new(&manifest.path, &manifest.text);
        tell(&session, &troubles, &mut missing);
        findings = missing.into_sorted(&session.allow);
        if findings.is_empty() {
            tell_of_unknown_tags(&session, &shape.avoid);
            let left = speak(&session, &shape, voice, &mut clips)?;
            let clips = Arc::new(clips);
            let mut facts = clips.facts(&bell_paths(&session), bed_path(&session));
            let left = left.heed();
            left.making
                .iter()
                .flat_map(Making::awaited)
                .for_each(|words| facts.mark_speech_pending(SpeechKey::new(&session.language, words)));
            return Ok((Prepared { manifest, session, clips, facts, shape }, left));
        }
    }
    findings.retain(|finding| finding.severity == manifest::Severity::Error);
    Err(LoadError::Invalid { text: manifest.text, findings })
}

/// Says which words of `--avoid` may be misspelt: a listener counts on being spared.
fn tell_of_unknown_tags(session: &Session, avoided: &[String]) {
    let tags: Vec<&str> = TAGS.iter().copied().chain(session.tags()).collect();
    for word in avoided.iter().filter(|word| !tags.iter().any(|tag| tag.eq_ignore_ascii_case(word))) {
        let meant = suggest::nearest(word, tags.iter().copied());
        let help = meant.map(|tag| format!("; did you mean `{}`?", escape_controls(tag))).unwrap_or_default();
        eprintln!(
            "no line of this session has the tag `{}`, so nothing is left out for it{help}",
            escape_controls(word)
        );
    }
}

/// Every finding of a manifest, clips decoded whole, with its text.
pub(crate) fn check(name: &str) -> (String, Vec<Finding>) {
    let manifest = match library::open(name) {
        Ok(manifest) => manifest,
        Err(library::Unread { code, failure, text }) => {
            let mut findings = Findings::new(&PathBuf::from(name), &text);
            findings.error(code, text.len()..text.len(), failure.message, failure.help);
            let findings = findings.into_sorted(&[]);
            return (text, findings);
        }
    };
    let reading = manifest::read_lossy(&manifest.path, &manifest.text);
    let mut findings = reading.new_findings(&manifest.path, &manifest.text);
    let (whole, session, mut found) = (reading.is_valid(), reading.session, reading.findings);
    let (clips, troubles) = ClipTable::examine(&manifest.home, &paths(&session), Knowledge::of_listener());
    tell(&session, &troubles, &mut findings);
    if whole && !findings.has_error() {
        measure_up(&session, &clips, &mut findings);
    }
    let voice = voice_paths(&session);
    let loudness = clips.pooled_loudness(&voice);
    recordings::clips(&session, &clips.measures(), gain_to(session.levels.voice, loudness), &mut findings);
    if !findings.has_error() && loudness.is_none() && !voice.is_empty() {
        let help = "look whether the recordings hold what they should";
        findings.warning(Code::ClipsSilent, 0..0, ALL_SILENT, help);
    }
    found.extend(findings.into_sorted(&session.allow));
    found.sort_by_key(|finding| (finding.line, finding.column));
    (manifest.text, found)
}

/// What only the whole timeline shows: too long, too much of it, or too dense.
fn measure_up(session: &Session, clips: &ClipTable, findings: &mut Findings) {
    let facts = clips.facts(&bell_paths(session), bed_path(session));
    for programme in Programme::all() {
        match timeline::build(session, programme, &facts, &Shape::default(), Rate::DEFAULT) {
            Err(error) => findings.error(Code::TooMuch, 0..0, error.to_string(), error.help().unwrap_or_default()),
            Ok(timeline) if programme == Programme::SESSION => {
                let texts = timeline.segments.iter().filter_map(|segment| segment.text.as_deref());
                let words = texts.map(|text| text.split_whitespace().count()).sum();
                recordings::density(words, Duration::from_secs_f64(timeline.frames.seconds(timeline.rate)), findings);
            }
            Ok(_) => {}
        }
    }
}

/// Reports what is the matter with clips, at each place that names one.
fn tell(session: &Session, troubles: &[(ClipPath, Trouble)], findings: &mut Findings) {
    let troubles: HashMap<_, _> = troubles.iter().map(|(path, trouble)| (path, trouble)).collect();
    for clip in session.clips() {
        let Some(trouble) = troubles.get(&clip.value) else { continue };
        let name = clip.value.as_str();
        let span = clip.span.clone();
        match trouble {
            Trouble::Lost(lost) => {
                let (message, help) = lost_words(name, lost);
                findings.error(Code::ClipMissing, span, message, help);
            }
            Trouble::Unreadable(why, help) => findings.error(Code::ClipUnreadable, span, why.clone(), help),
            Trouble::Damaged(how) => {
                let help = "export it again from your recorder; until then it plays with silence for what is missing";
                findings.warning(Code::ClipDamaged, span, format!("{name} {how}"), help);
            }
        }
    }
}

fn lost_words(name: &str, lost: &ClipLost) -> (String, &'static str) {
    match lost {
        ClipLost::Missing => {
            (format!("there is no clip {name}"), "put the file beside the manifest, or mend the name; capitals count")
        }
        ClipLost::LeadsOut => (
            format!("{name} is a link that leads out of the manifest's folder"),
            "put the file itself beside the manifest",
        ),
        ClipLost::NotAFile => (format!("{name} is not a regular file"), "name an audio file"),
        ClipLost::Unreadable(why) => (format!("{name} can't be read: {why}"), "look at who may read it"),
    }
}

fn paths(session: &Session) -> Vec<ClipPath> {
    session.clips().into_iter().map(|clip| clip.value.clone()).collect()
}

fn voice_paths(session: &Session) -> Vec<ClipPath> {
    session.lines().filter_map(|(line, _)| SpokenLine::clip(line)).map(|clip| clip.value.clone()).collect()
}

fn bell_paths(session: &Session) -> Vec<ClipPath> {
    use manifest::session::BellSound;
    let clip = |bell: &manifest::session::CustomBell| match &bell.sound {
        BellSound::Clip(clip) => Some(clip.value.clone()),
        BellSound::Modes(_) => None,
    };
    session.bells.values().filter_map(clip).collect()
}

fn bed_path(session: &Session) -> Option<ClipPath> {
    match &session.bed {
        Some(manifest::session::BedSpec::Clip(clip)) => Some(clip.value.clone()),
        _ => None,
    }
}

impl Prepared {
    /// Takes in the speech of a line that was awaited. Without any, its words are shown.
    pub(crate) fn learn(&mut self, words: &str, speech: Option<ClipBytes>) {
        let clips = Arc::make_mut(&mut self.clips);
        let key = SpeechKey::new(&self.session.language, words);
        let facts = speech.and_then(|speech| clips.add_speech(key.clone(), speech));
        self.facts.set_speech(key, facts);
    }

    /// Whether lines are still being spoken.
    pub(crate) fn awaits_speech(&self) -> bool {
        self.facts.has_pending_speech()
    }

    /// The timeline of the session itself.
    pub(crate) fn timeline(&self, rate: Rate) -> Result<Timeline, Failure> {
        self.build(Programme::SESSION, rate)
    }

    /// The session, its gentler passage and its closing.
    pub(crate) fn programmes(&self, rate: Rate) -> Result<Programmes, Failure> {
        timeline::build_all(&self.session, &self.facts, &self.shape, rate).map_err(|error| self.failure(&error))
    }

    fn build(&self, programme: Programme, rate: Rate) -> Result<Timeline, Failure> {
        timeline::build(&self.session, programme, &self.facts, &self.shape, rate).map_err(|error| self.failure(&error))
    }

    /// The lengths that the session can be fitted to.
    pub(crate) fn range(&self, rate: Rate) -> Result<LengthRange, Failure> {
        timeline::length_range(&self.session, &self.facts, &self.shape, rate).map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &TimelineError) -> Failure {
        Failure::new(format!("{}: {error}", self.manifest.name), error.help().unwrap_or_default())
    }

    /// The common gain of the narration, measured now if it is not known. What is amiss with the clips is told, a sentence for each.
    pub(crate) fn voice_gain(&self, tell: impl Fn(String)) -> Decibels {
        self.recordings().gain(tell)
    }

    /// The same, measured on threads of their own while the session begins, unless all of it is known. What is amiss is told before.
    pub(crate) fn measure_in_background(&self, tell: impl Fn(String) + Clone + Send + 'static) -> VoiceGain {
        let (recordings, cell) = (self.recordings(), VoiceGain::default());
        let is_known = recordings.clips.has_heard(&recordings.paths);
        let result = cell.clone();
        let measure = move || {
            let _ = result.set(recordings.gain(&tell));
        };
        if is_known || std::thread::Builder::new().name("loudness".to_owned()).spawn(measure.clone()).is_err() {
            measure();
        }
        cell
    }

    fn recordings(&self) -> Recordings {
        let (clips, paths) = (self.clips.clone(), voice_paths(&self.session));
        Recordings { clips, paths, level: self.session.levels.voice }
    }
}

/// The recorded narration of a session, and the level that it is to have.
#[derive(Clone)]
struct Recordings {
    clips: Arc<ClipTable>,
    paths: Vec<ClipPath>,
    level: Lufs,
}

impl Recordings {
    /// What brings them together to their level. Tells what is amiss with any clip.
    fn gain(&self, tell: impl Fn(String)) -> Decibels {
        let loudness = self.clips.pooled_loudness(&self.paths);
        for damage in self.clips.damages() {
            tell(format!("{}; its time is kept, in silence", escape_controls(&damage)));
        }
        if loudness.is_none() && !self.paths.is_empty() {
            tell(ALL_SILENT.to_owned());
        }
        gain_to(self.level, loudness)
    }
}

/// From what recordings have together to a level. Where all are silent, nothing is changed.
fn gain_to(level: Lufs, pooled: Option<Lufs>) -> Decibels {
    pooled.map_or(Decibels::UNITY, |pooled| level - pooled)
}
