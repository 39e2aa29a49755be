//! The priority of threads on a busy machine. Where the system does not allow a change, nothing changes.

/// The nice value of a thread that a device waits for: that of sound servers.
#[cfg(target_os = "linux")]
const AUDIO_NICE: i32 = -11;
/// The nice value of a thread that nobody waits for.
#[cfg(target_os = "linux")]
const BACKGROUND_NICE: i32 = 10;

/// Gives the calling thread precedence over others. On Linux this takes a right that desktops give to their audio users.
pub fn raise() {
    #[cfg(target_os = "linux")]
    change_nice(|nice| nice.min(AUDIO_NICE));
}

/// Gives every other thread precedence over the calling one.
pub fn lower() {
    #[cfg(target_os = "linux")]
    change_nice(|nice| nice.max(BACKGROUND_NICE));
}

/// On Linux, the priority of the calling process is that of the calling thread alone.
#[cfg(target_os = "linux")]
fn change_nice(change: impl Fn(i32) -> i32) {
    use rustix::process::{getpriority_process, setpriority_process};
    if let Ok(nice) = getpriority_process(None) {
        let _ = setpriority_process(None, change(nice));
    }
}
