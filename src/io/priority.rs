//! Who is served first where the machine is busy. What the system does not allow is left as it is.

/// How nice a thread is that a device waits for: as much less than others as sound servers are themselves.
#[cfg(target_os = "linux")]
const URGENT: i32 = -11;
/// How nice one is that nobody waits for.
#[cfg(target_os = "linux")]
const PATIENT: i32 = 10;

/// Lets the calling thread come before others. On Linux this takes a right that desktops give to their audio users; without it
/// nothing changes.
pub fn raise() {
    #[cfg(target_os = "linux")]
    change(|nice| nice.min(URGENT));
}

/// Puts the calling thread behind all others.
pub fn lower() {
    #[cfg(target_os = "linux")]
    change(|nice| nice.max(PATIENT));
}

/// On Linux, what is said of the calling process holds for the calling thread alone.
#[cfg(target_os = "linux")]
fn change(nicer: impl Fn(i32) -> i32) {
    use rustix::process::{getpriority_process, setpriority_process};
    if let Ok(nice) = getpriority_process(None) {
        let _ = setpriority_process(None, nicer(nice));
    }
}
