//! Whatever is TOML 1.0 has no syntax error, and nothing else is accepted.

use std::path::Path;

use crate::manifest::codes::Code;
use crate::manifest::findings::Finding;
use crate::manifest::{Severity, document, read_lossy};

/// The codes of findings about the meaning of a text that is TOML.
const CODES_OF_MEANING: [Code; 5] =
    [Code::UnknownKey, Code::HeaderName, Code::MisplacedKey, Code::WrongType, Code::KeyOfAnotherKind];

/// A complete manifest, to which each text is appended.
const MANIFEST: &str = "format = 1\ntitle = \"x\"\n[[segment]]\nsilence = \"1s\"\n";

const VALID: &[&str] = &[
    "",
    "# Only a comment",
    "\r\n# Line ends of Windows\r\na = 1\r\n",
    "\t a\t=\t1\t# Tabs",
    "\"\" = 1\n'b' = 2\n\"a b\" = 3\n\"#\" = 4\n\"=\" = 5\n'[' = 6",
    "1234 = 1\n3.14 = 2\n-_- = 3\ntrue = 4\ninf = 5\n1979-05-27 = 6",
    "a.b.\"c.d\" = 1\na . b . e = 2\na.'f' = 3",
    "a = +1\nb = -0\nc = 1_000\nd = 0xDEAD_beef\ne = 0o17\nf = 0b1_0",
    "a = 1e6\nb = 6.26e-3\nc = -inf\nd = +nan\ne = 1_0.0_1\nf = 5E+22",
    "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 07:32:00.999-07:00\nc = 1979-05-27t00:32:00z\nd = 1979-05-27\ne = 07:32:00",
    "a = \"\\b\\t\\n\\f\\r\\\"\\\\ \\u00e9 \\U0001F642\"\nb = 'C:\\windows\\'\nc = \"# [x] = {y}\"",
    "a = \"\"\"\"\"Two quotes\"\", three\\\"\"\" and five\"\"\"\"\"\nb = ''''Mind's'''''\nc = \"\"\"\"\"\"",
    "a = \"\"\"\nRest \\\n\n    here. \\   \n  Now.\"\"\"\nb = '''\n'''",
    "a = \"\"\"\n[[segment]]\nsay = 1\n[x\n'''\n# {\n\"\"\"\nb = 1",
    "a = '''\n[[segment]]\n\"\"\"\nsay = 1\n'''",
    "a = [1, 'x', [true, [ ]], {b = 1}]\nc = [\n  # First\n  1, # [\n\n  2\n  , 3,\n]\nd = [ \"]\", ']', \"\"\"]\n\"\"\" ]",
    "a = {}\nb = { c.d = 1, 'e' = {f = [1,\n2]}, \"g h\" = '}' }",
    "[a]\n[a.b]\n[a.c.d]\n[a.c]\nx = 1",
    "[a.b]\nx = 1\n[a]\nc = 1",
    "[ a . \"b\" . 'c' ]\n[ \"d e\" ]\n['f']\n[\"\"]\n[a.\"g.h\"]",
    "[\"a#b\"] # A \"#\"\n['c]'] # ]\n[\"d\\\"]\"]\n[e] # [f\n[[g]] # ]]",
    "[[a]]\nx = 1\n[[a.b]]\n[a.b.c]\n[[a.b]]\n[a.b.c]\n[[a]]",
    "[[ \"a\" ]]\n[['b']]\n[[c . d]]",
    "a.b = 1\n[c]\na.b = 1\n[[c.d]]\na.b = 1",
    "[[\"segment\"]]\nsilence = \"1s\"\n[[ 'segment' ]]\nsilence = \"1s\"\n[\"levels\"] # \"\nvoice = -20\n[ bell . \"x\" ]\nclip = \"x.wav\"",
];

const INVALID: &[&str] = &[
    "a = 01",
    "a = 1__0",
    "a = _1",
    "a = 1_",
    "a = 1.",
    "a = .1",
    "a = 1.e1",
    "a = 1e",
    "a = +-1",
    "a = 0xG",
    "a = -0x1",
    "a = 0X1",
    "a = Inf",
    "a = 1,5",
    "a = True",
    "a = yes",
    "a = 1979-13-01",
    "a = 1979-05-27T25:00:00",
    "a = \"x",
    "a = 'x",
    "a = \"\"\"x",
    "a = '''x''",
    "a = \"x\ny\"",
    "a = 'x' 'y'",
    "a = '''x''''''",
    "a = \"\\e\"",
    "a = \"\\x41\"",
    "a = \"\\ud800\"",
    "a = \"\\U00110000\"",
    "a = \"\\q\"",
    "a = \"\u{1}\"",
    "a = \"\u{7f}\"",
    "# \u{1}",
    "a = 1\rb = 2",
    "a = 1\na = 2",
    "a = 1\n\"a\" = 2",
    "a.b = 1\na = 2",
    "a = 1\na.b = 2",
    "a = {b = 1}\na.c = 2",
    "a = {b = 1, b = 2}",
    "a = {b = 1,}",
    "a = {b = 1\n}",
    "a = {b = 1 c = 2}",
    "a = {, b = 1}",
    "a = [1 2]",
    "a = [1,, 2]",
    "a = [1",
    "a = ]",
    "a = {",
    "a =",
    "= 1",
    "a",
    "a b = 1",
    "a = 1 b = 2",
    "a\n= 1",
    "a..b = 1",
    ".a = 1",
    "a. = 1",
    "\"\"\"a\"\"\" = 1",
    "\u{e4} = 1",
    "[a]\n[a]",
    "[a]\nb = 1\n[a.b]",
    "[a]\nb.c = 1\n[a.b]",
    "a = []\n[[a]]",
    "[[a]]\n[a]",
    "[a]\n[[a]]",
    "[[a.b]]\n[[a]]",
    "a = {}\n[a.b]",
    "[]",
    "[[]]",
    "[a.]",
    "[a..b]",
    "[.a]",
    "[a b]",
    "[a",
    "[[a]",
    "[a]]",
    "[ [a]]",
    "[a] b = 1",
    "[a\n]",
    "[a#b]",
    "['''a''']",
];

/// Returns the findings of the reader of any TOML.
fn document_findings(text: &str) -> Vec<Finding> {
    document::read_document(Path::new("x.toml"), text, "a = 1", |_| ()).1
}

/// Returns the errors of the reader of manifests.
fn manifest_errors(text: &str) -> Vec<Finding> {
    let findings = read_lossy(Path::new("x.toml"), &format!("{MANIFEST}{text}")).findings;
    findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect()
}

#[test]
fn toml_has_no_syntax_error() {
    for text in VALID {
        assert!(toml::from_str::<toml::Table>(text).is_ok(), "{text}");
        let findings = document_findings(text);
        assert!(findings.is_empty(), "{text}\n{findings:#?}");
        let mut findings = manifest_errors(text);
        findings.retain(|finding| !CODES_OF_MEANING.contains(&finding.code));
        assert!(findings.is_empty(), "{text}\n{findings:#?}");
    }
}

#[test]
fn what_is_not_toml_is_never_accepted() {
    for text in INVALID {
        assert!(!document_findings(text).is_empty(), "{text}");
        assert!(!manifest_errors(text).is_empty(), "{text}");
    }
}

#[test]
fn quoted_headers_of_segments_and_sections_are_accepted() {
    let findings = manifest_errors(VALID[VALID.len() - 1]);
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn brackets_and_dots_only_count_where_they_nest() {
    let (brackets, dots) = ("[{".repeat(40), ".".repeat(40));
    let text = format!(
        "# {brackets}\nid = \"a\" # {brackets}\n[[segment]]\nsay = \"\"\"\n{brackets}\nx{dots} = 1\n[x{dots}]\n\"\"\""
    );
    let findings = manifest_errors(&text);
    assert!(findings.is_empty(), "{findings:#?}");
    for text in
        [format!("a = {}", "[".repeat(33)), format!("a = {}", "{b = ".repeat(33)), format!("a{} = 1", ".b".repeat(33))]
    {
        assert!(manifest_errors(&text).iter().any(|finding| finding.code == Code::TooMuch), "{text}");
    }
}
