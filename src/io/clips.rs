//! The clips of a session: locating, probing, analysing, and opening them for the engine.

mod analysis_cache;
mod bundled_analyses;
mod entry;
mod error;
mod file_identity;
mod line_speech;
mod table;

#[cfg(test)]
mod tests;

pub use analysis_cache::AnalysisCache;
pub(crate) use error::{ClipError, DamagedClip};
pub(crate) use line_speech::LineSpeech;
pub use table::ClipTable;
