//! Verifies that a session passes `check`, for commands that produce files from it.

use super::check::check_timelines;
use super::error::LoadError;
use super::{LoadedSession, clips};
use crate::manifest::{Findings, Severity};

impl LoadedSession {
    /// Decodes all clips that are not cached, and builds all programmes as written.
    ///
    /// # Errors
    /// If `check` reports an error.
    pub(crate) fn verify(&self) -> Result<(), LoadError> {
        let text = &self.manifest.text;
        let mut findings = Findings::new(&self.manifest.path, text);
        clips::report_errors(&self.session, &self.clips.undecodable_clips(), &mut findings);
        if !findings.has_error() {
            check_timelines(&self.session, &self.clips, &mut findings);
        }
        let findings = findings.into_sorted(&self.session.allow);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(LoadError::invalid(text.clone(), findings));
        }
        Ok(())
    }
}
