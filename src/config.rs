//! The listener's configuration: `config.toml` in their configuration folder.
//!
//! The text is read like a manifest, with a span and a remedy for each error. Reading the file, and combining it with the options, is done
//! elsewhere.

mod engine;
mod lines;
mod read;
mod setting;
mod settings;
mod template;
#[cfg(test)]
mod tests;

pub(crate) use engine::EngineConfig;
pub(crate) use read::read;
pub(crate) use setting::Setting;
pub(crate) use settings::Config;
pub(crate) use settings::{FILE_NAME, LEVEL_CHANGE, VOLUME};
pub(crate) use template::TEMPLATE;
