//! A command in a pseudo-terminal with a virtual sound card.

use std::io::{Read, Write};
use std::path::Path;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// Runs a line in a terminal, presses `q` once a text is on the screen, and fails unless the command succeeds.
pub(crate) fn run_and_quit(line: &str, folder: &Path, text: &str) {
    let rig = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig/with-sound.sh");
    let programs = Path::new(super::KARUNA).parent().expect("a folder");
    let mut command = CommandBuilder::new(rig);
    command.args(["--", "sh", "-ec", line]);
    command.env("PATH", format!("{}:{}", programs.display(), env!("PATH")));
    command.env("HOME", folder);
    command.env("TERM", "xterm-256color");
    command.cwd(folder);
    let pair = native_pty_system()
        .openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 })
        .expect("a pseudo-terminal");
    let mut child = pair.slave.spawn_command(command).expect("the program runs");
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().expect("a reader");
    let mut writer = pair.master.take_writer().expect("a writer");
    let (mut written, mut bytes) = (Vec::new(), [0; 1024]);
    let mut is_leaving = false;
    while let Ok(count @ 1..) = reader.read(&mut bytes) {
        written.extend_from_slice(&bytes[..count]);
        if !is_leaving && String::from_utf8_lossy(&written).contains(text) {
            writer.write_all(b"q").expect("a key can be pressed");
            is_leaving = true;
        }
    }
    let status = child.wait().expect("it ends");
    let written = String::from_utf8_lossy(&written);
    assert!(is_leaving && status.success(), "{line}: {status:?}\n{written}");
}
