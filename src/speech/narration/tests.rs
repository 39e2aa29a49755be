//! The manifest is edited as it is when the recordings are finished.

use std::fs;
use std::path::Path;

use super::*;
use crate::io::library;

const MANIFEST: &str =
    "format = 1\ntitle = \"x\"\n\n[[segment]]\nid = \"one\"\nsay = \"One.\"\n\n[[segment]]\nsay = \"Two.\"\n";

/// Records both lines, changes the manifest meanwhile, and adds the recordings to it.
fn edited(change: impl Fn(&str) -> String) -> Result<String, NarrationError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.toml");
    fs::write(&path, MANIFEST).unwrap();
    let manifest = library::open(&path.to_string_lossy()).unwrap();
    let (session, _) = manifest::read(&manifest.path, &manifest.text);
    let placed: Vec<_> = lines_with_words(&session.unwrap(), &manifest.text)
        .into_iter()
        .map(|line| PlacedRecording {
            clip: Some(format!("x/{}.flac", line.stem)),
            path: Path::new("x").join(&line.stem),
            line,
        })
        .collect();
    fs::write(&path, change(MANIFEST)).unwrap();
    add_clips_to_manifest(&manifest, &placed)?;
    Ok(fs::read_to_string(&path).unwrap())
}

#[test]
fn changes_saved_meanwhile_are_kept() {
    let both = "say = \"One.\"\nclip = \"x/one.flac\"\n\n[[segment]]\nsay = \"Two.\"\nclip = \"x/line-02.flac\"\n";
    let text =
        edited(|text| text.replace("[[segment]]\nid", "[[segment]]\nbell = \"bowl\"\n\n# first\n[[segment]]\nid"));
    let text = text.unwrap();
    assert!(text.contains("bell = \"bowl\"\n\n# first\n") && text.contains(both), "{text}");
    let text = edited(|text| text.replace("One.", "One more.")).unwrap();
    assert!(text.contains("say = \"One more.\"\nclip = \"x/one.flac\"\n"), "{text}");
}

#[test]
fn a_missing_line_is_reported() {
    let error = edited(|text| text.replace("Two.", "Three.")).unwrap_err();
    assert!(matches!(&error, NarrationError::LineGone { line, .. } if line == "line-02"), "{error}");
    assert!(matches!(edited(|_| "format = 2\n".to_owned()), Err(NarrationError::Edit { .. })));
}
