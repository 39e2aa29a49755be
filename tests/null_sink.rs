//! Played into a recorded null sink, the recording is the render.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

fn rig(script: &str) -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig").join(script))
}

#[test]
fn the_recording_is_the_render_with_no_frame_missing_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    // Three bells of their own kind, so that no part of it is like another, and a line as a clip.
    let manifest = "format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"bowl\"\nhold = \"1s\"\n[[segment]]\nbell = \"tingsha\"\nhold = \"1s\"\n[[segment]]\nbell = \"gong\"\nhold = \"0s\"\n";
    std::fs::write(file("x.toml"), manifest).unwrap();
    let karuna = env!("CARGO_BIN_EXE_karuna");
    let rendered =
        Command::new(karuna).args(["render", &file("x.toml"), "-o", &file("x.wav"), "--bits", "32f"]).status();
    assert!(rendered.unwrap().success());
    let played = rig("with-sound.sh")
        .args(["-o", &file("recording.wav"), "--", karuna, "play", &file("x.toml"), "--no-input", "--json"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&played.stderr));
    let compared = rig("analyse.py")
        .args([&file("recording.wav"), "--compare", &file("x.wav"), "--tolerance", "-100"])
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&compared.stdout).unwrap();
    assert_eq!(report["aligned"], true, "{report}");
    assert_eq!((&report["missing"], &report["inserted"]), (&0.into(), &0.into()), "{report}");
    assert_eq!(report["lost_from"], serde_json::Value::Null, "{report}");
}
