//! The built-in voice, installed from its real package.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use super::engines::Sandbox;

/// The folder of the installed voice.
const FOLDER: &str = ".local/share/karuna/voices/heart";

/// Returns the path of the package that `scripts/setup --for-tests` downloads.
pub(crate) fn package() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    cache.join("karuna/packages/hibari_tts-0.2.1-py3-none-any.whl")
}

impl Sandbox {
    /// Creates a sandbox in which the built-in voice is the only one.
    pub(crate) fn with_heart() -> Self {
        static INSTALLED: LazyLock<Sandbox> = LazyLock::new(|| {
            let sandbox = Sandbox::new();
            sandbox.run_ok(&["voices", "add", package().to_str().unwrap()]);
            sandbox
        });
        let sandbox = Self::new();
        fs::create_dir_all(sandbox.at(FOLDER)).unwrap();
        for file in INSTALLED.entries(FOLDER) {
            fs::copy(&file, sandbox.at(FOLDER).join(file.file_name().unwrap())).unwrap();
        }
        sandbox
    }
}
