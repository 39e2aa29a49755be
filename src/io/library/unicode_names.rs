//! Finds files whose names are written with other code points than those that were asked for: `é` is one in most texts, and two in names
//! that some systems write.

use std::fs;
use std::path::{Component, Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

/// The maximum number of names in a folder that are compared.
const MAX_NAMES: usize = 100_000;

/// Returns the path of a file in a folder by a relative path, if its names differ from those asked for in nothing but their form.
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
        let wanted: String = name.to_str()?.nfc().collect();
        let is_wanted = |name: &str| name.nfc().eq(wanted.chars());
        let mut names = fs::read_dir(&folder).ok()?.flatten().take(MAX_NAMES).map(|entry| entry.file_name());
        names.find(|name| name.to_str().is_some_and(is_wanted)).map(|name| folder.join(name))
    })
}
