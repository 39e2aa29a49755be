//! A volume above 0 dB uses the headroom of the session, and no more.

use std::process::Command;

use super::noise;
use crate::support::rig::{Session, locate};

/// Returns the true peak of a recording in dBTP, measured by ffmpeg.
fn true_peak(file: &std::path::Path) -> f64 {
    let measured = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostats", "-i"])
        .arg(file)
        .args(["-af", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .unwrap();
    let stderr = String::from_utf8(measured.stderr).unwrap();
    let peak = stderr.rsplit("Peak:").next().unwrap().split_whitespace().next().unwrap();
    peak.parse().unwrap_or_else(|_| panic!("{stderr}"))
}

#[test]
fn the_headroom_limits_the_volume() {
    let text = "[levels]\nvoice = -9\n[[segment]]\nsay = \"a\"\nclip = \"noise.wav\"\n";
    let session = Session::new(text, &[("noise.wav", &noise(5, 12.0))]);
    let rendered = session.render();
    let room = -1.0 - true_peak(&session.file("render.wav"));
    assert!(room > 1.0 && room < 5.0, "the test's own noise leaves {room} dB");
    for (options, lines) in [(&["--volume", "6"][..], &[][..]), (&[], &["volume 1.5", "volume 4"])] {
        let mut playing = session.play(options);
        for line in lines {
            playing.say(line);
        }
        while !playing.stderr().contains("maximum volume without distortion is") {
            playing.listen(0.1);
        }
        playing.listen(0.5);
        let stderr = playing.stderr();
        playing.say("stop");
        let (_, heard, _) = playing.end();
        assert_eq!(stderr.matches("maximum volume").count(), 1, "{stderr}");
        let peak = true_peak(&session.file("recording.wav"));
        assert!(peak <= -0.95, "{peak} dBTP is heard");
        // 100 ms before the stop, all of the headroom is used.
        let end = heard.iter().rposition(|frame| *frame != [0.0; 2]).unwrap() - 4_800 - 4_800;
        let loud: Vec<_> = heard[end..end + 100].to_vec();
        let gain = 10_f64.powf(room / 20.0) as f32;
        let near = |gain: f32| {
            let scaled: Vec<_> = loud.iter().map(|frame| frame.map(|sample| sample / gain)).collect();
            let found = rendered.windows(100).position(|part| {
                part.iter().zip(&scaled).all(|(one, other)| (one[0] - other[0]).abs() < 0.03 * one[0].abs() + 1e-4)
            });
            found.is_some()
        };
        assert!(near(gain), "{room} dB of headroom are not used");
        assert!(locate(&loud, &rendered, 0).is_none());
    }
}
