//! A test signal, and reference decoders.

use std::path::{Path, PathBuf};
use std::process::Command;

use karuna::io::encode::{AudioFileWriter, BitDepth, Chapter, OutputFormat, Tags};
use karuna::units::{Frame, Frames, Rate, SILENCE};

/// Returns a tone in phrases of about 0.7 s with digital silence between them. The channels differ.
pub(crate) fn phrases(frames: usize, rate: u32) -> Vec<Frame> {
    let phrase = rate as usize * 7 / 10;
    let frame = |index: usize| {
        if index / phrase % 3 == 1 {
            return SILENCE;
        }
        let (moment, within) = (index as f32 / rate as f32, (index % phrase) as f32 / phrase as f32);
        let swell = 0.4 * (within * std::f32::consts::PI).sin();
        [440.0, 660.0].map(|pitch: f32| swell * (moment * pitch * std::f32::consts::TAU).sin())
    };
    (0..frames).map(frame).collect()
}

pub(crate) fn tags() -> Tags {
    let chapter = |start, title: &str| Chapter { start: Frames(start), title: title.to_owned() };
    Tags {
        title: Some("Glimmer · a first sitting".to_owned()),
        teacher: Some("Ānanda".to_owned()),
        summary: Some("A short sitting = a beginning.\nNothing to prepare.".to_owned()),
        license: Some("CC-BY-4.0".to_owned()),
        language: Some("en".to_owned()),
        chapters: vec![chapter(0, "Arriving"), chapter(24_000, "Breath"), chapter(60_001, "Rest")],
        ..Tags::default()
    }
}

/// Writes the frames like a render: in uneven blocks, and silence through `write_silence`.
pub(crate) fn write(path: &Path, rate: u32, depth: Option<BitDepth>, frames: &[Frame]) {
    let format = OutputFormat::for_path(path, Rate::new(rate).unwrap(), depth).unwrap();
    let mut file = AudioFileWriter::create(path, format, &tags(), Frames(frames.len() as u64)).unwrap();
    let mut rest = frames;
    for size in [1, 4_096, 577, 20_000].into_iter().cycle() {
        let silent = rest.iter().take_while(|frame| **frame == SILENCE).count();
        if silent > 0 {
            file.write_silence(Frames(silent as u64)).unwrap();
            rest = &rest[silent..];
        }
        let loud = rest.iter().take(size).take_while(|frame| **frame != SILENCE).count();
        file.write(&rest[..loud]).unwrap();
        rest = &rest[loud..];
        if rest.is_empty() {
            break;
        }
    }
    file.finish().unwrap();
}

pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = self.0.path().read_dir().unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Runs a program that must succeed, and returns its standard output.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Returns the frames decoded by ffmpeg, at the file's own rate.
pub(crate) fn ffmpeg(path: &Path) -> Vec<Frame> {
    let bytes = output("ffmpeg", &["-v", "error", "-i", text(path), "-f", "f32le", "-c:a", "pcm_f32le", "-"]);
    floats(&bytes)
}

pub(crate) fn floats(bytes: &[u8]) -> Vec<Frame> {
    let (samples, _) = bytes.as_chunks::<4>();
    let (frames, _) = samples.as_chunks::<2>();
    frames.iter().map(|frame| frame.map(f32::from_le_bytes)).collect()
}

/// Returns ffprobe's flat description of the container: `format.tags.title="…"`, `chapters.chapter.0.tags.title="…"`.
pub(crate) fn ffprobe(path: &Path) -> String {
    let arguments = ["-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "flat", text(path)];
    String::from_utf8(output("ffprobe", &arguments)).unwrap()
}
