//! Tests of the recorder's state machine and of the analysis of takes.

use super::machine::{RecorderLine, RecorderState};
use super::take::{Room, Take, TakeProblem};
use super::view::{keys, notices, state_line};
use super::*;
use crate::io::terminal::Size;
use crate::text::width;
use crate::units::Rate;

const RATE: Rate = Rate::DEFAULT;
const SECOND: usize = 48_000;

/// Returns a voice-like signal: syllables of a few tones, five per second.
fn voice(seconds: f64, amplitude: f32) -> Vec<f32> {
    let length = (seconds * SECOND as f64) as usize;
    let sample = |at: usize| {
        let time = at as f64 / SECOND as f64;
        let tones: f64 =
            [180.0, 410.0, 960.0].iter().map(|hertz| (std::f64::consts::TAU * hertz * time).sin() / 3.0).sum();
        let syllable = 0.6 + 0.4 * (std::f64::consts::TAU * 5.0 * time).cos();
        amplitude * (tones * syllable) as f32
    };
    (0..length).map(sample).collect()
}

fn noise(seconds: f64, amplitude: f32) -> Vec<f32> {
    let mut seed = 1_u32;
    let next = |_| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        amplitude * ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0)
    };
    (0..(seconds * SECOND as f64) as usize).map(next).collect()
}

fn tone(seconds: f64, hertz: f64, amplitude: f32) -> Vec<f32> {
    let sample = |at: usize| amplitude * (std::f64::consts::TAU * hertz * at as f64 / SECOND as f64).sin() as f32;
    (0..(seconds * SECOND as f64) as usize).map(sample).collect()
}

/// Room noise, then words between silences.
fn recording(room: Vec<f32>, words: &[f32]) -> Vec<f32> {
    let mut all: Vec<f32> = room.iter().copied().cycle().take(2 * SECOND + SECOND + words.len()).collect();
    if room.is_empty() {
        all = vec![0.0; 2 * SECOND + SECOND + words.len()];
    }
    let start = 2 * SECOND + SECOND / 2;
    for (sample, word) in all[start..].iter_mut().zip(words) {
        *sample += word;
    }
    all
}

fn take(room: Vec<f32>, words: &[f32], count: usize) -> Take {
    Take::new(&recording(room, words), 2 * SECOND, count, RATE)
}

#[test]
fn words_are_cut_out_to_the_frame_with_a_margin() {
    let words = voice(3.0, 0.3);
    let taken = take(Vec::new(), &words, 8);
    let margin = RATE.frames(take::MARGIN).index();
    let is_audible = |sample: &f32| sample.abs() > 0.000_501_2;
    let first = words.iter().position(is_audible).unwrap();
    let last = words.iter().rev().position(is_audible).unwrap();
    assert_eq!(taken.samples.len(), words.len() - first - last + 2 * margin);
    assert_eq!(taken.samples[margin], words[first]);
    assert_eq!(taken.problems, []);
}

#[test]
fn room_noise_is_not_a_word() {
    let taken = take(noise(1.0, 0.001), &voice(2.0, 0.3), 5);
    let expected = 2.0 + 0.3;
    let length = taken.samples.len() as f64 / SECOND as f64;
    assert!((length - expected).abs() < 0.03, "{length}");
    assert_eq!(taken.problems, []);
}

#[test]
fn clicks_of_keys_are_removed() {
    let mut all = recording(noise(1.0, 0.0005), &voice(2.0, 0.3));
    let clean = Take::new(&all, 2 * SECOND, 5, RATE);
    for at in [SECOND / 4, 2 * SECOND + 100, all.len() - SECOND / 10] {
        all[at..at + 200].fill(0.4);
    }
    let taken = Take::new(&all, 2 * SECOND, 5, RATE);
    assert_eq!(taken.samples.len(), clean.samples.len());
}

#[test]
fn audible_problems_are_reported() {
    let clipped: Vec<f32> = voice(2.0, 3.0).iter().map(|sample| sample.clamp(-1.0, 1.0)).collect();
    let hum: Vec<f32> = tone(1.0, 50.0, 0.01);
    for (room, words, count, problems) in [
        (noise(1.0, 0.0005), clipped, 5, vec![TakeProblem::Clipped]),
        (noise(1.0, 0.0005), voice(0.5, 0.3), 12, vec![TakeProblem::TooShort]),
        (noise(1.0, 0.02), voice(2.0, 0.3), 5, vec![TakeProblem::Noisy]),
        (hum, voice(2.0, 0.3), 5, vec![TakeProblem::Hum(50)]),
        (tone(1.0, 60.0, 0.01), voice(2.0, 0.3), 5, vec![TakeProblem::Hum(60)]),
        (Vec::new(), voice(2.0, 0.008), 5, vec![TakeProblem::Soft]),
        (noise(1.0, 0.001), Vec::new(), 5, vec![TakeProblem::NoWords]),
        (Vec::new(), Vec::new(), 5, vec![TakeProblem::NoSound]),
    ] {
        assert_eq!(take(room, &words, count).problems, problems);
    }
}

#[test]
fn a_cough_before_the_words_is_not_room_noise() {
    let mut room = noise(2.0, 0.001);
    let quiet = Room::measure(&room, RATE).level.unwrap().0;
    room[0..SECOND / 2].copy_from_slice(&voice(0.5, 0.5));
    let level = Room::measure(&room, RATE).level.unwrap().0;
    assert!((level - quiet).abs() < 1.0, "{level} and {quiet}");
}

fn recorder(lines: usize) -> Recorder {
    let line = |number: usize| RecorderLine { name: format!("line-{number}"), words: "May all be well.".to_owned() };
    Recorder::new((1..=lines).map(line).collect(), RATE)
}

fn press(recorder: &mut Recorder, key: RecorderKey) -> Vec<RecorderEffect> {
    recorder.handle(RecorderInput::Key(key))
}

/// Records the room and some words.
fn speak(recorder: &mut Recorder) {
    let all = recording(noise(1.0, 0.0005), &voice(2.0, 0.3));
    for samples in all.chunks(960) {
        assert_eq!(recorder.handle(RecorderInput::Samples(samples)), []);
    }
    assert_eq!(recorder.state, RecorderState::Recording);
}

#[test]
fn three_lines_are_recorded_in_order() {
    let mut recorder = recorder(3);
    assert_eq!(press(&mut recorder, RecorderKey::Space), []);
    for line in 0..3 {
        assert_eq!(recorder.state, RecorderState::CountIn);
        speak(&mut recorder);
        let effects = press(&mut recorder, RecorderKey::Keep);
        let [RecorderEffect::Save { line: saved, samples }] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(*saved, line);
        assert!(samples.len() > 2 * SECOND);
        let effects = recorder.handle(RecorderInput::Saved);
        assert_eq!(effects, if line == 2 { vec![RecorderEffect::End] } else { Vec::new() });
    }
    assert!(recorder.is_over() && recorder.kept() == 3);
}

#[test]
fn a_take_can_be_repeated_played_and_skipped() {
    let mut recorder = recorder(2);
    press(&mut recorder, RecorderKey::Space);
    speak(&mut recorder);
    press(&mut recorder, RecorderKey::Again);
    assert_eq!(recorder.state, RecorderState::CountIn);
    speak(&mut recorder);
    press(&mut recorder, RecorderKey::Space);
    assert_eq!(recorder.state, RecorderState::Review);
    assert!(matches!(press(&mut recorder, RecorderKey::Play)[..], [RecorderEffect::Play(_)]));
    assert_eq!(press(&mut recorder, RecorderKey::Play), [RecorderEffect::StopPlaying]);
    press(&mut recorder, RecorderKey::Play);
    assert_eq!(recorder.handle(RecorderInput::Played), []);
    assert_eq!(recorder.state, RecorderState::Review);
    assert_eq!(press(&mut recorder, RecorderKey::Skip), []);
    assert_eq!((recorder.at, recorder.kept()), (1, 0));
    assert_eq!(press(&mut recorder, RecorderKey::Skip), [RecorderEffect::End]);
}

#[test]
fn a_doubtful_take_is_shown_before_it_is_kept() {
    let mut recorder = recorder(1);
    press(&mut recorder, RecorderKey::Space);
    recorder.handle(RecorderInput::Samples(&vec![0.0; 3 * SECOND]));
    assert_eq!(press(&mut recorder, RecorderKey::Keep), []);
    assert_eq!(recorder.state, RecorderState::Review);
    assert!(notices(&recorder)[0].contains("no sound from the microphone"));
    assert_eq!(press(&mut recorder, RecorderKey::Keep), [], "there is nothing to keep");
    press(&mut recorder, RecorderKey::Again);
    assert_eq!(recorder.state, RecorderState::CountIn);
}

#[test]
fn a_take_that_cannot_be_saved_is_not_lost() {
    let mut recorder = recorder(2);
    press(&mut recorder, RecorderKey::Space);
    speak(&mut recorder);
    let first = press(&mut recorder, RecorderKey::Keep);
    assert_eq!(recorder.handle(RecorderInput::NotSaved("the disk is full")), []);
    assert_eq!(notices(&recorder), ["the disk is full"]);
    assert_eq!(press(&mut recorder, RecorderKey::Keep), first);
    assert_eq!(recorder.handle(RecorderInput::Saved), []);
    assert_eq!(recorder.kept(), 1);
}

#[test]
fn a_lost_microphone_leaves_the_take() {
    let mut one = recorder(2);
    press(&mut one, RecorderKey::Space);
    speak(&mut one);
    assert_eq!(one.handle(RecorderInput::Lost), []);
    assert!(notices(&one)[0].contains("microphone was disconnected"));
    assert!(matches!(press(&mut one, RecorderKey::Keep)[..], [RecorderEffect::Save { .. }]));
    assert_eq!(one.handle(RecorderInput::Saved), [RecorderEffect::End]);
    let mut other = recorder(2);
    press(&mut other, RecorderKey::Space);
    assert_eq!(other.handle(RecorderInput::Lost), [RecorderEffect::End]);
    assert!(other.is_lost());
}

#[test]
fn the_recorder_can_be_left_at_any_time() {
    let steps: [fn(&mut Recorder); 5] = [
        |_| {},
        |recorder| drop(press(recorder, RecorderKey::Space)),
        |recorder| {
            press(recorder, RecorderKey::Space);
            speak(recorder);
        },
        |recorder| {
            press(recorder, RecorderKey::Space);
            speak(recorder);
            press(recorder, RecorderKey::Space);
        },
        |recorder| {
            press(recorder, RecorderKey::Space);
            speak(recorder);
            press(recorder, RecorderKey::Play);
        },
    ];
    for step in steps {
        let mut recorder = recorder(2);
        step(&mut recorder);
        assert_eq!(press(&mut recorder, RecorderKey::Leave).last(), Some(&RecorderEffect::End));
        assert_eq!(press(&mut recorder, RecorderKey::Keep), [], "nothing happens any more");
    }
}

#[test]
fn random_keys_never_lose_a_kept_take_or_break() {
    let all = [
        RecorderKey::Space,
        RecorderKey::Keep,
        RecorderKey::Again,
        RecorderKey::Play,
        RecorderKey::Skip,
        RecorderKey::Leave,
    ];
    let words = recording(Vec::new(), &voice(1.5, 0.3));
    let mut seed = 7_u32;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    for _ in 0..10 {
        let mut recorder = recorder(3);
        let mut saved = 0;
        for _ in 0..60 {
            let effects = match next(8) {
                0..5 => {
                    let choices = if next(10) == 0 { 6 } else { 5 };
                    press(&mut recorder, all[next(choices)])
                }
                5 | 6 => recorder.handle(RecorderInput::Samples(&words)),
                _ => recorder.handle(if next(2) == 0 { RecorderInput::Saved } else { RecorderInput::Played }),
            };
            let saves = effects.iter().filter(|effect| matches!(effect, RecorderEffect::Save { .. })).count();
            saved += saves;
            assert!(recorder.kept() <= saved && (saves == 0 || effects.len() == 1 || effects.len() == 2));
            if !recorder.is_over() {
                recorder_lines(&recorder, Size { columns: 80, rows: 24 });
            }
        }
    }
}

#[test]
fn the_screen_fits_at_any_size() {
    let words = "If it feels all right, rest a hand on the desk, and notice how it is held by the wood below.";
    let mut recorder = Recorder::new(vec![RecorderLine { name: "hand".to_owned(), words: words.to_owned() }], RATE);
    for _ in 0..2 {
        for columns in [20, 40, 80, 200] {
            for rows in [5, 8, 12, 24] {
                let lines = recorder_lines(&recorder, Size { columns, rows });
                assert!(lines.len() <= rows && lines.iter().all(|line| width(&line.text) < columns), "{lines:?}");
            }
        }
        press(&mut recorder, RecorderKey::Space);
    }
    let lines: Vec<_> =
        recorder_lines(&recorder, Size { columns: 80, rows: 24 }).into_iter().map(|line| line.text).collect();
    assert_eq!(
        lines,
        [
            "line 1 of 1 · hand",
            "",
            "  If it feels all right, rest a hand on the desk, and",
            "",
            "  notice how it is held by the wood below.",
            "",
            "stay quiet while the room is measured … 2",
            "──────────────────────────────",
            "a again · s skip · q leave",
        ]
    );
}

#[test]
fn every_state_has_a_description_and_keys() {
    let mut recorder = recorder(1);
    assert!(state_line(&recorder).contains("space"));
    press(&mut recorder, RecorderKey::Space);
    speak(&mut recorder);
    assert!(state_line(&recorder).starts_with("● speak now  0:0"), "{}", state_line(&recorder));
    press(&mut recorder, RecorderKey::Space);
    assert_eq!(state_line(&recorder), "the take lasts 2 seconds, and sounds good");
    assert!(keys(recorder.state).starts_with("k keep · a again · h hear"));
}

#[test]
fn the_meter_rises_immediately_and_falls_slowly() {
    let mut meter = meter::LevelMeter::default();
    meter.push(&voice(0.02, 0.3), RATE);
    let high = meter.filled(30);
    assert!(high > 15, "{high}");
    meter.push(&[0.0; 960], RATE);
    assert!(high - meter.filled(30) <= 1);
    meter.push(&vec![0.0; 4 * SECOND], RATE);
    assert_eq!(meter.filled(30), 0);
}
