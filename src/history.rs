//! What is kept of sittings, if the listener turned it on: the place where a session was left, and a line for each sitting.
//!
//! It stays in the listener's state folder, in files that only they can read, and nothing but the place, the options, and the line is kept.
//! Whatever those files hold, a session can be started without them.

mod error;
mod left_session;
mod log;
mod place;

pub(crate) use error::HistoryError;
pub(crate) use left_session::LeftSession;
pub(crate) use log::{Log, Sitting};
pub(crate) use place::Place;
