//! The folders of the listener's home that the program uses.

use std::env;
use std::path::PathBuf;

use etcetera::base_strategy::{self, BaseStrategy};

/// Returns the program's cache folder: `$XDG_CACHE_HOME/karuna` or `~/.cache/karuna`, on macOS `~/Library/Caches/karuna`, on
/// Windows `%LOCALAPPDATA%\karuna\cache`. `None` if the system has no home folder.
#[must_use]
pub(crate) fn cache_folder() -> Option<PathBuf> {
    if let Some(folder) = from_environment("XDG_CACHE_HOME") {
        return Some(folder.join("karuna"));
    }
    let strategy = base_strategy::choose_native_strategy().ok()?;
    let folder = strategy.cache_dir().join("karuna");
    let folder = if cfg!(windows) { folder.join("cache") } else { folder };
    Some(folder).filter(|folder| folder.is_absolute())
}

/// Returns the program's data folder: `$XDG_DATA_HOME/karuna` or `~/.local/share/karuna`, on Windows `%APPDATA%\karuna`. `None`
/// if the system has no home folder.
#[must_use]
pub(crate) fn data_folder() -> Option<PathBuf> {
    let folder = from_environment("XDG_DATA_HOME")
        .or_else(|| base_strategy::choose_base_strategy().ok().map(|strategy| strategy.data_dir()))?;
    Some(folder.join("karuna")).filter(|folder| folder.is_absolute())
}

/// Returns the program's configuration folder: `$XDG_CONFIG_HOME/karuna` or `~/.config/karuna`, on macOS
/// `~/Library/Preferences/karuna`, on Windows `%APPDATA%\karuna`. `None` if the system has no home folder.
#[must_use]
pub(crate) fn config_folder() -> Option<PathBuf> {
    let folder = from_environment("XDG_CONFIG_HOME")
        .or_else(|| base_strategy::choose_native_strategy().ok().map(|strategy| strategy.config_dir()))?;
    Some(folder.join("karuna")).filter(|folder| folder.is_absolute())
}

/// Returns the folder for places and the log: `$XDG_STATE_HOME/karuna` or `~/.local/state/karuna`, or the data folder on systems without a
/// state folder. `None` if the system has no home folder.
#[must_use]
pub(crate) fn state_folder() -> Option<PathBuf> {
    let folder = from_environment("XDG_STATE_HOME").or_else(|| {
        let strategy = base_strategy::choose_native_strategy().ok()?;
        Some(strategy.state_dir().unwrap_or_else(|| strategy.data_dir().join("state")))
    })?;
    Some(folder.join("karuna")).filter(|folder| folder.is_absolute())
}

/// Returns the program's folders in the system's data folders in order of precedence: of `$XDG_DATA_DIRS`, or `/usr/local/share` and
/// `/usr/share`. Packages of a distribution install data there. None on Windows.
#[must_use]
pub(crate) fn system_data_folders() -> Vec<PathBuf> {
    if cfg!(windows) {
        return Vec::new();
    }
    let given = env::var_os("XDG_DATA_DIRS").filter(|folders| !folders.is_empty());
    let folders = given.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    env::split_paths(&folders).filter(|folder| folder.is_absolute()).map(|folder| folder.join("karuna")).collect()
}

/// Returns an absolute path from the environment, even on systems where this convention is not native.
fn from_environment(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}
