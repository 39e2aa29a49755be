use ebur128::{EbuR128, Mode};
use proptest::prelude::*;

use super::*;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// The loudness of every built-in bed on its own, in LUFS.
const LOUDNESS: f64 = -41.0;

fn render(name: &str, rate: Rate, from: u64, frames: usize) -> Vec<Frame> {
    let mut block = vec![SILENCE; frames];
    BedSynth::new(BedTable::built_in(name).unwrap(), rate).add(Frames(from), &vec![1.0; frames], &mut block);
    block
}

/// Returns the mean products left·left, right·right and left·right.
fn means(sound: &[Frame]) -> [f64; 3] {
    let mean = |product: fn(&Frame) -> f32| {
        sound.iter().map(|frame| f64::from(product(frame))).sum::<f64>() / sound.len() as f64
    };
    [mean(|frame| frame[0] * frame[0]), mean(|frame| frame[1] * frame[1]), mean(|frame| frame[0] * frame[1])]
}

#[test]
fn every_bed_has_the_same_loudness_at_every_rate() {
    for hertz in [44_100, 48_000, 96_000] {
        let rate = Rate::new(hertz).unwrap();
        for name in NAMES {
            let mut meter = EbuR128::new(2, hertz, Mode::I).unwrap();
            meter.add_frames_f32(render(name, rate, 0, 64 * hertz as usize).as_flattened()).unwrap();
            let loudness = meter.loudness_global().unwrap();
            assert!((loudness - LOUDNESS).abs() < 0.5, "{name} at {rate}: {loudness} LUFS");
        }
    }
}

#[test]
fn the_channels_are_as_coherent_as_the_table_says() {
    for (name, coherence) in [("brown", 0.35), ("pink", 0.35), ("sea", 0.4)] {
        let [left, right, both] = means(&render(name, Rate::DEFAULT, 0, 64 * 48_000));
        let shared = both / (left * right).sqrt();
        assert!((shared - coherence).abs() < 0.05, "{name}: {shared}");
        assert!((left / right - 1.0).abs() < 0.05, "{name}: {left} {right}");
    }
}

#[test]
fn the_sea_swells_by_six_decibels_and_no_bed_has_a_seam() {
    let sea = render("sea", Rate::DEFAULT, 0, 64 * 48_000);
    let levels: Vec<f64> =
        sea.chunks(48_000).map(|second| 10.0 * (means(second)[0] + means(second)[1]).log10()).collect();
    let swell = levels.iter().copied().fold(f64::MIN, f64::max) - levels.iter().copied().fold(f64::MAX, f64::min);
    assert!((4.5..8.5).contains(&swell), "{swell} dB");
    for name in NAMES {
        let sound = render(name, Rate::DEFAULT, 48_000 * 35, 48_000 * 30);
        let steps: Vec<f64> = sound.windows(2).map(|pair| f64::from((pair[1][0] - pair[0][0]).abs())).collect();
        let usual = (steps.iter().map(|step| step * step).sum::<f64>() / steps.len() as f64).sqrt();
        assert!(steps.iter().all(|step| *step < 9.0 * usual), "{name} has a step");
    }
}

#[test]
fn a_bed_never_repeats() {
    let first = render("brown", Rate::DEFAULT, 0, 4_800);
    assert!(render("brown", Rate::DEFAULT, 40 * 48_000, 4_800) != first);
    assert!(render("brown", Rate::DEFAULT, 86_400 * 48_000, 4_800) != first);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn block_size_and_position_make_no_difference(
        which in 0..NAMES.len(),
        from in 0_u64..4_000_000_000,
        sizes in prop::collection::vec(1_usize..3_000, 1..10),
    ) {
        let total: usize = sizes.iter().sum();
        let whole = render(NAMES[which], Rate::DEFAULT, from, total);
        let mut sound = BedSynth::new(BedTable::built_in(NAMES[which]).unwrap(), Rate::DEFAULT);
        let mut pieces = vec![SILENCE; total];
        let mut done = 0;
        // First from another position.
        sound.add(Frames(from / 2), &[1.0; 100], &mut [SILENCE; 100]);
        for size in sizes {
            sound.add(Frames(from + done as u64), &vec![1.0; size], &mut pieces[done..done + size]);
            done += size;
        }
        prop_assert!(whole == pieces);
    }

    #[test]
    fn samples_are_finite_at_every_rate(which in 0..NAMES.len(), hertz in 1_u32..=768_000, from in 0_u64..1 << 36) {
        let block = render(NAMES[which], Rate::new(hertz).unwrap(), from, 300);
        prop_assert!(block.as_flattened().iter().all(|sample| sample.abs() < 1.0));
    }
}
