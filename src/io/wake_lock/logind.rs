//! A lock of logind's against suspending: <https://systemd.io/INHIBITOR_LOCKS/>. It is a file descriptor, so it is gone with the process,
//! however that ends. Without a system bus, or where logind refuses, the machine may sleep, and nothing is said.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use async_channel::{Receiver, Sender};
use zbus::{Connection, OwnedFd, Result, connection};

/// What is asked for, the most first: logind may allow a program without a desktop session only the second.
const LOCKS: [&str; 2] = ["sleep:idle", "idle"];
/// A longer answer is none.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Keeps the machine awake while it is held. Dropped, it is released.
pub(crate) struct WakeLock {
    is_wanted: Arc<AtomicBool>,
    changes: Sender<()>,
}

impl WakeLock {
    /// Starts without a lock, on a thread of its own: nothing waits for logind.
    #[must_use]
    pub(crate) fn start() -> Self {
        let is_wanted = Arc::new(AtomicBool::new(false));
        // One change that is not handled yet stands for all that follow.
        let (changes, receiver) = async_channel::bounded(1);
        let wanted = is_wanted.clone();
        let follow = move || zbus::block_on(follow(&wanted, receiver));
        let _ = thread::Builder::new().name("wake-lock".to_owned()).spawn(follow);
        Self { is_wanted, changes }
    }

    /// Takes the lock or releases it.
    pub(crate) fn hold(&self, is_held: bool) {
        if self.is_wanted.swap(is_held, Ordering::SeqCst) != is_held {
            let _ = self.changes.try_send(());
        }
    }
}

/// Does what is wanted, until nobody can want anything any more.
async fn follow(is_wanted: &AtomicBool, changes: Receiver<()>) {
    let (mut bus, mut lock) = (None, None);
    while changes.recv().await.is_ok() {
        match (is_wanted.load(Ordering::SeqCst), &lock) {
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

/// The title of the session is no other program's business.
async fn inhibit(bus: &Connection, what: &str) -> Result<OwnedFd> {
    let arguments = (what, "karuna", "a session is playing", "block");
    let (name, interface) = ("org.freedesktop.login1", "org.freedesktop.login1.Manager");
    let reply = bus.call_method(Some(name), "/org/freedesktop/login1", Some(interface), "Inhibit", &arguments).await?;
    reply.body().deserialize()
}
