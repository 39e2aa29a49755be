//! Installs voices into the listener's data folder, and removes them.

use std::path::{Path, PathBuf};

use super::heart::{self, NeuralVoiceError, PackageTrust, VoicePackage};
use crate::io::folders;

/// Installs the voice of a package. Returns the voice's folder.
///
/// # Errors
/// If the package is refused, or the folder can't be written; nothing is changed in that case.
pub(crate) fn add(package: &Path, trust: PackageTrust) -> Result<PathBuf, NeuralVoiceError> {
    let voices = voices_folder().ok_or(NeuralVoiceError::NoDataFolder)?;
    VoicePackage::open(package, trust)?.install(&voices)
}

/// Removes an installed voice. Returns the folder that contained it.
///
/// # Errors
/// If no voice of this name is installed, or its folder can't be removed.
pub(crate) fn remove(name: &str) -> Result<PathBuf, NeuralVoiceError> {
    let voices = voices_folder().ok_or(NeuralVoiceError::NoDataFolder)?;
    if name != heart::NAME {
        return Err(NeuralVoiceError::NoSuchVoice(name.to_owned()));
    }
    heart::remove(&voices.join(name))?;
    Ok(voices)
}

/// Returns the folder of a voice: the listener's own, otherwise that of a system package. If neither exists, the folder where it would be
/// installed; `None` if the system has no data folder.
pub(super) fn voice_folder(name: &str) -> Option<PathBuf> {
    let own = voices_folder().map(|voices| voices.join(name));
    let system = folders::system_data_folders().into_iter().map(|data| data.join("voices").join(name));
    own.iter().cloned().chain(system).find(|folder| heart::is_installed(folder)).or(own)
}

/// Returns the folder for installed voices; `None` if the system has no data folder.
fn voices_folder() -> Option<PathBuf> {
    folders::data_folder().map(|data| data.join("voices"))
}
