//! Clips inside the program.

use std::path::Path;

use include_dir::{Dir, File, include_dir};

static AUDIO: Dir = include_dir!("$CARGO_MANIFEST_DIR/audio");

/// Returns the name and bytes of every bundled clip, sorted by name.
#[cfg(test)]
pub(crate) fn all() -> Vec<(&'static str, &'static [u8])> {
    let mut clips = Vec::new();
    let mut folders = vec![&AUDIO];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        let audio = folder.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "ogg"));
        clips.extend(audio.filter_map(|file| Some((file.path().to_str()?, file.contents()))));
    }
    clips.sort_unstable();
    clips
}

/// Returns whether a narrator other than the library's own has recordings inside the program, `NAME/SESSION/…`.
pub(crate) fn is_narrator(name: &str) -> bool {
    AUDIO.get_dir(name).is_some_and(|folder| folder.dirs().next().is_some())
}

/// Returns the bytes of a bundled file, given its path below the folder of recordings.
pub(crate) fn bytes(path: &str) -> Option<&'static [u8]> {
    find(Path::new(path)).map(|(_, bytes)| bytes)
}

/// Returns the name and bytes of a bundled file.
pub(super) fn find(path: &Path) -> Option<(&'static str, &'static [u8])> {
    let file = find_in(&AUDIO, path)?;
    Some((file.path().to_str()?, file.contents()))
}

/// Finds a file along its path only, without looking into every folder.
fn find_in(folder: &'static Dir, path: &Path) -> Option<&'static File<'static>> {
    match folder.dirs().find(|inner| path.starts_with(inner.path())) {
        Some(inner) => find_in(inner, path),
        None => folder.files().find(|file| file.path() == path),
    }
}
