//! Output files: inputs of the session are never replaced, other replaced files are reported, and only valid sessions are rendered.

#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::home::karuna;

const SESSION: &str = "format = 1\ntitle = \"x\"\n[[segment]]\nsay = \"Hello.\"\nclip = \"clip.wav\"\n";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Returns a WAV file with a one-second tone, 16 bits at 48 kHz.
fn tone() -> Vec<u8> {
    let samples = (0..48_000).flat_map(|n| (((f64::from(n) * 0.05).sin() * 8_000.0) as i16).to_le_bytes());
    let header =
        b"RIFF\xa4\x77\x01\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data\0\x77\x01\0";
    header.iter().copied().chain(samples).collect()
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    fs::write(folder.join(name), content).unwrap();
}

fn assert_refused(output: &Output, sentence: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains(sentence), "{}", text(&output.stderr));
}

#[test]
fn no_command_replaces_an_input_of_the_session() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", SESSION);
    write(folder.path(), "clip.wav", tone());
    std::os::unix::fs::symlink("clip.wav", folder.path().join("link.wav")).unwrap();
    std::os::unix::fs::symlink("x.toml", folder.path().join("picture.svg")).unwrap();
    for output in ["clip.wav", "link.wav", "./clip.wav"] {
        assert_refused(&karuna(folder.path(), &["render", "x.toml", "-o", output]), "belongs to the session itself");
    }
    for output in ["x.toml", "clip.wav", "picture.svg"] {
        assert_refused(&karuna(folder.path(), &["show", "x.toml", "--svg", output]), "belongs to the session itself");
    }
    assert!(fs::read(folder.path().join("clip.wav")).unwrap() == tone());
    assert_eq!(fs::read_to_string(folder.path().join("x.toml")).unwrap(), SESSION);
}

#[test]
fn a_finished_render_prints_one_line() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.toml", SESSION);
    write(folder.path(), "clip.wav", tone());
    let first = karuna(folder.path(), &["render", "x.toml", "-o", "x.flac"]);
    assert_eq!(text(&first.stdout), "wrote x.flac: 1s, −21.0 LUFS\n", "{}", text(&first.stderr));
    let second = karuna(folder.path(), &["render", "x.toml", "-o", "x.flac"]);
    assert_eq!(text(&second.stdout), "replaced x.flac: 1s, −21.0 LUFS\n");
    write(folder.path(), "quiet.toml", "format = 1\ntitle = \"x\"\n[[segment]]\nsilence = \"90s\"\n");
    let quiet = karuna(folder.path(), &["render", "quiet.toml", "-o", "quiet.wav"]);
    assert_eq!(text(&quiet.stdout), "wrote quiet.wav: 1m30s, silent\n");
    let drawn = || karuna(folder.path(), &["show", "x.toml", "--svg", "x.svg"]);
    assert_eq!(text(&drawn().stderr), "");
    assert_eq!(text(&drawn().stderr), "replaced x.svg\n");
}

#[test]
fn every_command_accepts_the_sessions_that_check_accepts() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "clip.wav", tone());
    // The headers alone, without any packet of audio.
    let ogg = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/clip/vorbis.ogg")).unwrap();
    let pages: Vec<_> = ogg.windows(4).enumerate().filter(|(_, name)| *name == b"OggS").map(|(at, _)| at).collect();
    write(folder.path(), "head.ogg", &ogg[..pages[2]]);
    write(folder.path(), "text.ogg", "this is not audio");
    let flac = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/clip/flac-16.flac")).unwrap();
    let damaged: Vec<u8> = flac.iter().enumerate().map(|(at, byte)| if at > 120 { !byte } else { *byte }).collect();
    write(folder.path(), "damaged.flac", damaged);
    let clip = |name: &str| format!("[[segment]]\nsay = \"Hello.\"\nclip = \"{name}\"\n");
    let cases = [
        clip("clip.wav"),
        clip("head.ogg"),
        clip("text.ogg"),
        clip("damaged.flac"),
        clip("missing.wav"),
        format!("{}[[soften]]\nsilence = \"24h\"\n[[soften]]\nsilence = \"24h\"\n", clip("clip.wav")),
        format!("# {}\n{}", "[".repeat(33), clip("clip.wav")),
        format!("{}[bell.x]\nclip = \"damaged.flac\"\n", clip("clip.wav")),
        "[[\"segment\"]]\nsilence = \"1s\"\n".to_owned(),
        format!("[[segment]]\nsay = \"{}\"\n", "[".repeat(33)),
    ];
    let mut verdicts = Vec::new();
    for case in cases {
        write(folder.path(), "x.toml", format!("format = 1\ntitle = \"x\"\n{case}"));
        let checked = karuna(folder.path(), &["check", "x.toml"]);
        for command in [
            &["render", "x.toml", "-o", "x.wav", "--voice", "none"][..],
            &["show", "x.toml", "--voice", "none"],
            &["publish", "x.toml", "-o", "out", "--as", "captions", "--voice", "none"],
            &["play", "x.toml", "--output", "null", "--voice", "none"],
        ] {
            let output = karuna(folder.path(), command);
            let stderr = format!("{case}: {} {}", text(&checked.stderr), text(&output.stderr));
            assert_eq!(checked.status.code(), output.status.code(), "{command:?}: {stderr}");
        }
        verdicts.push(checked.status.code() == Some(0));
    }
    assert_eq!(verdicts, [true, false, false, false, false, false, true, false, true, true]);
}

#[test]
fn file_names_match_across_unicode_normal_forms() {
    for (named, stored) in
        [("übung/mettā.wav", "u\u{308}bung/metta\u{304}.wav"), ("u\u{308}bung/metta\u{304}.wav", "übung/mettā.wav")]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(stored);
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(path, tone()).unwrap();
        write(folder.path(), "x.toml", SESSION.replace("clip.wav", named));
        let checked = karuna(folder.path(), &["check", "x.toml"]);
        assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stderr));
        assert_refused(&karuna(folder.path(), &["render", "x.toml", "-o", stored]), "belongs to the session itself");
    }
}
