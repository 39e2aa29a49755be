//! Prints findings and failures, with control characters escaped.

use std::io::Write;
use std::time::Duration;

use annotate_snippets::{AnnotationKind, Group, Level as Grade, Renderer, Snippet};

use crate::error::Failure;
use crate::io::output_queue::{OutputQueue, OutputStream};
use crate::manifest::{Finding, Severity};
use crate::text::{self, escape_controls};

/// Timeout for writing the last line of a session.
const LAST_LINE_TIMEOUT: Duration = Duration::from_secs(1);

/// Prints findings to standard error with an excerpt of the manifest, in colour where supported.
pub(super) fn print(text: &str, findings: &[Finding]) {
    for finding in findings {
        line(&format!("{}\n", render_finding(text, finding, &Renderer::styled())));
    }
}

/// Prints a failure and its remedy to standard error.
pub(crate) fn failure(failure: &Failure) {
    line(&format!("error: {}\n  help: {}", escape_controls(&failure.message), escape_controls(&failure.help)));
}

/// Prints a line to standard error. A closed pipe is not an error.
pub(super) fn line(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Prints the last line of a session to standard error. A stalled reader is waited for only for a short time.
pub(super) fn last_line(text: &str) {
    let errors = OutputQueue::start(OutputStream::Error);
    errors.write(&format!("{text}\n"));
    let _ = errors.wait_idle(LAST_LINE_TIMEOUT);
}

/// Returns a finding in the style of a compiler, without colours.
#[must_use]
pub fn plain(text: &str, finding: &Finding) -> String {
    render_finding(text, finding, &Renderer::plain())
}

fn render_finding(text: &str, finding: &Finding, renderer: &Renderer) -> String {
    let grade = match finding.severity {
        Severity::Error => Grade::ERROR,
        Severity::Warning => Grade::WARNING,
        Severity::Hint => Grade::NOTE.with_name("hint"),
    };
    let path = text::display_path(&finding.path);
    let (message, help) = (escape_controls(&finding.message), escape_controls(&finding.help));
    let title = grade.primary_title(message.as_str()).id(finding.code.name());
    // A file that can't be read has no line to show.
    if text.is_empty() {
        return format!("{}\n  help: {help}", renderer.render(&[Group::with_title(title)]));
    }
    let (source, line, span) = surrounding_lines(text, finding.span.clone());
    let source = mask_controls(source);
    let place = Snippet::source(source.as_str())
        .line_start(line)
        .path(path.as_str())
        .annotation(AnnotationKind::Primary.span(span));
    renderer.render(&[title.element(place).element(Grade::HELP.message(help.as_str()))])
}

/// Replaces characters that could move the cursor by others of the same length in bytes, so that spans stay valid. The renderer escapes
/// the other control characters itself.
fn mask_controls(line: &str) -> String {
    let replaced = line.chars().map(|c| match c {
        '\u{80}'..='\u{9F}' | '\u{61C}' => '·',
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' => '\u{FFFD}',
        c => c,
    });
    replaced.collect()
}

/// Returns the lines around a span, so that a long manifest is not processed completely for each finding.
fn surrounding_lines(text: &str, span: std::ops::Range<usize>) -> (&str, usize, std::ops::Range<usize>) {
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
