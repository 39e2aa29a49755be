//! Writers that send too much, and readers that stall or go away.

use super::*;

#[test]
#[cfg(target_os = "linux")]
fn a_flood_of_lines_uses_bounded_memory_and_does_not_delay_leaving() {
    use rustix::process::{Pid, Signal, kill_process};
    let mut session = Session::play(&["--from", "rest"]);
    let (starts, ..) = session.timeline();
    session.begin(starts[4], 4);
    let mut input = session.input.take().unwrap();
    let flood = std::thread::spawn(move || {
        let lines = "toggle\n".repeat(10_000);
        while input.write_all(lines.as_bytes()).is_ok() {}
    });
    let memory = |process: u32| {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    let pauses = |count: usize| {
        let mut left = count;
        while left > 0 {
            left -= usize::from(session.next()["event"] == "pause");
        }
    };
    pauses(5_000);
    let before = memory(session.child.id());
    pauses(50_000);
    let grown = memory(session.child.id()).saturating_sub(before);
    assert!(grown < 4_096, "{grown} KiB more");
    let pid = Pid::from_raw(session.child.id().cast_signed()).unwrap();
    kill_process(pid, Signal::QUIT).unwrap();
    let end = std::iter::from_fn(|| session.events.recv_timeout(TIMEOUT).ok()).last().unwrap();
    assert_eq!((end["event"].as_str(), end["reason"].as_str()), (Some("end"), Some("stop")), "{end}");
    assert_eq!(session.child.wait().unwrap().code(), Some(130));
    flood.join().unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_stalled_reader_does_not_prevent_leaving() {
    use rustix::process::{Pid, Signal, kill_process};
    let folder = folder(SESSION);
    let mut command = karuna(folder.path(), &["play", "x.toml", "--output", "null", "--voice", "none", "--json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let output = child.stdout.take().unwrap();
    let mut input = child.stdin.take().unwrap();
    let flood = std::thread::spawn(move || while input.write_all(b"toggle\n").is_ok() {});
    let deadline = std::time::Instant::now() + TIMEOUT;
    // It is full when no more arrives; a page that a long write did not fit into stays partly empty.
    let (mut filled, mut unchanged) = (0, 0);
    while unchanged < 20 {
        assert!(std::time::Instant::now() < deadline, "the pipe does not fill: {filled} bytes");
        std::thread::sleep(Duration::from_millis(20));
        let now = rustix::io::ioctl_fionread(&output).unwrap();
        unchanged = if now == filled && now > 16_384 { unchanged + 1 } else { 0 };
        filled = now;
    }
    kill_process(Pid::from_raw(child.id().cast_signed()).unwrap(), Signal::TERM).unwrap();
    while child.try_wait().unwrap().is_none() {
        assert!(std::time::Instant::now() < deadline + TIMEOUT, "the program does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(child.wait().unwrap().code(), Some(0));
    flood.join().unwrap();
}

#[test]
fn a_blocked_standard_error_changes_nothing() {
    let folder = folder(SESSION);
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    for arguments in [
        &["show", "x.toml", "--voice", "none"][..],
        &["render", "x.toml", "-o", "x.wav", "--voice", "none", "--from-nothing"],
        &["check", "x.toml"],
        &["list"],
        &["new", "y.toml"],
    ] {
        let code = |error: Stdio| {
            let _ = std::fs::remove_file(folder.path().join("y.toml"));
            let mut command = karuna(folder.path(), arguments);
            command.stdout(Stdio::null()).stdin(Stdio::null()).stderr(error).status().unwrap().code()
        };
        assert_eq!(code(full().into()), code(Stdio::null()), "{arguments:?}");
    }
    let mut command = karuna(folder.path(), &["play", "x.toml", "--output", "null", "--voice", "none", "--json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(full()).spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(b"what\nhelp\nexit\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_closed_output_stops_nothing() {
    let folder = folder(SESSION);
    let children = ["--json", "--plain"].map(|format| {
        let mut command = karuna(folder.path(), &["play", "x.toml", "--output", "null", "--voice", "none", format]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        drop(child.stderr.take());
        child.stdin.as_mut().unwrap().write_all(b"what\nnext\ncaptions\nhelp\nsoften\nexit\n").unwrap();
        child
    });
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}
