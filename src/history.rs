//! Stored sittings, if the listener has turned that on: the place where a session was left, and the log.
//!
//! They stay in the listener's state folder, in files that only the listener can read. Only the place, the options and the log line are
//! stored. Whatever those files contain, a session can be started without them.

mod error;
mod log;
mod place;
mod saved_session;

pub(crate) use error::HistoryError;
pub(crate) use log::{Log, Sitting};
pub(crate) use place::Place;
pub(crate) use saved_session::SavedSession;
