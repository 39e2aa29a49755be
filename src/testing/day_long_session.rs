//! A day with 5,000 cues, for finding drift and leaks.

/// The only clip of [`DAY`].
pub(crate) const LINE: &str = "craving/13-rest.ogg";

/// Four strikes, a line and a silence, a thousand times. The silence is not a whole number of frames at any usual rate, so that rounding
/// errors would accumulate. With the shipped recording it lasts 24 hours minus three minutes.
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
