//! The TOML syntax of a manifest. Errors are reported, and corrected in a copy of the text so that the rest can still be read.

mod edits;
pub(super) mod parser;
pub(super) mod recovery;
pub(super) mod scanner;
#[cfg(test)]
mod tests;
