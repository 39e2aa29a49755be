//! A published page in a headless browser, operated by `tests/rig/page.py`.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::engines::{Sandbox, utf8, write_tone};

/// `tests/rig/page.py` depends on these times and words.
const SESSION: &str = r#"format = 1
title = "A page <script>window.hacked = 1</script>"
summary = "For a test: a few lines, and what a listener does with them."
teacher = "Someone"
license = "CC0-1.0"

[[segment]]
chapter = "Arriving"
say = "The first line."
clip = "three.wav"

[[segment]]
silence = "3s"

[[segment]]
chapter = "Staying <b>here</b>"
say = "The second line."
clip = "long.wav"

[[segment]]
silence = "30s"

[[segment]]
chapter = "Going"
say = "The third line."
clip = "three.wav"

[[soften]]
say = "Look around the room."
clip = "two.wav"

[[exit]]
bell = "block"
hold = "500ms"
"#;

/// Returns the path of the axe-core wheel that `scripts/setup --for-tests` downloads.
fn axe() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    cache.join("karuna/packages/axe_playwright_python-0.1.8-py3-none-any.whl")
}

#[test]
fn a_published_page_works_in_a_browser() {
    let sandbox = Sandbox::new();
    sandbox.write("page.toml", SESSION);
    for (name, seconds) in [("two.wav", 2.0), ("three.wav", 3.0), ("long.wav", 60.0)] {
        write_tone(&sandbox.at(name), seconds, 0.2);
    }
    sandbox.run_ok(&["publish", "page.toml", "-o", "out", "--as", "web"]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig/page.py");
    let mut command = Command::new("/usr/bin/timeout");
    command.arg("500").arg("/usr/bin/python3").arg(script).arg(sandbox.at("out/page.html")).arg(axe());
    // KARUNA_SCREENSHOTS names a folder for screenshots.
    command.args(std::env::var_os("KARUNA_SCREENSHOTS"));
    let output = command.env("TMPDIR", sandbox.at("tmp")).output().unwrap();
    assert!(output.status.success(), "{}{}", utf8(&output.stdout), utf8(&output.stderr));
}
