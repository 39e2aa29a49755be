//! The page of findings, the codes and what `check` finds are one.

use std::path::Path;
use std::process::Command;

use karuna::manifest::explain::{PAGE, explain, section};
use karuna::manifest::{Code, read};

/// An example of the page: a manifest without what every manifest has.
struct Example {
    code: Code,
    marks: Vec<&'static str>,
    text: &'static str,
}

fn examples() -> Vec<Example> {
    let of = |code: &Code| -> Vec<Example> {
        let fences = section(*code).split("```toml ").skip(1);
        let example = |fence: &'static str| {
            let (marks, rest) = fence.split_once('\n').expect("a fence has lines");
            let (text, _) = rest.split_once("\n```").expect("a fence is closed");
            Example { code: *code, marks: marks.split(' ').collect(), text }
        };
        fences.map(example).collect()
    };
    Code::ALL.iter().flat_map(of).collect()
}

impl Example {
    fn is(&self, mark: &str) -> bool {
        self.marks.contains(&mark)
    }

    /// The whole manifest, and how many lines come before the example.
    fn whole(&self) -> (String, usize) {
        let bare = !self.text.starts_with("format");
        let head = if bare { "format = 1\ntitle = \"Evening\"\n" } else { "" };
        let tail = "\n\n[[segment]]\nsay = \"You may pause or stop at any time.\"\n";
        (format!("{head}{}{}", self.text, if self.is("whole") { "" } else { tail }), head.lines().count())
    }
}

fn check(directory: &Path, manifest: &str) -> Vec<(usize, String)> {
    let path = directory.join("example.toml");
    std::fs::write(directory.join("welcome.wma"), "no audio at all").expect("a clip can be written");
    std::fs::write(&path, manifest).expect("the manifest can be written");
    let output = Command::new(env!("CARGO_BIN_EXE_karuna")).arg("check").arg("--json").arg(&path).output();
    let output = output.expect("the program runs").stdout;
    let document: serde_json::Value = serde_json::from_slice(&output).expect("JSON");
    let findings = document["findings"].as_array().expect("a list").iter();
    let line = |value: &serde_json::Value| value.as_u64().map_or(0, |line| usize::try_from(line).unwrap_or(0));
    findings.map(|one| (line(&one["line"]), one["code"].as_str().unwrap_or_default().to_owned())).collect()
}

/// What is found in an example. One that names clips which do not exist is read, and not listened to.
fn found(example: &Example, directory: &Path) -> Vec<(usize, String)> {
    let (manifest, _) = example.whole();
    if example.is("noclips") {
        let (_, findings) = read(Path::new("example.toml"), &manifest);
        return findings.iter().map(|one| (one.line, one.code.name().to_owned())).collect();
    }
    check(directory, &manifest)
}

#[test]
fn every_code_is_on_the_page_and_nothing_else() {
    let headings: Vec<_> = PAGE.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(headings, codes);
    for code in Code::ALL {
        assert!(section(*code).len() > 40, "{} says too little", code.name());
        assert!(explain(*code).contains(if code.is_warning() { "warning[" } else { "error[" }));
    }
}

#[test]
fn what_is_wrong_before_is_found_at_its_line_and_nothing_else() {
    let directory = tempfile::tempdir().expect("a folder");
    let mut count = 0;
    for example in examples().iter().filter(|example| example.is("before")) {
        let (_, lines) = example.whole();
        let line: usize = example.marks[1].parse().expect("the page names the line");
        let line = if example.is("top") { 1 } else { lines + line };
        let mut wanted = vec![(line, example.code.name().to_owned())];
        if example.is("twice") {
            wanted.push(wanted[0].clone());
        }
        let found = found(example, directory.path());
        assert_eq!(found, wanted, "in\n{}", example.whole().0);
        count += 1;
    }
    assert!(count >= 45, "{count} examples");
}

#[test]
fn what_is_right_after_is_silent() {
    let directory = tempfile::tempdir().expect("a folder");
    for example in examples().iter().filter(|example| example.is("after") && !example.is("clips")) {
        assert_eq!(found(example, directory.path()), [], "of {} in\n{}", example.code.name(), example.whole().0);
    }
}

#[test]
fn explain_prints_the_section_and_refuses_what_is_no_code() {
    let run = |code: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_karuna")).args(["check", "--explain", code]).output();
        let output = output.expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, text) = run("curly-quote");
    assert_eq!(code, Some(0));
    assert!(text.contains("“A hand, a breath”") && text.contains("Before:") && text.contains("After:"), "{text}");
    assert!(!text.contains("```"), "{text}");
    assert_eq!(run("no-such-code").0, Some(2));
}
