//! Fitting: one common factor for all silences, each within its own bounds, and the last frame exactly at the requested length.

use std::path::Path;
use std::time::Duration;

use crate::error::Remedy as _;
use crate::manifest::session::ClipPath;
use crate::manifest::{Session, duration, read};
use crate::timeline::LengthChoice;
use crate::timeline::{self, ClipFacts, ClipKey, Programme, SegmentKind, SessionFacts, Shape, Timeline};
use crate::units::{Frames, Rate};
use proptest::prelude::*;

/// Natural, least and most, in milliseconds.
type Silence = (u64, u64, u64);

fn silence() -> impl Strategy<Value = Silence> {
    (100_u64..400_000).prop_flat_map(|natural| (Just(natural), 0..=natural, natural..=natural * 5))
}

fn session(silences: &[Silence]) -> Session {
    let mut text = "format = 1\ntitle = \"x\"\nsettle = \"1.7s\"\n".to_owned();
    for (natural, least, most) in silences {
        text += "[[segment]]\nbell = \"inkin\"\nhold = \"333ms\"\n";
        text += "[[segment]]\nsay = \"One two three.\"\nclip = \"a.wav\"\n";
        text += "[[segment]]\nsay = \"Shown.\"\ntags = [\"touch\"]\n";
        text += &format!("[[segment]]\nsilence = \"{natural}ms\"\nleast = \"{least}ms\"\nmost = \"{most}ms\"\n");
    }
    text += "[[segment]]\nbell = \"inkin\"\n";
    read(Path::new("x.toml"), &text).0.expect("a session")
}

fn facts() -> SessionFacts {
    let clip = ClipFacts {
        rate: Rate::new(44_100).expect("a rate"),
        frames: Frames(44_101),
        momentary: None,
        integrated: None,
    };
    SessionFacts::new([(ClipKey::File(ClipPath::new("a.wav").expect("a path")), clip)].into())
}

fn fitted(
    session: &Session,
    requested: Duration,
    rate: Rate,
    avoid: &[String],
) -> Result<Timeline, timeline::TimelineError> {
    let shape = Shape { length: LengthChoice::Fitted(requested), avoid: avoid.to_vec(), ..Shape::default() };
    timeline::build(session, Programme::SESSION, &facts(), &shape, rate)
}

/// Returns the fitted silences in milliseconds, without those that replace an avoided line.
fn lengths(timeline: &Timeline) -> Vec<f64> {
    let silences = timeline.segments.iter().skip(1).enumerate().filter(|(number, _)| number % 4 == 3);
    silences
        .map(|(_, segment)| {
            assert_eq!(segment.kind, SegmentKind::Silence);
            segment.frames.seconds(timeline.rate) * 1000.0
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn silences_share_a_factor_within_their_bounds_to_the_frame(
        silences in proptest::collection::vec(silence(), 1..12),
        part in 0.0_f64..=1.0,
        rate in prop_oneof![Just(8_000_u32), Just(22_050), Just(44_100), Just(48_000), Just(96_000), 8_000_u32..192_000],
        avoids in any::<bool>(),
    ) {
        let (session, rate) = (session(&silences), Rate::new(rate).expect("a rate"));
        let avoid: Vec<String> = avoids.then(|| "touch".to_owned()).into_iter().collect();
        let shape = Shape { avoid: avoid.clone(), ..Shape::default() };
        let range = timeline::length_range(&session, &facts(), &shape, rate).expect("a range");
        let requested = range.shortest + range.longest.saturating_sub(range.shortest).mul_f64(part);
        let timeline = fitted(&session, requested, rate, &avoid).expect("within the range");
        prop_assert_eq!(timeline.frames, rate.frames(requested));
        let frame = 1000.0 / f64::from(rate.hertz());
        let lengths = lengths(&timeline);
        prop_assert_eq!(lengths.len(), silences.len());
        let (mut low, mut high) = (0.0_f64, f64::INFINITY);
        for (length, (natural, least, most)) in lengths.iter().zip(&silences) {
            let (natural, least, most) = (*natural as f64, *least as f64, *most as f64);
            prop_assert!((least - frame..=most + frame).contains(length), "{length} of {least} to {most}");
            // Silences at a bound only show on which side of it the factor lies.
            low = low.max(if *length <= least + frame { 0.0 } else { (length - frame) / natural });
            high = high.min(if *length >= most - frame { f64::INFINITY } else { (length + frame) / natural });
        }
        prop_assert!(low <= high, "no one factor gives {lengths:?} of {silences:?}");
    }

    #[test]
    fn the_lengths_suggested_by_an_error_are_possible(
        silences in proptest::collection::vec(silence(), 0..5),
        rate in prop_oneof![Just(8_000_u32), Just(44_100), Just(48_000)],
    ) {
        let (session, rate) = (session(&silences), Rate::new(rate).expect("a rate"));
        for requested in [Duration::ZERO, Duration::from_hours(25), Duration::from_hours(100_000)] {
            let error = fitted(&session, requested, rate, &[]).expect_err("an impossible length");
            let help = error.help().unwrap_or_default();
            let named: Vec<_> = help.split_whitespace().filter_map(duration::parse).collect();
            if silences.iter().map(|(_, least, most)| most - least).sum::<u64>() >= 2_000 {
                prop_assert_eq!(named.len(), 2, "{}", help);
                prop_assert!(named.iter().all(|length| length.subsec_nanos() == 0), "{}", help);
                let second = Duration::from_secs(1);
                prop_assert!(fitted(&session, named[0].saturating_sub(second), rate, &[]).is_err());
                prop_assert!(fitted(&session, named[1] + second, rate, &[]).is_err());
            }
            for length in named {
                let timeline = fitted(&session, length, rate, &[]);
                prop_assert_eq!(timeline.map(|timeline| timeline.frames), Ok(rate.frames(length)), "{}", help);
            }
        }
    }
}

#[test]
fn sessions_never_exceed_24_hours() {
    let text = "format = 1\ntitle = \"x\"\n[[segment]]\nsilence = \"12h\"\n[[segment]]\nsilence = \"11h\"\n[[segment]]\nbell = \"bowl\"\n";
    let session = read(Path::new("x.toml"), text).0.expect("a session");
    let range = timeline::length_range(&session, &facts(), &Shape::default(), Rate::DEFAULT).expect("a range");
    assert_eq!(range.longest, Duration::from_hours(24));
    assert!(fitted(&session, range.longest, Rate::DEFAULT, &[]).is_ok());
}

#[test]
fn only_fixed_lengths_are_called_fixed() {
    let help = |bounds: &str| {
        let text = format!("format = 1\ntitle = \"x\"\n[[segment]]\nsilence = \"1h\"\n{bounds}");
        let session = read(Path::new("x.toml"), &text).0.expect("a session");
        fitted(&session, Duration::from_hours(2), Rate::DEFAULT, &[])
            .expect_err("an impossible length")
            .help()
            .unwrap_or_default()
            .into_owned()
    };
    assert_eq!(help("least = \"1h\"\nmost = \"1h\"\n"), "its length is fixed at 1h; leave out --length");
    let hardly = help("least = \"59m59.999s\"\nmost = \"1h0.001s\"\n");
    assert_eq!(hardly, "choose 1h, or leave out --length; the session hardly stretches");
}
