//! The arrows between the modules: who may know whom. Whatever is not in the table is not allowed.
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From each module to those that it may name. `a::b` allows only that part of `a`.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &["cli", "commands"]),
    (
        "commands",
        &[
            "cli", "present", "playback", "engine", "error", "io", "load", "manifest", "player", "dsp", "speech",
            "timeline", "units", "text",
        ],
    ),
    ("cli", &["io::encode::Depth", "speech::Voice", "manifest", "playback", "timeline", "units"]),
    ("present", &["engine", "io::display", "manifest", "player", "text", "timeline", "units"]),
    ("playback", &["dsp", "engine", "error", "io", "manifest::duration", "player", "text", "timeline", "units"]),
    ("load", &["engine", "error", "io", "manifest", "player", "speech", "timeline", "units", "text"]),
    ("speech", &["dsp", "engine", "error", "io", "manifest", "units", "text"]),
    ("io", &["engine", "error", "manifest", "player", "dsp", "timeline", "units", "text"]),
    ("player", &["dsp", "engine", "timeline", "units"]),
    ("engine", &["dsp", "timeline", "units"]),
    ("timeline", &["manifest", "dsp", "units"]),
    ("manifest", &["dsp", "units", "text"]),
    ("dsp", &["units"]),
    ("text", &["units"]),
    ("error", &[]),
    ("units", &[]),
];

/// No adapter of the edge knows another, but for these, each with its reason.
const BETWEEN_ADAPTERS: &[(&str, &str, &str)] = &[
    ("clips", "library", "the table of a session's clips finds them in the library …"),
    ("clips", "decode", "… and opens them by the decoder"),
    ("clips", "cache", "what was heard of a clip is kept for the next time"),
    ("device", "priority", "the thread that a device waits for comes before others"),
    ("display", "terminal", "what is drawn has to know how wide the terminal is, and that it is one"),
];

/// One file naming a module of the package.
#[derive(Debug)]
struct Mention {
    file: PathBuf,
    line: usize,
    /// The module that the file belongs to, from the top.
    from: Vec<String>,
    /// What is named, from the top.
    to: Vec<String>,
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// `src/io/encode/wav.rs` is `io::encode::wav`.
fn module(file: &Path) -> Vec<String> {
    let path = file.strip_prefix(source()).unwrap().with_extension("");
    path.iter().map(|part| part.to_str().unwrap().to_owned()).collect()
}

/// The paths of a line of code that lead to modules of the package, as they are written; a group is written out.
fn paths(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for root in ["crate::", "karuna::", "super::"] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == ':') {
                continue;
            }
            let rest = &code[at..];
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
            let (path, rest) = rest.split_at(end);
            match rest.strip_prefix('{').and_then(|group| group.split('}').next()) {
                Some(group) => paths.extend(group.split(',').map(|item| format!("{path}{}", item.trim()))),
                None => paths.push(path.to_owned()),
            }
        }
    }
    paths
}

/// A path as it is seen from the top of the package.
fn resolve(path: &str, from: &[String]) -> Vec<String> {
    let mut parts = path.split("::").filter(|part| !part.is_empty() && *part != "*").peekable();
    let mut base = Vec::new();
    if parts.peek() == Some(&"super") {
        base = from.to_vec();
        while parts.next_if_eq(&"super").is_some() {
            base.pop();
        }
    } else {
        parts.next();
    }
    base.into_iter().chain(parts.map(str::to_owned)).collect()
}

/// The code of a file in one line for each statement, so that a group of names is not torn; comments left out.
fn statements(text: &str) -> Vec<(usize, String)> {
    let mut statements = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default().trim();
        let (first, mut statement) = open.take().unwrap_or((number + 1, String::new()));
        statement.push_str(code);
        if statement.contains("use ") && !statement.contains(';') && !code.is_empty() {
            open = Some((first, statement));
        } else {
            statements.push((first, statement));
        }
    }
    statements.extend(open);
    statements
}

/// Whether a module is compiled for tests only.
fn is_test(module: &[String]) -> bool {
    module[0] == "testing" || module.iter().any(|part| part == "tests")
}

fn mentions() -> Vec<Mention> {
    let mut found = Vec::new();
    files(&source(), &mut found);
    found.sort();
    let mut mentions = Vec::new();
    for file in found {
        let (text, from) = (fs::read_to_string(&file).unwrap(), module(&file));
        // `lib` is the list of the modules itself; tests may name whatever they need.
        if from == ["lib"] || is_test(&from) {
            continue;
        }
        for (line, code) in statements(&text) {
            let named = paths(&code).into_iter().map(|path| resolve(&path, &from));
            let named = named.filter(|to| !to.is_empty() && *to != from);
            mentions.extend(named.map(|to| Mention { file: file.clone(), line, from: from.clone(), to }));
        }
    }
    mentions
}

/// Whether a path begins with another.
fn begins(path: &[String], with: &str) -> bool {
    let with: Vec<_> = with.split("::").collect();
    path.len() >= with.len() && path.iter().zip(with).all(|(one, other)| one == other)
}

fn is_allowed(mention: &Mention) -> bool {
    let (from, to) = (&mention.from[0], &mention.to);
    if *from != to[0] {
        return ARROWS.iter().any(|(name, allowed)| name == from && allowed.iter().any(|arrow| begins(to, arrow)));
    }
    let (Some(adapter), Some(other)) = (mention.from.get(1), to.get(1)) else { return true };
    from != "io"
        || adapter == other
        || BETWEEN_ADAPTERS.iter().any(|(one, another, _)| adapter == one && other == another)
}

#[test]
fn no_module_names_another_that_it_should_not_know() {
    let found = mentions();
    assert!(found.len() > 100, "only {} mentions were found", found.len());
    let wrong: Vec<_> = found.iter().filter(|mention| !is_allowed(mention)).collect();
    let told = wrong.iter().map(|mention| {
        let file = mention.file.strip_prefix(source()).unwrap().display();
        format!("\n  src/{file}:{}: {} → {}", mention.line, mention.from.join("::"), mention.to.join("::"))
    });
    assert!(wrong.is_empty(), "arrows that are not in the table:{}", told.collect::<String>());
}

#[test]
fn every_module_is_in_the_table_and_the_table_has_no_circle() {
    let modules: BTreeSet<_> = {
        let mut found = Vec::new();
        files(&source(), &mut found);
        found.iter().map(|file| module(file)[0].clone()).filter(|name| name != "lib" && name != "testing").collect()
    };
    let named: BTreeSet<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(modules, named);
    let place = |name: &str| ARROWS.iter().position(|(one, _)| *one == name.split("::").next().unwrap());
    for (from, allowed) in ARROWS {
        for to in *allowed {
            assert!(place(from) < place(to), "{from} → {to}: the table goes from the edge to the middle");
        }
    }
}

#[test]
fn exceptions_are_needed() {
    let found = mentions();
    for (one, another, _) in BETWEEN_ADAPTERS {
        let needed = found.iter().any(|mention| {
            mention.from[0] == "io" && mention.from[1] == *one && begins(&mention.to, &format!("io::{another}"))
        });
        assert!(needed, "io::{one} does not name io::{another} any more");
    }
}

#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let from: Vec<_> = ["io", "encode", "wav"].map(str::to_owned).to_vec();
    let read = |code: &str| {
        let found = statements(code).into_iter().flat_map(|(_, code)| paths(&code));
        found.map(|path| resolve(&path, &from).join("::")).collect::<Vec<_>>()
    };
    assert_eq!(read("use super::super::decode;"), ["io::decode"]);
    assert_eq!(read("use super::{\n    a,\n    b,\n};")[..2], ["io::encode::a", "io::encode::b"]);
    assert_eq!(read("let x = crate::units::Rate::new(1); // crate::io"), ["units::Rate::new"]);
    assert!(read("use my_crate::x;").is_empty());
}
