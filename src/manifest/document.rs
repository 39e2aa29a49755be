//! Reads other TOML files, with the same kinds of findings as for a manifest.

use std::borrow::Cow;
use std::path::Path;

use toml::de::DeTable;

use super::bounds::MAX_MANIFEST_BYTES;
use super::codes::Code;
use super::findings::{Finding, Findings};
use super::syntax::{parser, recovery, scanner};

pub(crate) use super::findings::excerpt;
pub(crate) use super::table_reader::TableReader;

/// Reads a TOML text, with or without errors, and returns every finding. `path` is only used in the findings. `example` is a possible
/// line of the text.
pub(crate) fn read_document<T: Default>(
    path: &Path,
    text: &str,
    example: &str,
    read: impl FnOnce(&mut TableReader) -> T,
) -> (T, Vec<Finding>) {
    let mut findings = Findings::new(path, text);
    if text.len() > MAX_MANIFEST_BYTES {
        let message = format!("the file has {} bytes, more than 1 MiB", text.len());
        findings.error(Code::ManifestTooLarge, 0..0, message, "remove what you don't need");
        return (T::default(), findings.into_sorted(&[]));
    }
    let valid_toml = DeTable::parse(text).ok();
    let statements = scanner::statements(text, valid_toml.is_some());
    if !parser::check_limits(&mut findings, &statements) {
        return (T::default(), findings.into_sorted(&[]));
    }
    let (corrected, source_map) = recovery::correct_statements(&mut findings, &statements, valid_toml.is_some());
    findings.set_source_map(source_map);
    let help = format!("write a key with its value, such as {example}");
    let document = match (valid_toml, &corrected) {
        (Some(document), Cow::Borrowed(_)) => document,
        _ => parser::parse_with_help(&corrected, &mut findings, &help),
    };
    let value = read(&mut TableReader::new(document.get_ref(), 0..0, &mut findings));
    (value, findings.into_sorted(&[]))
}
