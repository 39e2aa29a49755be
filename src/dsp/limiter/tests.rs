use std::f64::consts::{PI, TAU};

use ebur128::{EbuR128, Mode};
use proptest::prelude::*;

use super::*;
use crate::dsp::fades::raised_cosine;
use crate::dsp::keyed;

const HERTZ: f64 = 48_000.0;

/// The input limited as a whole, delay taken off.
fn limited(input: &[Frame], rate: Rate) -> Vec<Frame> {
    let mut limiter = Limiter::new(rate);
    let lookahead = limiter.lookahead().index();
    let mut padded = input.to_vec();
    padded.resize(input.len() + lookahead, SILENCE);
    let mut output = vec![SILENCE; padded.len()];
    limiter.process(&padded, &mut output);
    output.split_off(lookahead)
}

fn true_peak(sound: &[Frame], rate: Rate) -> f64 {
    let mut meter = EbuR128::new(2, rate.hertz(), Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(sound.as_flattened()).unwrap();
    meter.add_frames_f32(&[0.0; 96]).unwrap();
    crate::testing::decibels(meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap()))
}

/// Signals that are hard on a limiter, by number, so loud.
fn nasty(kind: usize, level: f64, seed: u32, frames: usize) -> Vec<Frame> {
    let noise = |place: usize, ear: u32| 2.0 * keyed::unit(keyed::series(seed + ear, place as u64)) - 1.0;
    let frequency = 20.0 * 1_000_f64.powf(keyed::unit(seed));
    let wave = |place: usize| (TAU * frequency * place as f64 / HERTZ).fract();
    let sample = |place: usize, ear: u32| match kind {
        0 => (PI / 2.0 * place as f64 + PI / 4.0).sin(),
        1 => {
            if wave(place) < 0.5 {
                1.0
            } else {
                -1.0
            }
        }
        2 => noise(place, ear),
        3 => {
            if keyed::unit(keyed::series(seed, place as u64 / 37)) < 0.02 {
                noise(place, ear)
            } else {
                0.01 * noise(place, ear)
            }
        }
        4 => (TAU * wave(place)).sin(),
        5 => f64::from(u8::from(keyed::unit(keyed::series(seed, place as u64)) < 0.001)),
        6 => {
            if place % 9_600 < 480 {
                (TAU * wave(place)).sin()
            } else {
                0.0
            }
        }
        7 => noise(place, ear).signum(),
        _ => (TAU * 11_025.0 * place as f64 / HERTZ + 0.4).sin() * (TAU * 3.0 * place as f64 / HERTZ).sin(),
    };
    (0..frames).map(|place| [0, 1].map(|ear| (level * sample(place, ear)) as f32)).collect()
}

#[test]
fn what_is_below_the_ceiling_passes_untouched() {
    for (kind, level) in [(0, 0.85), (2, 0.3), (4, 0.87), (8, 0.86)] {
        let mut input = nasty(kind, level, 7, 24_000);
        for (place, frame) in input.iter_mut().enumerate() {
            *frame = frame.map(|sample| sample * raised_cosine(place.min(23_999 - place) as f32 / 2_000.0));
        }
        assert!(true_peak(&input, Rate::DEFAULT) < -1.12, "{kind}");
        assert!(limited(&input, Rate::DEFAULT) == input, "{kind}");
    }
}

#[test]
fn one_loud_moment_is_ducked_around_and_nowhere_else() {
    let mut input = nasty(4, 0.2, 3, 24_000);
    input[12_000] = [1.4, -0.2];
    let output = limited(&input, Rate::DEFAULT);
    assert!(true_peak(&output, Rate::DEFAULT) <= -1.0);
    let limiter = Limiter::new(Rate::DEFAULT);
    let from = 12_000 - limiter.lookahead().index();
    let until = 12_000 + limiter.history().index();
    assert!(output[..from] == input[..from] && output[until..] == input[until..]);
    let gains: Vec<f32> =
        output.iter().zip(&input).filter(|(_, was)| was[0].abs() > 0.01).map(|(now, was)| now[0] / was[0]).collect();
    assert!(gains.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.01), "the gain steps");
}

#[test]
fn a_low_tone_keeps_its_shape() {
    let input: Vec<Frame> =
        (0..48_000).map(|place| [1.6 * (TAU * 40.0 * f64::from(place) / HERTZ).sin() as f32; 2]).collect();
    let output = limited(&input, Rate::DEFAULT);
    let middle = 12_000..36_000;
    let gain = output[12_300][0] / input[12_300][0];
    for (now, was) in output[middle.clone()].iter().zip(&input[middle]) {
        assert!((now[0] - gain * was[0]).abs() < 1e-3);
    }
}

#[test]
fn both_ears_share_one_gain() {
    let mut input = nasty(2, 0.4, 9, 9_600);
    for frame in &mut input[4_000..5_000] {
        frame[0] *= 4.0;
    }
    for (now, was) in limited(&input, Rate::DEFAULT).iter().zip(&input) {
        let balance = f64::from(now[0]) * f64::from(was[1]) - f64::from(now[1]) * f64::from(was[0]);
        assert!(balance.abs() < 1e-6);
    }
}

#[test]
fn hardly_anything_is_taken_off() {
    let output = limited(&nasty(4, 1.2, 1, 48_000), Rate::DEFAULT);
    let peak = true_peak(&output, Rate::DEFAULT);
    assert!((-1.25..=-1.0).contains(&peak), "{peak} dBTP");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_exceeds_the_ceiling(kind in 0_usize..9, level in 0.5_f64..8.0, seed in 0_u32..1_000, which in 0_usize..4) {
        let rate = Rate::new([44_100, 48_000, 96_000, 16_000][which]).unwrap();
        let output = limited(&nasty(kind, level, seed, 24_000), rate);
        let peak = true_peak(&output, rate);
        prop_assert!(peak <= -1.0, "{} dBTP", peak);
    }

    #[test]
    fn joining_late_and_other_blocks_make_no_difference(
        kind in 0_usize..9,
        seed in 0_u32..1_000,
        start in 0_usize..6_000,
        sizes in prop::collection::vec(1_usize..700, 1..30),
    ) {
        let input = nasty(kind, 1.3, seed, 16_000);
        let mut limiter = Limiter::new(Rate::DEFAULT);
        let mut whole = vec![SILENCE; input.len()];
        limiter.process(&input, &mut whole);

        limiter.reset();
        let mut pieces = whole.clone();
        let mut at = start;
        for size in sizes.iter().cycle() {
            let end = (at + size).min(input.len());
            limiter.process(&input[at..end], &mut pieces[at..end]);
            at = end;
            if at == input.len() {
                break;
            }
        }
        let settled = start + (limiter.history() + limiter.lookahead()).index();
        prop_assert!(pieces[settled..] == whole[settled..]);
    }
}
