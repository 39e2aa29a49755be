//! Packages that are refused, made in the test, and the real package if `scripts/setup --for-tests` has fetched it.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::files::{FILES, checksum};
use super::{NeuralVoice, NeuralVoiceError, Pace, PackageTrust, VoicePackage};
use crate::error::Remedy;

/// The contents of a package in the order of [`FILES`]: tables that are sound, and models that are not.
fn contents() -> Vec<Vec<u8>> {
    let model = copying_model(&["ids", "speed"], &["lh", "theta", "ln", "lr", "phi", "f0", "/CumSum_output_0"]);
    let symbols = r#"{"a": 1, "p": 2, "t": 3, "k": 4, "s": 5, "ə": 6, "ˈ": 7, ".": 8, " ": 16}"#;
    let alphabet = r#"{"in": ["t", "o", "n", "g", "l", "e"], "out": ["t", "a"], "maxlen": 16}"#;
    let texts = [symbols, alphabet].map(|text| text.as_bytes().to_vec());
    let [symbols, alphabet] = texts;
    vec![model, symbols, copying_model(&["chars"], &["ids"]), alphabet, Vec::new(), Vec::new()]
}

/// Returns an ONNX model whose outputs are copies of its last input, and so have the wrong shapes.
fn copying_model(inputs: &[&str], outputs: &[&str]) -> Vec<u8> {
    let named = |number, name: &str| field(number, &field(1, name.as_bytes()));
    let last = inputs.last().copied().unwrap_or_default();
    let copy = |output: &&str| {
        let parts = [field(1, last.as_bytes()), field(2, output.as_bytes()), field(4, b"Identity")];
        field(1, &parts.concat())
    };
    let mut graph: Vec<u8> = outputs.iter().flat_map(copy).collect();
    graph.extend(field(2, b"graph"));
    graph.extend(inputs.iter().flat_map(|name| named(11, name)));
    graph.extend(outputs.iter().flat_map(|name| named(12, name)));
    // The version of the format, the graph, and version 13 of the standard operators.
    [vec![0x08, 8], field(7, &graph), field(8, &[0x10, 13])].concat()
}

/// Returns a field of a protocol buffer that holds bytes.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = content.len();
    while length >= 0x80 {
        bytes.push((length & 0x7F) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(content);
    bytes
}

/// Returns a package with these contents.
fn package(contents: &[Vec<u8>]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (file, content) in FILES.iter().zip(contents) {
        archive.start_file(file.packed, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Returns the error of a package that is refused. Its message is one sentence, and there is a remedy.
fn refusal(bytes: &[u8], trust: PackageTrust) -> NeuralVoiceError {
    let error = VoicePackage::from_bytes(bytes, Path::new("voice.whl"), trust).unwrap_err();
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    assert!(error.help().is_some());
    error
}

#[test]
fn a_package_with_another_checksum_is_refused() {
    let bytes = package(&contents());
    let error = refusal(&bytes, PackageTrust::Known);
    assert!(
        matches!(&error, NeuralVoiceError::UnknownPackage { sha256, .. } if *sha256 == checksum(&bytes)),
        "{error}"
    );
}

#[test]
fn a_package_that_is_cut_short_is_refused() {
    let bytes = package(&contents());
    for length in [0, 1, 100, bytes.len() / 2, bytes.len() - 1] {
        let error = refusal(&bytes[..length], PackageTrust::Any);
        assert!(matches!(error, NeuralVoiceError::InvalidPackage(_)), "{length}: {error}");
    }
}

#[test]
fn a_package_that_unpacks_to_more_than_any_voice_is_refused() {
    let mut contents = contents();
    contents[1] = vec![b' '; 4 << 20];
    let bytes = package(&contents);
    assert!(bytes.len() < 64 << 10, "a bomb is small");
    let error = refusal(&bytes, PackageTrust::Any);
    assert!(matches!(error, NeuralVoiceError::TooLarge(_)), "{error}");
}

#[test]
fn a_package_without_one_of_its_files_is_refused() {
    let error = refusal(&package(&contents()[..3]), PackageTrust::Any);
    assert!(matches!(error, NeuralVoiceError::MissingFile { .. }), "{error}");
}

#[test]
fn models_with_wrong_shapes_are_refused() {
    let error = refusal(&package(&contents()), PackageTrust::Any);
    assert!(matches!(error, NeuralVoiceError::Unusable(_)), "{error}");
}

#[test]
fn models_of_another_kind_are_refused() {
    for model in [Vec::new(), b"a text".to_vec(), copying_model(&["x"], &["y"])] {
        let mut contents = contents();
        contents[0] = model;
        let error = refusal(&package(&contents), PackageTrust::Any);
        assert!(matches!(error, NeuralVoiceError::Unusable(_)), "{error}");
    }
}

#[test]
fn an_installed_voice_is_complete_or_absent() {
    let folder = tempfile::tempdir().unwrap();
    let write = || super::installed::write(folder.path(), "heart", "a test", "00", &contents()).unwrap();
    let voice = write();
    assert_eq!(write(), voice, "replaced");
    let names = || fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name()).collect::<Vec<_>>();
    assert_eq!(names(), ["heart"], "nothing else is left behind");
    fs::write(voice.join("acoustic.onnx"), "damaged").unwrap();
    let error = NeuralVoice::load(&voice).unwrap_err();
    assert!(matches!(error, NeuralVoiceError::Damaged(_)), "{error}");
    super::remove(&voice).unwrap();
    assert!(names().is_empty());
    assert!(matches!(super::remove(&voice), Err(NeuralVoiceError::NotInstalled(_))));
    assert!(matches!(NeuralVoice::load(&voice), Err(NeuralVoiceError::NotInstalled(_))));
}

/// The real package, where `scripts/setup --for-tests` puts it.
fn real_package() -> PathBuf {
    crate::io::folders::cache_folder().unwrap().join("packages/hibari_tts-0.2.1-py3-none-any.whl")
}

#[test]
#[ignore = "needs the voice's package: scripts/setup --for-tests, then --run-ignored all"]
fn the_real_voice_speaks_the_same_samples_twice() {
    let package = VoicePackage::open(&real_package(), PackageTrust::Known).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let installed = NeuralVoice::load(&package.install(folder.path()).unwrap()).unwrap();
    let line = "Read what you read on 3 May. Practise [mettā](/mˈɛtə/) and tonglen.";
    let (first, second) = (installed.speak(line, Pace::CALM), package.load().unwrap().speak(line, Pace::CALM));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first, second);
    assert_eq!(first.words.len(), 11, "{:?}", first.words);
    assert!(first.words.is_sorted_by_key(|word| word.samples.start));
    assert!(first.samples.iter().all(|sample| sample.is_finite() && sample.abs() < 1.5));
}

#[test]
#[ignore = "needs the voice's package: scripts/setup --for-tests, then --run-ignored all"]
fn the_real_package_cut_short_is_refused() {
    let bytes = fs::read(real_package()).unwrap();
    let error = refusal(&bytes[..bytes.len() / 2], PackageTrust::Known);
    assert!(matches!(error, NeuralVoiceError::UnknownPackage { .. }), "{error}");
    assert!(matches!(refusal(&bytes[..bytes.len() / 2], PackageTrust::Any), NeuralVoiceError::InvalidPackage(_)));
}
