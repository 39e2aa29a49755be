use std::path::Path;

use super::*;
use crate::manifest;
use crate::publish::timed_text::{timed_phrases, timed_texts};
use crate::timeline::{self, Programme, SessionFacts, Shape, WordTimes};

const MANIFEST: &str = r#"format = 1
title = "A <script>alert(1)</script> & [more]"
teacher = "Someone"
[[segment]]
bell = "bowl"
hold = "1.5s"
[[segment]]
id = "hand"
say = """Rest a hand
on <the> chest --> & breathe."""
[[segment]]
silence = "1s"
[[segment]]
silence = "1h"
"#;

fn session() -> (Session, Timeline) {
    let session = manifest::read(Path::new("x.toml"), MANIFEST).0.expect("a session");
    let shape = Shape::default();
    let timeline = timeline::build(&session, Programme::SESSION, &SessionFacts::default(), &shape, Rate::DEFAULT);
    (session, timeline.expect("a timeline"))
}

#[test]
fn webvtt_has_the_times_of_the_timeline_and_escapes_markup() {
    let (session, timeline) = session();
    let file = webvtt(&session.title, timeline.rate, &timed_texts(&timeline), "By\n\nSomeone --> else");
    let expected = "WEBVTT\n\nNOTE A &lt;script&gt;alert(1)&lt;/script&gt; &amp; [more]\n\n\
        00:00:00.000 --> 00:00:01.500\n(The bowl sounds once.)\n\n\
        hand\n00:00:01.500 --> 00:00:05.640\nRest a hand on &lt;the&gt; chest --&gt; &amp; breathe.\n\n\
        00:00:06.640 --> 01:00:06.640\n(A silence of 1 hour.)\n\n\
        NOTE\nBy\nSomeone --&gt; else\n";
    assert_eq!(file, expected);
}

#[test]
fn subrip_is_numbered_and_has_no_tags() {
    let (_, timeline) = session();
    let file = subrip(timeline.rate, &timed_texts(&timeline));
    assert!(file.starts_with("1\n00:00:00,000 --> 00:00:01,500\n(The bowl sounds once.)\n\n2\n"), "{file}");
    assert!(file.contains("\nRest a hand on ‹the› chest → & breathe.\n\n3\n"), "{file}");
}

#[test]
fn lrc_ends_a_text_before_a_gap() {
    let (session, timeline) = session();
    let file = lrc(&session, &timeline, &timed_texts(&timeline), "x [y]");
    let expected = "[ti:A <script>alert(1)</script> & (more)]\n[ar:Someone]\n[length:60:24]\n[by:karuna]\n[re:x (y)]\n\
        [00:00.00](The bowl sounds once.)\n[00:01.50]Rest a hand on <the> chest --> & breathe.\n[00:05.64]\n\
        [00:06.64](A silence of 1 hour.)\n[60:06.64]\n";
    let without_length =
        |text: &str| text.lines().filter(|line| !line.starts_with("[length")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_length(&file), without_length(expected));
}

#[test]
fn plain_text_ends_with_the_credits() {
    let (session, timeline) = session();
    let file = plain_text(&session, &timeline, "Guided by Someone.\n");
    assert!(file.contains("Guided by Someone.\n(The bowl sounds once.)\nRest a hand"), "{file}");
    assert!(file.ends_with("(The session ends.)\n\nGuided by Someone.\n"), "{file}");
}

#[test]
fn a_bell_without_length_is_described_with_the_next_segment() {
    let text = MANIFEST.replace("hold = \"1.5s\"", "hold = \"0s\"");
    let session = manifest::read(Path::new("x.toml"), &text).0.expect("a session");
    let shape = Shape::default();
    let timeline = timeline::build(&session, Programme::SESSION, &SessionFacts::default(), &shape, Rate::DEFAULT);
    let texts = timed_texts(&timeline.expect("a timeline"));
    assert!(texts[0].text.starts_with("(The bowl sounds once.) Rest a hand"), "{texts:?}");
    assert_eq!(texts[0].start, Frames::ZERO);
}

#[test]
fn words_shorter_than_their_segment_are_followed_by_its_silence() {
    let text = "format = 1\ntitle = \"x\"\n[[segment]]\nsay = \"In.\"\nlasts = \"12s\"\n\
        [[segment]]\nsilence = \"40s\"\nannounce = true\n";
    let session = manifest::read(Path::new("x.toml"), text).0.expect("a session");
    let shape = Shape::default();
    let timeline = timeline::build(&session, Programme::SESSION, &SessionFacts::default(), &shape, Rate::DEFAULT);
    let timeline = timeline.expect("a timeline");
    let texts = timed_texts(&timeline);
    let of_index = |index: usize| (texts[index].text.as_str(), texts[index].start, texts[index].is_spoken);
    let [line, silence] = [0, 1].map(|index| &timeline.segments[index]);
    assert_eq!(of_index(0), ("In.", Frames::ZERO, true));
    assert_eq!(of_index(1), ("(A silence of 12 seconds.)", line.spoken, false));
    assert_eq!(of_index(2), ("About half a minute.", silence.start, true));
    assert_eq!(of_index(3), ("(A silence of 40 seconds.)", silence.start + silence.spoken, false));
    assert_eq!(texts[3].end, silence.end());
}

#[test]
fn words_with_known_times_are_divided_into_phrases() {
    let (session, mut timeline) = session();
    let starts = [0, 10_000, 20_000, 30_000, 40_000, 60_000, 70_000, 80_000, 110_000, 120_000];
    timeline.segments[1].text = Some("Rest a hand on the warm chest, now. And breathe.".to_owned());
    timeline.segments[1].word_times = WordTimes::from_ranges(starts.map(|start| Frames(start)..Frames(start + 5_000)));
    let file = webvtt(&session.title, timeline.rate, &timed_phrases(&timeline), "");
    let expected = "\n\nhand\n00:00:01.500 --> 00:00:03.792\nRest a hand on the warm chest, now.\n\n\
        00:00:03.792 --> 00:00:05.640\nAnd breathe.\n\n";
    assert!(file.contains(expected), "{file}");
    assert!(webvtt(&session.title, timeline.rate, &timed_texts(&timeline), "").contains("now. And"), "in whole lines");
}
