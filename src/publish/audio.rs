//! Renders a published session into audio files.

use std::path::Path;
use std::sync::Arc;

use super::error::PublishError;
use crate::io::encode::{AudioFileWriter, OutputFormat, Tags};
use crate::load::LoadedSession;
use crate::render::{self, RenderError, RenderObserver};
use crate::timeline::Timeline;

/// Renders a timeline once into all of these files. An MP3 has a constant bit rate.
pub(super) fn render(
    loaded: &LoadedSession,
    timeline: &Arc<Timeline>,
    tags: &Tags,
    paths: &[&Path],
    observer: RenderObserver,
) -> Result<(), PublishError> {
    if paths.is_empty() {
        return Ok(());
    }
    let create = |path: &&Path| {
        // The names are the program's own, and both formats support this rate.
        let format = OutputFormat::for_path(path, timeline.rate, None).map_err(|_| PublishError::NoMp3)?;
        let file = AudioFileWriter::create(path, format.with_constant_bit_rate(), tags, timeline.end);
        file.map_err(PublishError::from)
    };
    let mut files = paths.iter().map(create).collect::<Result<Vec<_>, _>>()?;
    render::render_into(loaded, timeline, &mut files, observer)?;
    files.into_iter().try_for_each(|file| file.finish().map_err(|error| RenderError::from(error).into()))
}
