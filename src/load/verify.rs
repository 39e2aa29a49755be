//! Whether a session can be played as it is: the verdict of `check`, for commands that make something of it.

use super::check::check_timelines;
use super::error::LoadError;
use super::{LoadedSession, clips};
use crate::manifest::{Findings, Severity};

impl LoadedSession {
    /// Decodes all clips as far as they are not known, and builds all programmes as they were written.
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
