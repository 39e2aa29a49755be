//! Recordings as other programs, phones and speech services write them: whole, to the frame, with a warning where their headers are
//! wrong.
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

mod samples;

use karuna::engine::ClipReader;
use karuna::io::decode::{ClipAnalysis, ClipBytes, ClipDecoder, analyse};
use karuna::units::{Frame, Frames, SILENCE};

/// A clip that was read to its end.
struct Heard {
    frames: Vec<Frame>,
    analysis: ClipAnalysis,
}

/// Reads a clip, whole and from its middle, which has to be the same.
#[track_caller]
fn hear(name: &str, bytes: impl Into<Vec<u8>>) -> Heard {
    let bytes = ClipBytes::from_memory(bytes.into(), name);
    let mut clip = ClipDecoder::open(&bytes).unwrap_or_else(|error| panic!("{error}"));
    let mut frames = vec![SILENCE; clip.properties().frames.index()];
    clip.read(&mut frames);
    let middle = frames.len() / 2 + 7;
    let mut rest = vec![SILENCE; frames.len() - middle];
    clip.seek(Frames(middle as u64));
    clip.read(&mut rest);
    assert!(rest == frames[middle..], "{name} is not the same from the middle");
    let analysis = analyse(&bytes).unwrap();
    assert_eq!(analysis.properties, clip.properties());
    Heard { frames, analysis }
}
