//! An inhibitor lock of logind against suspending: <https://systemd.io/INHIBITOR_LOCKS/>. It is a file descriptor, so it ends with the
//! process in any case. Without a system bus, or if logind refuses, the machine may sleep, which is not reported.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use async_channel::{Receiver, Sender};
use zbus::{Connection, OwnedFd, Result, connection};

/// The locks to request, in order of preference: a program without a desktop session may only be allowed the second.
const LOCKS: [&str; 2] = ["sleep:idle", "idle"];
/// The maximum length of an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Keeps the machine awake while it is held. It is released when dropped.
pub(crate) struct WakeLock {
    is_requested: Arc<AtomicBool>,
    changes: Sender<()>,
}

impl WakeLock {
    /// Starts without a lock, on a background thread, so that nothing waits for logind.
    #[must_use]
    pub(crate) fn start() -> Self {
        let is_requested = Arc::new(AtomicBool::new(false));
        // A single pending change is enough, because the thread reads the latest state.
        let (changes, receiver) = async_channel::bounded(1);
        let requested = is_requested.clone();
        let follow = move || zbus::block_on(follow(&requested, receiver));
        let _ = thread::Builder::new().name("wake-lock".to_owned()).spawn(follow);
        Self { is_requested, changes }
    }

    /// Acquires or releases the lock.
    pub(crate) fn hold(&self, is_held: bool) {
        if self.is_requested.swap(is_held, Ordering::SeqCst) != is_held {
            let _ = self.changes.try_send(());
        }
    }
}

/// Follows the requested state, until it can no longer change.
async fn follow(is_requested: &AtomicBool, changes: Receiver<()>) {
    let (mut bus, mut lock) = (None, None);
    while changes.recv().await.is_ok() {
        match (is_requested.load(Ordering::SeqCst), &lock) {
            (true, None) => lock = take(&mut bus).await.ok(),
            (false, Some(_)) => lock = None,
            _ => {}
        }
    }
}

async fn take(bus: &mut Option<Connection>) -> Result<OwnedFd> {
    let connection = match bus.take().filter(|bus| !bus.is_closed()) {
        Some(connection) => connection,
        None => connection::Builder::system().method_timeout(ANSWER_TIMEOUT).build().await?,
    };
    let mut lock = inhibit(&connection, LOCKS[0]).await;
    if lock.is_err() {
        lock = inhibit(&connection, LOCKS[1]).await;
    }
    *bus = Some(connection);
    lock
}

/// The title of the session is private, so it is not included.
async fn inhibit(bus: &Connection, what: &str) -> Result<OwnedFd> {
    let arguments = (what, "karuna", "a session is playing", "block");
    let (name, interface) = ("org.freedesktop.login1", "org.freedesktop.login1.Manager");
    let reply = bus.call_method(Some(name), "/org/freedesktop/login1", Some(interface), "Inhibit", &arguments).await?;
    reply.body().deserialize()
}
