use super::*;
use proptest::prelude::*;

fn cache(folder: &tempfile::TempDir) -> Cache {
    Cache::in_folder(folder.path().join("a/b"), 10 * MIN_FILE)
}

/// Returns a cache with twenty records, twice as many as fit, whose times of last use are long ago and one second apart.
fn full_cache(folder: &tempfile::TempDir) -> Cache {
    let cache = cache(folder);
    let stored_at = |number: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + number);
    for number in 0..20_u64 {
        cache.insert(&number.to_le_bytes(), &[7; 100]);
        set_used(&cache, number, stored_at(number));
    }
    cache
}

fn set_used(cache: &Cache, number: u64, used: SystemTime) {
    let path = cache.record_path(&number.to_le_bytes()).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(used).unwrap();
}

/// Returns the remaining records, without marking them as used.
fn remaining(cache: &Cache) -> Vec<u64> {
    (0..20).filter(|number: &u64| cache.record_path(&number.to_le_bytes()).unwrap().exists()).collect()
}

#[test]
fn content_is_only_found_under_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(&folder);
    assert_eq!(cache.get(b"key"), None);
    cache.insert(b"key", b"first");
    cache.insert(b"key", b"second");
    cache.insert(b"", b"");
    assert_eq!(cache.get(b"key").as_deref(), Some(&b"second"[..]));
    assert_eq!(cache.get(b"").as_deref(), Some(&b""[..]));
    assert_eq!(cache.get(b"keys"), None);
    fs::copy(cache.record_path(b"key").unwrap(), cache.record_path(b"other").unwrap()).unwrap();
    assert_eq!(cache.get(b"other"), None, "a record copied to another key's path");
}

#[test]
fn only_the_oldest_records_are_evicted() {
    let folder = tempfile::tempdir().unwrap();
    let cache = full_cache(&folder);
    fs::write(folder.path().join("a/b/a note of the listener"), vec![0; 50_000]).unwrap();
    cache.evict();
    let remaining: Vec<u64> = (0..20).filter(|number: &u64| cache.get(&number.to_le_bytes()).is_some()).collect();
    assert_eq!(remaining, (10..20).collect::<Vec<_>>());
    assert!(folder.path().join("a/b/a note of the listener").exists());
}

#[test]
fn a_record_that_was_used_recently_outlives_newer_ones() {
    let folder = tempfile::tempdir().unwrap();
    let cache = full_cache(&folder);
    for number in [0, 3] {
        assert!(cache.get(&u64::to_le_bytes(number)).is_some());
    }
    cache.evict();
    assert_eq!(remaining(&cache), [0, 3, 12, 13, 14, 15, 16, 17, 18, 19]);
}

#[test]
fn a_record_dated_in_the_future_is_evicted_first() {
    let folder = tempfile::tempdir().unwrap();
    let cache = full_cache(&folder);
    set_used(&cache, 19, SystemTime::now() + Duration::from_hours(1000));
    cache.evict();
    assert_eq!(remaining(&cache), (9..19).collect::<Vec<_>>());
}

#[test]
fn abandoned_temporary_files_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let cache = full_cache(&folder);
    let [abandoned, recent, unrelated] =
        [".karuna-0123456789abcdef.part", ".karuna-fedcba9876543210.part", "note.part"]
            .map(|name| folder.path().join("a/b").join(name));
    for path in [&abandoned, &recent, &unrelated] {
        fs::write(path, "half a record").unwrap();
    }
    let old = SystemTime::now() - Duration::from_hours(2);
    for path in [&abandoned, &unrelated] {
        File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
    }
    cache.evict();
    assert!(!abandoned.exists() && recent.exists() && unrelated.exists());
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_can_write_to_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let cache = full_cache(&folder);
    let key = 19_u64.to_le_bytes();
    let set_mode = |name: &str, mode: u32| {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    for (name, mode) in [("a/b", 0o770), ("a/b", 0o777), ("a", 0o777)] {
        set_mode(name, mode);
        cache.evict();
        cache.insert(b"another", b"");
        assert_eq!(
            (cache.get(&key), cache.record_path(b"another").unwrap().exists()),
            (None, false),
            "{name} {mode:o}"
        );
        set_mode(name, 0o700);
        assert!(cache.get(&key).is_some());
    }
    assert_eq!(remaining(&cache).len(), 20);
}

#[cfg(unix)]
#[test]
fn nothing_is_removed_through_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let cache = full_cache(&folder);
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(folder.path().join("a/b"), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, folder.path().join("a/b")).unwrap();
    cache.evict();
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 20);
}

#[test]
fn nothing_is_stored_without_a_usable_folder_or_above_the_size_limit() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "a file where a folder should be").unwrap();
    for cache in [cache(&folder), Cache::disabled()] {
        cache.insert(b"key", b"content");
        cache.evict();
        assert_eq!(cache.get(b"key"), None);
    }
    let large = Cache::in_folder(folder.path().join("b"), u64::MAX);
    large.insert(b"key", &vec![0; usize::try_from(MAX_RECORD).unwrap()]);
    assert_eq!(large.get(b"key"), None);
}

#[cfg(unix)]
#[test]
fn folders_and_pipes_are_not_records() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(&folder);
    fs::create_dir_all(cache.record_path(b"folder").unwrap()).unwrap();
    let pipe = cache.record_path(b"pipe").unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for key in [&b"folder"[..], b"pipe"] {
        assert_eq!(cache.get(key), None);
        cache.insert(key, b"content");
    }
    cache.evict();
    // `insert` replaces a pipe; a folder stays.
    assert_eq!(cache.get(b"pipe").as_deref(), Some(&b"content"[..]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_record_is_ignored(position in any::<prop::sample::Index>(), bit in 0_u8..8, cut in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(&folder);
        cache.insert(b"key", b"what was measured");
        let path = cache.record_path(b"key").unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let position = position.index(bytes.len());
        if cut {
            bytes.truncate(position);
        } else {
            bytes[position] ^= 1 << bit;
        }
        fs::write(&path, bytes).unwrap();
        prop_assert_eq!(cache.get(b"key"), None);
    }
}
