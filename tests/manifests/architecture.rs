//! Rules for the structure of `src/` that the compiler can't check: the direction of imports, cycles, unique type names, and sizes.
//!
//! Known violations are listed in `architecture/known.txt`, which may only become shorter;
//! `KARUNA_SHRINK_KNOWN=1 cargo nextest run --test manifests architecture` removes those that no longer occur.

mod cycles;
mod modules;
mod parse;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use self::modules::{Crate, Reference};
use self::parse::ModulePath;

/// The modules from the innermost outwards. A module imports only from earlier ones.
const MODULES: &[&str] = &[
    "units", "text", "error", "dsp", "manifest", "script", "timeline", "config", "engine", "player", "io", "history",
    "speech", "load", "render", "playback", "present", "recorder", "publish", "cli", "commands", "main",
];
/// Maximum number of type names that are defined in more than one file.
const MOST_DUPLICATES: usize = 8;
/// Maximum number of items declared `pub`.
const MOST_PUBLIC: usize = 249;
/// Maximum share of `commands` in the lines of code.
const COMMANDS_PART: usize = 10;

fn known_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manifests/architecture/known.txt")
}

/// Fails on violations that are not in `known.txt`. Each violation consists of its line for `known.txt` and its details.
fn compare(kind: &str, found: &BTreeMap<String, String>) {
    let text = fs::read_to_string(known_path()).unwrap_or_default();
    let prefix = format!("{kind} ");
    let known: BTreeSet<_> = text.lines().filter_map(|line| line.strip_prefix(prefix.as_str())).collect();
    for (violation, details) in found.iter().filter(|(violation, _)| known.contains(violation.as_str())) {
        println!("known: {prefix}{violation}{details}");
    }
    let gone: Vec<_> = known.iter().filter(|violation| !found.contains_key(**violation)).collect();
    if !gone.is_empty() && std::env::var_os("KARUNA_SHRINK_KNOWN").is_some() {
        let stays = |line: &&str| !line.strip_prefix(prefix.as_str()).is_some_and(|line| gone.contains(&&line));
        let kept: String = text.lines().filter(stays).flat_map(|line| [line, "\n"]).collect();
        fs::write(known_path(), kept).expect("known.txt can be written");
    }
    let new: String = found
        .iter()
        .filter(|(violation, _)| !known.contains(violation.as_str()))
        .fold(String::new(), |all, (violation, details)| all + &format!("\n{prefix}{violation}{details}"));
    let gone: String = gone.iter().fold(String::new(), |all, violation| all + &format!("\n{prefix}{violation}"));
    assert!(new.is_empty(), "new violations:{new}");
    println!("gone, to be removed from known.txt:{gone}");
}

/// Lists references as `file:line → file`, each pair of files once.
fn list<'a>(sources: &Crate, references: impl IntoIterator<Item = &'a Reference>) -> String {
    let mut seen = BTreeSet::new();
    let first = references.into_iter().filter(|reference| seen.insert((reference.from, reference.to)));
    first.fold(String::new(), |mut all, reference| {
        let (from, to) = (&sources.files[reference.from].path, &sources.files[reference.to].path);
        write!(all, "\n    {from}:{} → {to}", reference.line).expect("memory");
        all
    })
}

#[test]
fn modules_import_only_from_earlier_ones() {
    let sources = Crate::read();
    let module = |file: usize| sources.files[file].module.first().map(String::as_str);
    let row = |name: &str| MODULES.iter().position(|module| *module == name);
    let mut found: BTreeMap<String, Vec<Reference>> = BTreeMap::new();
    for reference in sources.references() {
        let (Some(from), Some(to)) = (module(reference.from), module(reference.to)) else { continue };
        if from != to && row(to) >= row(from) {
            let violation = format!("{} → {to}", sources.files[reference.from].path);
            found.entry(violation).or_default().push(reference);
        }
    }
    let found = found.into_iter().map(|(violation, references)| (violation, list(&sources, &references)));
    compare("direction", &found.collect());
}

#[test]
fn every_module_is_in_the_table() {
    let sources = Crate::read();
    let modules: BTreeSet<_> = sources.files.iter().filter_map(|file| file.module.first()).collect();
    let missing: Vec<_> = modules.iter().filter(|module| !MODULES.contains(&module.as_str())).collect();
    assert!(missing.is_empty(), "add them to MODULES: {missing:?}");
}

#[test]
fn module_imports_have_no_cycles() {
    let sources = Crate::read();
    let references = sources.references();
    assert!(references.len() > 500, "only {} references were found", references.len());
    // A module and its submodules belong together, so they may use each other's definitions.
    let siblings = |reference: &Reference| {
        let (from, to) = (&sources.files[reference.from].module, &sources.files[reference.to].module);
        let common = from.iter().zip(to).take_while(|(from, to)| from == to).count();
        (common < from.len() && common < to.len()).then(|| (from[..=common].to_vec(), to[..=common].to_vec()))
    };
    compare("cycle", &in_circles(&sources, &references, siblings));
}

/// Returns the modules that are in a cycle, with the references that form it.
fn in_circles(
    sources: &Crate,
    references: &[Reference],
    ends: impl Fn(&Reference) -> Option<(ModulePath, ModulePath)>,
) -> BTreeMap<String, String> {
    let edges = references.iter().filter_map(&ends).collect();
    let mut found = BTreeMap::new();
    for group in cycles::cycles(&edges) {
        for module in &group {
            let is_within = |one: &&Reference| {
                ends(one).is_some_and(|(from, to)| from == *module && to != from && group.contains(&to))
            };
            found.insert(module.join("::"), list(sources, references.iter().filter(is_within)));
        }
    }
    found
}

#[test]
fn type_names_are_unique() {
    let sources = Crate::read();
    let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in &sources.files {
        for name in &file.parsed.types {
            places.entry(name).or_default().insert(&file.path);
        }
    }
    places.retain(|_, files| files.len() > 1);
    let details = |files: BTreeSet<&str>| files.iter().fold(String::new(), |all, file| all + "\n    " + file);
    compare("duplicate", &places.into_iter().map(|(name, files)| (name.to_owned(), details(files))).collect());
    let text = fs::read_to_string(known_path()).unwrap_or_default();
    let allowed = text.lines().filter(|line| line.starts_with("duplicate ")).count();
    println!("{allowed} type names are defined twice; {MOST_DUPLICATES} may be");
}

/// Fails when a number is larger than the goal, unless `known.txt` holds a number that is at least as large.
fn compare_number(kind: &str, number: usize, goal: usize) {
    println!("{kind}: {number} of {goal}");
    let text = fs::read_to_string(known_path()).unwrap_or_default();
    let known = text.lines().find_map(|line| line.strip_prefix(&format!("{kind} "))?.parse().ok());
    assert!(number <= known.unwrap_or(goal), "{kind} is {number}; it may be {}", known.unwrap_or(goal));
}

#[test]
fn few_items_are_public() {
    let sources = Crate::read();
    for file in sources.files.iter().filter(|file| file.parsed.public > 0) {
        println!("{:4} {}", file.parsed.public, file.path);
    }
    compare_number("public", sources.files.iter().map(|file| file.parsed.public).sum(), MOST_PUBLIC);
}

#[test]
fn commands_are_a_small_part_of_the_code() {
    let sources = Crate::read();
    let lines = |fits: &dyn Fn(&str) -> bool| -> usize {
        let fitting = sources.files.iter().filter(|file| file.module.first().is_some_and(|module| fits(module)));
        fitting.map(|file| file.lines).sum()
    };
    compare_number("commands", lines(&|module| module == "commands"), lines(&|_| true) / COMMANDS_PART);
}
