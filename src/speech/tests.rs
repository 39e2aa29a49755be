//! Plans and jobs with fake engines.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::engine::{CancelFlag, EngineError, SpeechEngine, VoiceDescription, VoiceRequest};
use super::engines::SpeechEngines;
use super::job::{Priority, SpeechJob};
use super::readable::Charset;
use super::{SpeechPlan, VoiceChoice};
use crate::io::cache::Cache;
use crate::io::encode::{AudioFileWriter, BitDepth, OutputFormat, Tags};
use crate::timeline::{SpeechKey, WordTimes};
use crate::units::{Frames, Rate, SILENCE};

/// A fake engine. Engines with different names speak at different pitches.
#[derive(Debug)]
struct ToneEngine {
    name: &'static str,
    /// The lines that it spoke, each preceded by the engine's name.
    requests: Arc<Mutex<Vec<String>>>,
    panics: bool,
    /// Receives a message when the engine is dropped.
    dropped: Sender<()>,
}

impl SpeechEngine for ToneEngine {
    fn name(&self) -> &'static str {
        self.name
    }

    fn speaks(&self, _: &str) -> bool {
        true
    }

    fn charset(&self) -> Charset {
        Charset::Unicode
    }

    fn is_installed(&self) -> bool {
        true
    }

    fn install_hint(&self) -> &'static str {
        "it is always there"
    }

    fn describe(&self, _: &VoiceRequest) -> Option<VoiceDescription> {
        Some(VoiceDescription { identity: self.name.to_owned(), is_recommended: true })
    }

    fn speak(&self, text: &str, _: &VoiceRequest, output: &Path, _: &CancelFlag) -> Result<WordTimes, EngineError> {
        assert!(!self.panics, "the test requested a panic");
        self.requests.lock().unwrap().push(format!("{}: {text}", self.name));
        let pitch = if self.name == "heart" { 0.1 } else { 0.05 };
        let format = OutputFormat::for_path(output, Rate::DEFAULT, Some(BitDepth::Int16)).unwrap();
        let mut file = AudioFileWriter::create(output, format, &Tags::default(), Frames(48_000)).unwrap();
        file.write(&vec![SILENCE; 24_000]).unwrap();
        let frames: Vec<_> = (0_u16..24_000).map(|frame| [0.3 * (f32::from(frame) * pitch).sin(); 2]).collect();
        file.write(&frames).unwrap();
        file.finish().unwrap();
        Ok(WordTimes::from_ranges([Frames(24_000)..Frames(30_000)]))
    }
}

impl Drop for ToneEngine {
    fn drop(&mut self) {
        let _ = self.dropped.send(());
    }
}

/// Speaks lines, and returns the job once all of them are finished.
fn speak(engine: ToneEngine, cache: &Path, lines: &[SpeechKey]) -> SpeechJob {
    speak_as(&VoiceChoice::Auto, vec![engine], cache, lines)
}

fn speak_as(choice: &VoiceChoice, engines: Vec<ToneEngine>, cache: &Path, lines: &[SpeechKey]) -> SpeechJob {
    let engines = engines.into_iter().map(|engine| Arc::new(engine) as Arc<dyn SpeechEngine>).collect();
    let engines = SpeechEngines::new(engines, Cache::in_folder(cache.to_owned(), 1 << 20));
    let plan = SpeechPlan::new(&engines, choice, lines.to_vec()).unwrap().unwrap();
    drop(engines);
    let mut job = SpeechJob::start(plan, Priority::Normal, |_| {});
    assert!(job.wait(None, |_| ControlFlow::Continue(())).is_continue());
    job
}

#[test]
fn the_cache_distinguishes_voices() {
    let cache = tempfile::tempdir().unwrap();
    let line = SpeechKey::new("en", "Rest.");
    let lines = [line.clone(), SpeechKey { voice: Some("heart".to_owned()), ..line }];
    let requests: Arc<Mutex<Vec<String>>> = Arc::default();
    for _ in 0..2 {
        let engine = |name| ToneEngine { name, requests: requests.clone(), panics: false, dropped: mpsc::channel().0 };
        let job = speak_as(&VoiceChoice::Auto, vec![engine("tone"), engine("heart")], cache.path(), &lines);
        let speech: Vec<_> =
            job.spoken_lines().map(|(key, speech)| (key.clone(), speech.clip.read_all().unwrap())).collect();
        assert_eq!(speech.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>(), lines);
        assert_ne!(speech[0].1, speech[1].1);
        let mut requests = requests.lock().unwrap().clone();
        requests.sort();
        assert_eq!(requests, ["heart: Rest.", "tone: Rest."], "each once, however often it is needed");
    }
}

#[test]
fn the_listeners_voice_takes_precedence_and_missing_voices_are_replaced() {
    let line = |voice: &str| SpeechKey { voice: Some(voice.to_owned()), ..SpeechKey::new("en", "Rest.") };
    for (choice, requested, spoken) in [
        (VoiceChoice::Engine("tone".to_owned()), "heart", "tone: Rest."),
        (VoiceChoice::Auto, "heart", "heart: Rest."),
        (VoiceChoice::Narrator("anna".to_owned()), "heart", "heart: Rest."),
        (VoiceChoice::Auto, "nobody", "tone: Rest."),
    ] {
        let cache = tempfile::tempdir().unwrap();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let engine = |name| ToneEngine { name, requests: requests.clone(), panics: false, dropped: mpsc::channel().0 };
        let job = speak_as(&choice, vec![engine("tone"), engine("heart")], cache.path(), &[line(requested)]);
        assert_eq!(job.spoken_lines().count(), 1);
        assert_eq!(*requests.lock().unwrap(), [spoken], "{choice:?}, {requested}");
    }
}

#[test]
fn the_times_of_words_follow_the_trimmed_speech_and_are_cached() {
    let cache = tempfile::tempdir().unwrap();
    let requests: Arc<Mutex<Vec<String>>> = Arc::default();
    for _ in 0..2 {
        let engine = ToneEngine { name: "tone", requests: requests.clone(), panics: false, dropped: mpsc::channel().0 };
        let job = speak(engine, cache.path(), &[SpeechKey::new("en", "Rest.")]);
        let [(_, speech)] = job.spoken_lines().collect::<Vec<_>>()[..] else { panic!("one line") };
        // Of the half second before the sound, 60 ms are kept. The first frame of the sound is 0.
        let start = Rate::DEFAULT.frames(Duration::from_millis(60)).0 - 1;
        assert_eq!(speech.word_times, WordTimes::from_ranges([Frames(start)..Frames(start + 6_000)]));
    }
    assert_eq!(requests.lock().unwrap().len(), 1, "the second time it is cached");
}

#[test]
fn an_engine_is_dropped_once_the_last_line_is_spoken() {
    let cache = tempfile::tempdir().unwrap();
    let (sender, dropped) = mpsc::channel();
    let engine = ToneEngine { name: "tone", requests: Arc::default(), panics: false, dropped: sender };
    let job = speak(engine, cache.path(), &[SpeechKey::new("en", "One."), SpeechKey::new("en", "Two.")]);
    assert_eq!(dropped.recv(), Ok(()), "while the job is still there");
    assert_eq!(job.spoken_lines().count(), 2);
}

#[test]
fn a_panic_of_an_engine_ends_the_job() {
    let cache = tempfile::tempdir().unwrap();
    let engine = ToneEngine { name: "tone", requests: Arc::default(), panics: true, dropped: mpsc::channel().0 };
    let job = speak(engine, cache.path(), &[SpeechKey::new("en", "One.")]);
    assert_eq!(job.failure_summary().unwrap(), "tone could not be run, so the line is shown, not spoken");
}
