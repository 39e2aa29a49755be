//! `karuna check`: every finding of every manifest, clips decoded whole.

use serde::Serialize;

use super::{Outcome, report};
use crate::cli::Check;
use crate::error::Failure;
use crate::load;
use crate::manifest::{Finding, Severity, explain};
use crate::text::escape_controls;

#[derive(Serialize)]
struct Document {
    findings: Vec<Finding>,
}

pub(super) fn run(arguments: &Check) -> Result<Outcome, Failure> {
    if let Some(code) = arguments.explain {
        super::print_line(&explain::explain(code))?;
        return Ok(Outcome::Done);
    }
    let mut all = Vec::new();
    for session in &arguments.sessions {
        let (text, findings) = load::check(session);
        if !arguments.json {
            report::print(&text, &findings);
            if findings.is_empty() {
                super::print_line(&format!("{}: nothing found", escape_controls(session)))?;
            }
        }
        all.extend(findings);
    }
    let failed = all.iter().any(|finding| finding.severity == Severity::Error);
    if arguments.json {
        super::print_json(&Document { findings: all })?;
    }
    Ok(if failed { Outcome::Found } else { Outcome::Done })
}
