//! Beds that change within a session.

use crate::testing::clips::{Recording, Recordings};
use crate::testing::session::{Prepared, hertz};
use crate::timeline::Programme;
use crate::units::Frames;

const RATE: u32 = 1_000;

/// Returns the beds of a session with lines of one second: name, first frame and end.
fn beds(text: &str) -> Vec<(String, u64, u64)> {
    let prepared = prepared(text);
    let beds = prepared.session().cues.iter().filter(|cue| cue.source.kind() == "bed");
    beds.map(|cue| (cue.name.clone(), cue.start.0, cue.end().0)).collect()
}

fn prepared(text: &str) -> Prepared {
    let rate = hertz(RATE);
    let recordings = Recordings::default()
        .with("wind.wav", Recording::noise(rate, 20_000, 1))
        .with("leaves.wav", Recording::noise(rate, 20_000, 2));
    Prepared::new(text, &recordings, rate)
}

fn silence(seconds: u32, keys: &str) -> String {
    format!("[[segment]]\nsilence = \"{seconds}s\"\n{keys}\n")
}

fn bed(name: &str, start: u64, end: u64) -> (String, u64, u64) {
    (name.to_owned(), start * u64::from(RATE), end * u64::from(RATE))
}

#[test]
fn a_segment_changes_the_bed_from_its_start() {
    let text = "[bed]\nsound = \"brown\"\n".to_owned()
        + &silence(30, "")
        + &silence(30, "bed = \"rain\"")
        + &silence(30, "bed = \"rain\"")
        + &silence(30, "bed = \"off\"")
        + &silence(30, "bed = \"wind.wav\"");
    let expected = [bed("brown", 0, 38), bed("rain", 30, 98), bed("wind.wav", 120, 158)];
    assert_eq!(beds(&text), expected);
}

#[test]
fn a_bed_can_begin_with_the_first_segment_or_after_the_settling_time() {
    assert_eq!(beds(&silence(30, "bed = \"sea\"")), [bed("sea", 0, 38)]);
    let settled = "settle = \"5s\"\n".to_owned() + &silence(30, "bed = \"sea\"");
    assert_eq!(beds(&settled), [bed("sea", 5, 43)]);
}

#[test]
fn every_kind_of_segment_can_change_the_bed() {
    let text = "[[segment]]\nbell = \"bowl\"\nhold = \"10s\"\nbed = \"sea\"\n\
        [[segment]]\nsay = \"Rest.\"\ntags = [\"avoided\"]\nbed = \"rain\"\n\
        [[segment]]\nrepeat = 2\nbed = \"brown\"\n[[segment.part]]\nsilence = \"10s\"\n\
        [[segment.part]]\nsilence = \"10s\"\nbed = \"pink\"\n";
    let expected = [bed("sea", 0, 18), bed("rain", 10, 20), bed("brown", 12, 30), bed("pink", 22, 60)];
    assert_eq!(beds(text), expected);
}

#[test]
fn the_last_of_several_changes_at_the_same_time_counts() {
    let bell = |bed: &str| format!("[[segment]]\nbell = \"bowl\"\nhold = \"0s\"\nbed = \"{bed}\"\n");
    let text = silence(10, "bed = \"sea\"") + &bell("rain") + &bell("sea") + &silence(10, "");
    assert_eq!(beds(&text), [bed("sea", 0, 28)]);
}

#[test]
fn a_crossfade_holds_the_level() {
    let text = silence(40, "bed = \"wind.wav\"") + &silence(40, "bed = \"leaves.wav\"");
    let frames = prepared(&text).render(Programme::SESSION);
    let level = |from: usize| {
        let part = &frames[from * 1_000..(from + 4) * 1_000];
        let power: f64 = part.iter().map(|frame| f64::from(frame[0]).powi(2)).sum();
        10.0 * (power / part.len() as f64).log10()
    };
    let (before, during, after) = (level(20), level(42), level(60));
    assert!((during - before).abs() < 0.5 && (after - before).abs() < 0.5, "{before} {during} {after}");
}

#[test]
fn a_bed_is_the_same_from_any_playhead() {
    let text = silence(20, "bed = \"brown\"") + &silence(20, "bed = \"wind.wav\"") + &silence(20, "bed = \"off\"");
    let prepared = prepared(&text);
    let whole = prepared.render(Programme::SESSION);
    for start in [19_000, 21_500, 27_990, 40_100, 47_999] {
        let mut engine = prepared.engine(Programme::SESSION);
        engine.seek(Frames(start as u64));
        let mut frames = vec![[9.0; 2]; 3_000];
        engine.render(&mut frames);
        assert!(frames == whole[start..start + 3_000], "from {start}");
    }
}
