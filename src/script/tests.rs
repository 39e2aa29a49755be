//! Scripts in many notations, and random ones.

mod fixtures;
mod habits;
mod random;

use std::path::Path;
use std::time::Duration;

use super::{ConvertedScript, convert};
use crate::manifest::session::SegmentContent;
use crate::manifest::{self, Session, Severity};

fn convert_text(name: &str, text: &str) -> ConvertedScript {
    convert(text.as_bytes(), Path::new(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Reads the converted manifest, which must not have errors.
fn session(converted: &ConvertedScript) -> Session {
    let (session, findings) = manifest::read(Path::new("made.toml"), &converted.manifest);
    let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    session.unwrap_or_else(|| panic!("{errors:#?}\n{}", converted.manifest))
}

/// Returns the segments in short form: `"words"`, `8s`, `bowl x3`, each with its chapter as `# Chapter` before it.
fn outline(converted: &ConvertedScript) -> Vec<String> {
    let mut outline = Vec::new();
    for segment in &session(converted).segments {
        outline.extend(segment.chapter.as_ref().map(|chapter| format!("# {chapter}")));
        outline.push(match &segment.content {
            SegmentContent::Narration(narration) => narration.line.words().expect("a line has words").value.clone(),
            SegmentContent::Silence(silence) => {
                let open = if silence.is_open { "open " } else { "" };
                format!("{open}{}", manifest::duration::format(silence.natural))
            }
            SegmentContent::Bell(bell) => format!("{} x{}", bell.bell.value, bell.count),
            SegmentContent::Repeat { .. } => panic!("nothing is repeated"),
        });
    }
    outline
}

/// Returns the notes as `line: message`.
fn notes(converted: &ConvertedScript) -> Vec<String> {
    converted.notes.iter().map(|note| format!("{}: {}", note.line, note.message)).collect()
}

#[test]
fn files_that_are_not_text_are_reported() {
    for (bytes, expected) in [
        (&b"PK\x03\x04xxxx"[..], "word processor"),
        (b"%PDF-1.7", "PDF"),
        (b"\xFFabc\xFE", "UTF-8"),
        (b"", "no words"),
        (b"[PAUSE: 8s]", "no words"),
    ] {
        let error = convert(bytes, Path::new("script.txt")).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let error = convert(&vec![b'a'; super::MAX_SCRIPT_BYTES + 1], Path::new("a.txt")).unwrap_err();
    assert_eq!(error, super::ScriptError::TooLarge);
}

#[test]
fn metadata_is_not_a_chapter() {
    let converted = convert_text("a.txt", "Evening\nBy: Anna Berg\n\nTime: 3 min\n\nRest here.\n");
    assert_eq!(outline(&converted), ["Rest here."]);
    assert_eq!(session(&converted).teacher.as_deref(), Some("Anna Berg"));
    assert_eq!(converted.stated_length.map(|length| length.shortest), Some(Duration::from_mins(3)));
}

#[test]
fn windows_text_is_read() {
    let utf16: Vec<u8> =
        "\u{feff}Evening\r\n\r\nRest here.\r\n\r\n(5)\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let converted = convert(&utf16, Path::new("a.txt")).unwrap();
    assert_eq!(outline(&converted), ["Rest here.", "5s"]);
    assert_eq!(converted.summary.title, "Evening");
}

#[test]
fn the_length_is_that_of_the_timeline() {
    let converted = convert_text("a.txt", "One two three four five six.\n\n(5)\n\nHello.\n\n[BELL x3]\n");
    assert_eq!(converted.summary.length, Duration::from_millis(6 * 460 + 5_000 + 2_000 + 2 * 12_000 + 8_000));
}

#[test]
fn broken_markup_is_reported_at_its_line() {
    for (name, text, line) in [
        ("a.ssml", "<speak>\n<p>Rest.</s>\n</speak>", 2),
        ("a.ssml", "<speak>\n<p>Rest.</p>\n", 3),
        ("a.json", "[\n{\"type\": \"speech\",\n\"text\": }]", 3),
    ] {
        let error = convert(text.as_bytes(), Path::new(name)).unwrap_err().to_string();
        assert!(error.contains(&format!("line {line} ")), "{error}");
    }
    for text in ["{}", "[1, 2]", "\"words\"", "[{\"type\": \"unheard\"}]"] {
        let error = convert(text.as_bytes(), Path::new("a.json")).unwrap_err();
        assert!(matches!(error, super::ScriptError::UnknownJson), "{error}");
    }
}
