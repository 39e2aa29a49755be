//! The TOML syntax of a manifest: scanning, recovery from syntax errors, and parsing.

mod edits;
pub(super) mod parser;
pub(super) mod recovery;
mod scanner;
