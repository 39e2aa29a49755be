//! Thread priorities. If the system does not permit a change, nothing happens.

/// The nice value of a thread that serves a device, the same as that of sound servers.
#[cfg(target_os = "linux")]
const AUDIO_NICE: i32 = -11;
/// The nice value of a background thread.
#[cfg(target_os = "linux")]
const BACKGROUND_NICE: i32 = 10;

/// Raises the priority of the calling thread. On Linux this requires a permission that desktops grant to their audio users.
pub(crate) fn raise() {
    #[cfg(target_os = "linux")]
    change_nice(|nice| nice.min(AUDIO_NICE));
}

/// Lowers the priority of the calling thread.
pub(crate) fn lower() {
    #[cfg(target_os = "linux")]
    change_nice(|nice| nice.max(BACKGROUND_NICE));
}

/// On Linux, the priority of the calling process is that of the calling thread only.
#[cfg(target_os = "linux")]
fn change_nice(change: impl Fn(i32) -> i32) {
    use rustix::process::{getpriority_process, setpriority_process};
    if let Ok(nice) = getpriority_process(None) {
        let _ = setpriority_process(None, change(nice));
    }
}
