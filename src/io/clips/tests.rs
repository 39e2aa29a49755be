use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::file_identity::FileIdentity;
use super::*;
use crate::io::library::ManifestOrigin;
use crate::manifest::session::ClipPath;
use crate::units::Lufs;

/// Writes a tone as a 16-bit mono WAV.
fn write(path: &Path, level: f32) {
    const FRAMES: u16 = 60_000;
    let header = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data";
    let sample = |frame| (level * 32_767.0 * (f32::from(frame) * 0.1).sin()) as i16;
    let mut bytes = [&header[..], &(u32::from(FRAMES) * 2).to_le_bytes()].concat();
    bytes.extend((0..FRAMES).flat_map(|frame| sample(frame).to_le_bytes()));
    let size = (bytes.len() as u32 - 8).to_le_bytes();
    bytes[4..8].copy_from_slice(&size);
    fs::write(path, bytes).unwrap();
}

/// Returns the loudness of both clips, and which of them had an analysis in the cache.
fn measure(folder: &Path, cache: &AnalysisCache) -> (Option<Lufs>, [bool; 2]) {
    let paths = ["a.wav", "b.wav"].map(|name| ClipPath::new(name).unwrap());
    let origin = ManifestOrigin::Folders(vec![folder.to_owned()]);
    let (table, errors) = ClipTable::probe(&origin, &paths, cache.clone());
    assert!(errors.is_empty(), "{errors:?}");
    let was_cached = paths.clone().map(|path| table.entries[&path].is_analysed());
    (table.pooled_loudness(&paths), was_cached)
}

#[test]
fn a_clip_is_only_analysed_again_after_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let clip = |name: &str| folder.path().join(name);
    write(&clip("a.wav"), 0.5);
    write(&clip("b.wav"), 0.03);
    let cache = AnalysisCache::in_folder(&clip("cache"));
    // A change within one step of the file system's clock would go unnoticed, so the analysis of a new file is not stored.
    let is_settled = || {
        let file = fs::File::open(clip("b.wav")).unwrap();
        FileIdentity::of(&clip("b.wav"), &file).unwrap().is_settled(SystemTime::now())
    };
    while !is_settled() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let (uncached, _) = measure(folder.path(), &AnalysisCache::disabled());
    assert_eq!(measure(folder.path(), &cache), (uncached, [false; 2]));
    assert_eq!(measure(folder.path(), &cache), (uncached, [true; 2]));

    let before = fs::metadata(clip("a.wav")).unwrap();
    write(&clip("c.wav"), 0.1);
    fs::write(clip("a.wav"), fs::read(clip("c.wav")).unwrap()).unwrap();
    fs::File::options().write(true).open(clip("a.wav")).unwrap().set_modified(before.modified().unwrap()).unwrap();
    assert_eq!(fs::metadata(clip("a.wav")).unwrap().len(), before.len());
    let (quieter, was_cached) = measure(folder.path(), &cache);
    assert_eq!(was_cached, [!cfg!(unix), true]);
    assert_eq!(quieter == uncached, !cfg!(unix));
}

#[test]
fn the_analysis_of_a_damaged_clip_is_not_cached() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("whole.wav"), 0.5);
    let bytes = fs::read(folder.path().join("whole.wav")).unwrap();
    for name in ["a.wav", "b.wav"] {
        fs::write(folder.path().join(name), &bytes[..bytes.len() / 2]).unwrap();
    }
    let cache = AnalysisCache::in_folder(&folder.path().join("cache"));
    for _ in 0..2 {
        assert_eq!(measure(folder.path(), &cache).1, [false; 2]);
    }
}
