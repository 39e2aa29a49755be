//! Suggests the session that a listener probably meant.

use super::manifest_file::ManifestFile;
use super::names::{bundled_summary, session_names, user_session_path};
use crate::manifest::{self, suggest};

/// The maximum number of the listener's own manifests that are read for their titles.
const MAX_TITLES_READ: usize = 200;

/// Returns the name of the session whose name or title is most similar to a text, if one is similar enough.
#[must_use]
pub(crate) fn suggest_session(text: &str) -> Option<String> {
    let names = session_names();
    let text = text.trim();
    let by_name = || names.iter().find(|name| name.eq_ignore_ascii_case(text)).cloned();
    let near_name = || suggest::nearest(text, names.iter().map(String::as_str)).map(str::to_owned);
    by_name().or_else(near_name).or_else(|| by_title(text, &names))
}

/// Returns the name of the session whose title is most similar to a text.
fn by_title(text: &str, names: &[String]) -> Option<String> {
    let titles: Vec<_> = names.iter().take(MAX_TITLES_READ).map(|name| title(name).to_lowercase()).collect();
    let near = suggest::nearest(text, titles.iter().map(String::as_str).filter(|title| !title.is_empty()))?;
    let index = titles.iter().position(|title| title == near)?;
    names.get(index).cloned()
}

/// Returns the title of a session; empty if its manifest has none or can't be read.
fn title(name: &str) -> String {
    if let Some(summary) = bundled_summary(name) {
        return summary.title.to_owned();
    }
    let Some(Ok(file)) = user_session_path(name).map(|path| ManifestFile::read(&path)) else {
        return String::new();
    };
    let (session, _) = manifest::read_for_playback(&file.path, &file.text);
    session.map(|session| session.title).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_handle_case_misspellings_and_titles() {
        for (text, name) in [
            ("Glimmer", "glimmer"),
            ("glimer", "glimmer"),
            ("GLIMER", "glimmer"),
            ("a silent sit", "sit"),
            ("Glimmers of saftey", "glimmer"),
        ] {
            assert_eq!(suggest_session(text).as_deref(), Some(name), "{text}");
        }
        assert_eq!(suggest_session("frobnicate"), None);
        assert_eq!(suggest_session(""), None);
    }
}
