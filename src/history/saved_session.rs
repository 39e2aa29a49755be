//! A session that was left early: the place, and the options that shaped it. One file per session.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::HistoryError;
use super::place::Place;
use crate::io::state_folder::StateFolder;

/// The folder of the files.
const FOLDER: &str = "places";
const ENDING: &str = ".toml";
/// The number of digest bytes in a file name.
const NAME_BYTES: usize = 8;
/// The version of the file format.
const FORMAT: u32 = 1;
/// The maximum size of a file.
const MAX_BYTES: u64 = 64 * 1024;

/// A session that was left early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedSession {
    format: u32,
    /// Its name in the library, or the absolute path of its manifest.
    pub(crate) session: String,
    /// The options of the command line, as typed.
    pub(crate) options: Vec<String>,
    /// The options added by the configuration, in the same form.
    pub(crate) settings: Vec<String>,
    /// The place to resume from; `None` for the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
}

impl SavedSession {
    pub(crate) fn new(session: &str, options: Vec<String>, settings: Vec<String>) -> Self {
        Self { format: FORMAT, session: session.to_owned(), options, settings, place: None }
    }

    /// Loads the stored data of a session.
    ///
    /// # Errors
    /// If it is damaged, or can't be read.
    pub(crate) fn load(session: &str) -> Result<Option<Self>, HistoryError> {
        let saved = Self::read(&file_name(session))?;
        match saved {
            Some(saved) if saved.session != session => Err(HistoryError::Damaged(file_name(session))),
            saved => Ok(saved),
        }
    }

    /// Loads the stored data of the session that was left last.
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
        let saved: Self = toml::from_str(&text).map_err(|_| HistoryError::Damaged(name.to_owned()))?;
        if saved.format == FORMAT { Ok(Some(saved)) } else { Err(HistoryError::Damaged(name.to_owned())) }
    }

    /// Saves it, replacing the data of the same session.
    ///
    /// # Errors
    /// If it can't be written.
    pub(crate) fn save(&self) -> Result<(), HistoryError> {
        let folder = StateFolder::for_listener().ok_or(HistoryError::NoFolder)?;
        let text = toml::to_string(self).map_err(|_| HistoryError::Damaged(self.session.clone()))?;
        Ok(folder.write(&file_name(&self.session), &text)?)
    }

    /// Deletes the data of a session that was finished.
    pub(crate) fn forget(session: &str) {
        if let Some(folder) = StateFolder::for_listener() {
            let _ = folder.remove(&file_name(session));
        }
    }

    /// Deletes the data of all sessions, and returns their number.
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
