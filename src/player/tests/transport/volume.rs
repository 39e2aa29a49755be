//! The volume.

use super::*;

#[test]
fn a_change_of_volume_takes_100_milliseconds() {
    let mut player = player(16_000);
    player.send(TransportCommand::SetVolume(Decibels(-6.0)));
    let softer = Decibels(-6.0).amplitude() as f32;
    let expected = under(session(16_000, VOLUME), |frame| {
        let time = frame as f32 / VOLUME as f32;
        1.0 + (softer - 1.0) * time * time * (3.0 - 2.0 * time)
    });
    assert_same(player.play(VOLUME, BLOCK), &expected);
    assert_same(player.play(1_600, BLOCK), &under(session(16_800, 1_600), |_| softer));
    player.send(TransportCommand::SetVolume(Decibels::UNITY));
    player.play(VOLUME, BLOCK);
    assert!(player.play(1_600, BLOCK) == session(19_200, 1_600));
    assert!(player.notices.iter().all(|notice| notice.at == Frames::ZERO), "a change of volume is no event");
}

#[test]
fn the_volume_goes_no_higher_than_6_decibels() {
    let mut player = player(16_000);
    player.send(TransportCommand::SetVolume(Decibels(20.0)));
    player.play(VOLUME, BLOCK);
    let output = player.play(800, BLOCK).to_vec();
    assert_same(&output, &under(session(16_800, 800), |_| Decibels(6.0).amplitude() as f32));
    assert_eq!(player.handle.snapshot().volume, Decibels(6.0));
}

#[test]
fn the_volume_changes_during_the_closing() {
    let mut player = player(16_000);
    player.send(TransportCommand::Exit);
    player.play(EXIT + UP, BLOCK);
    player.send(TransportCommand::SetVolume(Decibels(-6.0)));
    player.play(VOLUME, BLOCK);
    let output = player.play(800, BLOCK);
    let softer = Decibels(-6.0).amplitude() as f32;
    assert_same(output, &under(rendered(Programme::CLOSING, UP + VOLUME, 800), |_| softer));
}

#[test]
fn a_held_key_changes_the_volume_smoothly() {
    let mut player = player(16_000);
    let every = 4 * BLOCK;
    for presses in 1..=12 {
        player.send(TransportCommand::SetVolume(Decibels(-1.5 * f64::from(presses))));
        player.play(every, BLOCK);
    }
    player.play(VOLUME, BLOCK);
    let gains: Vec<_> = player.output[16_000..].iter().map(|frame| f64::from(gain(*frame))).collect();
    let slopes: Vec<_> = gains.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(slopes.iter().all(|slope| *slope <= 1e-6), "it never turns back");
    let bend = slopes.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
    // A single step of this size that starts and ends with slope zero has the same curvature.
    let single = 6.0 * (1.0 - Decibels(-1.5).amplitude()) / (VOLUME * VOLUME) as f64;
    assert!(bend < 4.0 * single, "{bend} against {single}");
    assert!((gains[gains.len() - 1] - Decibels(-18.0).amplitude()).abs() < 1e-6);
}
