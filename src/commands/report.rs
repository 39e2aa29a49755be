//! Findings on the screen, each at its line.

use annotate_snippets::{AnnotationKind, Level as Grade, Renderer, Snippet};

use crate::manifest::{Finding, Level};

/// Prints findings to standard error, drawn on the lines they are about.
pub(super) fn print(text: &str, findings: &[Finding]) {
    for finding in findings {
        anstream::eprintln!("{}\n", drawn(text, finding));
    }
}

/// One finding as compilers draw theirs.
pub(super) fn drawn(text: &str, finding: &Finding) -> String {
    let grade = match finding.level {
        Level::Error => Grade::ERROR,
        Level::Warning => Grade::WARNING,
    };
    let path = finding.path.display().to_string();
    let (source, line, span) = surroundings(text, finding.span.clone());
    let place =
        Snippet::source(source).line_start(line).path(path.as_str()).annotation(AnnotationKind::Primary.span(span));
    let report = &[grade
        .primary_title(finding.message.as_str())
        .id(finding.code.name())
        .element(place)
        .element(Grade::HELP.message(finding.help.as_str()))];
    Renderer::styled().render(report)
}

/// The lines around a span: a manifest of 10,000 segments is not drawn whole for each finding.
fn surroundings(text: &str, span: std::ops::Range<usize>) -> (&str, usize, std::ops::Range<usize>) {
    let border = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = border(span.start);
    let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = border(span.end).max(start);
    let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    let end = end.min(line_end);
    let number = text[..first].matches('\n').count() + 1;
    (&text[first..line_end], number, start - first..end - first)
}
