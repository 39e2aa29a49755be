//! `check` and the commands that use a session reach the same verdict on it.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;

use super::{LoadOptions, check, load};
use crate::io::encode::OutputFormat;
use crate::manifest::{Finding, Severity};
use crate::render;
use crate::speech::VoiceChoice;
use crate::testing;
use crate::units::Rate;

const SEEDS: [&str; 7] =
    ["wav-16.wav", "flac-16.flac", "mp3-xing.mp3", "vorbis.ogg", "opus.opus", "aac.m4a", "aiff.aiff"];

/// What happens to a recording before the session names it.
#[derive(Clone, Debug)]
enum ClipState {
    Intact,
    Missing,
    Empty,
    /// A text with the name of a recording.
    Text,
    /// A folder with the name of a recording.
    Folder,
    /// Only this percentage of the file is there.
    CutShort(usize),
    /// Everything after this percentage of the file is overwritten.
    Overwritten(usize, u8),
}

impl ClipState {
    fn create(&self, path: &Path, seed: &str) {
        let mut bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/clip").join(seed)).unwrap();
        let length = bytes.len();
        match self {
            Self::Missing => return,
            Self::Folder => return fs::create_dir(path).unwrap(),
            Self::Intact => {}
            Self::Empty => bytes.clear(),
            Self::Text => bytes = b"Rest. ".repeat(100),
            Self::CutShort(percent) => bytes.truncate(length * percent / 100),
            Self::Overwritten(percent, with) => bytes[length * percent / 100..].fill(*with),
        }
        fs::write(path, bytes).unwrap();
    }
}

fn clip_state() -> impl Strategy<Value = ClipState> {
    prop_oneof![
        6 => Just(ClipState::Intact),
        1 => select(vec![ClipState::Missing, ClipState::Empty, ClipState::Text, ClipState::Folder]),
        2 => (0..100_usize).prop_map(ClipState::CutShort),
        2 => (0..100_usize, select(vec![0, 0x55, 0xff])).prop_map(|(percent, with)| ClipState::Overwritten(percent, with)),
    ]
}

/// A folder with recordings and a manifest that names them.
#[derive(Clone, Debug)]
struct Case {
    clips: Vec<(&'static str, ClipState)>,
    manifest: String,
}

/// Generates texts with up to 40 open brackets, more than may be nested outside of texts and comments.
fn brackets() -> impl Strategy<Value = String> {
    (select(vec!["", "[", "{", "[[", "]"]), 0..40_usize).prop_map(|(bracket, count)| bracket.repeat(count))
}

/// Generates headers: written in unusual ways, or wrongly.
fn header(name: &'static str) -> impl Strategy<Value = String> {
    let usual = Just(format!("[[{name}]]"));
    let unusual = ["[[\"{}\"]]", "[['{}']]", "[[ {} ]]", "[[{}]] # [[x]", "[[\"{}\"]] # \"#\"", "\t[[{}]]"];
    let wrong = ["[{}]", "[[{}]", "[[{}s]]", "[[\"{}#\"]]", "[[\"{}]]", "[[{}.x]]"];
    let named = |pattern: &str| pattern.replace("{}", name);
    prop_oneof![12 => usual, 4 => select(unusual.map(named).to_vec()), 1 => select(wrong.map(named).to_vec())]
}

/// Generates the keys of a segment.
fn segment() -> impl Strategy<Value = String> {
    let clip = (0..3_usize).prop_map(|number| format!("clip = \"{number}\"\n"));
    let line = (brackets(), prop::option::of(clip.clone()))
        .prop_map(|(words, clip)| format!("say = \"Rest {words}.\" # {words}\n{}", clip.unwrap_or_default()));
    let odd = [
        "bell = \"mine\"\nhold = \"0s\"\n",
        "bell = \"block\"\nstrikes = 0x2\nevery = \"1s\"\n",
        "bell = \"block\"\nstrikes = 0x\n",
        "\"say\" = 'Rest.'\n'clip' = \"0\"\n",
        "say = \"Rest.\"\ntags = [\"touch\"]\ninstead = { say = \"Listen.\", clip = \"1\" }\n",
        "say = \"Rest.\"\nclip = \"2\"\ngain = nan\n",
        "silence = \"open\"\nnatural = \"200ms\"\n",
        "silence = \"100ms\"\nbed = \"2\"\n",
        "repeat = 2\n[[segment.part]]\nsay = \"Rest.\"\nclip = \"1\"\n",
        "repeat = 1000\n[[segment.part]]\nsilence = \"24h\"\n",
    ];
    prop_oneof![5 => line, 3 => clip, 3 => Just("silence = \"200ms\"\n".to_owned()), 3 => select(odd.map(str::to_owned).to_vec())]
}

/// Generates further parts of a manifest.
fn rest() -> impl Strategy<Value = String> {
    let passages = [
        "[[soften]]\nsilence = \"24h\"\n",
        "[[soften]]\nsilence = \"24h\"\n[[soften]]\nsilence = \"24h\"\n",
        "[[exit]]\nsilence = \"24h\"\n[[exit]]\nbell = \"block\"\n",
        "[[soften]]\nsay = \"Rest.\"\nclip = \"2\"\n",
        "[[exit]]\nclip = \"2\"\n",
        "[[soften]]\nrepeat = 1000\n[[soften.part]]\nbell = \"block\"\nstrikes = 60\nevery = \"1s\"\n",
    ];
    let passages =
        prop::collection::vec(select(passages.map(str::to_owned).to_vec()), 0..2).prop_map(|all| all.concat());
    let bed =
        select(vec!["", "[bed]\nsound = \"brown\"\n", "[bed]\nsound = \"1.wav\"\n", "[\"bed\"]\nsound = \"2.wav\"\n"]);
    (passages, bed).prop_map(|(passages, bed)| format!("{bed}[bell.mine]\nclip = \"2\"\n{passages}"))
}

fn case() -> impl Strategy<Value = Case> {
    let clips = prop::collection::vec((select(SEEDS.to_vec()), clip_state()), 3);
    let segments = prop::collection::vec((header("segment"), segment()), 1..4);
    (brackets(), rest(), segments, clips).prop_map(|(brackets, rest, segments, clips)| {
        let segments: String = segments.into_iter().map(|(header, keys)| format!("{header}\n{keys}")).collect();
        let mut manifest = format!("# {brackets}\nformat = 1\ntitle = \"A {brackets} test\"\n{rest}{segments}");
        for (number, (seed, _)) in clips.iter().enumerate() {
            let ending = seed.rsplit('.').next().unwrap_or_default();
            manifest = manifest.replace(&format!("\"{number}\""), &format!("\"{number}.{ending}\""));
            manifest = manifest.replace(&format!("\"{number}.wav\""), &format!("\"{number}.{ending}\""));
        }
        Case { clips, manifest }
    })
}

/// Returns the errors of `check`.
fn errors(manifest: &str) -> Vec<Finding> {
    let findings = check(manifest, false).findings;
    findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect()
}

/// Returns why the other commands refuse a session.
fn refusals(manifest: &str, output: &Path) -> [Option<String>; 2] {
    let options = LoadOptions { voice: VoiceChoice::None, ..LoadOptions::default() };
    let loaded = match load(manifest, &options, &mut |_| ControlFlow::Continue(())) {
        Ok(loaded) => loaded,
        Err(error) => return [Some(format!("{error:?}")), Some(format!("{error:?}"))],
    };
    let format = OutputFormat::for_path(output, Rate::new(8_000).unwrap(), None).unwrap();
    let rendered = render::render(&loaded, output, format, &mut |_| ControlFlow::Continue(()));
    let rendered = rendered.err().map(|error| format!("{error:?}"));
    let played = loaded.programmes(Rate::DEFAULT).err().map(|error| error.to_string());
    [rendered, played]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: testing::cases(150), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn check_has_an_error_exactly_when_render_and_play_refuse(case in case()) {
        let folder = tempfile::tempdir().unwrap();
        for (number, (seed, state)) in case.clips.iter().enumerate() {
            let ending = seed.rsplit('.').next().unwrap_or_default();
            state.create(&folder.path().join(format!("{number}.{ending}")), seed);
        }
        let manifest = folder.path().join("x.toml");
        fs::write(&manifest, &case.manifest).unwrap();
        let manifest = manifest.to_str().unwrap();
        let [rendered, played] = refusals(manifest, &folder.path().join("out.wav"));
        let errors = errors(manifest);
        prop_assert_eq!(rendered.is_some(), !errors.is_empty(), "render: {:?}; check: {:?}\n{}", rendered, errors, &case.manifest);
        prop_assert_eq!(played.is_some(), !errors.is_empty(), "play: {:?}; check: {:?}\n{}", played, errors, &case.manifest);
    }
}
