//! `karuna bell`: strikes a bell, or lists the bells.

use super::Outcome;
use crate::dsp::bells::{Bell, NAMES};
use crate::error::Failure;
use crate::playback::OutputChoice;

pub(super) fn run(name: Option<&str>, output: &OutputChoice) -> Result<Outcome, Failure> {
    let Some(name) = name else {
        for name in NAMES {
            let description = Bell::built_in(name).map(|bell| bell.description.as_str()).unwrap_or_default();
            super::print_line(&format!("{name:<8}  {description}"))?;
        }
        return Ok(Outcome::Done);
    };
    if Bell::built_in(name).is_none() {
        let message = format!("there is no bell named `{}`", crate::text::escape_controls(name));
        return Err(Failure::new(message, format!("the bells are {}", NAMES.join(", "))));
    }
    super::play::bell(name, output)
}
