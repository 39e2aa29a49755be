//! Underruns.

use super::noise;
use crate::support::rig::{Frame, RATE, Session, is_same, locate};

/// The length of the fades before and after a gap.
const FADE: usize = RATE / 200;

/// Returns the parts of the render that are in the recording: the start in the recording, the start in the render, and the length.
fn stretches(heard: &[Frame], rendered: &[Frame]) -> Vec<(usize, usize, usize)> {
    const PROBE: usize = 64;
    let (mut found, mut at): (Vec<(usize, usize, usize)>, usize) = (Vec::new(), 0);
    while at + PROBE < heard.len() {
        let probe = &heard[at..at + PROBE];
        let after = found.last().map_or(0, |(_, place, length)| place + length);
        let place = Some(probe).filter(|probe| probe.iter().all(|frame| *frame != [0.0; 2])).and_then(|probe| {
            locate(probe, &rendered[..rendered.len().min(after + 2 * RATE)], after.saturating_sub(RATE))
        });
        let Some(place) = place else {
            at += 1;
            continue;
        };
        let rest = heard[at..].iter().zip(&rendered[place..]);
        let length = rest.take_while(|(one, other)| is_same(&[**one], &[**other])).count();
        found.push((at, place, length));
        at += length;
    }
    found
}

#[test]
fn an_underrun_grows_the_buffer_and_loses_no_frame() {
    let session = Session::new("[[segment]]\nsay = \"a\"\nclip = \"noise.wav\"\n", &[("noise.wav", &noise(6, 20.0))]);
    let rendered = session.render();
    let mut playing = session.play(&[]);
    playing.listen(0.7);
    // The server, and with it the sound card, stops for a moment and then catches up.
    playing.stop_server_for(std::time::Duration::from_millis(150));
    let underrun = playing.wait_for("underrun")["frames"].as_u64().unwrap();
    assert!(underrun > 0);
    playing.listen(0.8);
    playing.say("stop");
    let stderr = playing.stderr();
    let (_, heard, events) = playing.end();
    assert_eq!(stderr.matches("the sound buffer is longer").count(), 1, "{stderr}");
    let stretches = stretches(&heard, &rendered);
    assert!(
        stretches.len() >= 3,
        "one part before the underrun, one before the buffer grows, and one after it: {stretches:?}"
    );
    assert!(stretches.last().unwrap().2 > RATE / 3, "playback continues: {stretches:?}");
    for pair in stretches.windows(2) {
        let [(at, place, length), (next_at, next_place, _)] = [pair[0], pair[1]];
        let missing = next_place.checked_sub(place + length);
        assert!(
            missing.is_some_and(|missing| missing <= 4 * FADE + 8),
            "{missing:?} frames are not as rendered: {stretches:?}; {events:?}"
        );
        assert!(next_at - at - length >= missing.unwrap_or(0), "missing frames are covered by fades");
    }
}
