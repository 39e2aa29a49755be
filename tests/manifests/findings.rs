//! `docs/findings.md` explains every code, and `check` finds the errors in its examples.

use std::path::Path;
use std::process::Command;

const PAGE: &str = include_str!("../../docs/findings.md");

/// An example from the page, without the keys that every manifest needs.
struct Example {
    code: &'static str,
    marks: Vec<&'static str>,
    text: &'static str,
}

fn examples() -> Vec<Example> {
    let in_section = |section: &'static str| -> Vec<Example> {
        let (code, rest) = section.split_once('\n').expect("a section has lines");
        let example = |fence: &'static str| {
            let (marks, rest) = fence.split_once('\n').expect("a fence has lines");
            let (text, _) = rest.split_once("\n```").expect("a fence is closed");
            Example { code, marks: marks.split(' ').collect(), text }
        };
        rest.split("```toml ").skip(1).map(example).collect()
    };
    PAGE.split("\n## ").skip(1).flat_map(in_section).collect()
}

impl Example {
    fn has_mark(&self, mark: &str) -> bool {
        self.marks.contains(&mark)
    }

    /// Returns the whole manifest, and how many lines precede the example.
    fn manifest(&self) -> (String, usize) {
        let is_part = !self.text.starts_with("format");
        let head = if is_part { "format = 1\ntitle = \"Evening\"\n" } else { "" };
        let tail = "\n\n[[segment]]\nsay = \"You may pause or stop at any time.\"\n";
        (format!("{head}{}{}", self.text, if self.has_mark("whole") { "" } else { tail }), head.lines().count())
    }
}

/// Returns the lines and codes that `check` finds in an example. With the mark `noclips`, missing clips are left out.
fn findings(example: &Example, folder: &Path) -> Vec<(usize, String)> {
    let path = folder.join("example.toml");
    std::fs::write(folder.join("welcome.wma"), "no audio at all").expect("a clip can be written");
    std::fs::write(&path, example.manifest().0).expect("the manifest can be written");
    let hints = example.has_mark("hints").then_some("--hints");
    let output = Command::new(env!("CARGO_BIN_EXE_karuna")).args(["check", "--json"]).args(hints).arg(&path).output();
    let output = output.expect("the program runs").stdout;
    let document: serde_json::Value = serde_json::from_slice(&output).expect("JSON");
    let findings = document["findings"].as_array().expect("a list").iter();
    let line = |value: &serde_json::Value| value.as_u64().map_or(0, |line| usize::try_from(line).unwrap_or(0));
    let findings = findings.map(|one| (line(&one["line"]), one["code"].as_str().unwrap_or_default().to_owned()));
    findings.filter(|(_, code)| !example.has_mark("noclips") || code != "clip-missing").collect()
}

#[test]
fn each_before_example_has_its_error_at_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut count = 0;
    for example in examples().iter().filter(|example| example.has_mark("before")) {
        let (manifest, preceding) = example.manifest();
        let line: usize = example.marks[1].parse().expect("the page names the line");
        let line = if example.has_mark("top") { 1 } else { preceding + line };
        let mut expected = vec![(line, example.code.to_owned())];
        if example.has_mark("twice") {
            expected.push(expected[0].clone());
        }
        assert_eq!(findings(example, folder.path()), expected, "in\n{manifest}");
        count += 1;
    }
    assert!(count >= 45, "{count} examples");
}

#[test]
fn after_examples_have_no_findings() {
    let folder = tempfile::tempdir().expect("a folder");
    for example in examples().iter().filter(|example| example.has_mark("after") && !example.has_mark("clips")) {
        assert_eq!(findings(example, folder.path()), [], "of {} in\n{}", example.code, example.manifest().0);
    }
}

#[test]
fn explain_prints_the_section_and_refuses_unknown_codes() {
    let explain = |code: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_karuna")).args(["check", "--explain", code]).output();
        let output = output.expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, text) = explain("curly-quote");
    assert_eq!(code, Some(0));
    assert!(text.contains("“A hand, a breath”") && text.contains("Before:") && text.contains("After:"), "{text}");
    assert!(!text.contains("```"), "{text}");
    assert_eq!(explain("no-such-code").0, Some(2));
}
