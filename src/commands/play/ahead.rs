//! What comes later is spoken while the session plays: each time that more lines are there, the programmes are built anew.

use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::Failure;
use crate::load::LoadedSession;
use crate::playback::input::Input;
use crate::playback::sound::Material;
use crate::speech::{CancelFlag, SpeechJob};
use crate::timeline::SpeechKey;

/// From one version to the next at least so long passes, …
const PACE: Duration = Duration::from_millis(100);
/// … and so many times as long as it took to make it.
const SHARE: u32 = 20;

/// Speech that is made ahead, and the latest version that came of it.
pub(super) struct Ahead {
    cancel: CancelFlag,
    follower: Option<JoinHandle<()>>,
    latest: Option<Material>,
}

impl Ahead {
    /// Follows the lines that are being made, if there are any. Versions are told as inputs.
    pub(super) fn begin(
        job: Option<SpeechJob>,
        session: &LoadedSession,
        material: &Material,
        inputs: &Sender<Input>,
    ) -> Self {
        let cancel = job.as_ref().map(SpeechJob::cancel_flag).unwrap_or_default();
        let follower = job.and_then(|job| {
            let lines: Vec<_> = job.pending().cloned().collect();
            let follower = thread::Builder::new().name("what comes next".to_owned());
            let (its_own, before, told) = (session.clone(), material.clone(), inputs.clone());
            let follower = follower.spawn(move || follow(job, its_own, &before, &told)).ok();
            if follower.is_none() {
                go_without(lines, session.clone(), material, inputs);
            }
            follower
        });
        Self { cancel, follower, latest: None }
    }

    /// A version that reaches further.
    pub(super) fn reach(&mut self, latest: Material) {
        self.latest = Some(latest);
    }

    /// The version to go on in, if there is one.
    pub(super) fn latest(&self) -> Option<&Material> {
        self.latest.as_ref()
    }

    /// It was taken up.
    pub(super) fn taken(&mut self) {
        self.latest = None;
    }

    /// No more speech is wanted: engines that speak are ended within a tenth of a second.
    pub(super) fn cease(&self) {
        self.cancel.cancel();
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.cease();
        if let Some(follower) = self.follower.take() {
            let _ = follower.join();
        }
    }
}

/// Makes a version each time that lines were spoken, but never spends more than a twentieth of the time on it.
fn follow(mut job: SpeechJob, mut session: LoadedSession, before: &Material, inputs: &Sender<Input>) {
    let (mut due, mut is_told) = (Instant::now(), false);
    let cancel = job.cancel_flag();
    while let Some(first) = job.next_line() {
        let mut lines = vec![first];
        lines.extend(std::iter::from_fn(|| job.next_line_before(due)));
        if cancel.is_cancelled() {
            return;
        }
        let began = Instant::now();
        let unspoken = session.clone();
        lines.iter().for_each(|line| session.add_speech(line.key.clone(), line.speech.clone()));
        let latest = later(&session, before).or_else(|too_much| {
            if !std::mem::replace(&mut is_told, true) {
                let flaw = format!("{}, so some lines are shown and not spoken", too_much.message);
                let _ = inputs.send(Input::Flaw(flaw));
            }
            session = unspoken;
            lines.iter().for_each(|line| session.add_speech(line.key.clone(), None));
            later(&session, before)
        });
        if let Ok(latest) = latest {
            let _ = inputs.send(Input::Spoken(latest));
        }
        due = Instant::now() + PACE.max(began.elapsed() * SHARE);
    }
    // Of what was broken off because the listener left, there is nothing to say.
    if let Some(sentence) = job.failure_summary()
        && !cancel.is_cancelled()
    {
        let _ = inputs.send(Input::Flaw(sentence));
    }
}

/// Where there is nobody to follow, the session goes on without what is not spoken yet.
fn go_without(lines: Vec<SpeechKey>, mut session: LoadedSession, before: &Material, inputs: &Sender<Input>) {
    lines.into_iter().for_each(|key| session.add_speech(key, None));
    if let Ok(latest) = later(&session, before) {
        let _ = inputs.send(Input::Spoken(latest));
    }
}

fn later(session: &LoadedSession, before: &Material) -> Result<Material, Failure> {
    let version = session.version(before.rate())?;
    Ok(Material { version, gain: before.gain.clone(), awaits_speech: session.awaits_speech() })
}
