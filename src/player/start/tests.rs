//! A player whose feeder's thread is not there says so.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use super::super::version::ClipSources;
use super::*;
use crate::engine::{ClipOpenError, ClipReader, ClipSource};
use crate::timeline::{self, SessionFacts, Shape};
use crate::units::{Decibels, Rate};

struct NoClips;

impl ClipSource for NoClips {
    fn open(&self, _: usize) -> Result<Box<dyn ClipReader>, ClipOpenError> {
        Err(ClipOpenError("there is none".to_owned()))
    }
}

fn start_bell(spawn: impl FnOnce(Box<dyn FnOnce() + Send>) -> io::Result<JoinHandle<()>>) -> PlayerHandle {
    let text = "format = 1\ntitle = \"a\"\n[[segment]]\nbell = \"bowl\"\n";
    let session = crate::manifest::read(Path::new("a.toml"), text).0.unwrap();
    let programmes = timeline::build_all(&session, &SessionFacts::default(), &Shape::default(), Rate::DEFAULT).unwrap();
    let clips = ClipSources::new(&programmes, |_| Arc::new(NoClips));
    let gain = Arc::new(OnceLock::from(Decibels::UNITY));
    start_with(spawn, TimelineVersion { programmes, clips }, gain, StartPoint::at(Frames::ZERO)).1
}

#[test]
fn a_feeder_that_panics_is_reported() {
    let mut handle = start_bell(|_| thread::Builder::new().spawn(|| panic!("the engine broke")));
    let deadline = Instant::now() + Duration::from_secs(10);
    while handle.error().is_none() {
        assert!(Instant::now() < deadline, "the panic was not noticed");
        thread::yield_now();
    }
    assert!(handle.error().unwrap().to_string().ends_with("the engine broke"));
}

#[test]
fn a_feeder_that_can_not_be_started_is_reported() {
    let mut handle = start_bell(|_| Err(io::ErrorKind::WouldBlock.into()));
    assert!(matches!(handle.error(), Some(PlayerError::FeederNotStarted(_))));
}

#[test]
fn a_feeder_that_runs_is_no_error() {
    let mut handle = start_bell(|run| thread::Builder::new().spawn(run));
    assert!(handle.error().is_none());
}
