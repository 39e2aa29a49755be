//! Finds files whose names are in another Unicode normal form than the requested ones: `é` is one code point in most texts, and two in file
//! names written by some systems.

use std::fs;
use std::path::{Component, Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

/// The maximum number of names in a folder that are compared.
const MAX_NAMES: usize = 100_000;

/// Returns the path of a file in a folder by a relative path, if its names only differ from the requested ones in their normal form.
pub(super) fn find_equivalent(folder: &Path, relative: &Path) -> Option<PathBuf> {
    if relative.to_str().is_none_or(str::is_ascii) {
        return None;
    }
    relative.components().try_fold(folder.to_owned(), |folder, component| {
        let Component::Normal(name) = component else { return None };
        let path = folder.join(name);
        if path.symlink_metadata().is_ok() {
            return Some(path);
        }
        let requested: String = name.to_str()?.nfc().collect();
        let is_requested = |name: &str| name.nfc().eq(requested.chars());
        let mut names = fs::read_dir(&folder).ok()?.flatten().take(MAX_NAMES).map(|entry| entry.file_name());
        names.find(|name| name.to_str().is_some_and(is_requested)).map(|name| folder.join(name))
    })
}
