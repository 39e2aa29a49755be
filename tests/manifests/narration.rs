//! Every spoken line of the shipped sessions has a recording made from its words.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// Returns the 64-bit FNV-1a hash of a line, as recorded by `scripts/narrate`.
fn fingerprint(text: &str) -> String {
    let hash = text
        .trim()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// Collects the clip and the words of every table that has both.
fn lines(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Table(table) => {
            if let (Some(clip), Some(say)) = (table.get("clip"), table.get("say")) {
                found.push((clip.as_str().expect("a path").to_owned(), say.as_str().expect("words").to_owned()));
            }
            table.values().for_each(|value| lines(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| lines(value, found)),
        _ => {}
    }
}

fn read(path: &Path) -> Table {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the differences between the lines of a session and its recordings.
fn mismatches(session: &Path, audio: &Path) -> Vec<String> {
    let name = session.file_stem().expect("a name").to_string_lossy();
    let mut spoken = Vec::new();
    lines(&Value::Table(read(session)), &mut spoken);
    if spoken.is_empty() {
        return Vec::new();
    }
    let record = read(&audio.join(name.as_ref()).join("lines.toml"));
    let mut wrong = Vec::new();
    for (clip, say) in &spoken {
        let noted = record["clips"].get(clip).and_then(Value::as_str);
        if !audio.join(clip).is_file() || noted != Some(&fingerprint(say)) {
            wrong.push(format!("{clip} does not say: {say}"));
        }
    }
    let named: BTreeSet<_> = spoken.iter().map(|(clip, _)| audio.join(clip)).collect();
    for file in fs::read_dir(audio.join(name.as_ref())).expect("a folder").map(|entry| entry.expect("an entry").path())
    {
        if file.file_name() != Some("lines.toml".as_ref()) && !named.contains(&file) {
            wrong.push(format!("no line names {}", file.display()));
        }
    }
    wrong
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the manifests of the shipped sessions.
fn sessions() -> impl Iterator<Item = PathBuf> {
    let files = fs::read_dir(root().join("sessions")).expect("sessions").map(|entry| entry.expect("an entry").path());
    files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
}

#[test]
fn each_recording_has_the_words_of_its_line() {
    let wrong: Vec<_> = sessions().flat_map(|session| mismatches(&session, &root().join("audio"))).collect();
    assert!(wrong.is_empty(), "{}\nremedy: scripts/narrate", wrong.join("\n"));
}

/// Returns the folders of the narrators other than the library's own, and the manifests of the sessions that they speak.
fn further_narrators() -> Vec<(PathBuf, PathBuf)> {
    let folders = fs::read_dir(root().join("audio")).expect("recordings").map(|entry| entry.expect("an entry").path());
    folders
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| sessions().map(move |session| (folder.clone(), session)))
        .filter(|(folder, session)| folder.join(session.file_stem().expect("a name")).is_dir())
        .collect()
}

#[test]
fn recordings_of_further_narrators_have_the_words_of_their_lines() {
    let spoken = further_narrators();
    assert!(spoken.len() >= 3, "{spoken:?}");
    let wrong: Vec<_> = spoken.iter().flat_map(|(folder, session)| mismatches(session, folder)).collect();
    assert!(wrong.is_empty(), "{}\nremedy: scripts/narrate --voice NAME", wrong.join("\n"));
}

/// The number of consecutive words that two sessions may not share. Shorter runs are common phrases.
const SAME_WORDS: usize = 7;

/// The number of consecutive words that three sessions may not share.
const TIRING_WORDS: usize = 5;

/// Returns every run of this many words in a line, without punctuation and in lower case.
fn runs(text: &str, length: usize) -> Vec<String> {
    let text = text.to_lowercase();
    let words: Vec<_> =
        text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    words.windows(length).map(|run| run.join(" ")).collect()
}

/// Returns the sessions that contain each run of this many words.
fn sessions_by_run(length: usize) -> BTreeMap<String, BTreeSet<PathBuf>> {
    let mut by_run: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    for session in sessions() {
        let mut spoken = Vec::new();
        lines(&Value::Table(read(&session)), &mut spoken);
        for run in spoken.iter().flat_map(|(_, say)| runs(say, length)) {
            by_run.entry(run).or_default().insert(session.clone());
        }
    }
    by_run
}

/// Fails if more than `most` sessions share a run of this many words.
fn check_shared_runs(length: usize, most: usize) {
    let by_run = sessions_by_run(length);
    assert!(by_run.len() > 1_000, "{} runs of words were compared", by_run.len());
    let shared: Vec<_> = by_run.iter().filter(|(_, sessions)| sessions.len() > most).collect();
    assert!(shared.is_empty(), "words shared by more than {most} sessions: {shared:#?}");
}

#[test]
fn no_two_sessions_share_a_phrase() {
    check_shared_runs(SAME_WORDS, 1);
}

#[test]
fn no_three_sessions_share_a_short_phrase() {
    check_shared_runs(TIRING_WORDS, 2);
}

#[test]
fn words_are_compared_without_punctuation() {
    assert_eq!(runs("You may, if you're tired: stop. Now.", 7), runs("you may if YOU'RE tired – stop now", 7));
    assert_eq!(runs("one two three four five six seven eight", 7).len(), 2);
}

#[test]
fn fingerprints_match_those_of_the_script() {
    assert_eq!(fingerprint(""), "cbf29ce484222325");
    assert_eq!(fingerprint(" foobar\n"), "85944171f73967e8");
}
