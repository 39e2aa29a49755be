//! What saves work the next time, and may be lost at any time: records in the listener's cache folder.
//!
//! Nothing that is read from there is believed before it has been checked, and nothing that goes wrong there is more than a
//! record that has to be made again.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What each file begins with.
const MARK: &[u8; 8] = b"karuna 1";
const DIGEST: usize = 16;
/// No record is larger, its key included.
const LARGEST: u64 = 32 * 1024 * 1024;
/// What a small file takes of most disks.
const SMALLEST: u64 = 4096;
/// What a file is called while it is written; left behind only where the program was killed meanwhile.
const UNFINISHED: &str = ".part";
/// So long nobody takes to write a record.
const STALE: Duration = Duration::from_hours(1);

/// The program's own part of the listener's cache folder: `$XDG_CACHE_HOME/karuna` or `~/.cache/karuna`, on macOS
/// `~/Library/Caches/karuna`, on Windows `%LOCALAPPDATA%\karuna\cache`; `None` where the environment names no such place.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(folder) = set("XDG_CACHE_HOME") {
        return Some(folder.join("karuna"));
    }
    if cfg!(windows) {
        set("LOCALAPPDATA").map(|folder| folder.join("karuna").join("cache"))
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Caches/karuna"))
    } else {
        set("HOME").map(|home| home.join(".cache/karuna"))
    }
}

/// Records by their keys, in a folder of their own, together never larger than a limit.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: Option<PathBuf>,
    limit: u64,
}

impl Cache {
    /// Records of one kind, at most `limit` bytes of them.
    #[must_use]
    pub fn of_listener(kind: &str, limit: u64) -> Self {
        Self { folder: folder().map(|folder| folder.join(kind)), limit }
    }

    /// Records in this folder, which is made where it is missing.
    #[must_use]
    pub fn within(folder: PathBuf, limit: u64) -> Self {
        Self { folder: Some(folder), limit }
    }

    /// Remembers nothing.
    #[must_use]
    pub fn none() -> Self {
        Self { folder: None, limit: 0 }
    }

    /// What was kept under this key, if it is there and whole.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let bytes = read(&self.file(key)?)?;
        let rest = bytes.strip_prefix(MARK)?;
        let (digest, rest) = rest.split_at_checked(DIGEST)?;
        let content = rest.strip_prefix(&length(key)).and_then(|rest| rest.strip_prefix(key))?;
        (digest == md5::compute(rest).0).then(|| content.to_vec())
    }

    /// Keeps a record, in the place of an older one. Where that can't be done, nothing is kept.
    pub fn put(&self, key: &[u8], content: &[u8]) {
        let record = [&length(key), key, content].concat();
        let digest = md5::compute(&record).0;
        let whole = [&MARK[..], &digest, &record].concat();
        if let Some(file) = self.file(key).filter(|_| whole.len() as u64 <= LARGEST) {
            let _ = write(&file, &whole);
        }
    }

    /// Lets go of the oldest records, as many as are too many.
    pub fn trim(&self) {
        let Some(entries) = self.folder.as_ref().and_then(|folder| fs::read_dir(folder).ok()) else { return };
        let mut records = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name().into_string().unwrap_or_default();
            let Ok(facts) = entry.metadata() else { continue };
            let Ok(modified) = facts.modified() else { continue };
            if is_record(&name) && facts.is_file() {
                records.push((modified, facts.len().max(SMALLEST), entry.path()));
            } else if name.ends_with(UNFINISHED)
                && SystemTime::now().duration_since(modified).unwrap_or_default() > STALE
            {
                let _ = fs::remove_file(entry.path());
            }
        }
        records.sort();
        let mut size: u64 = records.iter().map(|(_, size, _)| size).sum();
        for (_, bytes, path) in records {
            if size <= self.limit {
                break;
            }
            let _ = fs::remove_file(path);
            size -= bytes;
        }
    }

    fn file(&self, key: &[u8]) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{:x}", md5::compute(key))))
    }
}

fn is_record(name: &str) -> bool {
    name.len() == 2 * DIGEST && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn length(key: &[u8]) -> [u8; 4] {
    u32::try_from(key.len()).unwrap_or(u32::MAX).to_le_bytes()
}

/// A whole file, if it is a regular one and no larger than any record. Never waits for the other end of a pipe.
fn read(path: &Path) -> Option<Vec<u8>> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file: File = options.open(path).ok()?;
    let facts = file.metadata().ok().filter(|facts| facts.is_file() && facts.len() <= LARGEST)?;
    let mut bytes = Vec::with_capacity(usize::try_from(facts.len()).ok()?);
    file.take(LARGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Beside its place, then renamed: nobody ever reads half a record.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let mut file = tempfile::Builder::new().prefix(".").suffix(UNFINISHED).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cache(folder: &tempfile::TempDir) -> Cache {
        Cache::within(folder.path().join("a/b"), 10 * SMALLEST)
    }

    #[test]
    fn what_was_kept_is_there_under_its_own_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(&folder);
        assert_eq!(cache.get(b"key"), None);
        cache.put(b"key", b"first");
        cache.put(b"key", b"second");
        cache.put(b"", b"");
        assert_eq!(cache.get(b"key").as_deref(), Some(&b"second"[..]));
        assert_eq!(cache.get(b"").as_deref(), Some(&b""[..]));
        assert_eq!(cache.get(b"keys"), None);
        fs::copy(cache.file(b"key").unwrap(), cache.file(b"other").unwrap()).unwrap();
        assert_eq!(cache.get(b"other"), None, "a record at another's place");
    }

    #[test]
    fn the_oldest_go_where_there_are_too_many_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(&folder);
        let at = |number: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + number);
        for number in 0..20_u64 {
            cache.put(&number.to_le_bytes(), &[7; 100]);
            let file = File::options().write(true).open(cache.file(&number.to_le_bytes()).unwrap()).unwrap();
            file.set_modified(at(number)).unwrap();
        }
        fs::write(folder.path().join("a/b/a note of the listener"), vec![0; 50_000]).unwrap();
        cache.trim();
        let kept: Vec<u64> = (0..20).filter(|number: &u64| cache.get(&number.to_le_bytes()).is_some()).collect();
        assert_eq!(kept, (10..20).collect::<Vec<_>>());
        assert!(folder.path().join("a/b/a note of the listener").exists());
    }

    #[test]
    fn where_nothing_can_be_kept_nothing_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "a file where a folder should be").unwrap();
        for cache in [cache(&folder), Cache::none()] {
            cache.put(b"key", b"content");
            cache.trim();
            assert_eq!(cache.get(b"key"), None);
        }
        let large = Cache::within(folder.path().join("b"), u64::MAX);
        large.put(b"key", &vec![0; LARGEST as usize]);
        assert_eq!(large.get(b"key"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_or_a_pipe_in_the_place_of_a_record_is_no_record() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(&folder);
        fs::create_dir_all(cache.file(b"folder").unwrap()).unwrap();
        let pipe = cache.file(b"pipe").unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for key in [&b"folder"[..], b"pipe"] {
            assert_eq!(cache.get(key), None);
            cache.put(key, b"content");
        }
        cache.trim();
        assert_eq!(cache.get(b"pipe").as_deref(), Some(&b"content"[..]));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_damaged_record_is_no_record(place in any::<prop::sample::Index>(), bit in 0_u8..8, cut in any::<bool>()) {
            let folder = tempfile::tempdir().unwrap();
            let cache = cache(&folder);
            cache.put(b"key", b"what was measured");
            let file = cache.file(b"key").unwrap();
            let mut bytes = fs::read(&file).unwrap();
            let place = place.index(bytes.len());
            if cut {
                bytes.truncate(place);
            } else {
                bytes[place] ^= 1 << bit;
            }
            fs::write(&file, bytes).unwrap();
            prop_assert_eq!(cache.get(b"key"), None);
        }
    }
}
