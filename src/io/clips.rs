//! The clips of a session: found, probed, measured, and opened for the engine.

mod analysis_cache;
mod bundled;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

pub use analysis_cache::Knowledge;

use super::decode::{self, ClipBytes, ClipError, Damage, Examination, LoudnessBlocks, Opener};
use super::library::{self, Clip, ClipLost, Home};
use crate::engine::{ClipOpenError, ClipReader, ClipSource};
use crate::error::reason;
use crate::manifest::lint::recordings::{ClipMeasurements, MeasuredClips};
use crate::manifest::session::ClipPath;
use crate::timeline::{ClipFacts, ClipKey, SessionFacts, SpeechKey, Timeline};
use crate::units::{Frames, Lufs};
use analysis_cache::Identity;

/// So many files are kept open, so that they play on even where their names go; the rest is opened when it is read.
const MOST_OPEN: usize = 100;

/// What is the matter with a clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It was not found.
    Lost(ClipLost),
    /// It can't be decoded: why, and the remedy.
    Unreadable(String, String),
    /// It is cut short or damaged: how.
    Damaged(String),
}

struct Entry {
    bytes: ClipBytes,
    /// Opens it anew, if it is a file.
    reopen: Option<Opener>,
    identity: Identity,
    facts: decode::ClipFacts,
    /// What listening to it whole told, once somebody listened.
    examination: OnceLock<Result<Examination, ClipError>>,
}

/// Every clip that a manifest names, each file once.
#[derive(Clone)]
pub struct ClipTable {
    entries: HashMap<ClipPath, Arc<Entry>>,
    /// The lines that an engine spoke.
    speech: HashMap<SpeechKey, (ClipBytes, decode::ClipFacts)>,
    knowledge: Knowledge,
}

impl ClipTable {
    /// Finds and probes clips, if they are not known already. Those that can't be used are among the troubles and not in the table.
    #[must_use]
    pub fn probe(home: &Home, paths: &[ClipPath], knowledge: Knowledge) -> (Self, Vec<(ClipPath, Trouble)>) {
        Self::find(home, paths, knowledge, true)
    }

    /// The same, with every clip decoded whole, on all cores, whatever was known of it.
    #[must_use]
    pub fn examine(home: &Home, paths: &[ClipPath], knowledge: Knowledge) -> (Self, Vec<(ClipPath, Trouble)>) {
        let (table, mut troubles) = Self::find(home, paths, knowledge, false);
        let mut probed: Vec<_> = table.entries.keys().cloned().collect();
        probed.sort();
        table.listen(&probed);
        for path in probed {
            match table.examination(&path) {
                Ok(examination) => {
                    troubles.extend(damage(examination).map(|how| (path.clone(), Trouble::Damaged(how))));
                }
                Err(trouble) => troubles.push((path.clone(), trouble)),
            }
        }
        (table, troubles)
    }

    fn find(home: &Home, paths: &[ClipPath], knowledge: Knowledge, recall: bool) -> (Self, Vec<(ClipPath, Trouble)>) {
        let (mut entries, mut troubles, mut seen) = (HashMap::new(), Vec::new(), HashSet::new());
        for path in paths {
            if !seen.insert(path) {
                continue;
            }
            match Entry::find(home, path, Some(&knowledge).filter(|_| recall)) {
                Ok(mut entry) => {
                    if entries.len() >= MOST_OPEN {
                        entry.close();
                    }
                    entries.insert(path.clone(), Arc::new(entry));
                }
                Err(trouble) => troubles.push((path.clone(), trouble)),
            }
        }
        (Self { entries, speech: HashMap::new(), knowledge }, troubles)
    }

    /// What a timeline has to know. Of bells and the bed the loudness is measured too.
    #[must_use]
    pub fn facts(&self, bells: &[ClipPath], bed: Option<ClipPath>) -> SessionFacts {
        let measured: Vec<_> = bells.iter().chain(&bed).cloned().collect();
        self.listen(&measured);
        let facts = self.entries.iter().map(|(path, entry)| {
            let examination = entry.heard().filter(|_| measured.contains(path));
            let facts = ClipFacts {
                rate: entry.facts.rate,
                frames: entry.facts.frames,
                momentary: examination.and_then(|heard| heard.loudness.greatest_momentary()),
                integrated: examination.and_then(|heard| heard.loudness.integrated()),
            };
            (ClipKey::File(path.clone()), facts)
        });
        let spoken = self.speech.iter().map(|(key, (_, facts))| (ClipKey::Speech(key.clone()), speech_facts(facts)));
        SessionFacts::new(facts.chain(spoken).collect())
    }

    /// Adds the speech of a line, and returns its facts. Speech that can't be decoded is left out, and the words are shown.
    pub fn add_speech(&mut self, key: SpeechKey, speech: ClipBytes) -> Option<ClipFacts> {
        let facts = decode::probe(&speech).ok()?;
        let known = speech_facts(&facts);
        self.speech.insert(key, (speech, facts));
        Some(known)
    }

    /// Whether all of these clips were listened to, now or earlier.
    #[must_use]
    pub fn has_heard(&self, paths: &[ClipPath]) -> bool {
        paths.iter().filter_map(|path| self.entries.get(path)).all(|entry| entry.heard().is_some())
    }

    /// The loudness of these clips together, each once; `None` where all are silent.
    #[must_use]
    pub fn pooled_loudness(&self, paths: &[ClipPath]) -> Option<Lufs> {
        let mut paths = paths.to_vec();
        paths.sort();
        paths.dedup();
        self.listen(&paths);
        let heard = paths.iter().filter_map(|path| self.entries.get(path)?.heard());
        LoudnessBlocks::pooled(heard.map(|examination| &examination.loudness))
    }

    /// What is missing of the clips that somebody listened to, a sentence for each.
    #[must_use]
    pub fn damages(&self) -> Vec<String> {
        let heard = self.entries.iter().filter_map(|(path, entry)| Some((path, entry.heard()?)));
        let mut damages: Vec<_> =
            heard.filter_map(|(path, heard)| damage(heard).map(|how| format!("{} {how}", path.as_str()))).collect();
        damages.sort();
        damages
    }

    /// What was measured of the clips that somebody listened to.
    pub(crate) fn measures(&self) -> MeasuredClips {
        let measure = |(path, entry): (&ClipPath, &Arc<Entry>)| {
            let examination = entry.heard()?;
            let seconds = entry.facts.frames.seconds(entry.facts.rate);
            let measures = ClipMeasurements {
                length: Duration::from_secs_f64(seconds),
                loudness: examination.loudness.integrated(),
                clipped_runs: examination.statistics.clipped_runs,
                dc_offset: examination.statistics.direct_current,
                first_frame: examination.statistics.first,
                last_frame: examination.statistics.last,
                noise: examination.statistics.noise_loudness(),
            };
            Some((path.clone(), measures))
        };
        self.entries.iter().filter_map(measure).collect()
    }

    /// Listens to clips that nobody has listened to yet, on all cores.
    fn listen(&self, paths: &[ClipPath]) {
        let unheard = |path| self.entries.get(path).filter(|entry| entry.examination.get().is_none());
        let waiting: Vec<_> = paths.iter().filter_map(unheard).collect();
        if waiting.is_empty() {
            return;
        }
        let most = waiting.len();
        let waiting = Mutex::new(waiting.into_iter());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let learnt = AtomicBool::new(false);
        let work = || {
            while let Some(entry) = next() {
                entry.examination.get_or_init(|| {
                    learnt.store(true, Ordering::Relaxed);
                    entry.listen(&self.knowledge)
                });
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(most);
        std::thread::scope(|scope| {
            for _ in 1..cores {
                scope.spawn(work);
            }
            work();
        });
        if learnt.into_inner() {
            self.knowledge.trim();
        }
    }

    fn examination(&self, path: &ClipPath) -> Result<&Examination, Trouble> {
        let entry = self.entries.get(path).ok_or(Trouble::Lost(ClipLost::Missing))?;
        entry.examination.get_or_init(|| entry.listen(&self.knowledge)).as_ref().map_err(unreadable)
    }

    /// The clips of a timeline, for the engine.
    #[must_use]
    pub fn source(self: &Arc<Self>, timeline: &Timeline) -> Arc<dyn ClipSource> {
        Arc::new(TimelineClips { table: self.clone(), keys: timeline.clips.clone() })
    }
}

impl Entry {
    /// Finds a clip, and probes it where nothing is known of it.
    fn find(home: &Home, path: &ClipPath, knowledge: Option<&Knowledge>) -> Result<Self, Trouble> {
        let (bytes, reopen, identity) = match home.open(path).map_err(Trouble::Lost)? {
            Clip::File(whole, file) => {
                let lost = |error: std::io::Error| Trouble::Lost(ClipLost::Unreadable(reason(&error)));
                let identity = Identity::of_file(&whole, &file);
                let bytes = ClipBytes::from_file(file, path.as_str()).map_err(lost)?;
                (bytes, Some(reopener(whole, identity.clone())), identity)
            }
            Clip::Program(name, bytes) => (ClipBytes::embedded(bytes, name), None, Identity::Shipped(name, bytes)),
        };
        let known = knowledge.and_then(|knowledge| knowledge.recall(&identity));
        let facts = known.as_ref().map_or_else(|| decode::probe(&bytes), |known| Ok(known.facts));
        let facts = facts.map_err(|error| unreadable(&error))?;
        let examination = known.map_or_else(OnceLock::new, |known| OnceLock::from(Ok(known)));
        Ok(Self { bytes, reopen, identity, facts, examination })
    }

    /// Lets go of its file, which is then opened by whoever reads it.
    fn close(&mut self) {
        if let Some(reopen) = &self.reopen {
            self.bytes = self.bytes.clone().closed(reopen.clone());
        }
    }

    /// Decodes it whole, and keeps what was found out; not of a damaged one, as it may have been the disk that failed for once.
    fn listen(&self, knowledge: &Knowledge) -> Result<Examination, ClipError> {
        let began = SystemTime::now();
        let examination = decode::examine(&self.bytes)?;
        if examination.damage == Damage::None {
            knowledge.keep(&self.identity, began, &examination);
        }
        Ok(examination)
    }

    /// What was found out, if somebody listened and it could be decoded.
    fn heard(&self) -> Option<&Examination> {
        self.examination.get()?.as_ref().ok()
    }
}

/// Speech is at its level by its making, and not measured.
fn speech_facts(facts: &decode::ClipFacts) -> ClipFacts {
    ClipFacts { rate: facts.rate, frames: facts.frames, momentary: None, integrated: None }
}

/// Opens a file that may have been put in the place of another meanwhile, which is refused.
fn reopener(path: PathBuf, identity: Identity) -> Opener {
    Arc::new(move || {
        let file = library::open_quietly(&path)?;
        let is_same = Identity::of_file(&path, &file).is_place_of(&identity);
        if is_same { Ok(file) } else { Err(std::io::Error::other("another file is in its place")) }
    })
}

fn unreadable(error: &ClipError) -> Trouble {
    Trouble::Unreadable(error.to_string(), error.help().to_owned())
}

/// What is missing of a clip, in words.
fn damage(examination: &Examination) -> Option<String> {
    let rate = examination.facts.rate;
    let seconds = |frames: u64| format!("{:.1} s", Frames(frames).seconds(rate));
    match examination.damage {
        Damage::None => None,
        Damage::CutShort(at) => Some(format!("is cut short after {}", seconds(at))),
        Damage::Holes { first, frames } => {
            Some(format!("is damaged: {} are missing from {} on", seconds(frames), seconds(first)))
        }
    }
}

/// Clips by their number in one timeline.
struct TimelineClips {
    table: Arc<ClipTable>,
    keys: Vec<ClipKey>,
}

impl ClipSource for TimelineClips {
    fn open(&self, clip: usize) -> Result<Box<dyn ClipReader>, ClipOpenError> {
        let bytes = match self.keys.get(clip) {
            Some(ClipKey::File(path)) => self.table.entries.get(path).map(|entry| &entry.bytes),
            Some(ClipKey::Speech(key)) => self.table.speech.get(key).map(|(bytes, _)| bytes),
            None => None,
        };
        let name = self.keys.get(clip).map_or("such clip", ClipKey::name);
        let bytes = bytes.ok_or_else(|| ClipOpenError(format!("there is no {name}")))?;
        decode::open(bytes).map_err(|error| ClipOpenError(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    /// A tone as a WAV of 16 bits, mono.
    fn write(path: &Path, level: f32) {
        const FRAMES: u16 = 60_000;
        let header = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data";
        let sample = |frame| (level * 32_767.0 * (f32::from(frame) * 0.1).sin()) as i16;
        let mut bytes = [&header[..], &(u32::from(FRAMES) * 2).to_le_bytes()].concat();
        bytes.extend((0..FRAMES).flat_map(|frame| sample(frame).to_le_bytes()));
        let size = (bytes.len() as u32 - 8).to_le_bytes();
        bytes[4..8].copy_from_slice(&size);
        fs::write(path, bytes).unwrap();
    }

    /// The loudness of both clips, and whether each was known before anyone listened.
    fn heard(folder: &Path, knowledge: &Knowledge) -> (Option<Lufs>, [bool; 2]) {
        let paths = ["a.wav", "b.wav"].map(|name| ClipPath::new(name).unwrap());
        let home = Home::Folders(vec![folder.to_owned()]);
        let (table, troubles) = ClipTable::probe(&home, &paths, knowledge.clone());
        assert!(troubles.is_empty(), "{troubles:?}");
        let known = paths.clone().map(|path| table.entries[&path].examination.get().is_some());
        (table.pooled_loudness(&paths), known)
    }

    #[test]
    fn a_clip_is_listened_to_once_and_again_when_it_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let clip = |name: &str| folder.path().join(name);
        write(&clip("a.wav"), 0.5);
        write(&clip("b.wav"), 0.03);
        let knowledge = Knowledge::within(&clip("cache"));
        // A file that is changed while its clock stands still would not be seen to change, so a new one is not trusted at once.
        let settled = || {
            let later = fs::File::open(clip("b.wav")).unwrap();
            Identity::of_file(&clip("b.wav"), &later).is_settled(SystemTime::now())
        };
        while !settled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let (alone, _) = heard(folder.path(), &Knowledge::none());
        assert_eq!(heard(folder.path(), &knowledge), (alone, [false; 2]));
        assert_eq!(heard(folder.path(), &knowledge), (alone, [true; 2]));

        let before = fs::metadata(clip("a.wav")).unwrap();
        write(&clip("c.wav"), 0.1);
        fs::write(clip("a.wav"), fs::read(clip("c.wav")).unwrap()).unwrap();
        fs::File::options().write(true).open(clip("a.wav")).unwrap().set_modified(before.modified().unwrap()).unwrap();
        assert_eq!(fs::metadata(clip("a.wav")).unwrap().len(), before.len());
        let (softer, known) = heard(folder.path(), &knowledge);
        assert_eq!(known, [!cfg!(unix), true]);
        assert_eq!(softer == alone, !cfg!(unix));
    }

    #[test]
    fn a_damaged_clip_is_listened_to_each_time() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("whole.wav"), 0.5);
        let bytes = fs::read(folder.path().join("whole.wav")).unwrap();
        for name in ["a.wav", "b.wav"] {
            fs::write(folder.path().join(name), &bytes[..bytes.len() / 2]).unwrap();
        }
        let knowledge = Knowledge::within(&folder.path().join("cache"));
        for _ in 0..2 {
            assert_eq!(heard(folder.path(), &knowledge).1, [false; 2]);
        }
    }
}
