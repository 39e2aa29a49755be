//! The log: one line per sitting, in a readable file.

use std::time::Duration;

use jiff::Zoned;

use super::error::HistoryError;
use crate::io::state_folder::StateFolder;
use crate::manifest::duration;
use crate::text::single_line;

const FILE: &str = "log.tsv";
/// The maximum size of the file that is read: some 100,000 sittings.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// The maximum duration of a sitting in a line.
const MAX_LENGTH: Duration = Duration::from_hours(24 * 366);
const FINISHED: &str = "finished";
const LEFT_EARLY: &str = "left early";

/// One sitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sitting {
    /// Its start in local time: `2026-11-29 20:15:00+01:00`.
    pub(crate) start: String,
    /// The name of the session in the library, or its path.
    pub(crate) session: String,
    /// Its title.
    pub(crate) title: String,
    /// Its duration without pauses, in whole seconds.
    pub(crate) length: Duration,
    /// Whether it ended early.
    pub(crate) is_left_early: bool,
}

/// The logged sittings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Log {
    /// In the order of the file.
    pub(crate) sittings: Vec<Sitting>,
    /// The number of unreadable lines.
    pub(crate) unreadable: usize,
}

impl Sitting {
    /// Returns the current time as the start of a sitting.
    pub(crate) fn now() -> String {
        Zoned::now().strftime("%Y-%m-%d %H:%M:%S%:z").to_string()
    }

    /// Appends the sitting to the file.
    ///
    /// # Errors
    /// If the file can't be written.
    pub(crate) fn append(&self) -> Result<(), HistoryError> {
        let folder = StateFolder::for_listener().ok_or(HistoryError::NoFolder)?;
        Ok(folder.append(FILE, &self.line())?)
    }

    fn line(&self) -> String {
        let (session, title) = (single_line(&self.session), single_line(&self.title));
        let end = if self.is_left_early { LEFT_EARLY } else { FINISHED };
        [&self.start, &session, &title, &duration::format(self.length), end].join("\t")
    }

    fn parse(line: &str) -> Option<Self> {
        let fields: Vec<_> = line.split('\t').collect();
        let [start, session, title, length, end] = fields.try_into().ok()?;
        let is_left_early = match end {
            LEFT_EARLY => true,
            FINISHED => false,
            _ => return None,
        };
        let length = duration::parse(length).filter(|length| *length <= MAX_LENGTH)?;
        let (start, session, title) = (start.to_owned(), session.to_owned(), title.to_owned());
        Some(Self { start, session, title, length, is_left_early })
    }
}

impl Log {
    /// Reads the file; empty if there is none.
    ///
    /// # Errors
    /// If the file can't be read.
    pub(crate) fn read() -> Result<Self, HistoryError> {
        let Some(folder) = StateFolder::for_listener() else { return Ok(Self::default()) };
        Ok(Self::parse(&folder.read(FILE, MAX_BYTES)?.unwrap_or_default()))
    }

    fn parse(text: &str) -> Self {
        let mut log = Self::default();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match Sitting::parse(line) {
                Some(sitting) => log.sittings.push(sitting),
                None => log.unreadable += 1,
            }
        }
        log
    }

    /// Deletes the file. Returns whether there was one.
    ///
    /// # Errors
    /// If it can't be deleted.
    pub(crate) fn forget() -> Result<bool, HistoryError> {
        match StateFolder::for_listener() {
            Some(folder) => Ok(folder.remove(FILE)?),
            None => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sitting_round_trips_through_a_log_line() {
        let sitting = Sitting {
            start: "2026-11-29 20:15:00+01:00".to_owned(),
            session: "sit".to_owned(),
            title: "A silent\tsit\u{1b}".to_owned(),
            length: Duration::from_secs(1234),
            is_left_early: true,
        };
        let line = sitting.line();
        assert_eq!(line, "2026-11-29 20:15:00+01:00\tsit\tA silent sit\\u{1b}\t20m34s\tleft early");
        let read = Log::parse(&format!("garbage\n{line}\n\n{line}\tmore\n\u{0}"));
        assert_eq!((read.sittings.len(), read.unreadable), (1, 3));
        assert_eq!((read.sittings[0].length, read.sittings[0].is_left_early), (Duration::from_secs(1234), true));
        assert_eq!(read.sittings[0].line(), line);
    }

    #[test]
    fn the_current_time_has_an_offset() {
        let now = Sitting::now();
        assert_eq!(now.len(), "2026-11-29 20:15:00+01:00".len(), "{now}");
    }
}
