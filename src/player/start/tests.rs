//! A player reports that its feeder thread could not be started.

use std::time::Instant;

use super::*;
use crate::testing::probe_session::plain;
use crate::testing::session::known_gain;

fn start_plain(spawn: impl FnOnce(Box<dyn FnOnce() + Send>) -> io::Result<JoinHandle<()>>) -> PlayerHandle {
    start_with(spawn, plain().version(), known_gain(), StartPoint::at(Frames::ZERO)).1
}

#[test]
fn a_feeder_that_panics_is_reported() {
    let mut handle = start_plain(|_| thread::Builder::new().spawn(|| panic!("the engine broke")));
    let deadline = Instant::now() + Duration::from_secs(10);
    while handle.error().is_none() {
        assert!(Instant::now() < deadline, "the panic was not noticed");
        thread::yield_now();
    }
    assert!(handle.error().unwrap().to_string().ends_with("the engine broke"));
}

#[test]
fn a_feeder_that_cannot_be_started_is_reported() {
    let mut handle = start_plain(|_| Err(io::ErrorKind::WouldBlock.into()));
    assert!(matches!(handle.error(), Some(PlayerError::FeederNotStarted(_))));
}

#[test]
fn a_running_feeder_is_not_an_error() {
    let mut handle = start_plain(|run| thread::Builder::new().spawn(run));
    assert!(handle.error().is_none());
}
