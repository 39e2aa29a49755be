//! Every spoken line of the shipped sessions has its recording, and the recording says these words.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

/// FNV-1a, 64 bits, as `scripts/narrate` notes it.
fn fingerprint(text: &str) -> String {
    let hash = text
        .trim()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// The clip and the words of every table below this one that has both.
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

/// What is wrong with the recordings of one session.
fn wrong(session: &Path, audio: &Path) -> Vec<String> {
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

#[test]
fn each_recording_says_the_words_of_its_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sessions = fs::read_dir(root.join("sessions")).expect("sessions").map(|entry| entry.expect("an entry").path());
    let wrong: Vec<_> = sessions
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .flat_map(|session| wrong(&session, &root.join("audio")))
        .collect();
    assert!(wrong.is_empty(), "{}\nremedy: scripts/narrate", wrong.join("\n"));
}

#[test]
fn a_fingerprint_is_that_of_the_script() {
    assert_eq!(fingerprint(""), "cbf29ce484222325");
    assert_eq!(fingerprint(" foobar\n"), "85944171f73967e8");
}
