//! What a listener would hear amiss in recordings, from what was measured of them. Warnings, all of them; no files.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::manifest::session::{ClipPath, SegmentContent, SegmentSpec, SpokenLine};
use crate::manifest::span::Located;
use crate::manifest::{Code, Findings, Session};
use crate::units::{Decibels, Lufs};

/// The fastest speech that can be followed with closed eyes, in words a minute.
const FASTEST: f64 = 165.0;
/// Nobody speaks faster: clip and words can't belong together.
const IMPOSSIBLE: f64 = 330.0;
/// Seconds that a clip of few words may last anyhow, and seconds a word that it may last besides.
const SLOWEST: (f64, f64) = (60.0, 6.0);
/// Fewer words than this give no pace.
const FEWEST_WORDS: usize = 5;
/// The most words a minute of a whole session.
const DENSEST: f64 = 75.0;
/// A shorter session is a line or two, which need no room between them.
const SHORTEST: Duration = Duration::from_secs(30);
/// How far a clip may be off the others, in LU.
const OFF: f64 = 6.0;
/// How far the noise has to lie under the voice, in dB.
const CONTRAST: f64 = 40.0;
/// Mean of the samples above which a loudspeaker's cone is pushed aside: −50 dBFS.
const DIRECT_CURRENT: f64 = 0.003_162;
/// The first or last sample from which a click is heard: −50 dBFS.
const EDGE: f64 = 0.003_162;

/// What was measured of a clip, before any gain.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measures {
    /// How long it is.
    pub length: Duration,
    /// Integrated, as heard in both ears; `None` of silence.
    pub loudness: Option<Lufs>,
    /// How many runs of samples stand at full scale.
    pub clipped_runs: u64,
    /// The mean of all samples, of the worse channel; full scale is 1.
    pub direct_current: f64,
    /// The greatest of the first frame, without its sign; full scale is 1.
    pub first: f64,
    /// The same of the last frame.
    pub last: f64,
    /// How loud it is where nobody speaks; `None` where that was not found.
    pub noise: Option<Lufs>,
}

/// What was measured of each clip.
pub type MeasuredClips = BTreeMap<ClipPath, Measures>;

/// Looks at every recording of speech in a session. `gain` is the session's common gain.
pub fn clips(session: &Session, measured: &MeasuredClips, gain: Decibels, findings: &mut Findings) {
    let recordings = recordings(session, measured);
    let mut heard = BTreeSet::new();
    for recording in &recordings {
        pace(recording, findings);
        if heard.insert(&recording.clip.value) {
            samples(recording, findings);
            noise(recording, session.levels.voice, gain, findings);
        }
    }
    loudness(&recordings, findings);
}

/// Whether a whole session, so many spoken words in such a time, gives a listener room.
pub fn density(words: usize, length: Duration, findings: &mut Findings) {
    let pace = per_minute(words, length);
    if length >= SHORTEST && pace > DENSEST {
        let message = format!("the session speaks {pace:.0} words a minute, silences counted in");
        let help = format!("stay below {DENSEST:.0}: lengthen the silences, or say less");
        findings.warning(Code::ManyWords, 0..0, message, help);
    }
}

/// One clip at one place of the manifest.
struct Recording<'session> {
    clip: &'session Located<ClipPath>,
    words: Option<usize>,
    gain: Decibels,
    measures: Measures,
}

impl Recording<'_> {
    fn name(&self) -> &str {
        self.clip.value.as_str()
    }

    fn warn(&self, code: Code, message: &str, help: &str, findings: &mut Findings) {
        findings.warning(code, self.clip.span.clone(), format!("{} {message}", self.name()), help);
    }
}

fn recordings<'session>(session: &'session Session, measured: &MeasuredClips) -> Vec<Recording<'session>> {
    let recording = |(line, segment): (&'session SpokenLine, &SegmentSpec)| {
        let clip = line.clip()?;
        let gain = match &segment.content {
            SegmentContent::Narration(narration) => narration.gain,
            _ => Decibels::UNITY,
        };
        let words = line.words().map(|words| words.value.split_whitespace().count());
        Some(Recording { clip, words, gain, measures: *measured.get(&clip.value)? })
    };
    session.lines().filter_map(recording).collect()
}

fn per_minute(words: usize, length: Duration) -> f64 {
    words as f64 * 60.0 / length.as_secs_f64().max(0.001)
}

fn pace(recording: &Recording, findings: &mut Findings) {
    let Some(words) = recording.words.filter(|words| *words >= FEWEST_WORDS) else { return };
    let length = recording.measures.length;
    let pace = per_minute(words, length);
    let seconds = length.as_secs_f64();
    if pace > IMPOSSIBLE || seconds > SLOWEST.0 + SLOWEST.1 * words as f64 {
        let message = format!("lasts {seconds:.1} seconds, which can't be these {words} words");
        let help = "look whether `clip` and `say` belong together, and whether the recording is whole";
        recording.warn(Code::ClipAndWords, &message, help, findings);
    } else if pace > FASTEST {
        let message = format!("speaks {pace:.0} words a minute");
        let help = format!("below {FASTEST:.0} one can follow with closed eyes: record it more slowly");
        recording.warn(Code::FastSpeech, &message, &help, findings);
    }
}

fn samples(recording: &Recording, findings: &mut Findings) {
    let measures = &recording.measures;
    if measures.clipped_runs > 0 {
        let places = if measures.clipped_runs == 1 {
            "one place".to_owned()
        } else {
            format!("{} places", measures.clipped_runs)
        };
        let help = "record it again with the microphone turned down";
        recording.warn(Code::ClippedSamples, &format!("is overdriven at {places}, which crackles"), help, findings);
    }
    if measures.direct_current.abs() > DIRECT_CURRENT {
        let help = "remove it in your editor, where it is called DC offset, or with a high-pass filter at 40 Hz";
        recording.warn(Code::DcOffset, "is shifted off the middle line, which thumps at its ends", help, findings);
    }
    let edges = match (measures.first > EDGE, measures.last > EDGE) {
        (true, true) => "begins and ends",
        (true, false) => "begins",
        (false, true) => "ends",
        (false, false) => return,
    };
    let help = "leave a little quiet at its ends, or fade them over 10 ms";
    recording.warn(Code::HardEdge, &format!("{edges} in the midst of a sound, which clicks"), help, findings);
}

fn noise(recording: &Recording, voice: Lufs, gain: Decibels, findings: &mut Findings) {
    let Some(noise) = recording.measures.noise else { return };
    let contrast = voice.0 - (noise.0 + gain.0 + recording.gain.0);
    if contrast < CONTRAST {
        let message = format!("has noise only {contrast:.0} dB under the voice");
        let help = format!("{CONTRAST:.0} dB or more is quiet: go nearer to the microphone, in a quieter room");
        recording.warn(Code::NoisyClip, &message, &help, findings);
    }
}

/// Clips that are louder or softer than the others together. Of two, the second is the one that is off.
fn loudness(recordings: &[Recording], findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    let mut heard: Vec<(&Recording, f64)> = recordings
        .iter()
        .filter(|recording| seen.insert((&recording.clip.value, recording.gain.0.to_bits())))
        .filter_map(|recording| Some((recording, recording.measures.loudness?.0 + recording.gain.0)))
        .collect();
    let Some(middle) = median(heard.iter().map(|(_, loudness)| *loudness).collect()) else { return };
    let middle = if heard.len() == 2 { heard.remove(0).1 } else { middle };
    for (recording, loudness) in heard {
        let off = loudness - middle;
        if off.abs() >= OFF {
            let (how, sign) = if off > 0.0 { ("louder", "-") } else { ("softer", "") };
            let message = format!("is {:.0} LU {how} than the others", off.abs());
            let help = format!("if that is not meant, write gain = {sign}{:.0} beside it", off.abs());
            recording.warn(Code::UnevenLoudness, &message, &help, findings);
        }
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}
