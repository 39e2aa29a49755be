//! The table of a session's clips.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::analysis_cache::AnalysisCache;
use super::entry::ClipEntry;
use super::error::{ClipError, DamagedClip};
use super::line_speech::LineSpeech;
use crate::engine::{ClipOpenError, ClipReader, ClipSource};
use crate::io::decode::{self, ClipAnalysis, ClipDecoder, ClipProperties, LoudnessBlocks};
use crate::io::library::{ClipPathError, ManifestOrigin};
use crate::manifest::lint::recordings::{ClipMeasurements, MeasuredClips};
use crate::manifest::session::ClipPath;
use crate::timeline::{ClipFacts, ClipKey, SessionFacts, SpeechKey, Timeline};
use crate::units::Lufs;

/// The number of files that are kept open, so that they can be played even after their deletion. Further files are opened for each
/// reader.
const MAX_OPEN_FILES: usize = 100;

/// The clips named by a session, without duplicates, and the speech of its lines.
#[derive(Clone)]
pub struct ClipTable {
    pub(super) entries: HashMap<ClipPath, Arc<ClipEntry>>,
    /// Recordings inside the program that the session does not name.
    bundled: HashMap<ClipPath, Arc<ClipEntry>>,
    speech: HashMap<SpeechKey, (LineSpeech, ClipProperties)>,
    cache: AnalysisCache,
}

impl ClipTable {
    /// Finds clips, and probes those whose analysis is not in `cache`. Clips that can't be used are left out of the table, and their errors
    /// are returned.
    #[must_use]
    pub fn probe(
        origin: &ManifestOrigin,
        paths: &[ClipPath],
        cache: AnalysisCache,
    ) -> (Self, Vec<(ClipPath, ClipError)>) {
        Self::find(origin, paths, cache, true)
    }

    /// Like [`probe`](Self::probe), but every clip is decoded completely, on all cores, regardless of the cache. Damaged clips are both in the
    /// table and among the errors.
    #[must_use]
    pub fn analyse(
        origin: &ManifestOrigin,
        paths: &[ClipPath],
        cache: AnalysisCache,
    ) -> (Self, Vec<(ClipPath, ClipError)>) {
        let (table, mut errors) = Self::find(origin, paths, cache, false);
        let mut found: Vec<_> = table.entries.iter().collect();
        found.sort_by_key(|(path, _)| *path);
        table.analyse_all(found.iter().map(|(_, entry)| *entry));
        for (path, entry) in found {
            let damaged = match entry.analyse(&table.cache) {
                Ok(analysis) => damaged_clip(path, analysis).map(ClipError::Damaged),
                Err(error) => Some(ClipError::Decode(error)),
            };
            errors.extend(damaged.map(|error| (path.clone(), error)));
        }
        (table, errors)
    }

    fn find(
        origin: &ManifestOrigin,
        paths: &[ClipPath],
        cache: AnalysisCache,
        use_cache: bool,
    ) -> (Self, Vec<(ClipPath, ClipError)>) {
        let (mut entries, mut errors, mut seen) = (HashMap::new(), Vec::new(), HashSet::new());
        for path in paths.iter().filter(|path| seen.insert(*path)) {
            match ClipEntry::find(origin, path, Some(&cache).filter(|_| use_cache)) {
                Ok(mut entry) => {
                    if entries.len() >= MAX_OPEN_FILES {
                        entry.close();
                    }
                    entries.insert(path.clone(), Arc::new(entry));
                }
                Err(error) => errors.push((path.clone(), error)),
            }
        }
        (Self { entries, bundled: HashMap::new(), speech: HashMap::new(), cache }, errors)
    }

    /// Returns the facts for a timeline. Only `measured` clips, which are those of bells and beds, are analysed for their loudness.
    #[must_use]
    pub fn facts(&self, measured: &[ClipPath]) -> SessionFacts {
        self.analyse_all(self.entries_of(measured).chain(self.bundled.values()));
        let recorded = self.entries.iter().map(|(path, entry)| {
            let analysis = entry.analysis().filter(|_| measured.contains(path));
            (ClipKey::File(path.clone()), clip_facts(entry, analysis))
        });
        let bundled = self
            .bundled
            .iter()
            .map(|(path, entry)| (ClipKey::Bundled(path.clone()), clip_facts(entry, entry.analysis())));
        let spoken =
            self.speech.iter().map(|(key, (_, properties))| (ClipKey::Speech(key.clone()), speech_facts(properties)));
        let mut facts = SessionFacts::new(recorded.chain(bundled).chain(spoken).collect());
        for (key, (speech, _)) in &self.speech {
            facts.set_word_times(key.clone(), speech.word_times.clone());
        }
        facts
    }

    /// Replaces these clips by a narrator's recordings, if they exist: `hand.ogg` by `NAME/hand.ogg`. Returns whether any exist. Errors of
    /// replaced clips are removed.
    pub(crate) fn use_narrator(
        &mut self,
        origin: &ManifestOrigin,
        narrator: &str,
        paths: &[ClipPath],
        errors: &mut Vec<(ClipPath, ClipError)>,
    ) -> bool {
        let mut has_any = false;
        for path in paths {
            let Some(own) = ClipPath::new(&format!("{narrator}/{}", path.as_str())) else { continue };
            match ClipEntry::find(origin, &own, Some(&self.cache)) {
                Ok(mut entry) => {
                    if self.entries.len() >= MAX_OPEN_FILES {
                        entry.close();
                    }
                    self.entries.insert(path.clone(), Arc::new(entry));
                    errors.retain(|(failed, _)| failed != path);
                    has_any = true;
                }
                Err(ClipError::Path(ClipPathError::Missing(_))) => {}
                Err(error) => errors.push((path.clone(), error)),
            }
        }
        has_any
    }

    /// Adds a recording inside the program that the session does not name, if it exists: by this narrator, or else by that of the library.
    pub(crate) fn add_bundled(&mut self, path: &ClipPath, narrator: Option<&str>) {
        let own = narrator.and_then(|narrator| ClipPath::new(&format!("{narrator}/{}", path.as_str())));
        let mut found =
            own.iter().chain([path]).map(|path| ClipEntry::find(&ManifestOrigin::Bundled, path, Some(&self.cache)));
        if let Some(entry) = found.find_map(Result::ok) {
            self.bundled.insert(path.clone(), Arc::new(entry));
        }
    }

    /// Returns whether such a recording was added.
    pub(crate) fn has_bundled(&self, path: &ClipPath) -> bool {
        self.bundled.contains_key(path)
    }

    /// Adds the speech of a line, and returns its facts. Speech that can't be decoded is omitted, so that the words are shown.
    pub(crate) fn add_speech(&mut self, key: SpeechKey, speech: LineSpeech) -> Option<ClipFacts> {
        let properties = decode::probe(&speech.clip).ok()?;
        let facts = speech_facts(&properties);
        self.speech.insert(key, (speech, properties));
        Some(facts)
    }

    /// Returns whether all of these clips are analysed.
    #[must_use]
    pub(crate) fn are_analysed(&self, paths: &[ClipPath]) -> bool {
        self.entries_of(paths).all(|entry| entry.analysis().is_some())
    }

    /// Returns the pooled integrated loudness of these clips, each counted once, or `None` if all are silent. Analyses clips if necessary.
    #[must_use]
    pub(crate) fn pooled_loudness(&self, paths: &[ClipPath]) -> Option<Lufs> {
        let mut paths = paths.to_vec();
        paths.sort();
        paths.dedup();
        self.analyse_all(self.entries_of(&paths));
        let analyses = self.entries_of(&paths).filter_map(|entry| entry.analysis());
        LoudnessBlocks::pooled(analyses.map(|analysis| &analysis.loudness))
    }

    /// Returns the damaged clips among the analysed ones, sorted by path.
    #[must_use]
    pub(crate) fn damaged_clips(&self) -> Vec<DamagedClip> {
        let damaged = |(path, entry): (&ClipPath, &Arc<ClipEntry>)| damaged_clip(path, entry.analysis()?);
        let mut clips: Vec<_> = self.entries.iter().filter_map(damaged).collect();
        clips.sort_by(|a, b| a.path.cmp(&b.path));
        clips
    }

    /// Returns the measurements of all analysed clips.
    #[must_use]
    pub(crate) fn measures(&self) -> MeasuredClips {
        let measure = |(path, entry): (&ClipPath, &Arc<ClipEntry>)| {
            let analysis = entry.analysis()?;
            let ClipProperties { rate, frames, .. } = entry.properties();
            let measurements = ClipMeasurements {
                length: Duration::from_secs_f64(frames.seconds(rate)),
                loudness: analysis.loudness.integrated(),
                clipped_runs: analysis.statistics.clipped_runs,
                dc_offset: analysis.statistics.dc_offset,
                first_frame: analysis.statistics.first_peak,
                last_frame: analysis.statistics.last_peak,
                noise: analysis.statistics.noise_loudness(),
            };
            Some((path.clone(), measurements))
        };
        self.entries.iter().filter_map(measure).collect()
    }

    /// Returns the clips of a timeline for the engine.
    #[must_use]
    pub fn source(self: &Arc<Self>, timeline: &Timeline) -> Arc<dyn ClipSource> {
        Arc::new(TimelineClips { table: self.clone(), keys: timeline.clips.clone() })
    }

    fn entries_of<'table>(&'table self, paths: &'table [ClipPath]) -> impl Iterator<Item = &'table Arc<ClipEntry>> {
        paths.iter().filter_map(|path| self.entries.get(path))
    }

    /// Analyses clips on all cores, unless that was already done.
    fn analyse_all<'table>(&self, entries: impl Iterator<Item = &'table Arc<ClipEntry>>) {
        let waiting: Vec<_> = entries.filter(|entry| !entry.is_analysed()).collect();
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(waiting.len());
        if waiting.is_empty() {
            return;
        }
        let waiting = Mutex::new(waiting.into_iter());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            while let Some(entry) = next() {
                // An error is stored in the entry.
                let _ = entry.analyse(&self.cache);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..cores {
                scope.spawn(work);
            }
            work();
        });
        self.cache.evict();
    }
}

fn clip_facts(entry: &ClipEntry, analysis: Option<&ClipAnalysis>) -> ClipFacts {
    let ClipProperties { rate, frames, .. } = entry.properties();
    let momentary = analysis.and_then(|analysis| analysis.loudness.max_momentary());
    let integrated = analysis.and_then(|analysis| analysis.loudness.integrated());
    ClipFacts { rate, frames, momentary, integrated }
}

/// The speech of engines is normalised already, so it is not measured.
fn speech_facts(properties: &ClipProperties) -> ClipFacts {
    ClipFacts { rate: properties.rate, frames: properties.frames, momentary: None, integrated: None }
}

fn damaged_clip(path: &ClipPath, analysis: &ClipAnalysis) -> Option<DamagedClip> {
    DamagedClip::new(path, analysis.damage, analysis.properties.rate)
}

/// Opens clips by their index in a timeline.
struct TimelineClips {
    table: Arc<ClipTable>,
    keys: Vec<ClipKey>,
}

impl ClipSource for TimelineClips {
    fn open(&self, clip: usize) -> Result<Box<dyn ClipReader>, ClipOpenError> {
        let bytes = match self.keys.get(clip) {
            Some(ClipKey::File(path)) => self.table.entries.get(path).map(|entry| entry.bytes()),
            Some(ClipKey::Bundled(path)) => self.table.bundled.get(path).map(|entry| entry.bytes()),
            Some(ClipKey::Speech(key)) => self.table.speech.get(key).map(|(speech, _)| &speech.clip),
            None => None,
        };
        let name = self.keys.get(clip).map_or("such clip", ClipKey::name);
        let bytes = bytes.ok_or_else(|| ClipOpenError(format!("there is no {name}")))?;
        let clip = ClipDecoder::open(bytes).map_err(|error| ClipOpenError(error.to_string()))?;
        Ok(Box::new(clip))
    }
}
