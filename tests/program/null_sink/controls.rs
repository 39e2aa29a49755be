//! All commands, on a pure tone and on noise.

use super::envelope::{RampShape, assert_ramps, envelope, largest_step, ramps, tone_step};
use super::{noise, raised_cosine, tone};
use crate::support::rig::{RATE, Session, first_difference, locate, undisturbed};

const PAUSE: usize = RATE / 4;
const REWIND: usize = RATE * 3 / 10;
const JUMP_DOWN: usize = RATE * 15 / 100;
const JUMP_UP: usize = RATE / 10;
const EXIT: usize = 2 * RATE;
const STOP: usize = RATE / 10;

#[test]
fn every_ramp_has_its_length_and_nothing_clicks() {
    let tone = tone(30.0);
    let session = Session::new(
        "[[segment]]\nsay = \"a\"\nclip = \"tone.wav\"\n[[segment]]\nsay = \"b\"\nclip = \"tone.wav\"\n\
         [[soften]]\nsay = \"c\"\nclip = \"tone.wav\"\n[[exit]]\nsay = \"d\"\nclip = \"tone.wav\"\n",
        &[("tone.wav", &tone)],
    );
    let (heard, _, ()) = undisturbed(|| {
        let mut playing = session.play(&["--from", "5s"]);
        playing.listen(0.5);
        for (line, event) in [
            ("pause", "pause"),
            ("resume", "resume"),
            ("next", "jump"),
            ("back", "jump"),
            ("seek 7s", "jump"),
            ("soften", "soften"),
            ("next", "softened"),
            ("exit", "exit"),
        ] {
            playing.say(line);
            playing.wait_for(event);
            playing.listen(0.55);
        }
        playing.listen(2.3);
        playing.say("stop");
        let (status, heard, events) = playing.end();
        assert_eq!(status.code(), Some(130));
        (heard, events, ())
    });
    let envelope = envelope(&heard);
    let full = envelope.iter().fold(0.0_f32, |most, level| most.max(*level));
    let (largest_step, own) = (largest_step(&heard), tone_step(full));
    assert!(largest_step <= 1.3 * own, "a step of {largest_step}, the tone's own is {own}");
    let jump = [RampShape::Down(JUMP_DOWN), RampShape::Up(JUMP_UP)];
    let mut expected = vec![RampShape::Up(JUMP_UP), RampShape::Down(PAUSE), RampShape::Up(PAUSE)];
    expected.extend(jump.repeat(5));
    expected.extend([RampShape::Down(EXIT), RampShape::Up(JUMP_UP), RampShape::Down(STOP)]);
    assert_ramps(&ramps(&envelope, full), &expected);
}

#[test]
fn the_output_equals_the_render_except_in_ramps_and_after_a_resume() {
    let session = Session::new("[[segment]]\nsay = \"a\"\nclip = \"noise.wav\"\n", &[("noise.wav", &noise(1, 4.0))]);
    let rendered = session.render();
    let (heard, _, at) = undisturbed(|| {
        let mut playing = session.play(&[]);
        playing.listen(1.5);
        playing.say("pause");
        let at = playing.wait_for("pause")["at"].as_u64().unwrap() as usize;
        playing.listen(0.6);
        playing.say("resume");
        let (status, heard, events) = playing.end();
        assert_eq!(status.code(), Some(0));
        (heard, events, at)
    });
    let begun = locate(&rendered[3_000..3_100], &heard, 0).unwrap() - 3_000;
    assert_eq!(first_difference(&heard[begun..begun + at], &rendered, |_| 1.0), None, "up to the pause");
    let fades = |frame: usize| raised_cosine(1.0 - (frame + 1) as f32 / PAUSE as f32);
    assert_eq!(first_difference(&heard[begun + at..][..PAUSE], &rendered[at..], fades), None, "the fade of the pause");
    let from = at - REWIND;
    let resumed = locate(&rendered[from + PAUSE..][..100], &heard, begun + at + PAUSE).unwrap() - PAUSE;
    assert!(heard[begun + at + PAUSE..resumed].iter().all(|frame| *frame == [0.0; 2]), "silence in between");
    let rises = |frame: usize| raised_cosine((frame + 1) as f32 / PAUSE as f32);
    assert_eq!(first_difference(&heard[resumed..][..PAUSE], &rendered[from..], rises), None, "the fade of the resume");
    let rest = &rendered[from + PAUSE..];
    assert_eq!(first_difference(&heard[resumed + PAUSE..], rest, |_| 1.0), None, "to the last frame");
    assert!(heard.len() >= resumed + PAUSE + rest.len(), "the last frame is recorded");
}
