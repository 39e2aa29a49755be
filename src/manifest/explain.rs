//! Explanations of finding codes, taken from `docs/findings.md`.

use super::codes::Code;

/// The page that explains all codes.
const PAGE: &str = include_str!("../../docs/findings.md");

/// Returns the explanation of a code as plain text, with its examples indented.
pub(crate) fn explain(code: Code) -> String {
    let severity = match (code.is_hint(), code.is_warning()) {
        (true, _) => "hint",
        (false, true) => "warning",
        (false, false) => "error",
    };
    let mut lines = vec![format!("{severity}[{}]", code.name()), String::new()];
    let mut in_example = false;
    for line in section(code).lines() {
        if line.starts_with("```") {
            in_example = !in_example;
            lines.push(String::new());
        } else if in_example && !line.is_empty() {
            lines.push(format!("    {line}"));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    lines.join("\n").trim_end().to_owned()
}

/// Returns the section of the page about a code, without its heading.
#[must_use]
pub(super) fn section(code: Code) -> &'static str {
    let heading = format!("\n## {}\n", code.name());
    let Some((_, after)) = PAGE.split_once(heading.as_str()) else { return "" };
    let end = ["\n## ", "\n# "].iter().filter_map(|next| after.find(next)).min();
    after[..end.unwrap_or(after.len())].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_explains_exactly_the_known_codes_in_order() {
        let headings: Vec<_> = PAGE.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let codes: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(headings, codes);
        for code in Code::ALL {
            assert!(section(*code).len() > 40, "{} is hardly explained", code.name());
            let severity = if code.is_warning() { "warning[" } else { "error[" };
            assert!(explain(*code).contains(if code.is_hint() { "hint[" } else { severity }));
        }
    }
}
