//! The code under test of the fuzz targets, which a short test runs as well.

#![allow(dead_code, reason = "each fuzz target uses only one of the functions")]

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use karuna::commands::report;
use karuna::engine::ClipReader;
use karuna::io::decode::{self, ClipBytes, ClipDecoder};
use karuna::manifest::{self, Session, Severity};
use karuna::timeline::LengthChoice;
use karuna::timeline::{self, ClipFacts, ClipKey, Programme, SessionFacts, Shape, Timeline};
use karuna::units::{Frames, Rate, SILENCE};

/// Reads bytes as a manifest, draws its findings, and builds its timelines in several shapes.
pub(crate) fn manifest(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (session, findings) = manifest::read(Path::new("fuzz.toml"), &text);
    let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
    assert_eq!(session.is_none(), wrong, "a session, or an error that says why there is none");
    for finding in &findings {
        assert!(finding.span.start <= finding.span.end && finding.span.end <= text.len(), "{finding:?}");
        assert!((1..=text.split('\n').count()).contains(&finding.line), "{finding:?}");
        assert!(!finding.message.is_empty() && !finding.help.is_empty(), "{finding:?}");
        let characters = finding.message.chars().chain(finding.help.chars());
        assert!(characters.into_iter().all(|c| !c.is_control()), "{finding:?}");
    }
    for finding in findings.iter().take(8) {
        let drawn = report::plain(&text, finding);
        assert!(drawn.chars().all(|c| c == '\n' || !c.is_control()), "{drawn:?}");
    }
    if let Some(session) = session {
        timelines(&session);
    }
}

fn timelines(session: &Session) {
    let facts = facts(session);
    let shape = |length| Shape { length, ..Shape::default() };
    for rate in [8_000, 44_100] {
        let rate = Rate::new(rate).expect("a rate");
        for programme in Programme::all() {
            for length in [LengthChoice::Natural, LengthChoice::Audition] {
                if let Ok(timeline) = timeline::build(session, programme, &facts, &shape(length), rate) {
                    holds_together(&timeline);
                }
            }
        }
        let Ok(range) = timeline::length_range(session, &facts, &Shape::default(), rate) else { continue };
        let (shortest, longest) = range.rounded_to_seconds();
        for wanted in [shortest, longest, shortest + longest.saturating_sub(shortest) / 3] {
            let fitted =
                timeline::build(session, Programme::SESSION, &facts, &shape(LengthChoice::Fitted(wanted)), rate);
            if let Ok(timeline) = fitted {
                holds_together(&timeline);
                assert_eq!(timeline.frames, rate.frames(wanted), "fitted to {wanted:?}");
            }
        }
        let avoiding = Shape { avoid: vec!["touch".to_owned()], no_bell: true, ..Shape::default() };
        if let Ok(timeline) = timeline::build(session, Programme::SESSION, &facts, &avoiding, rate) {
            holds_together(&timeline);
        }
    }
}

/// Returns facts about clips that do not exist.
fn facts(session: &Session) -> SessionFacts {
    let known = ClipFacts {
        rate: Rate::new(44_100).expect("a rate"),
        frames: Frames(44_101),
        momentary: None,
        integrated: None,
    };
    let clips = session.clips().into_iter().map(|clip| (ClipKey::File(clip.value.clone()), known));
    SessionFacts::new(clips.collect::<HashMap<_, _>>())
}

fn holds_together(timeline: &Timeline) {
    let mut at = Frames::ZERO;
    for segment in &timeline.segments {
        assert_eq!(segment.start, at);
        at = segment.end();
    }
    assert_eq!(at, timeline.frames);
    assert!(timeline.frames <= timeline.end);
    assert!(timeline.segments.len() <= 10_001 && timeline.cues.len() <= 50_001);
    assert!(timeline.frames <= timeline.rate.frames(Duration::from_hours(24)));
    assert!(timeline.cues.iter().all(|cue| cue.end() <= timeline.end));
}

/// Probes bytes as a clip, analyses it completely, and reads it at several positions.
pub(crate) fn clip(bytes: &[u8]) {
    let held = ClipBytes::from_memory(bytes, "fuzz.ogg");
    let (probed, opened) = (decode::probe(&held), ClipDecoder::open(&held));
    assert!(probed.is_err() || opened.is_ok());
    assert_eq!(decode::analyse(&held).ok().map(|analysis| analysis.properties), probed.ok());
    let Ok(mut clip) = opened else { return };
    let frames = clip.properties().frames.0;
    let mut block = vec![SILENCE; 3_000];
    for at in [0, 1, frames / 2, frames.saturating_sub(1), frames / 3, 0, frames, frames.saturating_add(9), u64::MAX] {
        clip.seek(Frames(at));
        block.fill([f32::NAN; 2]);
        clip.read(&mut block);
        assert!(block.iter().flatten().all(|sample| sample.abs() <= 1_000.0), "at {at}");
    }
}

/// Corrects the checksums of the pages of an Ogg file, because readers skip pages with wrong ones.
pub(crate) fn correct_checksums(bytes: &mut [u8]) {
    let mut position = 0;
    while let Some(page) = find_page(&bytes[position..]) {
        let (start, end) = (position + page.start, position + page.end);
        let page = &mut bytes[start..end];
        page[22..26].fill(0);
        let checksum = page.iter().fold(0_u32, |checksum, byte| {
            (0..8).fold(checksum ^ (u32::from(*byte) << 24), |checksum, _| {
                (checksum << 1) ^ if checksum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
            })
        });
        page[22..26].copy_from_slice(&checksum.to_le_bytes());
        position = end;
    }
}

/// Returns the range of the first complete page.
fn find_page(bytes: &[u8]) -> Option<Range<usize>> {
    const HEADER_SIZE: usize = 27;
    let mut starts = bytes.windows(4).enumerate().filter(|(_, four)| *four == b"OggS").map(|(start, _)| start);
    let page = |start: usize| {
        let segments = start + HEADER_SIZE;
        let lacing = bytes.get(segments..segments + usize::from(*bytes.get(segments - 1)?))?;
        let end = segments + lacing.len() + lacing.iter().map(|size| usize::from(*size)).sum::<usize>();
        (end <= bytes.len()).then_some(start..end)
    };
    starts.find_map(page)
}
