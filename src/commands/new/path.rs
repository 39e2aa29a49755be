//! The path of a new manifest.

use std::path::{Path, PathBuf};

use crate::error::Failure;
use crate::text::{self, escape_controls};

/// Returns the path for a typed name: a name without an extension gets `.toml`, and a folder gets a manifest of its own name.
pub(super) fn manifest(typed: &Path) -> Result<PathBuf, Failure> {
    if typed.as_os_str().is_empty() {
        return Err(Failure::new("the new session has no name", "give it one, as in karuna new evening.toml"));
    }
    if has_trailing_slash(typed) || typed.is_dir() {
        let name = folder_name(typed).ok_or_else(|| {
            Failure::new(
                format!("{} has no name of its own", text::display_path(typed)),
                "name a file in it, as in evening.toml",
            )
        })?;
        return Ok(typed.join(name).with_added_extension("toml"));
    }
    match typed.extension().and_then(|ending| ending.to_str()) {
        Some(ending) if ending.eq_ignore_ascii_case("toml") => Ok(typed.to_owned()),
        Some(ending) if is_other_extension(ending) => {
            let help =
                format!("leave out the extension, or write {}", text::display_path(&typed.with_extension("toml")));
            Err(Failure::new(format!("{} does not end in .toml", text::display_path(typed)), help))
        }
        _ => Ok(typed.with_added_extension("toml")),
    }
}

/// Returns whether a path has a trailing slash, as in `evening/`, and so names a folder that may not exist yet.
fn has_trailing_slash(path: &Path) -> bool {
    path.to_string_lossy().ends_with(std::path::is_separator)
}

/// Returns the name of a folder, even for `.` and `..`.
fn folder_name(folder: &Path) -> Option<std::ffi::OsString> {
    folder.file_name().map(ToOwned::to_owned).or_else(|| folder.canonicalize().ok()?.file_name().map(ToOwned::to_owned))
}

/// Returns whether an extension is that of another kind of file, rather than a part of the name as in `evening.2`.
fn is_other_extension(ending: &str) -> bool {
    (2..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Returns a path, quoted for a shell if necessary.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/\\._-~:".contains(c);
    let text = if text.starts_with('-') { format!("./{text}") } else { text };
    if text.chars().all(plain) { text } else { format!("'{}'", escape_controls(&text).replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest_path(typed: &str) -> Result<String, String> {
        manifest(Path::new(typed)).map(|path| path.display().to_string()).map_err(|failure| failure.help)
    }

    #[test]
    fn a_manifest_ends_in_toml() {
        assert_eq!(manifest_path("evening.toml").as_deref(), Ok("evening.toml"));
        assert_eq!(manifest_path("nowhere/evening").as_deref(), Ok("nowhere/evening.toml"));
        assert_eq!(manifest_path("evening.2").as_deref(), Ok("evening.2.toml"));
        assert_eq!(manifest_path("Evening no. 3").as_deref(), Ok("Evening no. 3.toml"));
        assert!(manifest_path("evening.txt").unwrap_err().contains("evening.toml"));
        assert!(manifest_path("").is_err());
    }

    #[test]
    fn a_folder_gets_a_manifest_with_its_name() {
        assert_eq!(manifest_path("nowhere/evening/").as_deref(), Ok("nowhere/evening/evening.toml"));
        assert_eq!(manifest_path("src").as_deref(), Ok("src/src.toml"));
        assert!(manifest_path("/").is_err());
    }

    #[test]
    fn paths_are_quoted_for_a_shell() {
        assert_eq!(quoted(Path::new("a/evening.toml")), "a/evening.toml");
        assert_eq!(quoted(Path::new("my evening.toml")), "'my evening.toml'");
        assert_eq!(quoted(Path::new("anna's.toml")), r"'anna'\''s.toml'");
        assert_eq!(quoted(Path::new("-x.toml")), "./-x.toml");
    }
}
