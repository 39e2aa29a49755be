//! The frames rendered up to the horizon of an early version equal those of the final version.

use crate::timeline::Programme;
use crate::units::{Frame, Frames, SILENCE};
use proptest::prelude::*;

use crate::testing::clips::{Recording, Recordings};
use crate::testing::session::{AVOIDED, Prepared, hertz};

const RATE: u32 = 1_000;
/// Returns each line separately, so that a line can be spoken twice.
const WORDS: [&str; 5] =
    ["One.", "Two of two.", "Three and three and three.", "Four.", "Five is the last of them all."];

/// A part of a session.
#[derive(Clone, Debug)]
enum Part {
    Line(usize),
    /// An avoided line, which is replaced by a silence of its length.
    LeftOut(usize),
    Silence(u64),
    /// A silence announced by one of the lines.
    Announced(u64),
    /// A silence at whose start the bed changes.
    Bed(u64, &'static str),
    Bell(u64),
    Clip,
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let part = prop_oneof![
        4 => (0..WORDS.len()).prop_map(Part::Line),
        1 => (0..WORDS.len()).prop_map(Part::LeftOut),
        3 => (100_u64..7_000).prop_map(Part::Silence),
        1 => (100_u64..20_000).prop_map(Part::Announced),
        1 => (100_u64..12_000, prop::sample::select(&["off", "pink", "sea"])).prop_map(|(length, bed)| Part::Bed(length, bed)),
        2 => prop_oneof![Just(0_u64), 1_u64..3_000].prop_map(Part::Bell),
        1 => Just(Part::Clip),
    ];
    prop::collection::vec(part, 1..9)
}

fn text(parts: &[Part], bed: bool) -> String {
    let mut text = if bed { "[bed]\nsound = \"brown\"\n".to_owned() } else { String::new() };
    text += "[bell.small]\nfundamental_hz = 110\npartials = [{ ratio = 1, t60_s = 2 }]\n";
    text += &format!("[[announce]]\nupto = \"5s\"\nsay = \"{}\"\n[[announce]]\nsay = \"{}\"\n", WORDS[0], WORDS[3]);
    for part in parts {
        text += &match part {
            Part::Line(number) => format!("[[segment]]\nsay = \"{}\"\n", WORDS[*number]),
            Part::LeftOut(number) => format!("[[segment]]\nsay = \"{}\"\ntags = [\"{AVOIDED}\"]\n", WORDS[*number]),
            Part::Silence(length) => format!("[[segment]]\nsilence = \"{length}ms\"\nleast = \"100ms\"\n"),
            Part::Announced(length) => format!("[[segment]]\nsilence = \"{length}ms\"\nannounce = true\n"),
            Part::Bed(length, bed) => format!("[[segment]]\nsilence = \"{length}ms\"\nbed = \"{bed}\"\n"),
            Part::Bell(hold) => format!("[[segment]]\nbell = \"small\"\nhold = \"{hold}ms\"\n"),
            Part::Clip => "[[segment]]\nsay = \"Here.\"\nclip = \"loud.wav\"\ngain = 9\n".to_owned(),
        };
    }
    text
}

/// Renders as much as possible.
fn render(prepared: &Prepared) -> Vec<Frame> {
    let mut engine = prepared.engine(Programme::SESSION);
    let mut frames = vec![SILENCE; prepared.session().end.index()];
    let certain = engine.render(&mut frames);
    frames.truncate(certain);
    frames
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_before_the_horizon_is_final(
        parts in parts(),
        bed in any::<bool>(),
        lengths in prop::collection::vec(1_usize..6_000, WORDS.len()),
        order in Just((0..WORDS.len()).collect::<Vec<_>>()).prop_shuffle(),
        failed in 0_usize..2 * WORDS.len(),
    ) {
        let text = text(&parts, bed);
        let rate = hertz(RATE);
        let mut recordings = Recordings::default().with("loud.wav", Recording::noise(rate, 1_777, 1));
        // One engine may fail at a line, which is then shown.
        for (number, words) in WORDS.iter().enumerate().filter(|(number, _)| *number != failed) {
            recordings = recordings.with_speech(words, Recording::noise(rate, lengths[number], 2 + number as u32));
        }
        let mut awaited: Vec<&str> = order.iter().map(|number| WORDS[*number]).collect();
        let last = Prepared::awaiting(&text, &recordings, rate, &[]);
        let whole = render(&last);
        prop_assert_eq!(last.session().horizon, None);
        prop_assert_eq!(whole.len(), last.session().end.index());
        let mut before = Frames::ZERO;
        loop {
            let version = Prepared::awaiting(&text, &recordings, rate, &awaited);
            let session = version.session();
            let certain = render(&version);
            prop_assert!(certain[..] == whole[..certain.len()], "{} of {} frames, {:?}", certain.len(), whole.len(), session.horizon);
            let reach = session.seekable_until();
            prop_assert!(reach >= before, "it never comes nearer");
            before = reach;
            for (segment, later) in session.segments.iter().zip(&last.session().segments) {
                prop_assert!(segment.start > reach || segment.start == later.start);
                prop_assert!(segment.end() > reach || segment.end() == later.end());
            }
            if let Some(horizon) = session.horizon {
                prop_assert!(horizon.audio <= horizon.positions && certain.len() <= horizon.audio.index());
                let nearly = certain.len() + 100 > horizon.audio.index();
                prop_assert!(nearly, "all that is certain is rendered: {} of {:?}", certain.len(), horizon);
            }
            if awaited.pop().is_none() {
                break;
            }
        }
    }
}
