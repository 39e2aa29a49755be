//! What comes later is spoken while the session plays: each time that more lines are there, the programmes are built anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::Failure;
use crate::load::Prepared;
use crate::playback::input::Input;
use crate::playback::sound::Material;
use crate::speech::job::Making;

/// From one version to the next at least so long passes, …
const PACE: Duration = Duration::from_millis(100);
/// … and so many times as long as it took to make it.
const SHARE: u32 = 20;

/// Speech that is made ahead, and the latest version that came of it.
pub(super) struct Ahead {
    wanted: Arc<AtomicBool>,
    follower: Option<JoinHandle<()>>,
    latest: Option<Material>,
}

impl Ahead {
    /// Follows the lines that are being made, if there are any. Versions are told as inputs.
    pub(super) fn begin(
        making: Option<Making>,
        prepared: &Prepared,
        material: &Material,
        inputs: &Sender<Input>,
    ) -> Self {
        let wanted = making.as_ref().map(Making::wanted).unwrap_or_default();
        let follower = making.and_then(|making| {
            let lines: Vec<_> = making.awaited().map(str::to_owned).collect();
            let follower = thread::Builder::new().name("what comes next".to_owned());
            let (its_own, before, told) = (prepared.clone(), material.clone(), inputs.clone());
            let follower = follower.spawn(move || follow(making, its_own, &before, &told)).ok();
            if follower.is_none() {
                go_without(&lines, prepared.clone(), material, inputs);
            }
            follower
        });
        Self { wanted, follower, latest: None }
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
        self.wanted.store(false, Ordering::Relaxed);
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
fn follow(mut making: Making, mut prepared: Prepared, before: &Material, inputs: &Sender<Input>) {
    let (mut due, mut is_told) = (Instant::now(), false);
    let wanted = making.wanted();
    while let Some(first) = making.next() {
        let mut lines = vec![first];
        lines.extend(std::iter::from_fn(|| making.next_until(due)));
        if !wanted.load(Ordering::Relaxed) {
            return;
        }
        let began = Instant::now();
        let unspoken = prepared.clone();
        lines.iter().for_each(|(words, speech)| prepared.learn(words, speech.clone()));
        let latest = later(&prepared, before).or_else(|too_much| {
            if !std::mem::replace(&mut is_told, true) {
                let flaw = format!("{}, so some lines are shown and not spoken", too_much.message);
                let _ = inputs.send(Input::Flaw(flaw));
            }
            prepared = unspoken;
            lines.iter().for_each(|(words, _)| prepared.learn(words, None));
            later(&prepared, before)
        });
        if let Ok(latest) = latest {
            let _ = inputs.send(Input::Spoken(latest));
        }
        due = Instant::now() + PACE.max(began.elapsed() * SHARE);
    }
    // Of what was broken off because the listener left, there is nothing to say.
    if let Some(sentence) = making.shortcoming()
        && wanted.load(Ordering::Relaxed)
    {
        let _ = inputs.send(Input::Flaw(sentence));
    }
}

/// Where there is nobody to follow, the session goes on without what is not spoken yet.
fn go_without(lines: &[String], mut prepared: Prepared, before: &Material, inputs: &Sender<Input>) {
    lines.iter().for_each(|words| prepared.learn(words, None));
    if let Ok(latest) = later(&prepared, before) {
        let _ = inputs.send(Input::Spoken(latest));
    }
}

fn later(prepared: &Prepared, before: &Material) -> Result<Material, Failure> {
    let version = prepared.version(before.rate())?;
    Ok(Material { version, gain: before.gain.clone(), awaits_speech: prepared.awaits_speech() })
}
