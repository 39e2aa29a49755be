//! Who is served first where the machine is busy. What the system does not allow is left as it is.

/// How much a thread that a device waits for is preferred: as sound servers prefer themselves.
#[cfg(target_os = "linux")]
const URGENT: i32 = -11;
/// How much a thread is put behind that nobody waits for.
#[cfg(target_os = "linux")]
const PATIENT: i32 = 10;

/// Lets the calling thread come before others. On Linux this takes a right that desktops give to their audio users; without it
/// nothing changes.
pub fn come_first() {
    #[cfg(target_os = "linux")]
    set(URGENT);
}

/// Puts the calling thread behind all others.
pub fn yield_to_others() {
    #[cfg(target_os = "linux")]
    set(PATIENT);
}

/// On Linux, what is said of the calling process holds for the calling thread alone.
#[cfg(target_os = "linux")]
fn set(nice: i32) {
    let _ = rustix::process::setpriority_process(None, nice);
}
