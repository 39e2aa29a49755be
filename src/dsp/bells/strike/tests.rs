use ebur128::{EbuR128, Mode};
use proptest::prelude::*;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use super::*;
use crate::dsp::bells::{NAMES, max_momentary_loudness};
use crate::testing::decibels;
use crate::units::{Lufs, SILENCE};

/// Measurements of the reference: the bell, its true peak in dBTP, its rise time from 10 to 90 % in milliseconds, and the time in seconds
/// in which it decays by 60 dB.
const MEASURED: [(&str, f64, f64, f64); 5] = [
    ("bowl", -16.6, 6.1, 33.0),
    ("inkin", -23.0, 4.9, 13.0),
    ("gong", -16.0, 70.0, 23.0),
    ("tingsha", -25.6, 4.9, 9.0),
    ("block", -21.0, 6.7, 0.35),
];

fn render(name: &str, rate: Rate, frames: usize) -> Vec<Frame> {
    let mut sound = vec![SILENCE; frames];
    BellStrike::new(Bell::built_in(name).unwrap(), rate, 1.0).add(Frames::ZERO, 1.0, &mut sound);
    sound
}

fn rates() -> [Rate; 3] {
    [44_100, 48_000, 96_000].map(|hertz| Rate::new(hertz).unwrap())
}

/// Returns the magnitude of the analytic signal of both channels together, smoothed over 2 ms.
fn envelope(sound: &[Frame]) -> Vec<f64> {
    let mut planner = FftPlanner::<f64>::new();
    let mut spectrum: Vec<_> = sound.iter().map(|frame| Complex::new(f64::from(frame[0] + frame[1]), 0.0)).collect();
    spectrum.resize(2 * sound.len(), Complex::ZERO);
    planner.plan_fft_forward(spectrum.len()).process(&mut spectrum);
    let half = spectrum.len() / 2;
    spectrum[half..].fill(Complex::ZERO);
    planner.plan_fft_inverse(spectrum.len()).process(&mut spectrum);
    let hann: Vec<f64> = (0..96).map(|place| 1.0 - (TAU * f64::from(place) / 96.0).cos()).collect();
    let magnitudes: Vec<f64> =
        std::iter::repeat_n(0.0, 48).chain(spectrum[..sound.len()].iter().map(|value| value.norm())).collect();
    magnitudes
        .windows(hann.len())
        .map(|window| window.iter().zip(&hann).map(|(level, weight)| level * weight).sum())
        .collect()
}

#[test]
fn every_bell_is_as_loud_as_the_table_says() {
    for name in NAMES {
        let bell = Bell::built_in(name).unwrap();
        let Lufs(loudness) = max_momentary_loudness(bell);
        assert!((loudness - bell.max_momentary_lufs.unwrap()).abs() < 0.3, "{name}: {loudness} LUFS");
    }
}

#[test]
fn true_peaks_and_rise_times_match_the_reference() {
    for (name, peak, rise, _) in MEASURED {
        let sound = render(name, Rate::DEFAULT, 65_536);
        let mut meter = EbuR128::new(2, 48_000, Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(sound.as_flattened()).unwrap();
        let found = decibels(meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap()));
        assert!((found - peak).abs() < 0.5, "{name}: {found} dBTP");

        let envelope = envelope(&sound);
        let greatest = envelope.iter().copied().fold(0.0, f64::max);
        let reaches = |part: f64| envelope.iter().position(|level| *level >= part * greatest).unwrap();
        let milliseconds = (reaches(0.9) - reaches(0.1)) as f64 / 48.0;
        assert!((milliseconds / rise - 1.0).abs() < 0.1, "{name}: {milliseconds} ms");
    }
}

#[test]
fn decay_times_match_the_reference() {
    for (name, _, _, seconds) in MEASURED {
        for rate in rates() {
            let found =
                BellStrike::new(Bell::built_in(name).unwrap(), rate, 1.0).length().seconds(rate) - FADE_OUT_SECONDS;
            assert!((found / seconds - 1.0).abs() < 0.1, "{name} at {rate}: {found} s");
        }
    }
}

#[test]
fn the_length_is_the_same_at_every_rate() {
    for name in NAMES {
        let [first, second, third] =
            rates().map(|rate| BellStrike::new(Bell::built_in(name).unwrap(), rate, 1.0).length().seconds(rate));
        assert!((first - second).abs() < 5e-5 && (second - third).abs() < 5e-5, "{name}");
    }
}

#[test]
fn a_strike_starts_and_ends_in_silence() {
    for name in NAMES {
        let strike = BellStrike::new(Bell::built_in(name).unwrap(), Rate::DEFAULT, 1.0);
        let length = strike.length().index();
        let sound = render(name, Rate::DEFAULT, length + 1_000);
        assert_eq!(sound[0], SILENCE, "{name}");
        assert!(sound[length..].iter().all(|frame| *frame == SILENCE), "{name}");
        let loudest =
            |frames: &[Frame]| frames.as_flattened().iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        assert!(loudest(&sound[length - 10..]) < 1e-3 * loudest(&sound[length - 4_000..length - 2_400]), "{name}");
        let steepest = sound.windows(2).take(24).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.03 * loudest(&sound), "{name}: starts with a step of {steepest}");
    }
}

#[test]
fn a_softer_strike_is_softer_and_duller() {
    let bell = Bell::built_in("bowl").unwrap();
    let mut full = vec![SILENCE; 48_000];
    let mut soft = full.clone();
    BellStrike::new(bell, Rate::DEFAULT, 1.0).add(Frames::ZERO, 1.0, &mut full);
    BellStrike::new(bell, Rate::DEFAULT, 0.4).add(Frames::ZERO, 1.0, &mut soft);
    let energy = |sound: &[Frame]| sound.iter().map(|frame| f64::from(frame[0]).powi(2)).sum::<f64>();
    let edge = |sound: &[Frame]| sound.windows(2).map(|pair| f64::from(pair[1][0] - pair[0][0]).powi(2)).sum::<f64>();
    assert!(energy(&soft) < 0.17 * energy(&full));
    assert!(edge(&soft) / energy(&soft) < 0.8 * edge(&full) / energy(&full));
}

#[test]
fn the_most_extreme_bell_is_finite() {
    let partial = Partial { ratio: 1.0, gain_db: 24.0, t60_s: 120.0, beat_hz: 20.0, pan: 1.0, attack_ms: 5_000.0 };
    let mut bell = Bell::built_in("gong").unwrap().clone();
    bell.partials = vec![partial; 64];
    bell.length_s = 130.0;
    bell.master_db = 24.0;
    assert_eq!(bell.range_errors(), []);
    for hertz in [1, 100, 8_000, 768_000] {
        let rate = Rate::new(hertz).unwrap();
        let mut strike = BellStrike::new(&bell, rate, 1.0);
        assert!(strike.length().seconds(rate) <= 131.0);
        let mut block = [SILENCE; 600];
        strike.add(Frames(strike.length().0 / 2), 1.0, &mut block);
        assert!(block.as_flattened().iter().all(|sample| sample.is_finite()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn block_size_and_position_make_no_difference(
        which in 0..NAMES.len(),
        part in 0.0_f64..1.0,
        sizes in prop::collection::vec(1_usize..1_500, 1..12),
        gain in 0.01_f32..2.0,
    ) {
        let bell = Bell::built_in(NAMES[which]).unwrap();
        let mut strike = BellStrike::new(bell, Rate::DEFAULT, 0.8);
        let start = (part * strike.length().0 as f64) as u64;
        let total: usize = sizes.iter().sum();
        let mut whole = vec![[0.25, -0.5]; total];
        strike.add(Frames(start), gain, &mut whole);

        let mut other = BellStrike::new(bell, Rate::DEFAULT, 0.8);
        let mut pieces = vec![[0.25, -0.5]; total];
        let mut done = 0;
        for size in sizes {
            other.add(Frames(start + done as u64), gain, &mut pieces[done..done + size]);
            done += size;
        }
        prop_assert!(whole == pieces);
    }

    #[test]
    fn a_bell_within_its_ranges_is_finite(
        fundamental in 20.0_f64..20_000.0,
        parts in prop::collection::vec((0.0_f64..1.0, -40.0_f64..24.0, 0.01_f64..120.0, 0.0_f64..20.0, 1.0_f64..5_000.0), 1..8),
        velocity in -1.0_f64..2.0,
        at in 0.0_f64..1.0,
    ) {
        let lowest = 20.0 / fundamental;
        let highest = 20_000.0 / fundamental;
        let mut bell = Bell::built_in("tingsha").unwrap().clone();
        bell.fundamental_hz = fundamental;
        bell.partials = parts.into_iter().map(|(place, gain_db, t60_s, beat_hz, attack_ms)| Partial {
            ratio: lowest + place * (highest - lowest), gain_db, t60_s, beat_hz, pan: 0.5, attack_ms,
        }).collect();
        prop_assert_eq!(bell.range_errors(), []);
        let mut strike = BellStrike::new(&bell, Rate::DEFAULT, velocity);
        let mut block = [SILENCE; 1_024];
        strike.add(Frames((at * strike.length().0 as f64) as u64), 1.0, &mut block);
        prop_assert!(block.as_flattened().iter().all(|sample| sample.is_finite()));
    }
}
