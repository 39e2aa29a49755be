//! The voices of a session.

use super::session::LoadedSession;
use crate::io::library::{ManifestOrigin, bundled_file};
use crate::manifest::session::{ClipPath, SpokenLine};
use crate::text::escape_controls;

/// The narration shipped with the program.
const LIBRARY_VOICE: &str = "synthetic speech by Kokoro-82M (hexgrad, Apache-2.0)";
/// The shipped recordings of an earlier voice.
const EARLIER_LIBRARY_VOICE: &str = "synthetic speech by Festival with cmu_us_slt_arctic_hts (Carnegie Mellon University, Nagoya \
     Institute of Technology)";

impl LoadedSession {
    /// Describes the voices of the recordings, and of the engines for lines without one.
    pub(crate) fn voices(&self) -> Vec<String> {
        let first_clip = self.session.lines().find_map(|(line, _)| SpokenLine::clip(line)).map(|clip| &clip.value);
        let recordings = first_clip.map(|clip| match &self.manifest.origin {
            ManifestOrigin::Bundled => library_voice(clip),
            ManifestOrigin::Folders(_) => "recordings",
        });
        let spoken = self.speakers.iter().map(|name| format!("synthetic speech by {}", escape_controls(name)));
        recordings.map(str::to_owned).into_iter().chain(spoken).collect()
    }
}

/// Returns the voice of a bundled recording, according to the list beside it.
fn library_voice(clip: &ClipPath) -> &'static str {
    let folder = clip.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
    let list = bundled_file(&format!("{folder}/lines.toml")).unwrap_or_default();
    let is_earlier = String::from_utf8_lossy(list).contains("festival");
    if is_earlier { EARLIER_LIBRARY_VOICE } else { LIBRARY_VOICE }
}
