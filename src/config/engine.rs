//! A speech engine of the listener's own. Only the configuration can name a program.

/// A program that reads text from standard input and writes a WAV file to standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineConfig {
    /// The name for `--voice`.
    pub name: String,
    /// The program and its arguments, which are not interpreted by a shell.
    pub command: Vec<String>,
    /// The languages it speaks, as BCP 47 tags; empty for all.
    pub languages: Vec<String>,
    /// The line of the file that defines it.
    pub line: usize,
}

impl EngineConfig {
    /// Returns whether it speaks a language, whatever the region.
    pub(crate) fn speaks(&self, language: &str) -> bool {
        self.languages.is_empty() || self.languages.iter().any(|own| primary(own) == primary(language))
    }
}

/// Returns the first part of a language tag in lower case.
fn primary(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}
