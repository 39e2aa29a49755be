//! `karuna credits`: prints the teacher, licence, voices and bells of a session.

use std::ops::ControlFlow;

use super::{Outcome, loading};
use crate::error::Failure;
use crate::load::{self, LoadOptions};
use crate::present::credits;

pub(super) fn run(session: &str) -> Result<Outcome, Failure> {
    let loaded = match loading::loaded_or_report(load::load_unspoken(session, &LoadOptions::default()), None)? {
        ControlFlow::Continue(loaded) => loaded,
        ControlFlow::Break(outcome) => return Ok(outcome),
    };
    super::print_line(&credits::credits(&loaded.session, &loaded.voices()))?;
    Ok(Outcome::Done)
}
