//! Every control: how long it takes, where it leads, and what is told of it.

#[path = "support/all.rs"]
mod support;

use std::sync::LazyLock;

use karuna::player::Snapshot;
use karuna::timeline::Programme;
use karuna::transport::{Command, Event, Place, Reason};
use karuna::units::{Decibels, Frame, Frames, SILENCE};
use support::listener::{Listener, from};
use support::plain::{
    CLOSING, RATE, RING_OUT, SOFTEN, STARTS, assert_same, fall, gain, plain, rise, under, with_clips,
};
use support::session::Prepared;

static SESSION: LazyLock<Prepared> = LazyLock::new(plain);
static RENDERED: LazyLock<[Vec<Frame>; 3]> =
    LazyLock::new(|| [Programme::Session, Programme::Soften, Programme::Closing].map(|one| SESSION.render(one)));

const PAUSE: usize = RATE / 4;
const DOWN: usize = RATE * 15 / 100;
const UP: usize = RATE / 10;
const EXIT: usize = 2 * RATE;
const STOP: usize = RATE / 10;
const VOLUME: usize = RATE / 10;
const FRAMES: usize = STARTS[4];
const BLOCK: usize = 80;

fn rendered(programme: Programme, from: usize, count: usize) -> &'static [Frame] {
    &RENDERED[programme as usize][from..from + count]
}

fn session(from: usize, count: usize) -> &'static [Frame] {
    rendered(Programme::Session, from, count)
}

fn listener(at: usize) -> Listener {
    Listener::at(&SESSION, at)
}

fn seek(seconds: i64) -> Command {
    Command::Seek(seconds * i64::from(SESSION.session().rate.hertz()))
}

fn is_silent(heard: &[Frame]) -> bool {
    heard.iter().all(|frame| *frame == SILENCE)
}

/// The events since the beginning, with their frames.
fn events(listener: &Listener) -> Vec<(Event, u64)> {
    listener.events().map(|(event, at)| (event, at.0)).collect()
}

/// The targets of all jumps.
fn targets(listener: &Listener) -> Vec<u64> {
    let targets = listener.events().filter_map(|(event, _)| match event {
        Event::Jump { to } => Some(to.0),
        _ => None,
    });
    targets.collect()
}

fn place(programme: Programme, frame: usize) -> Place {
    Place { programme, frame: Frames(frame as u64) }
}

/// Checks that a place is landed at: its sound rises over so many frames, and goes on.
#[track_caller]
fn assert_rises(heard: &[Frame], programme: Programme, from: usize, over: usize) {
    assert_same(&heard[..over], &under(rendered(programme, from, over), rise(0.0, over)));
    let rest = &heard[over..];
    assert!(rest == rendered(programme, from + over, rest.len()), "after the rise");
}

mod pausing {
    use super::*;

    #[test]
    fn it_fades_over_a_quarter_second_and_goes_on_where_the_fade_began() {
        for pause in [Command::Pause, Command::Toggle] {
            let mut listener = listener(16_000);
            listener.say(pause);
            assert_same(listener.listen(PAUSE, BLOCK), &under(session(16_000, PAUSE), fall(1.0, PAUSE)));
            assert!(is_silent(listener.listen(RATE * 60, BLOCK)));
            let held = Snapshot { place: place(Programme::Session, 16_000), holds: true, silent: true, ..from(16_000) };
            assert_eq!(listener.handle.snapshot(), held);
            listener.say(if pause == Command::Toggle { pause } else { Command::Resume });
            assert_rises(listener.listen(8_000, BLOCK), Programme::Session, 16_000, PAUSE);
            assert_eq!(events(&listener), [(Event::Pause, 16_000), (Event::Resume, 16_000)]);
            assert!(listener.underruns().is_empty());
        }
    }

    #[test]
    fn a_resume_in_the_fade_turns_it_round_from_where_it_is() {
        let mut listener = listener(16_000);
        listener.say(Command::Pause);
        listener.listen(1_200, BLOCK);
        listener.say(Command::Resume);
        let half = 1.0 - 1_200.0 / PAUSE as f64;
        assert_same(listener.listen(1_200, BLOCK), &under(session(17_200, 1_200), rise(half, PAUSE)));
        assert!(listener.listen(8_000, BLOCK) == session(18_400, 8_000));
        assert_eq!(events(&listener), [(Event::Pause, 16_000), (Event::Resume, 17_200)]);
    }

    #[test]
    fn a_pause_in_the_rise_holds_where_it_was_asked_for() {
        let mut listener = listener(16_000);
        listener.say(Command::Pause);
        listener.listen(4_000, BLOCK);
        listener.say(Command::Resume);
        listener.listen(800, BLOCK);
        listener.say(Command::Pause);
        let part = 800.0 / PAUSE as f64;
        assert_same(listener.listen(800, BLOCK), &under(session(16_800, 800), fall(part, PAUSE)));
        assert!(is_silent(listener.listen(800, BLOCK)));
        assert_eq!(listener.place(), place(Programme::Session, 16_800));
    }

    #[test]
    fn a_resume_at_any_moment_after_the_pause_goes_on_at_its_frame() {
        for block in [BLOCK, 100, 77] {
            for later in [PAUSE - 2 * block, PAUSE - block, PAUSE, PAUSE + block, PAUSE + 3 * block] {
                let mut listener = listener(16_000);
                listener.say(Command::Pause);
                listener.listen(later, block);
                let silent = listener.handle.snapshot().silent;
                listener.say(Command::Resume);
                // The feeder is late.
                listener.starve(block, block);
                listener.listen(2 * PAUSE, block);
                let begun = if silent { 16_000 } else { 16_000 + later };
                let rises = listener.heard[16_000 + later..].iter().position(|frame| gain(*frame) > 0.0).unwrap();
                let played = listener.heard.len() - (16_000 + later + rises);
                assert_eq!(listener.place(), place(Programme::Session, begun + played), "after {later} in {block}");
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
            listener.say(Command::Pause);
        }
        listener.listen(800, BLOCK);
        listener.say(Command::Pause);
        listener.listen(4_000, BLOCK);
        listener.say(Command::Pause);
        listener.listen(800, BLOCK);
        assert_eq!(listener.place(), place(Programme::Session, 16_000));
        for _ in 0..2 {
            listener.say(Command::Resume);
            listener.listen(4_000, BLOCK);
        }
        assert_eq!(listener.place(), place(Programme::Session, 24_000));
        assert_eq!(events(&listener), [(Event::Pause, 16_000), (Event::Resume, 16_000)]);
    }

    #[test]
    fn before_the_first_frame_it_holds_at_the_beginning() {
        let mut listener = Listener::new(&SESSION, from(0));
        listener.say(Command::Pause);
        assert!(is_silent(listener.listen(8_000, BLOCK)));
        assert_eq!(listener.place(), place(Programme::Session, 0));
        listener.say(Command::Toggle);
        assert_rises(listener.listen(8_000, BLOCK), Programme::Session, 0, PAUSE);
    }

    #[test]
    fn a_session_that_begins_held_waits() {
        let mut listener = Listener::new(&SESSION, Snapshot { holds: true, ..from(50_000) });
        assert!(is_silent(listener.listen(8_000, BLOCK)));
        assert!(listener.handle.snapshot().silent);
        listener.say(Command::Resume);
        assert_rises(listener.listen(8_000, BLOCK), Programme::Session, 50_000, PAUSE);
    }
}

mod jumping {
    use super::*;

    #[test]
    fn it_fades_for_150_milliseconds_and_rises_for_100_at_the_target() {
        for (command, to) in [(Command::Next, STARTS[2]), (Command::Back, STARTS[1]), (seek(5), STARTS[1] + 8 * RATE)] {
            let now = STARTS[1] + 3 * RATE;
            let mut listener = listener(now);
            listener.say(command);
            assert_same(listener.listen(DOWN, BLOCK), &under(session(now, DOWN), fall(1.0, DOWN)));
            assert_rises(listener.listen(8_000, BLOCK), Programme::Session, to, UP);
            assert_eq!(events(&listener), [(Event::Jump { to: Frames(to as u64) }, now as u64)]);
            assert_eq!(listener.segments().last().unwrap().1, to as u64);
        }
    }

    #[test]
    fn it_leads_where_the_contract_says() {
        let (second, end) = (RATE, FRAMES);
        let cases: &[(usize, &[Command], &[usize])] = &[
            (second, &[Command::Next], &[STARTS[1]]),
            (STARTS[3] + second, &[Command::Next], &[end]),
            (STARTS[1] + second, &[Command::Back], &[STARTS[0]]),
            (STARTS[1] + 2 * second - BLOCK, &[Command::Back], &[STARTS[0]]),
            (STARTS[1] + 2 * second, &[Command::Back], &[STARTS[1]]),
            (second, &[Command::Back], &[0]),
            (4 * second, &[Command::Back], &[0]),
            (4 * second, &[seek(-10)], &[0]),
            (4 * second, &[seek(2)], &[6 * second]),
            (4 * second, &[seek(100)], &[end]),
            (4 * second, &[Command::Seek(i64::MAX)], &[end]),
            (4 * second, &[Command::Seek(i64::MIN)], &[0]),
            // What comes while a jump is under way counts from its target.
            (second, &[Command::Next, Command::Next], &[STARTS[1], STARTS[2]]),
            (second, &[Command::Next, Command::Next, Command::Next, Command::Next], &STARTS[1..]),
            (STARTS[2] + 2 * second, &[Command::Back, Command::Back], &[STARTS[2], STARTS[1]]),
            (second, &[seek(2), seek(2), seek(-1)], &[3 * second, 5 * second, 4 * second]),
            (second, &[Command::Next, seek(3), Command::Back], &[STARTS[1], STARTS[1] + 3 * second, STARTS[1]]),
            (second, &[Command::Next, seek(1), Command::Back], &[STARTS[1], STARTS[1] + second, STARTS[0]]),
            // What rings on after the end is never left for an earlier frame by going on.
            (end + 800, &[Command::Next], &[end + 800]),
            (end + 800, &[seek(10)], &[end + 800]),
            (end + 800, &[seek(-1)], &[end + 800 - second]),
            (end + 800, &[Command::Back], &[STARTS[3]]),
        ];
        for (now, commands, expected) in cases {
            for (between, paused) in [(0, false), (BLOCK, false), (0, true), (BLOCK, true)] {
                let mut listener = listener(*now);
                if paused {
                    listener.say(Command::Pause);
                    listener.listen(PAUSE, BLOCK);
                }
                for command in *commands {
                    listener.say(*command);
                    if paused && between > 0 {
                        listener.starve(between, BLOCK);
                    } else {
                        listener.listen(between, BLOCK);
                    }
                }
                listener.listen(DOWN + BLOCK, BLOCK);
                let expected: Vec<_> = expected.iter().map(|frame| *frame as u64).collect();
                assert_eq!(targets(&listener), expected, "{commands:?} at {now}");
                let landed = listener.place().frame.0 - expected.last().unwrap();
                assert!(
                    if paused { landed == 0 } else { landed <= ((1 + commands.len()) * BLOCK) as u64 },
                    "{commands:?} at {now}"
                );
            }
        }
    }

    #[test]
    fn where_it_was_paused_it_stays_paused() {
        for command in [Command::Next, Command::Back, seek(3)] {
            let mut listener = listener(16_000);
            listener.say(Command::Pause);
            listener.listen(4_000, BLOCK);
            listener.say(command);
            assert!(is_silent(listener.listen(8_000, BLOCK)));
            let to = targets(&listener)[0] as usize;
            assert_eq!(listener.place(), place(Programme::Session, to));
            assert!(listener.handle.snapshot().silent);
            listener.say(Command::Resume);
            assert_rises(listener.listen(8_000, BLOCK), Programme::Session, to, PAUSE);
        }
    }

    #[test]
    fn a_pause_in_its_fade_holds_at_the_target_and_a_resume_plays_from_there() {
        let mut listener = listener(16_000);
        listener.say(Command::Next);
        listener.listen(400, BLOCK);
        listener.say(Command::Pause);
        listener.listen(8_000, BLOCK);
        assert_eq!(listener.place(), place(Programme::Session, STARTS[1]));
        assert!(listener.handle.snapshot().silent);
        listener.say(Command::Resume);
        assert_rises(listener.listen(8_000, BLOCK), Programme::Session, STARTS[1], PAUSE);
    }

    #[test]
    fn in_the_fade_of_a_pause_it_counts_from_where_the_pause_holds() {
        let mut listener = listener(16_000);
        listener.say(Command::Pause);
        listener.listen(800, BLOCK);
        listener.say(seek(1));
        listener.listen(8_000, BLOCK);
        assert_eq!(listener.place(), place(Programme::Session, 24_000));
        assert!(listener.handle.snapshot().silent);
    }

    #[test]
    fn the_end_of_the_last_segment_rings_out_and_the_session_is_done() {
        let mut listener = listener(STARTS[3] + RATE);
        listener.say(Command::Next);
        assert_eq!(listener.hear_out(BLOCK, DOWN + RING_OUT + BLOCK), Some(Reason::Done));
    }

    #[test]
    fn back_never_stays_at_a_segment_without_length() {
        let text = "[[segment]]\nclip = \"one.wav\"\n[[segment]]\nbell = \"block\"\nhold = \"0s\"\n[[segment]]\nclip = \"two.wav\"";
        let prepared = with_clips(text);
        let mut listener = Listener::at(&prepared, 5 * RATE + 800);
        listener.say(Command::Back);
        listener.listen(DOWN + 800, BLOCK);
        assert_eq!(targets(&listener), [0]);
    }
}

mod leaving {
    use super::*;

    #[test]
    fn what_sounds_fades_within_two_seconds_and_the_closing_rings_out() {
        let mut listener = listener(16_000);
        listener.say(Command::Exit);
        assert_same(listener.listen(EXIT, BLOCK), &under(session(16_000, EXIT), fall(1.0, EXIT)));
        assert_rises(listener.listen(CLOSING, BLOCK), Programme::Closing, 0, UP);
        listener.listen(BLOCK, BLOCK);
        assert_eq!(events(&listener), [(Event::Exit, 16_000), (Event::End(Reason::Exit), 16_000)]);
        assert!(listener.underruns().is_empty());
    }

    #[test]
    fn the_fade_may_outlast_the_session() {
        let now = FRAMES + RING_OUT - RATE;
        let mut listener = listener(now);
        listener.say(Command::Exit);
        assert_eq!(listener.hear_out(BLOCK, RATE + CLOSING + BLOCK), Some(Reason::Exit));
        assert_rises(&listener.heard[now + RATE..][..CLOSING], Programme::Closing, 0, UP);
    }

    #[test]
    fn from_silence_the_closing_comes_at_once() {
        let mut paused = listener(16_000);
        paused.say(Command::Pause);
        paused.listen(4_000, BLOCK);
        for mut listener in [paused, Listener::new(&SESSION, from(0)), Listener::new(&SESSION, from(70_000))] {
            listener.say(Command::Exit);
            listener.starve(BLOCK, BLOCK);
            assert_rises(listener.listen(CLOSING, BLOCK), Programme::Closing, 0, UP);
            listener.listen(BLOCK, BLOCK);
            assert_eq!(listener.ended(), Some(Reason::Exit));
        }
    }

    #[test]
    fn in_the_fade_of_a_pause_or_a_jump_it_does_not_slow_down() {
        for (command, whole) in [(Command::Pause, PAUSE), (Command::Next, DOWN)] {
            let mut listener = listener(16_000);
            listener.say(command);
            listener.listen(400, BLOCK);
            listener.say(Command::Exit);
            listener.listen(whole - 400, BLOCK);
            assert_same(&listener.heard[16_000..], &under(session(16_000, whole), fall(1.0, whole)));
            assert_eq!(listener.hear_out(BLOCK, CLOSING + BLOCK), Some(Reason::Exit));
        }
    }

    #[test]
    fn all_else_is_absorbed() {
        let absorbed = [
            Command::Pause,
            Command::Resume,
            Command::Toggle,
            Command::Next,
            Command::Back,
            seek(2),
            seek(-2),
            Command::Soften,
        ];
        for when in [800, EXIT - BLOCK, EXIT, EXIT + 400, EXIT + CLOSING - BLOCK] {
            let mut untouched = listener(16_000);
            untouched.say(Command::Exit);
            untouched.hear_out(BLOCK, 2 * EXIT + CLOSING);
            let mut listener = listener(16_000);
            listener.say(Command::Exit);
            listener.listen(when, BLOCK);
            for command in absorbed {
                listener.say(command);
            }
            listener.hear_out(BLOCK, 2 * EXIT + CLOSING);
            assert_eq!(events(&listener), events(&untouched));
            assert!(listener.heard == untouched.heard);
        }
    }

    #[test]
    fn once_more_it_stops_within_a_hundred_milliseconds() {
        for when in [0, 800, EXIT, EXIT + 4_000] {
            for again in [Command::Exit, Command::Stop] {
                let mut listener = listener(16_000);
                listener.say(Command::Exit);
                listener.listen(when, BLOCK);
                listener.say(again);
                listener.listen(STOP + BLOCK, BLOCK);
                assert_eq!(listener.ended(), Some(Reason::Stop), "{again:?} after {when}");
                assert!(is_silent(listener.listen(800, BLOCK)));
            }
        }
    }

    #[test]
    fn a_stop_fades_over_a_hundred_milliseconds() {
        let mut listener = listener(16_000);
        listener.say(Command::Stop);
        assert_same(listener.listen(STOP, BLOCK), &under(session(16_000, STOP), fall(1.0, STOP)));
        assert_eq!(events(&listener), [(Event::End(Reason::Stop), 16_000 + STOP as u64)]);
    }

    #[test]
    fn a_stop_in_silence_is_immediate() {
        let mut paused = listener(16_000);
        paused.say(Command::Pause);
        paused.listen(4_000, BLOCK);
        let mut arriving = listener(16_000);
        arriving.say(Command::Next);
        arriving.starve(DOWN, BLOCK);
        for mut listener in [paused, arriving, Listener::new(&SESSION, from(0))] {
            listener.say(Command::Stop);
            listener.starve(1, 1);
            assert_eq!(listener.ended(), Some(Reason::Stop));
        }
    }

    #[test]
    fn after_the_end_nothing_is_heard_any_more() {
        let mut listener = listener(16_000);
        listener.say(Command::Stop);
        listener.listen(1_600, BLOCK);
        let told = listener.notices.len();
        for command in [Command::Resume, Command::Next, Command::Soften, Command::Exit, Command::Stop] {
            listener.say(command);
            assert!(is_silent(listener.listen(1_600, BLOCK)));
        }
        assert_eq!(listener.notices.len(), told);
    }
}

mod softening {
    use super::*;

    fn softened(at: usize) -> Listener {
        let mut listener = listener(at);
        listener.say(Command::Soften);
        listener.listen(DOWN, BLOCK);
        listener
    }

    /// Checks that the session comes up again, after one block at most in which its frames are fetched.
    #[track_caller]
    fn assert_returns(listener: &mut Listener, to: usize) {
        let heard = listener.listen(8_000, BLOCK);
        let waited = if heard[0] == SILENCE { BLOCK } else { 0 };
        assert!(is_silent(&heard[..waited]));
        assert_rises(&heard[waited..], Programme::Session, to, UP);
    }

    #[test]
    fn the_passage_comes_and_the_session_goes_on_from_the_start_of_a_spoken_line_else_where_it_was() {
        for (at, back) in [(STARTS[2] + RATE, STARTS[2]), (STARTS[1] + RATE, STARTS[1] + RATE)] {
            let mut listener = softened(at);
            assert_same(&listener.heard[at..], &under(session(at, DOWN), fall(1.0, DOWN)));
            assert_rises(listener.listen(SOFTEN, BLOCK), Programme::Soften, 0, UP);
            assert_eq!(listener.handle.snapshot().session_frame, Frames(at as u64), "it stays where it was left");
            assert_returns(&mut listener, back);
            assert_eq!(events(&listener), [(Event::Soften, at as u64), (Event::Softened, at as u64)]);
            assert_eq!(listener.segments().last().unwrap().1, back as u64);
        }
    }

    #[test]
    fn next_leaves_it() {
        let mut listener = softened(STARTS[2] + RATE);
        listener.listen(8_000, BLOCK);
        listener.say(Command::Next);
        assert_same(listener.listen(DOWN, BLOCK), &under(rendered(Programme::Soften, 8_000, DOWN), fall(1.0, DOWN)));
        assert_rises(listener.listen(8_000, BLOCK), Programme::Session, STARTS[2], UP);
        assert!(targets(&listener).is_empty());
    }

    #[test]
    fn back_and_soften_start_it_again() {
        for command in [Command::Back, Command::Soften] {
            let mut listener = softened(STARTS[2] + RATE);
            listener.listen(8_000, BLOCK);
            listener.say(command);
            listener.listen(DOWN, BLOCK);
            assert_rises(listener.listen(SOFTEN, BLOCK), Programme::Soften, 0, UP);
            assert_returns(&mut listener, STARTS[2]);
        }
    }

    #[test]
    fn seek_does_nothing() {
        let mut listener = softened(STARTS[2] + RATE);
        listener.listen(8_000, BLOCK);
        for by in [2, -2] {
            listener.say(seek(by));
            let frame = listener.place().frame.index();
            assert!(listener.listen(1_600, BLOCK) == rendered(Programme::Soften, frame, 1_600));
        }
        assert_eq!(events(&listener).len(), 1);
    }

    #[test]
    fn it_can_be_paused_and_goes_on_where_it_was_paused() {
        let mut listener = softened(STARTS[2] + RATE);
        listener.listen(8_000, BLOCK);
        listener.say(Command::Pause);
        listener.listen(8_000, BLOCK);
        assert_eq!(listener.place(), place(Programme::Soften, 8_000));
        listener.say(Command::Resume);
        assert_rises(listener.listen(8_000, BLOCK), Programme::Soften, 8_000, PAUSE);
    }

    #[test]
    fn paused_in_it_next_and_back_stay_silent() {
        for (command, expected) in
            [(Command::Next, place(Programme::Session, STARTS[2])), (Command::Back, place(Programme::Soften, 0))]
        {
            let mut listener = softened(STARTS[2] + RATE);
            listener.listen(8_000, BLOCK);
            listener.say(Command::Pause);
            listener.listen(4_000, BLOCK);
            listener.say(command);
            assert!(is_silent(listener.listen(4_000, BLOCK)));
            assert_eq!(listener.place(), expected);
        }
    }

    #[test]
    fn a_pause_that_meets_its_end_holds_in_the_session() {
        let mut listener = softened(STARTS[1] + RATE);
        listener.listen(SOFTEN - PAUSE / 2, BLOCK);
        listener.say(Command::Pause);
        listener.listen(8_000, BLOCK);
        assert_eq!(listener.place(), place(Programme::Session, STARTS[1] + RATE));
        assert!(listener.handle.snapshot().silent);
    }

    #[test]
    fn asked_for_in_a_jump_it_comes_back_to_the_target() {
        let mut listener = listener(16_000);
        listener.say(Command::Next);
        listener.say(Command::Soften);
        listener.listen(DOWN + SOFTEN, BLOCK);
        assert_returns(&mut listener, STARTS[1]);
    }

    #[test]
    fn next_before_it_has_begun_goes_back_at_once() {
        let mut listener = listener(STARTS[1] + RATE);
        listener.say(Command::Soften);
        listener.listen(400, BLOCK);
        listener.say(Command::Next);
        listener.listen(DOWN - 400, BLOCK);
        assert_rises(listener.listen(8_000, BLOCK), Programme::Session, STARTS[1] + RATE, UP);
    }

    #[test]
    fn at_the_very_end_it_comes_too_and_the_rest_is_heard() {
        for at in [FRAMES - RATE, FRAMES, FRAMES + RING_OUT - BLOCK] {
            let mut listener = softened(at);
            let rest = FRAMES + RING_OUT - at;
            assert_eq!(listener.hear_out(BLOCK, SOFTEN + rest + 4 * BLOCK), Some(Reason::Done));
            assert!(listener.heard.len() >= at + rest.min(DOWN) + SOFTEN + rest, "from {at}");
        }
    }

    #[test]
    fn leaving_it_by_exit_tells_where_the_session_was_left() {
        let mut listener = softened(STARTS[1] + RATE);
        listener.listen(8_000, BLOCK);
        listener.say(Command::Exit);
        let left = (STARTS[1] + RATE) as u64;
        assert_eq!(listener.hear_out(BLOCK, EXIT + CLOSING + BLOCK), Some(Reason::Exit));
        assert_eq!(events(&listener), [(Event::Soften, left), (Event::Exit, left), (Event::End(Reason::Exit), left)]);
    }

    #[test]
    fn without_one_of_its_own_a_session_has_an_inkin_and_thirty_quiet_seconds() {
        let prepared = with_clips("[[segment]]\nclip = \"one.wav\"");
        let passage = &prepared.programmes.soften;
        assert_eq!(passage.frames, Frames(30 * RATE as u64));
        let cues: Vec<_> = passage.cues.iter().map(|cue| (cue.source.as_str(), cue.start.0)).collect();
        assert_eq!(cues, [("inkin", 0)]);
        assert!(passage.cues[0].gain < Decibels::UNITY, "softly");
        let closing: Vec<_> = prepared.programmes.closing.cues.iter().map(|cue| cue.source.as_str()).collect();
        assert_eq!(closing, ["bowl"]);
    }
}

mod volume {
    use super::*;

    #[test]
    fn a_change_takes_a_hundred_milliseconds() {
        let mut listener = listener(16_000);
        listener.say(Command::Volume(Decibels(-6.0)));
        let softer = Decibels(-6.0).amplitude() as f32;
        let expected = under(session(16_000, VOLUME), |frame| {
            1.0 + (softer - 1.0) * karuna::sound::fades::raised_cosine(frame as f32 / VOLUME as f32)
        });
        assert_same(listener.listen(VOLUME, BLOCK), &expected);
        assert_same(listener.listen(1_600, BLOCK), &under(session(16_800, 1_600), |_| softer));
        listener.say(Command::Volume(Decibels::UNITY));
        listener.listen(VOLUME, BLOCK);
        assert!(listener.listen(1_600, BLOCK) == session(19_200, 1_600));
        assert!(listener.notices.iter().all(|notice| notice.at == Frames::ZERO), "nothing is told of it");
    }

    #[test]
    fn it_goes_no_higher_than_six_decibels() {
        let mut listener = listener(16_000);
        listener.say(Command::Volume(Decibels(20.0)));
        listener.listen(VOLUME, BLOCK);
        let heard = listener.listen(800, BLOCK).to_vec();
        assert_same(&heard, &under(session(16_800, 800), |_| Decibels(6.0).amplitude() as f32));
        assert_eq!(listener.handle.snapshot().volume, Decibels(6.0));
    }

    #[test]
    fn it_acts_while_the_closing_plays() {
        let mut listener = listener(16_000);
        listener.say(Command::Exit);
        listener.listen(EXIT + UP, BLOCK);
        listener.say(Command::Volume(Decibels(-6.0)));
        listener.listen(VOLUME, BLOCK);
        let heard = listener.listen(800, BLOCK);
        let softer = Decibels(-6.0).amplitude() as f32;
        assert_same(heard, &under(rendered(Programme::Closing, UP + VOLUME, 800), |_| softer));
    }
}

#[test]
fn several_commands_in_one_block_act_in_their_order() {
    let mut listener = listener(16_000);
    for command in [Command::Pause, Command::Resume, Command::Next, seek(1), Command::Pause, Command::Toggle] {
        listener.say(command);
    }
    listener.listen(DOWN, BLOCK);
    assert_rises(listener.listen(8_000, BLOCK), Programme::Session, STARTS[1] + RATE, UP);
}

#[test]
fn ramps_have_their_lengths_at_every_rate() {
    for rate in [11_025, 44_100, 48_000, 96_000, 192_000] {
        let rate = support::session::hertz(rate);
        let tenth = rate.frames(std::time::Duration::from_millis(100)).index();
        let recordings = support::clips::Recordings::default()
            .with("one.wav", support::plain::told(rate, 45 * tenth, 1))
            .with("two.wav", support::plain::told(rate, 10 * tenth, 2));
        let text = "[[segment]]\nclip = \"one.wav\"\n[[segment]]\nclip = \"two.wav\"\n[[exit]]\nclip = \"two.wav\"";
        let prepared = Prepared::new(text, &recordings, rate);
        let cases = [(Command::Pause, 250), (Command::Next, 150), (Command::Exit, 2_000), (Command::Stop, 100)];
        for (command, milliseconds) in cases {
            let mut listener = Listener::new(&prepared, from(0));
            listener.listen(10 * tenth, 512);
            listener.say(command);
            let whole = rate.frames(std::time::Duration::from_millis(milliseconds)).index();
            let heard = listener.listen(whole, 512);
            assert!(heard[..whole - 1].windows(2).all(|pair| gain(pair[1]) <= gain(pair[0])), "{command:?}, {rate}");
            assert!(gain(heard[whole / 2]) > 0.49 && gain(heard[whole / 2]) < 0.51, "{command:?} at {rate}");
            assert!(heard[whole - 1][0].abs() < 1e-12, "{command:?} at {rate}");
        }
    }
}
