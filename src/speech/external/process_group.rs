//! A process group that ends with karuna, even if karuna is killed.

use std::io;
use std::process::{Child, Command};

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};

/// A child process with everything that it started. Dropping it kills all of them, even if the child itself has exited.
pub(super) struct ProcessGroup {
    pub(super) child: Child,
    #[cfg(unix)]
    guard: Option<Guard>,
}

impl ProcessGroup {
    /// Starts a program in a group of its own.
    #[cfg(unix)]
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        use std::os::unix::process::CommandExt;
        // Without a guard, the group still ends with karuna, unless karuna is killed.
        let guard = Guard::start().ok();
        let child = command.process_group(guard.as_ref().map_or(0, Guard::group)).spawn()?;
        Ok(Self { child, guard })
    }

    /// Starts a program.
    #[cfg(not(unix))]
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        Ok(Self { child: command.spawn()? })
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        #[cfg(unix)]
        kill_group(self.guard.as_ref().map_or_else(|| raw_id(&self.child), Guard::group));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first process of a group: a shell that waits for the end of its standard input, which karuna holds open, and then kills the
/// group. It is killed with the group when dropped.
#[cfg(unix)]
struct Guard(Child);

#[cfg(unix)]
impl Guard {
    fn start() -> io::Result<Self> {
        use std::os::unix::process::CommandExt;
        use std::process::Stdio;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "read -r _; kill -KILL 0"]).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Self)
    }

    /// Returns the number of its group.
    fn group(&self) -> i32 {
        raw_id(&self.0)
    }
}

#[cfg(unix)]
impl Drop for Guard {
    fn drop(&mut self) {
        // As long as it has not been waited for, nothing else has the number of its group.
        kill_group(self.group());
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
fn raw_id(process: &Child) -> i32 {
    i32::try_from(process.id()).unwrap_or(0)
}

#[cfg(unix)]
fn kill_group(group: i32) {
    if let Some(group) = Pid::from_raw(group) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}
