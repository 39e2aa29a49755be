//! Where engines and their voices are on this machine.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::io::folders;

/// Folders are not looked through deeper than this.
const DEEPEST: usize = 4;

/// A program by its name, in the folders of `PATH` that are given in full: the folder where one happens to stand is none.
pub(super) fn program(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name).with_extension(env::consts::EXE_EXTENSION))
        .find(|path| is_executable(path))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// The folder of the listener's own voices.
fn own_voices() -> Option<PathBuf> {
    folders::data_folder().map(|folder| folder.join("voices"))
}

/// Whether a voice of Festival is installed where distributions put them.
pub(super) fn festival_has(voice: &str) -> bool {
    ["/usr/share/festival/voices", "/usr/local/share/festival/voices", "/usr/lib/festival/voices"]
        .iter()
        .any(|folder| find(Path::new(folder), DEEPEST, &|path| path.file_name() == Some(OsStr::new(voice))).is_some())
}

/// The first model for a language, by its name, as in `en_US-amy-medium.onnx`.
pub(super) fn piper_model(language: &str) -> Option<PathBuf> {
    let shared = ["/usr/share/piper-voices", "/usr/local/share/piper-voices"].map(PathBuf::from);
    let fits = |path: &Path| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let spoken = name.split(['_', '-']).next().unwrap_or_default();
        path.extension() == Some(OsStr::new("onnx")) && spoken.eq_ignore_ascii_case(language) && path.is_file()
    };
    own_voices().into_iter().chain(shared).find_map(|folder| find(&folder, DEEPEST, &fits))
}

/// The first path below a folder, by name, that is what is looked for. Links to folders are not followed.
fn find(folder: &Path, deeper: usize, wanted: &dyn Fn(&Path) -> bool) -> Option<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).ok()?.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    if let Some(found) = entries.iter().map(fs::DirEntry::path).find(|path| wanted(path)) {
        return Some(found);
    }
    if deeper == 0 {
        return None;
    }
    let folders = entries.iter().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(fs::DirEntry::path).find_map(|folder| find(&folder, deeper - 1, wanted))
}
