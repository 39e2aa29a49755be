use karuna::io::encode::FileFormat;

use super::witness::{Folder, ffprobe, phrases, write};

#[test]
fn tags_and_chapters_are_readable() {
    let folder = Folder::new();
    for format in FileFormat::WRITABLE.iter().filter(|format| **format != FileFormat::Wav) {
        let path = folder.file(&format!("a.{}", format.extension()));
        write(&path, 48_000, None, &phrases(96_000, 48_000));
        let seen = ffprobe(&path).to_lowercase();
        let value = |name: &str, value: &str| {
            let found = seen.lines().any(|line| line.ends_with(&format!("{name}=\"{}\"", value.to_lowercase())));
            assert!(found, "{name} = {value} of {format} in {seen}");
        };
        value(".tags.title", "Glimmer · a first sitting");
        value(".tags.artist", "Ānanda");
        value(".tags.comment", r"A short sitting = a beginning.\nNothing to prepare.");
        value(if *format == FileFormat::Mp3 { ".tags.copyright" } else { ".tags.license" }, "CC-BY-4.0");
        // ID3 has three-letter codes.
        value(".tags.language", if *format == FileFormat::Mp3 { "eng" } else { "en" });
        for (index, (start, title)) in
            [("0.000000", "Arriving"), ("0.500000", "Breath"), ("1.250000", "Rest")].iter().enumerate()
        {
            value(&format!("chapters.chapter.{index}.start_time"), start);
            value(&format!("chapters.chapter.{index}.tags.title"), title);
        }
        // ffprobe includes the pre-skip of Opus in the length.
        if *format != FileFormat::Opus {
            value("chapters.chapter.2.end_time", "2.000000");
        }
    }
}
