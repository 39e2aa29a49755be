//! The clips that a session names, and what is wrong with them.

use std::collections::HashMap;

use crate::io::clips::Trouble;
use crate::io::library::ClipLost;
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

/// Returns the clips that are bells.
pub(super) fn bells(session: &Session) -> Vec<ClipPath> {
    let clip = |bell: &CustomBell| match &bell.sound {
        BellSound::Clip(clip) => Some(clip.value.clone()),
        BellSound::Modes(_) => None,
    };
    session.bells.values().filter_map(clip).collect()
}

/// Returns the clip that is the bed.
pub(super) fn bed(session: &Session) -> Option<ClipPath> {
    match &session.bed {
        Some(BedSpec::Clip(clip)) => Some(clip.value.clone()),
        _ => None,
    }
}

/// Adds a finding for each place in the manifest that names a clip with a problem.
pub(super) fn report_problems(session: &Session, problems: &[(ClipPath, Trouble)], findings: &mut Findings) {
    let problems: HashMap<_, _> = problems.iter().map(|(path, problem)| (path, problem)).collect();
    for clip in session.clips() {
        let Some(problem) = problems.get(&clip.value) else { continue };
        let name = clip.value.as_str();
        let span = clip.span.clone();
        match problem {
            Trouble::Lost(error) => {
                let (message, help) = path_error(name, error);
                findings.error(Code::ClipMissing, span, message, help);
            }
            Trouble::Unreadable(message, help) => findings.error(Code::ClipUnreadable, span, message.clone(), help),
            Trouble::Damaged(damage) => {
                let help = "export it again from your recorder; until then the missing parts are silent";
                findings.warning(Code::ClipDamaged, span, format!("{name} {damage}"), help);
            }
        }
    }
}

fn path_error(name: &str, error: &ClipLost) -> (String, &'static str) {
    match error {
        ClipLost::Missing => (
            format!("there is no clip {name}"),
            "put the file beside the manifest, or correct the name; capitals count",
        ),
        ClipLost::LeadsOut => (
            format!("{name} is a link that leads out of the manifest's folder"),
            "put the file itself beside the manifest",
        ),
        ClipLost::NotAFile => (format!("{name} is not a regular file"), "name an audio file"),
        ClipLost::Unreadable(reason) => (format!("{name} can't be read: {reason}"), "check who may read it"),
    }
}
