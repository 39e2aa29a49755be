//! The possible values of an option, for the session on the command line.

use std::collections::BTreeSet;

use crate::cli::ValueKind;
use crate::dsp::bells;
use crate::io::{device, library};
use crate::manifest::session::TAGS;
use crate::manifest::{self, Session};

/// Returns the values of an option. `words` are the words of the command line so far.
pub(super) fn values(kind: ValueKind, words: &[String]) -> Vec<String> {
    let session = || words.iter().find_map(|word| session(word));
    let values: Vec<String> = match kind {
        ValueKind::Avoid => match session() {
            Some(session) => tags(&session),
            None => TAGS.map(str::to_owned).to_vec(),
        },
        ValueKind::From => session().map(|session| ids(&session)).unwrap_or_default(),
        ValueKind::Output => {
            let devices = device::list().into_iter().map(|device| device.name);
            ["auto", "null"].map(str::to_owned).into_iter().chain(devices).collect()
        }
        ValueKind::Bell => bells::NAMES.iter().map(|&name| name.to_owned()).collect(),
    };
    values.into_iter().filter(|value| !value.is_empty() && !value.chars().any(char::is_control)).collect()
}

/// Returns the session that a word names, if it does.
fn session(word: &str) -> Option<Session> {
    if word.starts_with('-') || !library::is_session(word) {
        return None;
    }
    let manifest = library::open(word).ok()?;
    manifest::read_for_playback(&manifest.path, &manifest.text).0
}

fn tags(session: &Session) -> Vec<String> {
    let tags: BTreeSet<&str> = session.tags().collect();
    tags.into_iter().map(str::to_owned).collect()
}

fn ids(session: &Session) -> Vec<String> {
    let parts = session.segments.iter().flat_map(|segment| std::iter::once(segment).chain(segment.parts_or_self()));
    let mut ids: Vec<String> = parts.filter_map(|segment| Some(segment.id.as_ref()?.value.clone())).collect();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values_for(kind: ValueKind, words: &str) -> Vec<String> {
        values(kind, &words.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn tags_and_ids_are_those_of_the_session() {
        let tags = values_for(ValueKind::Avoid, "play --length 10m craving --avoid");
        assert!(tags.contains(&"touch".to_owned()) && !tags.contains(&"imagery".to_owned()), "{tags:?}");
        assert_eq!(values_for(ValueKind::Avoid, "play --avoid"), TAGS);
        let ids = values_for(ValueKind::From, "craving --from");
        assert!(ids.contains(&"welcome".to_owned()), "{ids:?}");
        assert!(values_for(ValueKind::From, "play nowhere.toml --from").is_empty());
        assert_eq!(values_for(ValueKind::Bell, ""), bells::NAMES);
    }
}
