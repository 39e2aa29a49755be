//! A session that was left early: the place, and the options that shaped it. One file for each session.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::HistoryError;
use super::place::Place;
use crate::io::state_folder::StateFolder;

/// The folder of the files.
const FOLDER: &str = "places";
const ENDING: &str = ".toml";
/// How many bytes of a digest name a file.
const NAME_BYTES: usize = 8;
/// The version of the files.
const FORMAT: u32 = 1;
/// The largest file that is read.
const MAX_BYTES: u64 = 64 * 1024;

/// A session that was left early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeftSession {
    format: u32,
    /// Its name in the library, or the absolute path of its manifest.
    pub(crate) session: String,
    /// The options that it was played with, as they are typed.
    pub(crate) options: Vec<String>,
    /// What the configuration added to them, written in the same way.
    pub(crate) settings: Vec<String>,
    /// Where it goes on; `None` for its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
}

impl LeftSession {
    pub(crate) fn new(session: &str, options: Vec<String>, settings: Vec<String>) -> Self {
        Self { format: FORMAT, session: session.to_owned(), options, settings, place: None }
    }

    /// Returns what is kept of a session.
    ///
    /// # Errors
    /// If it is damaged, or can't be read.
    pub(crate) fn load(session: &str) -> Result<Option<Self>, HistoryError> {
        let left = Self::read(&file_name(session))?;
        match left {
            Some(left) if left.session != session => Err(HistoryError::Damaged(file_name(session))),
            left => Ok(left),
        }
    }

    /// Returns what is kept of the session that was left last.
    ///
    /// # Errors
    /// If it is damaged, or can't be read.
    pub(crate) fn load_last() -> Result<Option<Self>, HistoryError> {
        let Some(folder) = StateFolder::for_listener() else { return Ok(None) };
        let last = folder.entries(FOLDER).into_iter().filter(|entry| is_file_name(&entry.name));
        match last.max_by_key(|entry| entry.modified) {
            Some(entry) => Self::read(&format!("{FOLDER}/{}", entry.name)),
            None => Ok(None),
        }
    }

    fn read(name: &str) -> Result<Option<Self>, HistoryError> {
        let Some(folder) = StateFolder::for_listener() else { return Ok(None) };
        let Some(text) = folder.read(name, MAX_BYTES)? else { return Ok(None) };
        let left: Self = toml::from_str(&text).map_err(|_| HistoryError::Damaged(name.to_owned()))?;
        if left.format == FORMAT { Ok(Some(left)) } else { Err(HistoryError::Damaged(name.to_owned())) }
    }

    /// Keeps it, in place of what was kept of the same session.
    ///
    /// # Errors
    /// If it can't be written.
    pub(crate) fn save(&self) -> Result<(), HistoryError> {
        let folder = StateFolder::for_listener().ok_or(HistoryError::NoFolder)?;
        let text = toml::to_string(self).map_err(|_| HistoryError::Damaged(self.session.clone()))?;
        Ok(folder.write(&file_name(&self.session), &text)?)
    }

    /// Forgets a session, as it was finished.
    pub(crate) fn forget(session: &str) {
        if let Some(folder) = StateFolder::for_listener() {
            let _ = folder.remove(&file_name(session));
        }
    }

    /// Forgets every session, and returns how many there were.
    ///
    /// # Errors
    /// If one of them can't be deleted.
    pub(crate) fn forget_all() -> Result<usize, HistoryError> {
        let Some(folder) = StateFolder::for_listener() else { return Ok(0) };
        let mut count = 0;
        for entry in folder.entries(FOLDER).into_iter().filter(|entry| is_file_name(&entry.name)) {
            count += usize::from(folder.remove(&format!("{FOLDER}/{}", entry.name))?);
        }
        Ok(count)
    }
}

fn file_name(session: &str) -> String {
    format!("{FOLDER}/{}{ENDING}", HEXLOWER.encode(&Sha256::digest(session.as_bytes())[..NAME_BYTES]))
}

fn is_file_name(name: &str) -> bool {
    let stem = name.strip_suffix(ENDING).unwrap_or_default();
    stem.len() == 2 * NAME_BYTES && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
}
