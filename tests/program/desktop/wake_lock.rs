//! The inhibitor lock against suspending, taken from a fake logind.

use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use zbus::{Connection, connection, fdo, interface};

use super::{Playing, TIMEOUT};
use crate::support::bus::PrivateBus;

/// A requested inhibitor lock. `watched` reaches its end of file when the program closes its end of the socket pair.
struct Lock {
    what: String,
    mode: String,
    watched: UnixStream,
}

impl Lock {
    /// Returns whether the lock is still held after this time.
    fn is_held_for(&mut self, time: Duration) -> bool {
        self.watched.set_read_timeout(Some(time)).unwrap();
        self.watched.read(&mut [0]).is_err()
    }

    #[track_caller]
    fn assert_released(&mut self) {
        assert!(!self.is_held_for(TIMEOUT), "the lock is still held");
    }
}

struct Logind {
    locks: Mutex<Sender<Lock>>,
    /// The value of `what` that is refused.
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

/// Serves the fake logind on a bus until the connection is dropped.
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
    locks.recv_timeout(TIMEOUT).expect("no lock was requested")
}

#[test]
fn the_lock_is_held_while_playing_and_released_while_paused() {
    let bus = PrivateBus::start();
    let (_logind, locks) = serve(&bus, "");
    let mut playing = Playing::start(None, Some(bus.address()), &[]);
    let mut lock = next(&locks);
    assert_eq!((lock.what.as_str(), lock.mode.as_str()), ("sleep:idle", "block"));
    assert!(lock.is_held_for(Duration::from_millis(50)));
    playing.say("pause");
    lock.assert_released();
    playing.say("resume");
    let mut lock = next(&locks);
    playing.say("next");
    playing.wait_for("jump");
    assert!(lock.is_held_for(Duration::from_millis(50)));
    playing.say("stop");
    lock.assert_released();
    assert!(locks.try_recv().is_err(), "only one lock is held at a time");
}

#[test]
fn the_lock_is_released_however_the_session_ends() {
    let bus = PrivateBus::start();
    let (_logind, locks) = serve(&bus, "");
    let play = |options: &[&str]| {
        let playing = Playing::start(None, Some(bus.address()), options);
        let lock = next(&locks);
        (playing, lock)
    };
    let (playing, mut lock) = play(&["--from", "29m59s"]);
    lock.assert_released();
    assert_eq!(playing.end().0, "done");

    for (line, reason) in [("exit", "exit"), ("stop", "stop")] {
        let (mut playing, mut lock) = play(&[]);
        playing.say(line);
        lock.assert_released();
        assert_eq!(playing.end().0, reason);
    }
    for signal in [Signal::TERM, Signal::HUP, Signal::QUIT, Signal::KILL] {
        let (playing, mut lock) = play(&[]);
        kill_process(Pid::from_raw(playing.child.id().cast_signed()).unwrap(), signal).unwrap();
        lock.assert_released();
    }
}

#[test]
fn the_lock_falls_back_to_idle_only() {
    let bus = PrivateBus::start();
    let (_logind, locks) = serve(&bus, "sleep:idle");
    let _playing = Playing::start(None, Some(bus.address()), &[]);
    assert_eq!(next(&locks).what, "idle");
}

#[test]
fn allow_sleep_takes_no_lock() {
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
fn playback_continues_when_the_system_bus_dies() {
    let mut bus = PrivateBus::start();
    let logind = serve(&bus, "");
    let mut playing = Playing::start(None, Some(bus.address()), &[]);
    next(&logind.1);
    bus.kill();
    for line in ["pause", "resume", "pause", "exit"] {
        playing.say(line);
        playing.wait_for(line);
    }
    let (reason, status, stderr) = playing.end();
    assert_eq!((reason.as_str(), status.code(), stderr.as_str()), ("exit", Some(0), ""));
}
