//! The clips of a session: found, probed, measured, and opened for the engine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::decode::{self, ClipBytes, ClipError, Damage, Examination, LoudnessBlocks};
use super::library::{self, Clip, ClipLost, Home};
use crate::engine::{ClipReader, ClipSource, ClipUnavailable};
use crate::lint::{MeasuredClips, Measures};
use crate::manifest::session::ClipPath;
use crate::timeline::{ClipFacts, ClipKey, Facts, Timeline};
use crate::units::{Frames, Loudness};

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
    facts: decode::ClipFacts,
    /// What listening to it whole told, once somebody listened.
    examination: OnceLock<Option<Examination>>,
}

/// Every clip that a manifest names, each file once.
#[derive(Default)]
pub struct ClipTable(HashMap<ClipPath, Arc<Entry>>);

impl ClipTable {
    /// Finds and probes clips. Those that can't be used are among the troubles and not in the table.
    #[must_use]
    pub fn probe(home: &Home, paths: &[ClipPath]) -> (Self, Vec<(ClipPath, Trouble)>) {
        let (mut table, mut troubles) = (HashMap::new(), Vec::new());
        for path in paths {
            if table.contains_key(path) || troubles.iter().any(|(known, _)| known == path) {
                continue;
            }
            match find(home, path) {
                Ok(entry) => {
                    table.insert(path.clone(), Arc::new(entry));
                }
                Err(trouble) => troubles.push((path.clone(), trouble)),
            }
        }
        (Self(table), troubles)
    }

    /// The same, with every clip decoded whole, on all cores.
    #[must_use]
    pub fn examine(home: &Home, paths: &[ClipPath]) -> (Self, Vec<(ClipPath, Trouble)>) {
        let (table, mut troubles) = Self::probe(home, paths);
        let mut probed: Vec<_> = table.0.keys().cloned().collect();
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

    /// What a timeline has to know. Of bells and the bed the loudness is measured too.
    #[must_use]
    pub fn facts(&self, bells: &[ClipPath], bed: Option<ClipPath>) -> Facts {
        let measured: Vec<_> = bells.iter().chain(&bed).cloned().collect();
        self.listen(&measured);
        let facts = self.0.iter().map(|(path, entry)| {
            let examination = entry.examination.get().and_then(Option::as_ref).filter(|_| measured.contains(path));
            let facts = ClipFacts {
                rate: entry.facts.rate,
                frames: entry.facts.frames,
                momentary: examination.and_then(|heard| heard.loudness.greatest_momentary()),
                integrated: examination.and_then(|heard| heard.loudness.integrated()),
            };
            (ClipKey::File(path.clone()), facts)
        });
        Facts(facts.collect())
    }

    /// The loudness of these clips together, each once; `None` where all are silent.
    #[must_use]
    pub fn pooled_loudness(&self, paths: &[ClipPath]) -> Option<Loudness> {
        let mut paths = paths.to_vec();
        paths.sort();
        paths.dedup();
        self.listen(&paths);
        let heard = paths.iter().filter_map(|path| self.0.get(path)?.examination.get()?.as_ref());
        LoudnessBlocks::pooled(heard.map(|examination| &examination.loudness))
    }

    /// What was measured of the clips that somebody listened to.
    #[must_use]
    pub fn measures(&self) -> MeasuredClips {
        let measure = |(path, entry): (&ClipPath, &Arc<Entry>)| {
            let examination = entry.examination.get()?.as_ref()?;
            let seconds = entry.facts.frames.seconds(entry.facts.rate);
            let measures = Measures {
                length: Duration::from_secs_f64(seconds),
                loudness: examination.loudness.integrated(),
                clipped_runs: examination.statistics.clipped_runs,
                direct_current: examination.statistics.direct_current,
                first: examination.statistics.first,
                last: examination.statistics.last,
                noise: examination.statistics.noise_loudness(),
            };
            Some((path.clone(), measures))
        };
        self.0.iter().filter_map(measure).collect()
    }

    /// Listens to clips that nobody has listened to yet, on all cores.
    fn listen(&self, paths: &[ClipPath]) {
        let waiting = Mutex::new(
            paths.iter().filter_map(|path| self.0.get(path)).filter(|entry| entry.examination.get().is_none()),
        );
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            while let Some(entry) = next() {
                entry.examination.get_or_init(|| decode::examine(&entry.bytes).ok());
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(paths.len());
        std::thread::scope(|scope| {
            for _ in 1..cores {
                scope.spawn(work);
            }
            work();
        });
    }

    fn examination(&self, path: &ClipPath) -> Result<&Examination, Trouble> {
        let entry = self.0.get(path).ok_or(Trouble::Lost(ClipLost::Missing))?;
        entry.examination.get().and_then(Option::as_ref).ok_or_else(|| {
            let help = "export it again from your recorder".to_owned();
            Trouble::Unreadable("it can't be decoded to its end".to_owned(), help)
        })
    }

    /// The clips of a timeline, for the engine.
    #[must_use]
    pub fn source(self: &Arc<Self>, timeline: &Timeline) -> Arc<dyn ClipSource> {
        Arc::new(TimelineClips { table: self.clone(), keys: timeline.clips.clone() })
    }
}

fn find(home: &Home, path: &ClipPath) -> Result<Entry, Trouble> {
    let bytes = match home.find(path).map_err(Trouble::Lost)? {
        Clip::File(file) => library::open_quietly(&file)
            .and_then(|file| ClipBytes::from_file(file, path.as_str()))
            .map_err(|error| Trouble::Lost(ClipLost::Unreadable(library::reason(&error))))?,
        Clip::Program(name, bytes) => ClipBytes::embedded(bytes, name),
    };
    let unreadable = |error: ClipError| Trouble::Unreadable(error.to_string(), error.help().to_owned());
    let facts = decode::probe(&bytes).map_err(unreadable)?;
    Ok(Entry { bytes, facts, examination: OnceLock::new() })
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
    fn open(&self, clip: usize) -> Result<Box<dyn ClipReader>, ClipUnavailable> {
        let Some(ClipKey::File(path)) = self.keys.get(clip) else {
            return Err(ClipUnavailable("there is no such clip".to_owned()));
        };
        let entry =
            self.table.0.get(path).ok_or_else(|| ClipUnavailable(format!("there is no clip {}", path.as_str())))?;
        decode::open(&entry.bytes).map_err(|error| ClipUnavailable(error.to_string()))
    }
}
