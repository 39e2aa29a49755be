use super::*;
use proptest::prelude::*;

fn damages() -> impl Strategy<Value = ClipDamage> {
    prop_oneof![
        Just(ClipDamage::None),
        (0_u64..1000).prop_map(|at| ClipDamage::CutShort { at }),
        (0_u64..1000, 0_u64..1000).prop_map(|(first, frames)| ClipDamage::Gaps { first, frames }),
    ]
}

prop_compose! {
    fn analyses()(
        hertz in 1_u32..=Rate::MAX_HERTZ,
        channels in 1_usize..=MAX_CHANNELS,
        seconds in 0_u64..60,
        damage in damages(),
        numbers in [0.0_f64..=1.0, 0.0..=1.0, 0.0..=1.0],
        noise_level in prop::option::of(-120.0_f64..0.0),
        clipped_runs: u64,
        blocks in prop::collection::vec(-69.99_f32..5.0, 0..9),
    ) -> ClipAnalysis {
        let frames = seconds * u64::from(hertz) + 1000.min(u64::from(hertz));
        let rate = Rate::new(hertz).unwrap();
        let properties = ClipProperties { rate, channels, frames: Frames(frames) };
        let [dc_offset, first_peak, last_peak] = numbers;
        let most_blocks = usize::try_from(frames * 10 / u64::from(hertz)).unwrap();
        let bytes: Vec<u8> = blocks.iter().take(most_blocks).flat_map(|block| block.to_le_bytes()).collect();
        let loudness = LoudnessBlocks::from_bytes(&bytes, rate, Frames(frames)).unwrap();
        let damage = match damage {
            ClipDamage::CutShort { at } => ClipDamage::CutShort { at: at.min(frames) },
            ClipDamage::Gaps { first, frames: missing } => {
                ClipDamage::Gaps { first: first.min(frames), frames: missing.min(frames) }
            }
            ClipDamage::Understated { frames: stated } => ClipDamage::Understated { frames: stated.min(frames) },
            ClipDamage::None => ClipDamage::None,
        };
        let statistics = SampleStatistics { clipped_runs, dc_offset, first_peak, last_peak, noise_level };
        ClipAnalysis { properties, damage, loudness, statistics }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_analysis_round_trips_through_its_record(analysis in analyses()) {
        prop_assert_eq!(ClipAnalysis::from_record(&analysis.to_record()), Some(analysis));
    }

    #[test]
    fn arbitrary_records_are_refused_or_plausible(
        bytes in prop::collection::vec(any::<u8>(), 0..120),
        analysis in analyses(),
        place in any::<prop::sample::Index>(),
    ) {
        prop_assert!(ClipAnalysis::from_record(&bytes).is_none_or(|read| read.to_record() == bytes));
        let mut record = analysis.to_record();
        let place = place.index(record.len());
        record[place] ^= bytes.first().unwrap_or(&1);
        if let Some(read) = ClipAnalysis::from_record(&record) {
            prop_assert!(read.properties.frames.0 <= max_frames(read.properties.rate));
            prop_assert!(read.loudness.integrated().is_none_or(|loudness| loudness.0.abs() < 71.0));
        }
    }
}
