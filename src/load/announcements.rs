//! The recordings of the default announcements, which are inside the program.

use crate::io::clips::ClipTable;
use crate::io::library::{ClipLocation, ManifestOrigin};
use crate::manifest::Session;
use crate::manifest::session::{ClipPath, SpokenLine};
use crate::speech::{SpeechEngines, VoiceChoice};

/// The narrator of the library, with the same name as the built-in voice.
const NARRATOR: &str = "heart";

/// Adds the recordings of the default announcements if a session is spoken by the library's narrator.
pub(super) fn add_recordings(
    session: &Session,
    origin: &ManifestOrigin,
    voice: (&SpeechEngines, &VoiceChoice),
    clips: &mut ClipTable,
) {
    if session.uses_default_announcements()
        && (is_recorded_by_narrator(session, origin) || is_spoken_by_narrator(session, voice))
    {
        recordings(session).for_each(|path| clips.add_bundled(path, voice.1.narrator()));
    }
}

fn recordings(session: &Session) -> impl Iterator<Item = &ClipPath> {
    session.effective_announcements().iter().filter_map(|announcement| announcement.line.clip()).map(|clip| &clip.value)
}

/// Returns whether the narrator has recorded a session: it is in the library, inside the program or in its source folder, or it is a
/// copy that still has one of its recordings.
fn is_recorded_by_narrator(session: &Session, origin: &ManifestOrigin) -> bool {
    match origin {
        ManifestOrigin::Bundled => true,
        ManifestOrigin::Folders(_) => {
            let mut clips = session.lines().filter_map(|(line, _)| line.clip()).map(|clip| &clip.value);
            recordings(session).next().is_some_and(|path| origin.open(path).is_ok())
                || clips.any(|path| is_library_recording(path, origin))
        }
    }
}

/// Returns whether a clip seems to be the program's own clip of the same name.
fn is_library_recording(path: &ClipPath, origin: &ManifestOrigin) -> bool {
    match (ManifestOrigin::Bundled.open(path), origin.open(path)) {
        (Ok(ClipLocation::Bundled { bytes, .. }), Ok(ClipLocation::File { file, .. })) => {
            file.metadata().is_ok_and(|metadata| metadata.len() == bytes.len() as u64)
        }
        _ => false,
    }
}

/// Returns whether the narrator is the voice of lines without a recording.
fn is_spoken_by_narrator(session: &Session, (engines, voice): (&SpeechEngines, &VoiceChoice)) -> bool {
    match voice {
        VoiceChoice::None => false,
        VoiceChoice::Engine(name) => name == NARRATOR,
        VoiceChoice::Auto | VoiceChoice::Narrator(_) => match session.voice.as_deref() {
            Some(name) => name == NARRATOR,
            None => engines.is_best(NARRATOR, &session.language),
        },
    }
}

/// Returns whether the words of a default announcement must be spoken, because its recording is not among the clips.
pub(super) fn is_unrecorded(line: &SpokenLine, clips: &ClipTable) -> bool {
    line.clip().is_none_or(|clip| !clips.has_bundled(&clip.value))
}
