//! Selecting a device by name.

use super::noise;
use crate::support::rig::{KARUNA, Playing, Session};

const SETUP: &str = "pactl load-module module-null-sink sink_name=harbour sink_properties=device.description=Harbour";

fn run(playing: &Playing, program: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let output = playing.beside(program).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn a_unique_part_of_a_name_selects_a_device() {
    let session = Session::new("[[segment]]\nsay = \"a\"\nclip = \"noise.wav\"\n", &[("noise.wav", &noise(7, 20.0))]);
    let playing = session.play_after(SETUP, &["--output", "HARB"]);
    let sinks = run(&playing, "pactl", &["list", "short", "sinks"]).1;
    let harbour = sinks.lines().find(|line| line.contains("harbour")).unwrap().split_whitespace().next().unwrap();
    let streams = run(&playing, "pactl", &["list", "short", "sink-inputs"]).1;
    assert!(streams.lines().any(|line| line.split_whitespace().nth(1) == Some(harbour)), "{streams} in {sinks}");

    let (code, listed) = run(&playing, KARUNA, &["devices"]);
    assert_eq!(code, Some(0));
    assert!(listed.lines().any(|line| line.starts_with("* Null Output")), "{listed}");
    assert!(listed.lines().any(|line| line.starts_with("  Harbour")), "{listed}");

    let file = session.file("x.toml");
    let file = file.to_str().unwrap();
    for (name, expected) in [("u", "several sound devices"), ("elsewhere", "there is no sound device named")] {
        let (code, stderr) = run(&playing, KARUNA, &["play", file, "--output", name]);
        assert_eq!(code, Some(1));
        assert!(stderr.contains(expected) && stderr.contains("Harbour") && stderr.contains("Null Output"), "{stderr}");
    }
}
