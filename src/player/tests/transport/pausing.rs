//! Pause, resume and toggle.

use super::*;

#[test]
fn it_fades_over_a_quarter_second_and_goes_on_where_the_fade_began() {
    for pause in [TransportCommand::Pause, TransportCommand::Toggle] {
        let mut listener = listener(16_000);
        listener.say(pause);
        assert_same(listener.listen(PAUSE, BLOCK), &under(session(16_000, PAUSE), fall(1.0, PAUSE)));
        assert!(is_silent(listener.listen(RATE * 60, BLOCK)));
        let held = PlayerSnapshot {
            playhead: place(Programme::SESSION, 16_000),
            session_frame: Frames(16_000),
            paused: true,
            exit_stage: None,
            silent: true,
            volume: Decibels::UNITY,
            end: None,
        };
        assert_eq!(listener.handle.snapshot(), held);
        listener.say(if pause == TransportCommand::Toggle { pause } else { TransportCommand::Resume });
        assert_rises(listener.listen(8_000, BLOCK), Programme::SESSION, 16_000, PAUSE);
        assert_eq!(events(&listener), [(TransportEvent::Paused, 16_000), (TransportEvent::Resumed, 16_000)]);
        assert!(listener.underruns().is_empty());
    }
}

#[test]
fn a_resume_in_the_fade_turns_it_round_from_where_it_is() {
    let mut listener = listener(16_000);
    listener.say(TransportCommand::Pause);
    listener.listen(1_200, BLOCK);
    listener.say(TransportCommand::Resume);
    let half = 1.0 - 1_200.0 / PAUSE as f64;
    assert_same(listener.listen(1_200, BLOCK), &under(session(17_200, 1_200), rise(half, PAUSE)));
    assert!(listener.listen(8_000, BLOCK) == session(18_400, 8_000));
    assert_eq!(events(&listener), [(TransportEvent::Paused, 16_000), (TransportEvent::Resumed, 17_200)]);
}

#[test]
fn a_pause_in_the_rise_holds_where_it_was_asked_for() {
    let mut listener = listener(16_000);
    listener.say(TransportCommand::Pause);
    listener.listen(4_000, BLOCK);
    listener.say(TransportCommand::Resume);
    listener.listen(800, BLOCK);
    listener.say(TransportCommand::Pause);
    let part = 800.0 / PAUSE as f64;
    assert_same(listener.listen(800, BLOCK), &under(session(16_800, 800), fall(part, PAUSE)));
    assert!(is_silent(listener.listen(800, BLOCK)));
    assert_eq!(listener.place(), place(Programme::SESSION, 16_800));
}

#[test]
fn a_resume_at_any_moment_after_the_pause_goes_on_at_its_frame() {
    for block in [BLOCK, 100, 77] {
        for later in [PAUSE - 2 * block, PAUSE - block, PAUSE, PAUSE + block, PAUSE + 3 * block] {
            let mut listener = listener(16_000);
            listener.say(TransportCommand::Pause);
            listener.listen(later, block);
            let silent = listener.handle.snapshot().silent;
            listener.say(TransportCommand::Resume);
            // The feeder is late.
            listener.starve(block, block);
            listener.listen(2 * PAUSE, block);
            let begun = if silent { 16_000 } else { 16_000 + later };
            let rises = listener.heard[16_000 + later..].iter().position(|frame| gain(*frame) > 0.0).unwrap();
            let played = listener.heard.len() - (16_000 + later + rises);
            assert_eq!(listener.place(), place(Programme::SESSION, begun + played), "after {later} in {block}");
            let last = listener.heard[listener.heard.len() - 100..].to_vec();
            assert!(last == session(begun + played - 100, 100), "after {later} in {block}");
            assert!(listener.underruns().is_empty(), "the listener did not hear one");
        }
    }
}

#[test]
fn twice_is_once() {
    let mut listener = listener(16_000);
    for _ in 0..2 {
        listener.say(TransportCommand::Pause);
    }
    listener.listen(800, BLOCK);
    listener.say(TransportCommand::Pause);
    listener.listen(4_000, BLOCK);
    listener.say(TransportCommand::Pause);
    listener.listen(800, BLOCK);
    assert_eq!(listener.place(), place(Programme::SESSION, 16_000));
    for _ in 0..2 {
        listener.say(TransportCommand::Resume);
        listener.listen(4_000, BLOCK);
    }
    assert_eq!(listener.place(), place(Programme::SESSION, 24_000));
    assert_eq!(events(&listener), [(TransportEvent::Paused, 16_000), (TransportEvent::Resumed, 16_000)]);
}

#[test]
fn before_the_first_frame_it_holds_at_the_beginning() {
    let mut listener = Listener::new(&SESSION, from(0));
    listener.say(TransportCommand::Pause);
    assert!(is_silent(listener.listen(8_000, BLOCK)));
    assert_eq!(listener.place(), place(Programme::SESSION, 0));
    listener.say(TransportCommand::Toggle);
    assert_rises(listener.listen(8_000, BLOCK), Programme::SESSION, 0, PAUSE);
}

#[test]
fn a_session_that_begins_held_waits() {
    let mut listener = Listener::new(&SESSION, StartPoint { paused: true, ..from(50_000) });
    assert!(is_silent(listener.listen(8_000, BLOCK)));
    assert!(listener.handle.snapshot().silent);
    listener.say(TransportCommand::Resume);
    assert_rises(listener.listen(8_000, BLOCK), Programme::SESSION, 50_000, PAUSE);
}
