//! Speech that is made in the background, line by line.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::{Engine, Speaker, Spoken, Unspoken};
use crate::io::decode::ClipBytes;
use crate::io::interrupt::Interrupt;
use crate::io::priority;

/// Whether somebody waits for speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Haste {
    /// For all of it, and for nothing else.
    Awaited,
    /// It is made while the session plays; what sounds comes before what will sound.
    Ahead,
}

/// Lines that an engine speaks. When this is let go, the engine is ended, if it still speaks.
pub(crate) struct Making {
    speaker: Arc<Speaker>,
    lines: Arc<[String]>,
    /// What each line came to; none while it is awaited.
    spoken: Vec<Option<Spoken>>,
    wanted: Arc<AtomicBool>,
    done: Receiver<(usize, Spoken)>,
    thread: Option<JoinHandle<()>>,
}

/// A line, and its speech if there is any.
pub(crate) type Line = (String, Option<ClipBytes>);

impl Making {
    /// Begins to speak those lines that are not remembered, in their order. Where there are any, Ctrl-C has to be looked at from then
    /// on.
    pub(crate) fn begin(speaker: Speaker, lines: &[&str], haste: Haste) -> (Self, Option<Interrupt>) {
        let spoken: Vec<_> = lines.iter().map(|line| known(&speaker, line)).collect();
        let open: Vec<usize> = (0..lines.len()).filter(|number| spoken[*number].is_none()).collect();
        let lines: Arc<[String]> = lines.iter().map(|line| (*line).to_owned()).collect();
        let (speaker, wanted) = (Arc::new(speaker), Arc::new(AtomicBool::new(true)));
        let (tell, done) = mpsc::channel();
        let work = {
            let (speaker, lines, wanted) = (speaker.clone(), lines.clone(), wanted.clone());
            move || {
                if haste == Haste::Ahead {
                    // Engines inherit this.
                    priority::lower();
                }
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

    /// Who speaks.
    pub(crate) fn engine(&self) -> Engine {
        self.speaker.engine()
    }

    /// The speech of each line, where there is any by now.
    pub(crate) fn speech(&self) -> impl Iterator<Item = Option<&ClipBytes>> {
        self.spoken.iter().map(|spoken| spoken.as_ref()?.as_ref().ok())
    }

    /// The lines that are there, with their speech.
    pub(crate) fn made(&self) -> impl Iterator<Item = (&str, &ClipBytes)> {
        self.lines.iter().zip(self.speech()).filter_map(|(line, speech)| Some((line.as_str(), speech?)))
    }

    /// Whether no line is awaited any more.
    pub(crate) fn is_done(&self) -> bool {
        self.spoken.iter().all(Option::is_some)
    }

    /// The lines that are still awaited.
    pub(crate) fn awaited(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().zip(&self.spoken).filter(|(_, spoken)| spoken.is_none()).map(|(line, _)| line.as_str())
    }

    /// Whether more is wanted; who says no ends the engine.
    pub(crate) fn wanted(&self) -> Arc<AtomicBool> {
        self.wanted.clone()
    }

    /// The next line that is done; `None` once all are.
    pub(crate) fn next(&mut self) -> Option<Line> {
        let done = self.done.recv().ok().or_else(|| self.given_up());
        done.map(|done| self.take(done))
    }

    /// The same, if there is one before that moment.
    pub(crate) fn next_until(&mut self, moment: Instant) -> Option<Line> {
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
        Some((number, Err(Unspoken::Failed(format!("{} could not be asked", self.engine())))))
    }

    fn take(&mut self, (number, spoken): (usize, Spoken)) -> Line {
        let speech = spoken.as_ref().ok().cloned();
        self.spoken[number] = Some(spoken);
        (self.lines[number].clone(), speech)
    }

    /// Why lines were not spoken, in a sentence that can go on.
    pub(crate) fn reason(&self) -> String {
        let failure = self.unspoken().find_map(|why| match why {
            Unspoken::Failed(why) => Some(why.clone()),
            _ => None,
        });
        if failure.is_none() && self.unspoken().any(|why| *why == Unspoken::NotAsked) {
            return format!("{} is not there any more", self.engine());
        }
        failure.unwrap_or_else(|| "there is nothing in it that can be spoken".to_owned())
    }

    /// One sentence on the lines that should have been spoken and were not.
    pub(crate) fn shortcoming(&self) -> Option<String> {
        let (count, why) = (self.unspoken().filter(|why| **why != Unspoken::Wordless).count(), self.reason());
        match (count, self.lines.len()) {
            (0, _) => None,
            (1, 1) => Some(format!("{why}, so the line is shown and not spoken")),
            (count, whole) if count == whole => Some(format!("{why}, so the lines are shown and not spoken")),
            (count, whole) => Some(format!("{why}, so {count} of {whole} lines are shown and not spoken")),
        }
    }

    /// What became of the lines that have no speech. One that is awaited was not asked for, as far as is known.
    fn unspoken(&self) -> impl Iterator<Item = &Unspoken> {
        self.spoken.iter().filter_map(|spoken| match spoken {
            Some(spoken) => spoken.as_ref().err(),
            None => Some(&Unspoken::NotAsked),
        })
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
    use crate::speech::{Engine, Voice};

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
