//! Bells by modal synthesis: a table of partials, each a decaying pair of sinusoids, and the noise of the mallet.
//!
//! `audio/bells.toml` describes the built-in bells and explains the formula of a strike. A manifest may describe custom bells with the
//! same keys; [`Bell::range_errors`] must return nothing before they are struck.

mod check;
mod loudness;
mod model;
mod ranges;
mod strike;

pub(crate) use loudness::max_momentary_loudness;
pub(crate) use model::{Bell, NAMES};
pub(crate) use strike::BellStrike;
