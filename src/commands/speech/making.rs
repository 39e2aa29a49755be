//! Speech that is made in the background, line by line.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::shortcoming;
use crate::io::decode::ClipBytes;
use crate::io::interrupt::Interrupt;
use crate::io::priority;
use crate::io::speech::{Speaker, Spoken, Unspoken};

/// Lines that an engine speaks. When this is let go, the engine is ended, if it still speaks.
pub(in crate::commands) struct Making {
    speaker: Arc<Speaker>,
    lines: Arc<[String]>,
    /// What each line came to; none while it is awaited.
    spoken: Vec<Option<Spoken>>,
    wanted: Arc<AtomicBool>,
    done: Receiver<(usize, Spoken)>,
    thread: Option<JoinHandle<()>>,
}

/// A line, and its speech if there is any.
pub(in crate::commands) type Line = (String, Option<ClipBytes>);

impl Making {
    /// Begins to speak those lines that are not remembered, in their order. Where there are any, Ctrl-C has to be looked at from then
    /// on.
    pub(super) fn begin(speaker: Speaker, lines: &[&str]) -> (Self, Option<Interrupt>) {
        let spoken: Vec<_> = lines.iter().map(|line| known(&speaker, line)).collect();
        let open: Vec<usize> = (0..lines.len()).filter(|number| spoken[*number].is_none()).collect();
        let lines: Arc<[String]> = lines.iter().map(|line| (*line).to_owned()).collect();
        let (speaker, wanted) = (Arc::new(speaker), Arc::new(AtomicBool::new(true)));
        let (tell, done) = mpsc::channel();
        let work = {
            let (speaker, lines, wanted) = (speaker.clone(), lines.clone(), wanted.clone());
            move || {
                // What sounds comes before what will sound; engines inherit this.
                priority::yield_to_others();
                let texts: Vec<&str> = open.iter().map(|number| lines[*number].as_str()).collect();
                speaker.speak(&texts, &|| wanted.load(Ordering::Relaxed), &|number, speech| {
                    let _ = tell.send((open[number], speech));
                });
            }
        };
        let needed = spoken.iter().any(Option::is_none);
        let interrupt = needed.then(Interrupt::watch);
        let thread = needed.then(|| thread::Builder::new().name("speech".to_owned()).spawn(work).ok()).flatten();
        (Self { speaker, lines, spoken, wanted, done, thread }, interrupt)
    }

    /// The lines that are there, with their speech.
    pub(super) fn made(&self) -> impl Iterator<Item = (&str, &ClipBytes)> {
        self.lines
            .iter()
            .zip(&self.spoken)
            .filter_map(|(line, spoken)| Some((line.as_str(), spoken.as_ref()?.as_ref().ok()?)))
    }

    /// The lines that are still awaited.
    pub(in crate::commands) fn awaited(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().zip(&self.spoken).filter(|(_, spoken)| spoken.is_none()).map(|(line, _)| line.as_str())
    }

    /// Whether more is wanted; who says no ends the engine.
    pub(in crate::commands) fn wanted(&self) -> Arc<AtomicBool> {
        self.wanted.clone()
    }

    /// The next line that is done; `None` once all are.
    pub(in crate::commands) fn next(&mut self) -> Option<Line> {
        let done = self.done.recv().ok().or_else(|| self.given_up());
        done.map(|done| self.take(done))
    }

    /// The same, if there is one before that moment.
    pub(in crate::commands) fn next_until(&mut self, moment: Instant) -> Option<Line> {
        let done = match self.done.recv_timeout(moment.saturating_duration_since(Instant::now())) {
            Ok(done) => Some(done),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => self.given_up(),
        };
        done.map(|done| self.take(done))
    }

    /// Where nobody speaks any more, the next line that came to nothing: whoever waits for a line hears of it.
    fn given_up(&self) -> Option<(usize, Spoken)> {
        let number = self.spoken.iter().position(Option::is_none)?;
        Some((number, Err(Unspoken::Failed(format!("{} could not be asked", self.speaker.engine())))))
    }

    fn take(&mut self, (number, spoken): (usize, Spoken)) -> Line {
        let speech = spoken.as_ref().ok().cloned();
        self.spoken[number] = Some(spoken);
        (self.lines[number].clone(), speech)
    }

    /// One sentence on the lines that should have been spoken and were not.
    pub(in crate::commands) fn shortcoming(&self) -> Option<String> {
        let spoken: Vec<Spoken> =
            self.spoken.iter().map(|one| one.clone().unwrap_or(Err(Unspoken::NotAsked))).collect();
        shortcoming(&self.speaker, &spoken)
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.wanted.store(false, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What a line comes to without asking.
fn known(speaker: &Speaker, line: &str) -> Option<Spoken> {
    if speaker.is_wordless(line) { Some(Err(Unspoken::Wordless)) } else { speaker.remembers(line).map(Ok) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::speech::{Engine, Voice};

    #[test]
    fn a_line_that_is_never_told_of_comes_to_nothing() {
        let speaker = Speaker::find(Voice::Engine(Engine::Flite), "en", &[]).ok().flatten().expect("what is named");
        let (tell, done) = mpsc::channel();
        let mut making = Making {
            speaker: Arc::new(speaker),
            lines: ["One.", "Two.", "Three."].map(str::to_owned).into(),
            spoken: vec![None, None, None],
            wanted: Arc::new(AtomicBool::new(true)),
            done,
            thread: None,
        };
        tell.send((1, Ok(ClipBytes::held(Vec::new(), "speech")))).unwrap();
        assert!(making.next_until(Instant::now()).is_some_and(|(line, speech)| line == "Two." && speech.is_some()));
        assert_eq!(making.next_until(Instant::now()).map(|(line, _)| line), None, "it may still come");
        drop(tell);
        let mut left = || making.next().map(|(line, speech)| (line, speech.is_some()));
        assert_eq!(left(), Some(("One.".to_owned(), false)));
        assert_eq!(left(), Some(("Three.".to_owned(), false)));
        assert_eq!(left(), None);
        assert_eq!(making.awaited().count(), 0);
        let said = making.shortcoming().unwrap();
        assert_eq!(said, "flite could not be asked, so 2 of 3 lines are shown and not spoken");
    }
}
