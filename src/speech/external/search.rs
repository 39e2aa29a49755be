//! Finds engines and their voices on this machine.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::io::folders;

/// The maximum depth of searched folders.
const MAX_DEPTH: usize = 4;

/// Returns the path of a program in the folders of `PATH`. Relative folders are ignored, because they depend on the current folder.
pub(super) fn program(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let absolute = env::join_paths(env::split_paths(&folders).filter(|folder| folder.is_absolute())).ok()?;
    which::which_in_global(name, Some(absolute)).ok()?.next()
}

/// Returns the sorted names of the voices that a Festival program finds.
pub(super) fn festival_voices(program: &Path) -> Vec<String> {
    let resolved = program.canonicalize().unwrap_or_else(|_| program.to_owned());
    let program_prefixes = [program, resolved.as_path()].into_iter().filter_map(|program| program.parent()?.parent());
    // The program may be a wrapper script that runs a Festival elsewhere.
    let default_prefixes = ["/usr", "/usr/local"].map(Path::new);
    program_prefixes
        .chain(default_prefixes)
        .map(festival_voices_below)
        .find(|voices| !voices.is_empty())
        .unwrap_or_default()
}

fn festival_voices_below(prefix: &Path) -> Vec<String> {
    let folders = ["share/festival/voices", "lib/festival/voices"].map(|folder| prefix.join(folder));
    let voices =
        folders.iter().flat_map(|folder| sorted_entries(folder)).flat_map(|language| sorted_entries(&language));
    let mut names: Vec<_> = voices
        .filter(|voice| voice.is_dir())
        .filter_map(|voice| Some(voice.file_name()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Returns the first Piper model for a language, which is the prefix of its name, as in `en_US-amy-medium.onnx`.
pub(super) fn piper_model(language: &str) -> Option<PathBuf> {
    let shared = ["/usr/share/piper-voices", "/usr/local/share/piper-voices"].map(PathBuf::from);
    let matches = |path: &Path| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let spoken = name.split(['_', '-']).next().unwrap_or_default();
        path.extension() == Some(OsStr::new("onnx")) && spoken.eq_ignore_ascii_case(language) && path.is_file()
    };
    folders::data_folder()
        .map(|folder| folder.join("voices"))
        .into_iter()
        .chain(shared)
        .find_map(|folder| find(&folder, MAX_DEPTH, &matches))
}

/// Returns the first matching path below a folder, in the order of names. Links to folders are not followed.
fn find(folder: &Path, depth: usize, matches: &dyn Fn(&Path) -> bool) -> Option<PathBuf> {
    let entries = sorted_entries(folder);
    if let Some(found) = entries.iter().find(|path| matches(path)) {
        return Some(found.clone());
    }
    let is_real_folder = |path: &&PathBuf| fs::symlink_metadata(path).is_ok_and(|file| file.is_dir());
    let folders = entries.iter().filter(|_| depth > 0).filter(is_real_folder);
    folders.into_iter().find_map(|folder| find(folder, depth - 1, matches))
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries
}

/// Returns a digest of a Piper model and its settings file.
pub(super) fn piper_model_digest(model: &Path) -> Option<String> {
    let mut digest = md5::Context::new();
    let settings = model.with_added_extension("json");
    io::copy(&mut File::open(model).ok()?, &mut digest).ok()?;
    digest.consume(fs::read(settings).unwrap_or_default());
    Some(format!("{:x}", digest.finalize()))
}
