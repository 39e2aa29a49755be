//! Warnings about recordings, based on their measurements.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::manifest::codes::Code;
use crate::manifest::duration;
use crate::manifest::findings::Findings;
use crate::manifest::session::{
    ClipPath, NarrationSpec, SegmentContent, SegmentSpec, Session, SilenceSpec, SpokenLine,
};
use crate::manifest::span::{Located, Span};
use crate::units::{Decibels, Lufs};

/// The fastest speech that can be followed with closed eyes, in words per minute.
const FASTEST_SPEECH: f64 = 165.0;
/// The fastest possible speech, in words per minute. Beyond it, the clip does not match its words.
const IMPOSSIBLE_SPEECH: f64 = 330.0;
/// A clip that lasts longer than this many seconds plus [`MAX_SECONDS_PER_WORD`] does not match its words.
const MAX_SECONDS: f64 = 60.0;
const MAX_SECONDS_PER_WORD: f64 = 6.0;
/// The minimum number of words in a line whose pace is checked.
const MIN_WORDS: usize = 5;
/// The maximum number of words per minute of a whole session, including silences.
const MAX_SESSION_PACE: f64 = 75.0;
/// The minimum length of a session whose pace is checked.
const MIN_SESSION: Duration = Duration::from_secs(30);
/// The minimum difference of a clip's loudness from the others that is reported, in LU.
const MAX_LOUDNESS_DIFFERENCE: f64 = 6.0;
/// The minimum distance of the noise below the voice, in dB.
const MIN_NOISE_DISTANCE: f64 = 40.0;
/// The maximum DC offset: −50 dBFS.
const MAX_DC_OFFSET: f64 = 0.003_162;
/// The maximum first or last sample without a click: −50 dBFS.
const MAX_EDGE: f64 = 0.003_162;

/// The measurements of a clip, before any gain. Full scale is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ClipMeasurements {
    /// The length.
    pub(crate) length: Duration,
    /// The integrated loudness in both channels together; `None` for silence.
    pub(crate) loudness: Option<Lufs>,
    /// The number of runs of samples at full scale.
    pub(crate) clipped_runs: u64,
    /// The mean of all samples of a channel, from the channel where it is greater.
    pub(crate) dc_offset: f64,
    /// The greatest absolute value in the first frame.
    pub(crate) first_frame: f64,
    /// The greatest absolute value in the last frame.
    pub(crate) last_frame: f64,
    /// The loudness of the pauses in the speech; `None` if none were found.
    pub(crate) noise: Option<Lufs>,
}

/// The measurements of each clip.
pub(crate) type MeasuredClips = BTreeMap<ClipPath, ClipMeasurements>;

/// Checks the recordings of speech in a session. `gain` is the session's common gain.
pub(crate) fn check_clips(session: &Session, measured: &MeasuredClips, gain: Decibels, findings: &mut Findings) {
    let recordings = measured_lines(session, measured);
    let mut seen = BTreeSet::new();
    for recording in &recordings {
        check_pace(recording, findings);
        if seen.insert(&recording.clip.value) {
            check_samples(recording, findings);
            check_noise(recording, session.levels.voice, gain, findings);
        }
    }
    check_loudness(&recordings, findings);
}

/// Reports lines that are longer than the fixed length of their segment, and announcements that are longer than half of their silence.
/// The length of words without a recording is estimated.
pub(crate) fn check_lengths(session: &Session, measured: &MeasuredClips, findings: &mut Findings) {
    for segment in session.all_segments() {
        match &segment.content {
            SegmentContent::Narration(narration) => check_lasts(narration, measured, findings),
            SegmentContent::Silence(silence) if silence.is_announced => {
                check_announcement(session, segment, silence, measured, findings);
            }
            _ => {}
        }
    }
}

/// Returns the length of a line, and its source.
fn length_of(line: &SpokenLine, measured: &MeasuredClips) -> Option<(Duration, Span)> {
    let recorded = line.clip().and_then(|clip| Some((measured.get(&clip.value)?.length, clip.span.clone())));
    recorded.or_else(|| line.words().map(|words| (super::estimated_speech(&words.value), words.span.clone())))
}

fn check_lasts(narration: &NarrationSpec, measured: &MeasuredClips, findings: &mut Findings) {
    let Some(lasts) = narration.lasts else { return };
    for line in [Some(&narration.line), narration.instead.as_ref()].into_iter().flatten() {
        let Some((length, span)) = length_of(line, measured).filter(|(length, _)| *length > lasts) else { continue };
        let message = format!(
            "these words last about {:.1} seconds, longer than the {} of the segment",
            length.as_secs_f64(),
            duration::format(lasts)
        );
        let help = "make `lasts` longer, or say less: words are never cut off, so the segment is as long as they are";
        findings.warning(Code::LongerThanLasts, span, message, help);
    }
}

fn check_announcement(
    session: &Session,
    segment: &SegmentSpec,
    silence: &SilenceSpec,
    measured: &MeasuredClips,
    findings: &mut Findings,
) {
    let line = session.announcement(silence.natural).map(|announcement| &announcement.line);
    let Some((length, _)) = line.and_then(|line| length_of(line, measured)) else { return };
    if length * 2 > silence.natural {
        let message = format!(
            "the words that announce this silence last about {:.1} seconds, more than half of it, and are not heard",
            length.as_secs_f64()
        );
        let help = "make the silence longer, or remove announce = true";
        findings.warning(Code::LongAnnouncement, segment.span.clone(), message, help);
    }
}

/// Reports a session that has more words for its length than a listener can take in.
pub(crate) fn check_session_pace(words: usize, length: Duration, findings: &mut Findings) {
    let pace = words_per_minute(words, length);
    if length >= MIN_SESSION && pace > MAX_SESSION_PACE {
        let message = format!("the session has {pace:.0} words a minute, silences included");
        let help = format!("stay below {MAX_SESSION_PACE:.0}, with longer silences or fewer words");
        findings.warning(Code::ManyWords, 0..0, message, help);
    }
}

/// A line with a measured clip.
struct MeasuredLine<'session> {
    clip: &'session Located<ClipPath>,
    words: Option<usize>,
    /// The segment's own gain.
    gain: Decibels,
    measurements: ClipMeasurements,
}

impl MeasuredLine<'_> {
    fn warn(&self, code: Code, message: &str, help: &str, findings: &mut Findings) {
        let message = format!("{} {message}", self.clip.value.as_str());
        findings.warning(code, self.clip.span.clone(), message, help);
    }
}

fn measured_lines<'session>(session: &'session Session, measured: &MeasuredClips) -> Vec<MeasuredLine<'session>> {
    let measured_line = |(line, segment): (&'session SpokenLine, Option<&SegmentSpec>)| {
        let clip = line.clip()?;
        let gain = match segment.map(|segment| &segment.content) {
            Some(SegmentContent::Narration(narration)) => narration.gain,
            _ => Decibels::UNITY,
        };
        let words = line.words().map(|words| words.value.split_whitespace().count());
        Some(MeasuredLine { clip, words, gain, measurements: *measured.get(&clip.value)? })
    };
    session.lines().filter_map(measured_line).collect()
}

fn words_per_minute(words: usize, length: Duration) -> f64 {
    words as f64 * 60.0 / length.as_secs_f64().max(0.001)
}

fn check_pace(recording: &MeasuredLine, findings: &mut Findings) {
    let Some(words) = recording.words.filter(|words| *words >= MIN_WORDS) else { return };
    let length = recording.measurements.length;
    let pace = words_per_minute(words, length);
    let seconds = length.as_secs_f64();
    if pace > IMPOSSIBLE_SPEECH || seconds > MAX_SECONDS + MAX_SECONDS_PER_WORD * words as f64 {
        let message = format!("lasts {seconds:.1} seconds, which does not fit {words} words");
        let help = "check that `clip` and `say` belong together, and that the recording is complete";
        recording.warn(Code::ClipAndWords, &message, help, findings);
    } else if pace > FASTEST_SPEECH {
        let message = format!("has {pace:.0} words a minute");
        let help = format!("record it more slowly: up to {FASTEST_SPEECH:.0} can be followed with closed eyes");
        recording.warn(Code::FastSpeech, &message, &help, findings);
    }
}

fn check_samples(recording: &MeasuredLine, findings: &mut Findings) {
    let measurements = &recording.measurements;
    if measurements.clipped_runs > 0 {
        let places = if measurements.clipped_runs == 1 {
            "one place".to_owned()
        } else {
            format!("{} places", measurements.clipped_runs)
        };
        let help = "record it again with a lower microphone level";
        recording.warn(Code::ClippedSamples, &format!("is clipped in {places}, which crackles"), help, findings);
    }
    if measurements.dc_offset.abs() > MAX_DC_OFFSET {
        let help = "remove the DC offset in your audio editor, or use a high-pass filter at 40 Hz";
        recording.warn(Code::DcOffset, "has a DC offset, which causes a thump at its start and end", help, findings);
    }
    let edges = match (measurements.first_frame > MAX_EDGE, measurements.last_frame > MAX_EDGE) {
        (true, true) => "starts and ends",
        (true, false) => "starts",
        (false, true) => "ends",
        (false, false) => return,
    };
    let help = "leave a little silence at both ends, or fade them over 10 ms";
    recording.warn(Code::HardEdge, &format!("{edges} in the middle of a sound, which causes a click"), help, findings);
}

fn check_noise(recording: &MeasuredLine, voice: Lufs, gain: Decibels, findings: &mut Findings) {
    let Some(noise) = recording.measurements.noise else { return };
    let distance = voice.0 - (noise.0 + gain.0 + recording.gain.0);
    if distance < MIN_NOISE_DISTANCE {
        let message = format!("has noise only {distance:.0} dB below the voice");
        let help = format!(
            "record it closer to the microphone or in a quieter room: {MIN_NOISE_DISTANCE:.0} dB or more is quiet"
        );
        recording.warn(Code::NoisyClip, &message, &help, findings);
    }
}

/// Reports clips that differ from the median loudness of all. With only two clips, the second one is compared with the first.
fn check_loudness(recordings: &[MeasuredLine], findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    let mut audible: Vec<(&MeasuredLine, f64)> = recordings
        .iter()
        .filter(|recording| seen.insert((&recording.clip.value, recording.gain.0.to_bits())))
        .filter_map(|recording| Some((recording, recording.measurements.loudness?.0 + recording.gain.0)))
        .collect();
    let Some(median) = median(audible.iter().map(|(_, loudness)| *loudness).collect()) else { return };
    let reference = if audible.len() == 2 { audible.remove(0).1 } else { median };
    for (recording, loudness) in audible {
        let difference = loudness - reference;
        if difference.abs() >= MAX_LOUDNESS_DIFFERENCE {
            let (direction, sign) = if difference > 0.0 { ("louder", "-") } else { ("softer", "") };
            let message = format!("is {:.0} LU {direction} than the others", difference.abs());
            let help = format!("if this is not intended, add gain = {sign}{:.0} to its segment", difference.abs());
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
