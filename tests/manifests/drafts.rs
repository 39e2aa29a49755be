//! First drafts with many errors in one file: each error is found at its position with its remedy, and nothing else is reported.
//!
//! Beside each manifest in `tests/drafts/` is a text file with its expected findings, which were reviewed by hand. After
//! `KARUNA_WRITE_DRAFTS=1` has rewritten them, review them again.

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

fn findings(draft: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_karuna")).args(["check", "--json"]).arg(draft).output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(1), "{}", draft.display());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut report = String::new();
    for finding in document["findings"].as_array().expect("a list") {
        let text = |key: &str| finding[key].as_str().expect("text");
        assert_eq!(text("path"), draft.to_str().expect("a path"));
        let place = format!("{}:{}", finding["line"], finding["column"]);
        writeln!(report, "{place} {}[{}]: {}", text("level"), text("code"), text("message")).expect("memory");
        writeln!(report, "    help: {}", text("help")).expect("memory");
    }
    report
}

#[test]
fn every_error_in_a_draft_is_found_and_no_other() {
    assert!(drafts().len() >= 6);
    for draft in drafts() {
        let expected = draft.with_extension("txt");
        let found = findings(&draft);
        if std::env::var_os("KARUNA_WRITE_DRAFTS").is_some() {
            fs::write(&expected, &found).expect("the findings can be written");
        }
        let expected = fs::read_to_string(&expected).expect("the expected findings");
        assert_eq!(found, expected, "in {}", draft.display());
    }
}
