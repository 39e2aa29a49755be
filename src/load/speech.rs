//! Has the lines spoken that nobody recorded, and says what there is to say about it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::Failure;
use crate::io::clips::ClipTable;
use crate::io::interrupt::Interrupt;
use crate::io::terminal;
use crate::manifest::Session;
use crate::manifest::session::{SegmentContent, SegmentSpec, SpokenLine};
use crate::speech::job::{Haste, Making};
use crate::speech::{Speaker, Voice};
use crate::timeline::{Shape, SpeechKey};

/// A wait that a listener would wonder at.
const WONDER: Duration = Duration::from_millis(300);
/// What the program ends with that was stopped at once.
const STOPPED: u8 = 130;
/// How often it is looked, while one waits, whether somebody wanted to stop.
const LOOK: Duration = Duration::from_millis(50);
/// So many lines of a session come before those that may be asked for at any time.
const FIRST_LINES: usize = 2;

/// What is left once the wait for speech is over.
#[derive(Default)]
pub(crate) struct Left {
    /// Lines that are still being spoken.
    pub(crate) making: Option<Making>,
    /// What listens to Ctrl-C since an engine was asked. The system does not any more, so it has to be looked at.
    pub(crate) interrupt: Option<Interrupt>,
}

impl Left {
    /// Whether somebody wanted to stop meanwhile.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupt.as_ref().is_some_and(Interrupt::is_set)
    }

    /// Ends the program, and the engine with it, if somebody wanted to stop.
    pub(crate) fn heed(self) -> Self {
        if self.is_interrupted() {
            drop(self);
            stop();
        }
        self
    }
}

/// Ends the program for somebody who wanted to stop. What the terminal has shown of the key goes.
fn stop() -> ! {
    if terminal::can_draw() {
        eprint!("\r\x1b[2K");
    }
    std::process::exit(i32::from(STOPPED))
}

/// Has an engine speak each line without a recording that this shape needs, and takes the speech in among the clips. What can't
/// be spoken will be shown.
pub(crate) fn add(session: &Session, shape: &Shape, voice: Voice, clips: &mut ClipTable) -> Result<Left, Failure> {
    let lines = unrecorded(session, shape);
    let Some(speaker) = find(session, voice, &lines)? else { return Ok(Left::default()) };
    let (making, interrupt) = speak(speaker, &lines);
    take_in(&making, &session.language, clips);
    tell_shortcoming(&making);
    Ok(Left { making: None, interrupt })
}

/// The same where a session may begin while its later lines are still being spoken. What is done within a moment is waited for; what
/// is not goes on in the background.
pub(crate) fn begin(session: &Session, shape: &Shape, voice: Voice, clips: &mut ClipTable) -> Result<Left, Failure> {
    let lines = in_order_of_need(session, shape);
    let Some(speaker) = find(session, voice, &lines)? else { return Ok(Left::default()) };
    let (mut making, interrupt) = Making::begin(speaker, &lines, Haste::Ahead);
    let moment = Instant::now() + WONDER;
    while making.next_until(moment).is_some() {}
    take_in(&making, &session.language, clips);
    let left = Left { making: Some(making), interrupt }.heed();
    let Some(making) = left.making.as_ref().filter(|making| making.is_done()) else { return Ok(left) };
    tell_shortcoming(making);
    Ok(Left { making: None, ..left })
}

/// Takes the speech that is there in among the clips.
fn take_in(making: &Making, language: &str, clips: &mut ClipTable) {
    for (line, speech) in making.made() {
        clips.add_speech(SpeechKey::new(language, line), speech.clone());
    }
}

fn tell_shortcoming(making: &Making) {
    if let Some(sentence) = making.shortcoming() {
        eprintln!("{sentence}");
    }
}

/// The engine for these lines; none is looked for where there is nothing to speak.
pub(crate) fn find(session: &Session, voice: Voice, lines: &[&str]) -> Result<Option<Speaker>, Failure> {
    if lines.is_empty() { Ok(None) } else { Speaker::find(voice, &session.language, lines) }
}

/// The words that are heard in this shape and that nobody recorded, each once.
fn unrecorded<'session>(session: &'session Session, shape: &Shape) -> Vec<&'session str> {
    each_once(session.all_segments().filter_map(|segment| heard(segment, shape)))
}

/// The same, what is needed first in front: the first lines, then those of the gentler passage and of the closing, which may be
/// asked for at any time, then all others in their order.
fn in_order_of_need<'session>(session: &'session Session, shape: &Shape) -> Vec<&'session str> {
    let of = |segments: &'session [SegmentSpec]| {
        segments.iter().flat_map(SegmentSpec::parts_or_self).filter_map(|segment| heard(segment, shape))
    };
    let aside = of(&session.soften).chain(of(&session.exit));
    each_once(of(&session.segments).take(FIRST_LINES).chain(aside).chain(of(&session.segments)))
}

fn each_once<'session>(lines: impl Iterator<Item = &'session str>) -> Vec<&'session str> {
    let mut seen = HashSet::new();
    lines.filter(|line| seen.insert(*line)).collect()
}

/// The words of a segment that an engine has to speak in this shape.
fn heard<'session>(segment: &'session SegmentSpec, shape: &Shape) -> Option<&'session str> {
    let SegmentContent::Narration(narration) = &segment.content else { return None };
    match shape.effective_line(narration) {
        SpokenLine::Words(words) => Some(&words.value),
        SpokenLine::Recorded { .. } => None,
    }
}

/// Has lines spoken to the last. A wait that is longer than a moment is explained; Ctrl-C ends the program. Where an engine was
/// asked, Ctrl-C has to be looked at from then on.
pub(crate) fn speak(speaker: Speaker, lines: &[&str]) -> (Making, Option<Interrupt>) {
    let (mut making, interrupt) = Making::begin(speaker, lines, Haste::Awaited);
    let mut wait = Wait::new(&making);
    loop {
        if interrupt.as_ref().is_some_and(Interrupt::is_set) {
            drop((wait, making));
            stop();
        }
        if making.is_done() {
            return (making, interrupt);
        }
        wait.goes_on(making.next_until(Instant::now() + LOOK).is_some());
    }
}

/// Says so where a wait for speech takes long.
struct Wait {
    began: Instant,
    sentence: Option<String>,
    bar: ProgressBar,
}

impl Wait {
    fn new(making: &Making) -> Self {
        let lines = making.awaited().count();
        let what = if lines == 1 { "a line is".to_owned() } else { format!("{lines} lines are") };
        let sentence = format!("a moment: {what} spoken by {} for the first time", making.engine());
        let bar = if terminal::can_draw() { ProgressBar::new(lines as u64) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━━╌"));
        Self { began: Instant::now(), sentence: Some(sentence), bar }
    }

    /// A line may be done, or there was time for one.
    fn goes_on(&mut self, is_line_done: bool) {
        if is_line_done {
            self.bar.inc(1);
        }
        if let Some(sentence) = self.sentence.take_if(|_| self.began.elapsed() >= WONDER) {
            self.bar.suspend(|| eprintln!("{sentence}"));
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
