use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::manifest;
use crate::publish::timed_text::timed_texts;
use crate::timeline::{self, Programme, SessionFacts, Shape};

const MANIFEST: &str = r#"format = 1
title = "<script>alert(1)</script> & </title>"
summary = "<b>bold</b>"
language = "en"
[[segment]]
chapter = "One </script><script>alert(2)</script>"
say = "Words </script> <!-- & more."
[[segment]]
silence = "2s"
[[segment]]
silence = "10s"
"#;

fn page() -> String {
    let session = manifest::read(Path::new("x.toml"), MANIFEST).0.expect("a session");
    let shape = Shape::default();
    let timeline = timeline::build(&session, Programme::SESSION, &SessionFacts::default(), &shape, Rate::DEFAULT);
    let timeline = timeline.expect("a timeline");
    let title = timeline.segments[0].chapter.clone().expect("a chapter");
    let passage = || Passage { texts: timed_texts(&timeline), audio: b"sound".to_vec() };
    let content = PageContent {
        session: &session,
        timeline: &timeline,
        chapters: &[Chapter { start: Frames::ZERO, title }],
        credits: "Guided by <someone>.\n\nMade.",
        cover: &CoverPicture { media_type: "image/png", data: Arc::from(*b"picture") },
        passages: [passage(), passage(), passage()],
    };
    html(&content).expect("a page")
}

/// Returns the text between two marks.
fn between<'text>(text: &'text str, start: &str, end: &str) -> &'text str {
    let (_, rest) = text.split_once(start).expect(start);
    rest.split_once(end).expect(end).0
}

#[test]
fn the_text_of_a_manifest_is_escaped() {
    let page = page();
    assert!(page.contains("<h1>&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#60;/title&#62;</h1>"), "{page}");
    assert!(!page.contains("<b>") && !page.contains("<someone>"), "{page}");
    assert_eq!(page.matches("<script").count(), 2, "the data, and the program");
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("</title>").count(), 1);
}

#[test]
fn the_times_of_the_page_are_those_of_the_timeline() {
    let page = page();
    let data: serde_json::Value = serde_json::from_str(between(&page, "id=\"data\">", "</script>")).expect("JSON");
    assert_eq!(data["session"][0]["text"], "Words </script> <!-- & more.");
    assert_eq!(data["session"][0]["spoken"], true);
    let end = data["session"][0]["end"].as_f64().expect("a time");
    assert_eq!(data["parts"], serde_json::json!([0.0, end + 2.0]), "a silence of two seconds is passed over");
    assert_eq!(data["chapters"], serde_json::json!([0.0]));
}

#[test]
fn the_security_policy_allows_the_style_and_script_of_the_page() {
    let page = page();
    let style = between(&page, "<style>", "</style>");
    assert!(page.contains(&format!("style-src 'sha256-{}'", hash(style))));
    let (_, program) = page.rsplit_once("<script>").expect("a program");
    assert!(page.contains(&format!("script-src 'sha256-{}'", hash(program.split("</script>").next().expect("text")))));
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn the_page_names_emergency_contacts() {
    assert!(page().contains(
        "call your local emergency number, or find someone to talk to at <a href=\"https://findahelpline.com\""
    ));
}
