//! A teacher's first drafts: many mistakes in one file, each found at its place with its remedy, and none made up.
//!
//! Beside each manifest in `tests/drafts/` stands what is to be found in it, a line for each finding. They were read over by a
//! person; `KARUNA_WRITE_DRAFTS=1` writes them anew, to be read over once more.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn drafts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drafts");
    let files = fs::read_dir(folder).expect("the drafts").map(|entry| entry.expect("an entry").path());
    let mut drafts: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    drafts.sort();
    drafts
}

fn found(draft: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_karuna")).args(["check", "--json"]).arg(draft).output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(1), "{}", draft.display());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut told = String::new();
    for finding in document["findings"].as_array().expect("a list") {
        let text = |key: &str| finding[key].as_str().expect("text");
        assert_eq!(text("path"), draft.to_str().expect("a path"));
        let place = format!("{}:{}", finding["line"], finding["column"]);
        writeln!(told, "{place} {}[{}]: {}", text("level"), text("code"), text("message")).expect("memory");
        writeln!(told, "    help: {}", text("help")).expect("memory");
    }
    told
}

#[test]
fn each_mistake_of_a_draft_is_found_and_no_other() {
    assert!(drafts().len() >= 6);
    for draft in drafts() {
        let beside = draft.with_extension("txt");
        let found = found(&draft);
        if std::env::var_os("KARUNA_WRITE_DRAFTS").is_some() {
            fs::write(&beside, &found).expect("what was found can be written");
        }
        let wanted = fs::read_to_string(&beside).expect("what is to be found");
        assert_eq!(found, wanted, "in {}", draft.display());
    }
}
