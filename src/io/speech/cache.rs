//! Speech that was made before, so that no engine is needed for it again.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::search;

/// Beyond so many bytes, what was not heard for longest is let go, …
const LARGEST: u64 = 256 * 1024 * 1024;
/// … until so many are left.
const ENOUGH: u64 = 192 * 1024 * 1024;
/// A file that was begun so long ago will not be finished.
const ABANDONED: Duration = Duration::from_hours(24);
/// The ending of its files: lossless, and small.
pub(super) const ENDING: &str = "flac";
/// Another number here lets go of all that was made in another way.
const WAY: &str = "1";

/// A folder of speech. Each file is named by the digest of all that it depends on, and by how many bytes it has: one that was
/// torn is none.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    /// Where the listener's own can't be written: it goes with the program.
    _passing: Option<TempDir>,
}

impl Cache {
    /// The listener's own, or one that lasts as long as this run.
    pub(super) fn open() -> io::Result<Self> {
        let own = search::base("XDG_CACHE_HOME", ".cache").map(|base| base.join("karuna/speech"));
        if let Some(folder) = own.filter(|folder| make(folder).is_ok()) {
            return Ok(Self { folder, _passing: None });
        }
        let passing = tempfile::Builder::new().prefix("karuna-speech-").tempdir()?;
        Ok(Self { folder: passing.path().to_owned(), _passing: Some(passing) })
    }

    /// All that is there.
    pub(super) fn shelf(&self) -> Shelf {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let files = entries.filter_map(|entry| {
            let path = entry.path();
            let (digest, bytes) = parts(&path)?;
            (entry.metadata().ok()?.len() == bytes).then(|| (digest.to_owned(), path.clone()))
        });
        Shelf(files.collect())
    }

    /// Puts a finished file of the workshop on its place.
    pub(super) fn keep(&self, finished: &Path, digest: &str) -> io::Result<PathBuf> {
        let bytes = fs::metadata(finished)?.len();
        let place = self.folder.join(format!("{digest}-{bytes}.{ENDING}"));
        fs::rename(finished, &place)?;
        Ok(place)
    }

    /// A folder for what an engine writes, which goes when it is let go.
    pub(super) fn workshop(&self) -> io::Result<TempDir> {
        tempfile::Builder::new().prefix("engine-").tempdir_in(&self.folder)
    }

    /// Notes that a file was heard.
    pub(super) fn heard(file: &File) {
        let _ = file.set_modified(SystemTime::now());
    }

    /// Keeps the folder within its bounds.
    pub(super) fn tidy(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files = Vec::new();
        for entry in entries.flatten() {
            let (path, Ok(facts)) = (entry.path(), entry.metadata()) else { continue };
            let heard = facts.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if facts.is_file() && parts(&path).is_some_and(|(_, bytes)| bytes == facts.len()) {
                files.push((heard, facts.len(), path));
            } else if heard.elapsed().is_ok_and(|age| age > ABANDONED) {
                let _ = if facts.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            }
        }
        shrink(files, LARGEST, ENOUGH);
    }
}

/// The files of a cache by their digests.
#[derive(Debug, Default)]
pub(super) struct Shelf(HashMap<String, PathBuf>);

impl Shelf {
    /// A file that was made before.
    pub(super) fn find(&self, digest: &str) -> Option<&Path> {
        self.0.get(digest).map(PathBuf::as_path)
    }
}

/// What a line that is spoken in a manner is known by.
pub(super) fn digest(manner: &str, text: &str) -> String {
    let mut digest = md5::Context::new();
    for part in [WAY, manner, text] {
        digest.consume(part.len().to_le_bytes());
        digest.consume(part);
    }
    format!("{:x}", digest.finalize())
}

/// The digest and the number of bytes in a file's name.
fn parts(path: &Path) -> Option<(&str, u64)> {
    let (digest, bytes) = path.file_name()?.to_str()?.strip_suffix(".flac")?.split_once('-')?;
    Some((digest, bytes.parse().ok()?))
}

/// Removes the files that were not heard for longest, where there are too many bytes.
fn shrink(mut files: Vec<(SystemTime, u64, PathBuf)>, largest: u64, enough: u64) {
    let mut bytes: u64 = files.iter().map(|(_, size, _)| size).sum();
    if bytes <= largest {
        return;
    }
    files.sort();
    for (_, size, path) in files {
        if bytes <= enough {
            break;
        }
        if fs::remove_file(path).is_ok() {
            bytes -= size;
        }
    }
}

/// Makes the folder, closed to others: what somebody listened to is theirs.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    // Only a folder that can be written is of use.
    tempfile::tempfile_in(folder).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_heard_for_longest_goes_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let files: Vec<_> = (1..=4)
            .map(|age| {
                let path = folder.path().join(format!("{age}.flac"));
                fs::write(&path, [0; 100]).expect("a file");
                (SystemTime::UNIX_EPOCH + Duration::from_secs(100 - age), 100, path)
            })
            .collect();
        shrink(files.clone(), 400, 200);
        assert!(files.iter().all(|(.., path)| path.exists()), "within its bounds nothing goes");
        shrink(files.clone(), 399, 200);
        let left: Vec<_> = files.iter().filter(|(.., path)| path.exists()).map(|(heard, ..)| *heard).collect();
        assert_eq!(left.len(), 2);
        assert!(left.contains(&files[0].0) && left.contains(&files[1].0));
    }

    #[test]
    fn all_that_the_sound_depends_on_is_in_the_name() {
        let one = digest("a manner", "text");
        assert_eq!(one, digest("a manner", "text"));
        assert_ne!(one, digest("a mannert", "ext"));
        assert_ne!(one, digest("a manner", "Text"));
    }

    #[test]
    fn a_torn_file_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache { folder: folder.path().to_owned(), _passing: None };
        let made = folder.path().join("made");
        fs::write(&made, [1; 10]).expect("a file");
        let place = cache.keep(&made, "abc").expect("kept");
        assert_eq!(cache.shelf().find("abc"), Some(place.as_path()));
        fs::write(&place, [1; 9]).expect("torn");
        assert_eq!(cache.shelf().find("abc"), None);
    }
}
