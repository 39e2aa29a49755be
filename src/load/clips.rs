//! The clips of a session, and findings about them.

use std::collections::HashMap;

use crate::error::Remedy as _;
use crate::io::clips::ClipError;
use crate::manifest::session::{BedSpec, BellSound, ClipPath, CustomBell, SpokenLine};
use crate::manifest::{Code, Findings, Session};

/// Returns every clip.
pub(super) fn all(session: &Session) -> Vec<ClipPath> {
    session.clips().into_iter().map(|clip| clip.value.clone()).collect()
}

/// Returns the clips of spoken lines.
pub(super) fn narration(session: &Session) -> Vec<ClipPath> {
    session.lines().filter_map(|(line, _)| SpokenLine::clip(line)).map(|clip| clip.value.clone()).collect()
}

/// Returns the clips of bells and beds, whose loudness a timeline depends on.
pub(super) fn bells_and_beds(session: &Session) -> Vec<ClipPath> {
    let bell = |bell: &CustomBell| match &bell.sound {
        BellSound::Clip(clip) => Some(clip.value.clone()),
        BellSound::Modes(_) => None,
    };
    let bed = |bed: &BedSpec| match bed {
        BedSpec::Clip(clip) => Some(clip.value.clone()),
        BedSpec::Named(_) => None,
    };
    session.bells.values().filter_map(bell).chain(session.beds().filter_map(bed)).collect()
}

/// Adds a finding at each place in the manifest that names a clip with an error.
pub(super) fn report_errors(session: &Session, errors: &[(ClipPath, ClipError)], findings: &mut Findings) {
    let errors: HashMap<_, _> = errors.iter().map(|(path, error)| (path, error)).collect();
    for clip in session.clips() {
        let Some(error) = errors.get(&clip.value) else { continue };
        let (span, message, help) = (clip.span.clone(), error.to_string(), error.help().unwrap_or_default());
        match error {
            ClipError::Path(_) => findings.error(Code::ClipMissing, span, message, help),
            ClipError::Decode(_) => findings.error(Code::ClipUnreadable, span, message, help),
            ClipError::Damaged(_) => findings.warning(Code::ClipDamaged, span, message, help),
        }
    }
}
