use std::f64::consts::{PI, TAU};

use ebur128::{EbuR128, Mode};
use proptest::prelude::*;

use super::*;
use crate::dsp::counter_rng::{random_unit, stream_key};
use crate::dsp::fades::raised_cosine;
use crate::testing::decibels;

const HERTZ: f64 = 48_000.0;

/// Limits the input as a whole and removes the delay.
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
    decibels(meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap()))
}

/// Signals that are difficult for a limiter.
fn difficult(kind: usize, level: f64, seed: u32, frames: usize) -> Vec<Frame> {
    let noise = |index: usize, channel: u32| 2.0 * random_unit(stream_key(seed + channel, index as u64)) - 1.0;
    let frequency = 20.0 * 1_000_f64.powf(random_unit(seed));
    let wave = |index: usize| (TAU * frequency * index as f64 / HERTZ).fract();
    let sample = |index: usize, channel: u32| match kind {
        0 => (PI / 2.0 * index as f64 + PI / 4.0).sin(),
        1 => {
            if wave(index) < 0.5 {
                1.0
            } else {
                -1.0
            }
        }
        2 => noise(index, channel),
        3 => {
            if random_unit(stream_key(seed, index as u64 / 37)) < 0.02 {
                noise(index, channel)
            } else {
                0.01 * noise(index, channel)
            }
        }
        4 => (TAU * wave(index)).sin(),
        5 => f64::from(u8::from(random_unit(stream_key(seed, index as u64)) < 0.001)),
        6 => {
            if index % 9_600 < 480 {
                (TAU * wave(index)).sin()
            } else {
                0.0
            }
        }
        7 => noise(index, channel).signum(),
        _ => (TAU * 11_025.0 * index as f64 / HERTZ + 0.4).sin() * (TAU * 3.0 * index as f64 / HERTZ).sin(),
    };
    (0..frames).map(|index| [0, 1].map(|channel| (level * sample(index, channel)) as f32)).collect()
}

#[test]
fn signals_below_the_ceiling_pass_unchanged() {
    for (kind, level) in [(0, 0.85), (2, 0.3), (4, 0.87), (8, 0.86)] {
        let mut input = difficult(kind, level, 7, 24_000);
        for (index, frame) in input.iter_mut().enumerate() {
            *frame = frame.map(|sample| sample * raised_cosine(index.min(23_999 - index) as f32 / 2_000.0));
        }
        assert!(true_peak(&input, Rate::DEFAULT) < -1.12, "{kind}");
        assert!(limited(&input, Rate::DEFAULT) == input, "{kind}");
    }
}

#[test]
fn the_gain_is_reduced_around_a_peak_and_nowhere_else() {
    let mut input = difficult(4, 0.2, 3, 24_000);
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
fn a_low_tone_keeps_its_waveform() {
    let input: Vec<Frame> =
        (0..48_000).map(|index| [1.6 * (TAU * 40.0 * f64::from(index) / HERTZ).sin() as f32; 2]).collect();
    let output = limited(&input, Rate::DEFAULT);
    let middle = 12_000..36_000;
    let gain = output[12_300][0] / input[12_300][0];
    for (now, was) in output[middle.clone()].iter().zip(&input[middle]) {
        assert!((now[0] - gain * was[0]).abs() < 1e-3);
    }
}

#[test]
fn both_channels_get_the_same_gain() {
    let mut input = difficult(2, 0.4, 9, 9_600);
    for frame in &mut input[4_000..5_000] {
        frame[0] *= 4.0;
    }
    for (now, was) in limited(&input, Rate::DEFAULT).iter().zip(&input) {
        let balance = f64::from(now[0]) * f64::from(was[1]) - f64::from(now[1]) * f64::from(was[0]);
        assert!(balance.abs() < 1e-6);
    }
}

#[test]
fn the_gain_is_not_reduced_more_than_necessary() {
    let output = limited(&difficult(4, 1.2, 1, 48_000), Rate::DEFAULT);
    let peak = true_peak(&output, Rate::DEFAULT);
    assert!((-1.25..=-1.0).contains(&peak), "{peak} dBTP");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_true_peak_exceeds_the_ceiling(kind in 0_usize..9, level in 0.5_f64..8.0, seed in 0_u32..1_000, which in 0_usize..4) {
        let rate = Rate::new([44_100, 48_000, 96_000, 16_000][which]).unwrap();
        let output = limited(&difficult(kind, level, seed, 24_000), rate);
        let peak = true_peak(&output, rate);
        prop_assert!(peak <= -1.0, "{} dBTP", peak);
    }

    #[test]
    fn start_and_block_size_make_no_difference(
        kind in 0_usize..9,
        seed in 0_u32..1_000,
        start in 0_usize..6_000,
        sizes in prop::collection::vec(1_usize..700, 1..30),
    ) {
        let input = difficult(kind, 1.3, seed, 16_000);
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
