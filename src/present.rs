//! The presentation of a session as pure functions: captions, scenes, a transcript, credits, tables, drawings and JSON.

pub(crate) mod caption;
pub(crate) mod chapters;
pub(crate) mod credits;
pub(crate) mod drawing;
pub(crate) mod json;
pub(crate) mod lanes;
pub(crate) mod layout;
pub(crate) mod listing;
pub(crate) mod messages;
pub(crate) mod phrases;
pub(crate) mod picture;
pub(crate) mod plain;
pub(crate) mod progress;
pub(crate) mod safety_note;
pub(crate) mod scene;
pub(crate) mod screen;
pub(crate) mod table;
pub(crate) mod transcript;
pub(crate) mod view;
pub(crate) mod waveform;

#[cfg(test)]
mod tests;
