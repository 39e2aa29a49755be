//! `karuna forget`: deletes stored data, and reports what it deleted.

use super::Outcome;
use crate::cli::StoredData;
use crate::error::Failure;
use crate::history::{Log, SavedSession};
use crate::io::cache::Cache;

pub(super) fn run(data: StoredData) -> Result<Outcome, Failure> {
    let forgets = |kind: StoredData| data == kind || data == StoredData::All;
    if forgets(StoredData::Places) {
        let sentence = match SavedSession::forget_all()? {
            0 => "no places were stored".to_owned(),
            1 => "deleted the place in 1 session".to_owned(),
            count => format!("deleted the places in {count} sessions"),
        };
        super::print_line(&sentence)?;
    }
    if forgets(StoredData::Log) {
        let sentence = if Log::forget()? { "deleted the log" } else { "no log was stored" };
        super::print_line(sentence)?;
    }
    if forgets(StoredData::Cache) {
        let sentence = match Cache::clear_all() {
            (0, _) => "the cache was empty".to_owned(),
            (1, bytes) => format!("deleted 1 record of the cache, {} KiB", bytes.div_ceil(1024)),
            (records, bytes) => format!("deleted {records} records of the cache, {} KiB", bytes.div_ceil(1024)),
        };
        super::print_line(&sentence)?;
    }
    Ok(Outcome::Done)
}
