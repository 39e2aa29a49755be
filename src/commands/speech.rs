//! Has the lines spoken that nobody recorded, and says what there is to say about it.

mod making;

use std::collections::HashSet;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;
use crate::io::clips::ClipTable;
use crate::io::interrupt::Interrupt;
use crate::io::speech::{Speaker, Spoken, Unspoken, Voice};
use crate::io::terminal;
use crate::manifest::Session;
use crate::manifest::session::{Kind, Line, Segment};
use crate::timeline::Shape;
pub(super) use making::Making;

/// A wait that a listener would wonder at.
const WONDER: Duration = Duration::from_millis(300);
/// So many lines of a session come before those that may be asked for at any time.
const FIRST_LINES: usize = 2;
/// What a program ends with that was stopped.
const STOPPED: i32 = 130;

/// What is left once the wait for speech is over.
#[derive(Default)]
pub(super) struct Left {
    /// Lines that are still being spoken.
    pub(super) making: Option<Making>,
    /// What listens to Ctrl-C since an engine was asked. The system does not any more, so it has to be looked at.
    pub(super) interrupt: Option<Interrupt>,
}

impl Left {
    /// Whether somebody wanted to stop meanwhile.
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupt.as_ref().is_some_and(Interrupt::happened)
    }

    /// Ends the program, and the engine with it, if somebody wanted to stop.
    pub(super) fn heed(self) -> Self {
        if self.is_interrupted() {
            drop(self);
            if terminal::can_draw() {
                // What the terminal has shown of the key, and a bar that was drawn.
                eprint!("\r\x1b[2K");
            }
            std::process::exit(STOPPED);
        }
        self
    }
}

/// Has an engine speak each line without a recording that this shape needs, and takes the speech in among the clips. What can't
/// be spoken will be shown.
pub(super) fn add(session: &Session, shape: &Shape, voice: Voice, clips: &mut ClipTable) -> Result<Left, Failure> {
    let lines = unrecorded(session, shape);
    let Some(speaker) = find(session, voice, &lines)? else { return Ok(Left::default()) };
    let (spoken, interrupt) = speak(&speaker, &lines);
    for (line, spoken) in lines.iter().zip(&spoken) {
        if let Ok(speech) = spoken {
            clips.add_speech(line, speech.clone());
        }
    }
    if let Some(sentence) = shortcoming(&speaker, &spoken) {
        eprintln!("{sentence}");
    }
    Ok(Left { making: None, interrupt })
}

/// The same where a session may begin while its later lines are still being spoken. What is done within a moment is waited for; what
/// is not goes on in the background.
pub(super) fn begin(session: &Session, shape: &Shape, voice: Voice, clips: &mut ClipTable) -> Result<Left, Failure> {
    let lines = in_order_of_need(session, shape);
    let Some(speaker) = find(session, voice, &lines)? else { return Ok(Left::default()) };
    let (mut making, interrupt) = Making::begin(speaker, &lines);
    let moment = Instant::now() + WONDER;
    while making.next_until(moment).is_some() {}
    for (line, speech) in making.made() {
        clips.add_speech(line, speech.clone());
    }
    let is_awaited = making.awaited().next().is_some();
    let left = Left { making: Some(making), interrupt }.heed();
    let Some(making) = left.making.as_ref().filter(|_| !is_awaited) else { return Ok(left) };
    if let Some(sentence) = making.shortcoming() {
        eprintln!("{sentence}");
    }
    Ok(Left { making: None, ..left })
}

/// The engine for these lines; none is looked for where there is nothing to speak.
pub(super) fn find(session: &Session, voice: Voice, lines: &[&str]) -> Result<Option<Speaker>, Failure> {
    if lines.is_empty() { Ok(None) } else { Speaker::find(voice, &session.language, lines) }
}

/// The words that are heard in this shape and that nobody recorded, each once.
fn unrecorded<'session>(session: &'session Session, shape: &Shape) -> Vec<&'session str> {
    each_once(session.all_segments().filter_map(|segment| heard(segment, shape)))
}

/// The same, what is needed first in front: the first lines, then those of the gentler passage and of the closing, which may be
/// asked for at any time, then all others in their order.
fn in_order_of_need<'session>(session: &'session Session, shape: &Shape) -> Vec<&'session str> {
    let of = |segments: &'session [Segment]| {
        segments.iter().flat_map(Segment::with_parts).filter_map(|segment| heard(segment, shape))
    };
    let aside = of(&session.soften).chain(of(&session.exit));
    each_once(of(&session.segments).take(FIRST_LINES).chain(aside).chain(of(&session.segments)))
}

fn each_once<'session>(lines: impl Iterator<Item = &'session str>) -> Vec<&'session str> {
    let mut seen = HashSet::new();
    lines.filter(|line| seen.insert(*line)).collect()
}

/// The words of a segment that an engine has to speak in this shape.
fn heard<'session>(segment: &'session Segment, shape: &Shape) -> Option<&'session str> {
    let Kind::Narration(narration) = &segment.kind else { return None };
    match shape.line(narration) {
        Line::Words(words) => Some(&words.value),
        Line::Recorded { .. } => None,
    }
}

/// Speaks lines, in their order. A wait that is longer than a moment is explained; Ctrl-C ends the program. Where an engine was
/// asked, Ctrl-C has to be looked at from then on.
pub(super) fn speak(speaker: &Speaker, lines: &[&str]) -> (Vec<Spoken>, Option<Interrupt>) {
    let mut spoken: Vec<Spoken> = lines.iter().map(|line| speaker.remembers(line).ok_or(Unspoken::NotAsked)).collect();
    let open: Vec<usize> = (0..lines.len()).filter(|number| spoken[*number].is_err()).collect();
    let lines: Vec<&str> = open.iter().map(|number| lines[*number]).collect();
    if lines.is_empty() {
        return (spoken, None);
    }
    let interrupt = Interrupt::watch();
    let (sender, done) = mpsc::channel();
    thread::scope(|scope| {
        let (interrupt, lines) = (&interrupt, &lines);
        scope.spawn(move || {
            speaker.speak(lines, &|| !interrupt.happened(), &|number, speech| {
                let _ = sender.send((number, speech));
            });
        });
        let mut wait = Wait::new(speaker, lines.len());
        while let Some((number, speech)) = wait.next(&done) {
            spoken[open[number]] = speech;
        }
    });
    if interrupt.happened() {
        std::process::exit(STOPPED);
    }
    (spoken, Some(interrupt))
}

/// Waits for speech, and says so where it takes long.
struct Wait {
    began: Instant,
    sentence: Option<String>,
    bar: ProgressBar,
}

impl Wait {
    fn new(speaker: &Speaker, lines: usize) -> Self {
        let what = if lines == 1 { "a line is".to_owned() } else { format!("{lines} lines are") };
        let sentence = format!("a moment: {what} spoken by {} for the first time", speaker.engine());
        let bar = if terminal::can_draw() { ProgressBar::new(lines as u64) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━━╌"));
        Self { began: Instant::now(), sentence: Some(sentence), bar }
    }

    fn next<T>(&mut self, done: &mpsc::Receiver<T>) -> Option<T> {
        loop {
            let left = WONDER.saturating_sub(self.began.elapsed());
            let received = match &self.sentence {
                Some(_) if !left.is_zero() => done.recv_timeout(left),
                Some(sentence) => {
                    eprintln!("{sentence}");
                    self.sentence = None;
                    continue;
                }
                None => done.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected),
            };
            match received {
                Ok(one) => {
                    self.bar.inc(1);
                    return Some(one);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    self.bar.finish_and_clear();
                    return None;
                }
            }
        }
    }
}

/// Why lines were not spoken, in a sentence that can go on.
pub(super) fn reason(speaker: &Speaker, spoken: &[Spoken]) -> String {
    let failure = spoken.iter().find_map(|one| match one {
        Err(Unspoken::Failed(why)) => Some(why.clone()),
        _ => None,
    });
    if failure.is_none() && spoken.iter().any(|one| matches!(one, Err(Unspoken::NotAsked))) {
        return format!("{} is not there any more", speaker.engine());
    }
    failure.unwrap_or_else(|| "there is nothing in it that can be spoken".to_owned())
}

/// One sentence on the lines that should have been spoken and were not.
pub(super) fn shortcoming(speaker: &Speaker, spoken: &[Spoken]) -> Option<String> {
    let is_short = |one: &&Spoken| matches!(one, Err(Unspoken::Failed(_) | Unspoken::NotAsked));
    let count = spoken.iter().filter(is_short).count();
    let why = reason(speaker, spoken);
    match (count, spoken.len()) {
        (0, _) => None,
        (1, 1) => Some(format!("{why}, so the line is shown and not spoken")),
        (count, whole) if count == whole => Some(format!("{why}, so the lines are shown and not spoken")),
        (count, whole) => Some(format!("{why}, so {count} of {whole} lines are shown and not spoken")),
    }
}
