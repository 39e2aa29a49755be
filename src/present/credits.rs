//! The credits of a session: the teacher, the licence, the voices and the bells. Everything that is published contains them.

use std::collections::BTreeSet;

use crate::dsp::bells::Bell;
use crate::manifest::Session;
use crate::manifest::session::{BedSpec, BellSound, SegmentContent, SegmentSpec};
use crate::text::{escape_controls, single_line};

/// Returns the credits of a session, line by line, with the given voices.
pub(crate) fn credits(session: &Session, voices: &[String]) -> String {
    let mut lines = vec![single_line(&session.title)];
    let mut add = |name: &str, text: Option<String>| lines.extend(text.map(|text| format!("{name}: {text}")));
    add("Teacher", session.teacher.as_deref().map(single_line));
    add("Licence", session.license.as_deref().map(single_line));
    add("Voices", joined(voices));
    add("Bells", joined(&bells(session)));
    add("Bed", session.bed.as_ref().map(bed));
    lines.join("\n")
}

fn joined(parts: &[String]) -> Option<String> {
    if parts.is_empty() { None } else { Some(parts.join("; ")) }
}

/// Describes each bell that is struck, including those of the default gentler passage and closing.
fn bells(session: &Session) -> Vec<String> {
    let mut names: BTreeSet<&str> = session.all_segments().filter_map(bell_name).collect();
    names.extend(session.soften.is_empty().then_some("inkin"));
    names.extend(session.exit.is_empty().then_some("bowl"));
    names.into_iter().map(|name| format!("{} ({})", escape_controls(name), bell_source(session, name))).collect()
}

fn bell_name(segment: &SegmentSpec) -> Option<&str> {
    match &segment.content {
        SegmentContent::Bell(strikes) => Some(&strikes.bell.value),
        SegmentContent::Silence(silence) => silence.interval.as_ref().map(|interval| interval.bell.value.as_str()),
        _ => None,
    }
}

fn bell_source(session: &Session, name: &str) -> String {
    match (session.bells.get(name).map(|bell| &bell.sound), Bell::built_in(name)) {
        (Some(BellSound::Clip(clip)), _) => format!("recording, {}", escape_controls(clip.value.as_str())),
        (Some(BellSound::Modes(_)), _) => "synthesised for this session".to_owned(),
        (None, Some(bell)) => format!("{}, synthesised by karuna", bell.description.to_lowercase()),
        (None, None) => "unknown".to_owned(),
    }
}

fn bed(bed: &BedSpec) -> String {
    match bed {
        BedSpec::Named(name) => format!("{} (synthesised by karuna)", escape_controls(name)),
        BedSpec::Clip(clip) => format!("recording, {}", escape_controls(clip.value.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::manifest;

    fn credits_of(text: &str, voices: &[&str]) -> String {
        let text = format!("format = 1\ntitle = \"A\\nB\"\n{text}");
        let session = manifest::read(Path::new("x.toml"), &text).0.expect("a session");
        credits(&session, &voices.iter().map(|&voice| voice.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn teacher_licence_voices_and_bells_are_named() {
        let credits = credits_of(
            "teacher = \"Ana\"\nlicense = \"CC0-1.0\"\n[bed]\nsound = \"rain\"\n[[segment]]\nbell = \"gong\"\n\
             [[exit]]\nsilence = \"1s\"\n",
            &["recordings", "synthetic speech by heart"],
        );
        let expected =
            "A B\nTeacher: Ana\nLicence: CC0-1.0\nVoices: recordings; synthetic speech by heart\nBells: gong (";
        assert!(credits.starts_with(expected), "{credits}");
        assert!(credits.contains("; inkin (") && !credits.contains("bowl ("), "{credits}");
        assert!(credits.ends_with("\nBed: rain (synthesised by karuna)"), "{credits}");
    }

    #[test]
    fn missing_credits_are_omitted() {
        let credits = credits_of("[[segment]]\nsilence = \"1s\"\n", &[]);
        assert!(credits.starts_with("A B\nBells: bowl (") && credits.lines().count() == 2, "{credits}");
    }
}
