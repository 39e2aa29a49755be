//! Louder and softer.

use super::*;

#[test]
fn a_change_takes_a_hundred_milliseconds() {
    let mut listener = listener(16_000);
    listener.say(TransportCommand::SetVolume(Decibels(-6.0)));
    let softer = Decibels(-6.0).amplitude() as f32;
    let expected = under(session(16_000, VOLUME), |frame| {
        1.0 + (softer - 1.0) * crate::dsp::fades::raised_cosine(frame as f32 / VOLUME as f32)
    });
    assert_same(listener.listen(VOLUME, BLOCK), &expected);
    assert_same(listener.listen(1_600, BLOCK), &under(session(16_800, 1_600), |_| softer));
    listener.say(TransportCommand::SetVolume(Decibels::UNITY));
    listener.listen(VOLUME, BLOCK);
    assert!(listener.listen(1_600, BLOCK) == session(19_200, 1_600));
    assert!(listener.notices.iter().all(|notice| notice.at == Frames::ZERO), "nothing is told of it");
}

#[test]
fn it_goes_no_higher_than_six_decibels() {
    let mut listener = listener(16_000);
    listener.say(TransportCommand::SetVolume(Decibels(20.0)));
    listener.listen(VOLUME, BLOCK);
    let heard = listener.listen(800, BLOCK).to_vec();
    assert_same(&heard, &under(session(16_800, 800), |_| Decibels(6.0).amplitude() as f32));
    assert_eq!(listener.handle.snapshot().volume, Decibels(6.0));
}

#[test]
fn it_acts_while_the_closing_plays() {
    let mut listener = listener(16_000);
    listener.say(TransportCommand::Exit);
    listener.listen(EXIT + UP, BLOCK);
    listener.say(TransportCommand::SetVolume(Decibels(-6.0)));
    listener.listen(VOLUME, BLOCK);
    let heard = listener.listen(800, BLOCK);
    let softer = Decibels(-6.0).amplitude() as f32;
    assert_same(heard, &under(rendered(Programme::CLOSING, UP + VOLUME, 800), |_| softer));
}
