//! Bluetooth sinks and long pauses, on PulseAudio and on PipeWire.

use super::noise;
use crate::support::rig::{Frame, RATE, Session, SoundServer, Stage};

/// Upper bound of the added noise: the peak of a uniform distribution at −78 dBFS RMS, and the rounding of a volume.
const NOISE: f32 = 2.2e-4 + 2e-5;

fn session(seed: u32, seconds: f64) -> Session {
    Session::new("[[segment]]\nsay = \"a\"\nclip = \"noise.wav\"\n", &[("noise.wav", &noise(seed, seconds))])
}

/// Returns where a render begins in a recording with added noise.
fn locate_in_noise(rendered: &[Frame], heard: &[Frame], from: usize) -> Option<usize> {
    let probe = &rendered[3_000..3_200];
    let is_near = |at: &usize| {
        heard[*at..]
            .iter()
            .zip(probe)
            .all(|(heard, wanted)| (0..2).all(|channel| (heard[channel] - wanted[channel]).abs() < NOISE))
    };
    (from + 3_000..heard.len().saturating_sub(probe.len())).find(is_near).map(|at| at - 3_000)
}

/// Returns the RMS level of all samples in dBFS.
fn level(frames: impl Iterator<Item = Frame>) -> f64 {
    let squares: Vec<f64> = frames.flatten().map(|sample| f64::from(sample).powi(2)).collect();
    10.0 * (squares.iter().sum::<f64>() / squares.len() as f64).log10()
}

fn a_bluetooth_sink_is_woken_and_kept_awake(server: SoundServer) {
    let session = session(12, 2.0);
    let rendered = session.render();
    let stage = Stage { properties: "device.bus=bluetooth", ..Stage::plain(server) };
    let mut faults = Vec::new();
    // A busy machine can cause underruns, so several attempts are allowed.
    while faults.len() < 6 {
        let (status, heard, events) = session.play_on(&stage, &[]).end();
        assert!(status.success());
        if events.iter().any(|event| event["event"] == "underrun") {
            faults.push("an underrun".to_owned());
            continue;
        }
        match check_bluetooth(&heard, &rendered) {
            Ok(()) => return,
            Err(fault) => faults.push(fault),
        }
    }
    panic!("{faults:?}");
}

/// Checks the wake-up lead, the noise under the session, and the fade of the noise.
fn check_bluetooth(heard: &[Frame], rendered: &[Frame]) -> Result<(), String> {
    let silent = |frame: &Frame| *frame == [0.0; 2];
    let woken = heard.iter().position(|frame| !silent(frame)).ok_or("nothing is heard")?;
    let begun = locate_in_noise(rendered, heard, woken).ok_or("the session is not heard")?;
    if begun - woken != RATE * 3 / 2 {
        return Err(format!("the first frame comes after {}", begun - woken));
    }
    let end = begun + rendered.len();
    if let Some(at) = heard[woken..end].iter().position(silent) {
        return Err(format!("digital silence at {at}"));
    }
    let added =
        heard[begun..end].iter().zip(rendered).map(|(heard, wanted)| [0, 1].map(|side| heard[side] - wanted[side]));
    if let Some(at) = added.clone().position(|frame| frame.iter().any(|sample| sample.abs() >= NOISE)) {
        return Err(format!("without the noise, frame {at} differs from the render"));
    }
    let floor = level(added);
    if (floor + 78.0).abs() > 0.3 {
        return Err(format!("the noise has {floor} dBFS"));
    }
    let last = heard.iter().rposition(|frame| !silent(frame)).ok_or("nothing is heard")?;
    let fade = level(heard[last - 200..=last].iter().copied());
    if last < end + RATE / 10 || fade > -90.0 {
        return Err(format!("the noise ends {} frames after the session, at {fade} dBFS", last - end));
    }
    Ok(())
}

#[test]
fn a_bluetooth_sink_is_woken_and_kept_awake_on_pulseaudio() {
    a_bluetooth_sink_is_woken_and_kept_awake(SoundServer::PulseAudio);
}

#[test]
fn a_bluetooth_sink_is_woken_and_kept_awake_on_pipewire() {
    a_bluetooth_sink_is_woken_and_kept_awake(SoundServer::PipeWire);
}

/// Returns the first frame after at least a second of digital silence that follows a sound.
fn after_long_silence(heard: &[Frame]) -> Option<usize> {
    let mut silent = 0;
    let first = heard.iter().position(|frame| *frame != [0.0; 2])?;
    let later = heard[first..].iter().position(|frame| {
        let is_after = *frame != [0.0; 2] && silent >= RATE;
        silent = if *frame == [0.0; 2] { silent + 1 } else { 0 };
        is_after
    })?;
    Some(first + later)
}

fn a_long_pause_corks_the_stream(server: SoundServer) {
    let session = session(13, 20.0);
    let rendered = session.render();
    let stage = Stage { properties: "device.bus=bluetooth", ..Stage::plain(server) };
    let mut playing = session.play_on(&stage, &["--from", "1s"]);
    playing.wait_for("segment");
    playing.listen(2.0);
    playing.say("pause");
    playing.wait_for("pause");
    let is_corked = |listed: &str| {
        let own = listed.split("Sink Input #").find(|input| input.contains("application.name = \"karuna\""));
        own.is_some_and(|own| own.contains("Corked: yes"))
    };
    playing.wait_until("pactl", &["list", "sink-inputs"], is_corked);
    // Longer than the time after which a device counts as stalled.
    playing.listen(1.5);
    playing.say("resume");
    let at = playing.wait_for("resume")["at"].as_u64().unwrap() as usize;
    playing.listen(1.0);
    playing.say("stop");
    let (_, heard, events) = playing.end();
    assert!(events.iter().all(|event| event["event"] != "lost"), "{events:?}");
    let woken = after_long_silence(&heard).expect("a second of digital silence while the stream is corked");
    let begins = woken + heard[woken..].iter().position(|frame| frame[0].abs() > 2.0 * NOISE).unwrap();
    assert!(begins - woken >= RATE * 3 / 2, "the lead: {}", begins - woken);
    assert!(begins - woken < RATE * 5 / 2, "the lead: {}", begins - woken);
    let after_fade = &rendered[at + RATE / 4..];
    assert!(locate_in_noise(&after_fade[..8_000], &heard, begins).is_some(), "playback continues where it was paused");
}

#[test]
fn a_long_pause_corks_the_stream_on_pulseaudio() {
    a_long_pause_corks_the_stream(SoundServer::PulseAudio);
}

#[test]
fn a_long_pause_corks_the_stream_on_pipewire() {
    a_long_pause_corks_the_stream(SoundServer::PipeWire);
}
