//! The lock against suspending, which a stand-in for logind gives out.

use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use zbus::{Connection, connection, fdo, interface};

use super::{PATIENCE, Playing};
use crate::support::bus::PrivateBus;

/// What was asked of logind, and the end of the lock that tells when the other is closed.
struct Lock {
    what: String,
    mode: String,
    watched: UnixStream,
}

impl Lock {
    /// Whether it is held. Waits a little for the answer to be no.
    fn is_held_for(&mut self, time: Duration) -> bool {
        self.watched.set_read_timeout(Some(time)).unwrap();
        self.watched.read(&mut [0]).is_err()
    }

    #[track_caller]
    fn is_released(&mut self) {
        assert!(!self.is_held_for(PATIENCE), "the lock is still held");
    }
}

struct Logind {
    locks: Mutex<Sender<Lock>>,
    /// What is refused.
    refused: &'static str,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Logind {
    fn inhibit(&self, what: String, who: String, why: String, mode: String) -> fdo::Result<zbus::OwnedFd> {
        assert_eq!((who.as_str(), why.as_str()), ("karuna", "a session is playing"));
        if what == self.refused {
            return Err(fdo::Error::AccessDenied("not allowed".to_owned()));
        }
        let (watched, given) = UnixStream::pair().unwrap();
        let lock = Lock { what, mode, watched };
        self.locks.lock().unwrap_or_else(PoisonError::into_inner).send(lock).unwrap();
        Ok(OwnedFd::from(given).into())
    }
}

/// Puts the stand-in on a bus. It serves as long as the connection is there.
fn serve(bus: &PrivateBus, refused: &'static str) -> (Connection, Receiver<Lock>) {
    let (sender, locks) = channel();
    let logind = Logind { locks: Mutex::new(sender), refused };
    let builder = connection::Builder::address(bus.address())
        .name("org.freedesktop.login1")
        .serve_at("/org/freedesktop/login1", logind);
    (zbus::block_on(builder.build()).unwrap(), locks)
}

#[track_caller]
fn next(locks: &Receiver<Lock>) -> Lock {
    locks.recv_timeout(PATIENCE).expect("no lock was asked for")
}

#[test]
fn the_machine_stays_awake_while_a_session_plays_and_not_while_it_is_paused() {
    let bus = PrivateBus::start();
    let (_logind, locks) = serve(&bus, "");
    let mut playing = Playing::start(None, Some(bus.address()), &[]);
    let mut lock = next(&locks);
    assert_eq!((lock.what.as_str(), lock.mode.as_str()), ("sleep:idle", "block"));
    assert!(lock.is_held_for(Duration::from_millis(50)));
    playing.say("pause");
    lock.is_released();
    playing.say("resume");
    let mut lock = next(&locks);
    playing.say("next");
    playing.wait_for("jump");
    assert!(lock.is_held_for(Duration::from_millis(50)));
    playing.say("stop");
    lock.is_released();
    assert!(locks.try_recv().is_err(), "one lock at a time");
}

#[test]
fn it_is_gone_after_every_way_of_ending() {
    let bus = PrivateBus::start();
    let (_logind, locks) = serve(&bus, "");
    let play = |options: &[&str]| {
        let playing = Playing::start(None, Some(bus.address()), options);
        let lock = next(&locks);
        (playing, lock)
    };
    let (playing, mut lock) = play(&["--from", "29m59s"]);
    lock.is_released();
    assert_eq!(playing.end().0, "done");

    for (line, reason) in [("exit", "exit"), ("stop", "stop")] {
        let (mut playing, mut lock) = play(&[]);
        playing.say(line);
        lock.is_released();
        assert_eq!(playing.end().0, reason);
    }
    for signal in [Signal::TERM, Signal::HUP, Signal::QUIT, Signal::KILL] {
        let (playing, mut lock) = play(&[]);
        kill_process(Pid::from_raw(playing.child.id().cast_signed()).unwrap(), signal).unwrap();
        lock.is_released();
    }
}

#[test]
fn where_only_idling_can_be_held_off_that_is() {
    let bus = PrivateBus::start();
    let (_logind, locks) = serve(&bus, "sleep:idle");
    let _playing = Playing::start(None, Some(bus.address()), &[]);
    assert_eq!(next(&locks).what, "idle");
}

#[test]
fn whoever_wants_the_machine_to_sleep_has_no_lock() {
    let bus = PrivateBus::start();
    let (_logind, locks) = serve(&bus, "");
    let mut playing = Playing::start(None, Some(bus.address()), &["--allow-sleep"]);
    for line in ["pause", "resume", "exit"] {
        playing.say(line);
        playing.wait_for(line);
    }
    assert_eq!(playing.end().0, "exit");
    assert!(locks.try_recv().is_err());
}

#[test]
fn a_bus_that_refuses_or_dies_changes_nothing() {
    let mut bus = PrivateBus::start();
    let logind = serve(&bus, "");
    let mut playing = Playing::start(None, Some(bus.address()), &[]);
    next(&logind.1);
    bus.kill();
    for line in ["pause", "resume", "pause", "exit"] {
        playing.say(line);
        playing.wait_for(line);
    }
    let (reason, status, said) = playing.end();
    assert_eq!((reason.as_str(), status.code(), said.as_str()), ("exit", Some(0), ""));
}
