//! What a code means, in the words of the page that lists them all.

use super::codes::Code;

/// The page.
pub const PAGE: &str = include_str!("../../docs/findings.md");

/// What a code means, why it matters, and an example before and after.
#[must_use]
pub fn explain(code: Code) -> String {
    let level = if code.is_warning() { "warning" } else { "error" };
    let mut lines = vec![format!("{level}[{}]", code.name()), String::new()];
    let mut example = false;
    for line in section(code).lines() {
        if line.starts_with("```") {
            example = !example;
            lines.push(String::new());
        } else if example && !line.is_empty() {
            lines.push(format!("    {line}"));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    lines.join("\n").trim_end().to_owned()
}

/// The part of the page that is about a code, without its heading.
#[must_use]
pub fn section(code: Code) -> &'static str {
    let heading = format!("\n## {}\n", code.name());
    let Some((_, after)) = PAGE.split_once(heading.as_str()) else { return "" };
    let end = ["\n## ", "\n# "].iter().filter_map(|next| after.find(next)).min();
    after[..end.unwrap_or(after.len())].trim()
}
