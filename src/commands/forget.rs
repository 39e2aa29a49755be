//! `karuna forget`: deletes stored data, and reports what it deleted.

use super::Outcome;
use crate::cli::Kept;
use crate::error::Failure;
use crate::history::{LeftSession, Log};
use crate::io::cache::Cache;

pub(super) fn run(kept: Kept) -> Result<Outcome, Failure> {
    let forgets = |one: Kept| kept == one || kept == Kept::All;
    if forgets(Kept::Places) {
        let sentence = match LeftSession::forget_all()? {
            0 => "no places were stored".to_owned(),
            1 => "deleted the place in 1 session".to_owned(),
            count => format!("deleted the places in {count} sessions"),
        };
        super::print_line(&sentence)?;
    }
    if forgets(Kept::Log) {
        let sentence = if Log::forget()? { "deleted the log" } else { "no log was stored" };
        super::print_line(sentence)?;
    }
    if forgets(Kept::Cache) {
        let sentence = match Cache::clear_all() {
            (0, _) => "the cache was empty".to_owned(),
            (records, bytes) => format!("deleted {records} records of the cache, {} KiB", bytes.div_ceil(1024)),
        };
        super::print_line(&sentence)?;
    }
    Ok(Outcome::Done)
}
