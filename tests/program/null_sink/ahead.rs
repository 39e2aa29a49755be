//! Lines spoken during playback sound as in a render.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::noise;
use crate::support::rig::{RATE, Session, locate, undisturbed};

const SESSION: &str = r#"
    [bell.first]
    clip = "first.wav"
    [[segment]]
    bell = "first"
    hold = "3s"
    [[segment]]
    say = "One."
    [[segment]]
    say = "Two."
"#;

/// A speech engine that waits for a file.
const ENGINE: &str = "#!/bin/sh\nroom=${0%/*}\nfor out; do :; done\nwhile [ ! -e \"$room/go\" ]; do sleep 0.02; done\n\
                      cp \"$room/spoken.wav\" \"$out\"\n";

#[test]
fn lines_spoken_during_playback_sound_as_rendered() {
    let session = Session::new(SESSION, &[("first.wav", &noise(1, 3.0)), ("spoken.wav", &noise(2, 0.5))]);
    fs::write(session.file("flite"), ENGINE).unwrap();
    fs::set_permissions(session.file("flite"), fs::Permissions::from_mode(0o755)).unwrap();
    let (cache, go) = (session.file("cache"), session.file("go"));
    let path = format!("{}:{}", session.file("").display(), std::env::var("PATH").unwrap());
    let setup = format!("export PATH='{path}' XDG_CACHE_HOME='{}'", cache.display());
    let (heard, events, ()) = undisturbed(|| {
        let _ = (fs::remove_dir_all(&cache), fs::remove_file(&go));
        let mut playing = session.play_after(&setup, &["--voice", "flite"]);
        playing.wait_for("segment");
        playing.listen(0.5);
        fs::write(&go, "").unwrap();
        let (status, heard, events) = playing.end();
        assert!(status.success());
        (heard, events, ())
    });
    let cache = cache.display().to_string();
    let rendered = session.render_with(&["--voice", "flite"], &[("PATH", &path), ("XDG_CACHE_HOME", &cache)]);
    assert_ne!(events[0]["frames"], rendered.len(), "playback began before the length was known");
    assert!(rendered.len() > 3 * RATE + RATE / 2, "a bell and two lines: {}", rendered.len());
    assert!(locate(&rendered, &heard, 0).is_some(), "every sample is recorded, from the bell to the last line");
}
