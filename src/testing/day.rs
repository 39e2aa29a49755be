//! A day of 5,000 cues, for what adds up and for what grows.

/// The one clip of [`DAY`].
pub(crate) const LINE: &str = "craving/13-rest.ogg";

/// Four strikes, a line and a silence, a thousand times. The silence is no whole number of frames at any usual rate: what is
/// rounded must not add up. With the recording that ships it lasts 24 hours but three minutes.
pub(crate) const DAY: &str = r#"
    [[segment]]
    repeat = 1000
    [[segment.part]]
    bell = "block"
    strikes = 4
    every = "11.1s"
    hold = "6.7s"
    [[segment.part]]
    clip = "craving/13-rest.ogg"
    [[segment.part]]
    silence = "37.5777s"
"#;
