//! Analyses a recording: the noise of the room, the words, and audible problems.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use crate::units::{Decibels, Frames, Rate};

/// The margin kept before the first word and after the last one.
pub(super) const MARGIN: Duration = Duration::from_millis(150);
/// The length of the windows for detecting sound.
const WINDOW: Duration = Duration::from_millis(10);
/// From this level above the room on, sound counts as words.
const ABOVE_ROOM: Decibels = Decibels(10.0);
/// In a silent room, sound counts as words from this level on.
const MIN_SPEECH_LEVEL: Decibels = Decibels(-55.0);
/// Softer sound directly before and after a word belongs to it, down to this level above the room.
const EDGE_ABOVE_ROOM: Decibels = Decibels(4.0);
const MIN_EDGE_LEVEL: Decibels = Decibels(-66.0);
/// The maximum length of such an edge.
const MAX_EDGE_LENGTH: Duration = Duration::from_millis(300);
/// Sounds with a shorter gap between them are joined.
const MAX_GAP: Duration = Duration::from_millis(200);
/// A shorter sound at an edge is a click of the key or the mouth.
const MIN_SOUND_LENGTH: Duration = Duration::from_millis(60);
/// A sample from this level on was clipped by the microphone.
const FULL_SCALE: f32 = 0.999;
/// This many clipped samples in a row are audible.
const MIN_CLIPPED_SAMPLES: usize = 3;
/// The minimum level of words above the room, as `check` requires.
const MIN_DISTANCE: Decibels = Decibels(40.0);
/// Words below this level are needlessly close to the noise of the device.
const MIN_PEAK: Decibels = Decibels(-36.0);
/// The fastest speech: 300 words per minute.
const MIN_WORD_LENGTH: Duration = Duration::from_millis(200);
/// A shorter recording is not a line.
const MIN_LINE_LENGTH: Duration = Duration::from_millis(250);
/// The minimum share of audible hum in the room's power.
const MIN_HUM_SHARE: f64 = 0.25;
/// The minimum level of audible hum.
const MIN_HUM_LEVEL: Decibels = Decibels(-70.0);

/// The noise of the room before the words.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Room {
    /// Its level; `None` if there was no sound at all.
    pub(super) level: Option<Decibels>,
    /// The mains frequency, if there is hum.
    pub(super) hum: Option<u32>,
}

/// A problem that a listener would hear, or that makes a take useless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TakeProblem {
    /// The microphone delivered only zeros.
    NoSound,
    /// It contains no words.
    NoWords,
    /// It is shorter than its words can be spoken.
    TooShort,
    Clipped,
    Soft,
    Noisy,
    /// With the mains frequency.
    Hum(u32),
}

impl TakeProblem {
    /// Returns whether there is nothing to keep.
    pub(super) fn is_empty(self) -> bool {
        matches!(self, Self::NoSound | Self::NoWords)
    }

    /// Returns whether the take was probably not meant to be kept.
    pub(super) fn is_doubtful(self) -> bool {
        self.is_empty() || matches!(self, Self::TooShort | Self::Clipped)
    }
}

impl fmt::Display for TakeProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::NoSound => {
                formatter.write_str("there is no sound from the microphone: is it muted, or the wrong one?")
            }
            Self::NoWords => formatter.write_str("no words were heard: come closer to the microphone, or speak up"),
            Self::TooShort => formatter.write_str("the take is too short for these words: was something cut off?"),
            Self::Clipped => {
                formatter.write_str("the take was too loud and crackles: move back, or turn the microphone down")
            }
            Self::Soft => formatter.write_str("the take is very soft: come closer, or turn the microphone up"),
            Self::Noisy => {
                formatter.write_str("the room is loud compared with the voice: come closer, or find a quieter place")
            }
            Self::Hum(hertz) => {
                write!(
                    formatter,
                    "there is mains hum at {hertz} Hz: move cables and lamps away, or run the computer on its battery"
                )
            }
        }
    }
}

/// A finished take.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Take {
    /// The words with margins; empty if there are none.
    pub(super) samples: Vec<f32>,
    pub(super) problems: Vec<TakeProblem>,
}

impl Take {
    /// Finds the words in a recording, whose start up to `room_end` contains only the room.
    pub(super) fn new(recording: &[f32], room_end: usize, words: usize, rate: Rate) -> Self {
        let room = Room::measure(&recording[..room_end.min(recording.len())], rate);
        let Some(speech) = find_speech(recording, room, rate) else {
            let has_sound = recording.iter().any(|sample| *sample != 0.0);
            let problem = if has_sound { TakeProblem::NoWords } else { TakeProblem::NoSound };
            return Self { samples: Vec::new(), problems: vec![problem] };
        };
        let problems = problems(&recording[speech.clone()], room, words, rate);
        let margin = rate.frames(MARGIN).index();
        let trimmed = speech.start.saturating_sub(margin)..(speech.end + margin).min(recording.len());
        Self { samples: recording[trimmed].to_vec(), problems }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }
}

impl Room {
    /// Measures the room in the sound before the words. The louder half is ignored, because it may be a key, a chair, a cough, or a first
    /// word that came early.
    pub(super) fn measure(recording: &[f32], rate: Rate) -> Self {
        let window = rate.frames(WINDOW).index().max(1);
        let mut powers: Vec<f64> = recording.chunks_exact(window).map(power).collect();
        powers.sort_by(f64::total_cmp);
        powers.truncate(powers.len().div_ceil(2));
        let mean = powers.iter().sum::<f64>() / powers.len().max(1) as f64;
        let level = (mean > 0.0).then(|| Decibels(10.0 * mean.log10()));
        let hum = level.and_then(|_| [50, 60].into_iter().find(|hertz| hums(recording, *hertz, rate)));
        Self { level, hum }
    }

    /// Returns the amplitude at a distance above the room, but not below a floor.
    fn threshold(self, above: Decibels, lowest: Decibels) -> f64 {
        let level = self.level.map_or(lowest.0, |level| (level.0 + above.0).max(lowest.0));
        10_f64.powf(level / 20.0)
    }
}

/// Returns whether mains frequency and its overtones make up much of the room's sound.
fn hums(recording: &[f32], hertz: u32, rate: Rate) -> bool {
    let all = power(recording);
    let at = |multiple: u32| tone_power(recording, f64::from(hertz * multiple), rate);
    let hum: f64 = (1..=4).map(at).sum();
    hum > MIN_HUM_SHARE * all && 10.0 * hum.log10() > MIN_HUM_LEVEL.0
}

/// Returns the power at one frequency, by Goertzel's algorithm.
fn tone_power(samples: &[f32], hertz: f64, rate: Rate) -> f64 {
    if samples.is_empty() {
        return 0.0;
    }
    let turn = std::f64::consts::TAU * hertz / f64::from(rate.hertz());
    let factor = 2.0 * libm::cos(turn);
    let (mut one, mut two) = (0.0, 0.0);
    for sample in samples {
        let next = f64::from(*sample) + factor * one - two;
        two = one;
        one = next;
    }
    let magnitude = one * one + two * two - factor * one * two;
    2.0 * magnitude / (samples.len() as f64).powi(2)
}

/// Returns the range of the words, from the first sample that is louder than the room to the last one.
fn find_speech(recording: &[f32], room: Room, rate: Rate) -> Option<Range<usize>> {
    let window = rate.frames(WINDOW).index().max(1);
    let windows = |length: Duration| rate.frames(length).index().div_ceil(window);
    let loud = room.threshold(ABOVE_ROOM, MIN_SPEECH_LEVEL);
    let is_loud: Vec<bool> = recording.chunks(window).map(|part| power(part).sqrt() > loud).collect();
    let sounds = runs(&is_loud, windows(MAX_GAP));
    let is_word = |run: &Range<usize>| run.len() > windows(MIN_SOUND_LENGTH);
    let first = sounds.iter().find(|run| is_word(run))?.start;
    let last = sounds.iter().rev().find(|run| is_word(run))?.end;
    // Words start and end softly.
    let edge = room.threshold(EDGE_ABOVE_ROOM, MIN_EDGE_LEVEL);
    let is_edge = |at: &usize| power(&recording[at * window..((at + 1) * window).min(recording.len())]).sqrt() > edge;
    let reach = windows(MAX_EDGE_LENGTH);
    let start = first - (first.saturating_sub(reach)..first).rev().take_while(is_edge).count();
    let end = last + (last..(last + reach).min(is_loud.len())).take_while(is_edge).count();
    let range = start * window..(end * window).min(recording.len());
    // Sample-accurate, as far as the noise of the room allows.
    let is_above = |sample: &f32| f64::from(sample.abs()) > edge;
    let before = recording[range.clone()].iter().position(is_above)?;
    let after = recording[range.clone()].iter().rev().position(is_above)?;
    Some(range.start + before..range.end - after)
}

/// Returns the ranges in which a condition holds, with short gaps closed.
fn runs(values: &[bool], longest_gap: usize) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in (0..values.len()).filter(|at| values[*at]) {
        match runs.last_mut().filter(|run| at - run.end <= longest_gap) {
            Some(run) => run.end = at + 1,
            None => runs.push(at..at + 1),
        }
    }
    runs
}

fn problems(speech: &[f32], room: Room, words: usize, rate: Rate) -> Vec<TakeProblem> {
    let mut problems = Vec::new();
    let length = Duration::from_secs_f64(Frames(speech.len() as u64).seconds(rate));
    let shortest =
        MIN_WORD_LENGTH.saturating_mul(u32::try_from(words).unwrap_or(u32::MAX)).mul_f64(0.8).max(MIN_LINE_LENGTH);
    if length < shortest {
        problems.push(TakeProblem::TooShort);
    }
    let peak = speech.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let is_full = |sample: &f32| sample.abs() >= FULL_SCALE;
    if speech.windows(MIN_CLIPPED_SAMPLES).any(|samples| samples.iter().all(is_full)) {
        problems.push(TakeProblem::Clipped);
    } else if 20.0 * f64::from(peak).log10() < MIN_PEAK.0 {
        problems.push(TakeProblem::Soft);
    }
    match room.hum {
        Some(hertz) => problems.push(TakeProblem::Hum(hertz)),
        None if room.level.is_some_and(|level| voice_level(speech, rate) - level.0 < MIN_DISTANCE.0) => {
            problems.push(TakeProblem::Noisy);
        }
        None => {}
    }
    problems
}

/// Returns the level of the words without the gaps between them: that of the louder half.
fn voice_level(speech: &[f32], rate: Rate) -> f64 {
    let window = rate.frames(WINDOW).index().max(1);
    let mut powers: Vec<f64> = speech.chunks(window).map(power).collect();
    powers.sort_by(f64::total_cmp);
    let louder = &powers[powers.len() / 2..];
    10.0 * (louder.iter().sum::<f64>() / louder.len().max(1) as f64).log10()
}

/// Returns the mean power of samples.
pub(super) fn power(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len().max(1) as f64
}
