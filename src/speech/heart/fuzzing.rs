//! The steps of the fuzz targets for the voice. Only fuzzing and tests build this module; `fuzz/README.md` describes the targets.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use rten::ThreadPool;

use super::acoustic::AcousticModel;
use super::error::NeuralVoiceError;
use super::frames::HOP;
use super::letter_to_sound::LetterToSound;
use super::noise::SpectralNoise;
use super::phonemes::{PhonemeChunk, PhonemeReader};
use super::sentences::split_sentences;
use super::symbols::SymbolTable;
use super::vocoder::Vocoder;
use super::{PackageTrust, VoicePackage};
use crate::error::Remedy;
use crate::io::panic_guard::catch_panic;
use crate::text::pronunciation::PronouncedText;

/// The maximum number of phonemes for one byte of text: "%" is read as a word.
const MAX_PHONEMES_PER_BYTE: usize = 32;

/// The pace at which networks speak.
const PACE: f32 = 0.7;

static POOL: LazyLock<Arc<ThreadPool>> = LazyLock::new(|| Arc::new(ThreadPool::with_num_threads(1)));

/// Reads bytes as a file of a voice, by their first byte: a package, a table, or else a network. Each is used, or refused with one sentence.
///
/// # Panics
/// If it is refused in another way, or its use breaks a promise.
pub fn voice_file(bytes: &[u8]) {
    match bytes.first() {
        Some(b'P') => refused_or(VoicePackage::from_bytes(bytes, Path::new("voice.whl"), PackageTrust::Any)),
        Some(b'{') => {
            refused_or(SymbolTable::parse(bytes));
            refused_or(
                letter_to_sound(made_up::letter_to_sound(), bytes)
                    .and_then(|letter_to_sound| letter_to_sound.pronounce("Tonglen, mettā 12")),
            );
        }
        _ => {
            refused_or(speak(bytes));
            refused_or(
                letter_to_sound(bytes.to_vec(), made_up::ALPHABET.as_bytes())
                    .and_then(|letter_to_sound| letter_to_sound.pronounce("lo")),
            );
        }
    }
}

/// Reads a text with a front end whose letter-to-sound model is made up: no word is lost, and the output is bounded.
///
/// # Panics
/// If that is not so.
pub fn phonemes(text: &str) {
    thread_local! {
        static FRONT_END: FrontEnd = FrontEnd::made_up();
    }
    FRONT_END.with(|front_end| {
        let lost = front_end.skipped(text).into_iter().find(|word| word.contains(|c: char| c.is_ascii_alphanumeric()));
        assert_eq!(lost, None, "in {text:?}");
        let chunks = front_end.read(&PronouncedText::parse(text));
        let count: usize = chunks.iter().map(|chunk| chunk.numbers.len()).sum();
        assert!(count <= MAX_PHONEMES_PER_BYTE * text.len(), "{count} phonemes for {} bytes", text.len());
    });
}

/// Fails unless an error, if there is one, is a sentence with a remedy.
fn refused_or<T>(result: Result<T, NeuralVoiceError>) {
    let Err(error) = result else { return };
    let message = error.to_string();
    assert!(!message.is_empty() && message.chars().all(|c| !c.is_control()), "{message:?}");
    assert!(error.help().is_some(), "{message}");
}

/// Speaks three phonemes with an acoustic model, as a voice does.
fn speak(model: &[u8]) -> Result<(), NeuralVoiceError> {
    let spoken = guarded(|| AcousticModel::load(model.to_vec(), POOL.clone())?.predict(&[0, 1, 2, 3, 0], PACE));
    spoken.map(|frames| {
        let samples = Vocoder::new().synthesize(&frames, &mut SpectralNoise::for_text("lo"));
        assert_eq!(samples.len(), frames.len() * HOP);
        assert!(frames.ends().iter().all(|end| *end <= frames.len()));
    })
}

fn letter_to_sound(model: Vec<u8>, alphabet: &[u8]) -> Result<GuardedModel, NeuralVoiceError> {
    guarded(|| LetterToSound::load(model, alphabet, POOL.clone())).map(GuardedModel)
}

struct GuardedModel(LetterToSound);

impl GuardedModel {
    fn pronounce(&self, word: &str) -> Result<String, NeuralVoiceError> {
        guarded(|| self.0.pronounce(word))
    }
}

/// Runs a closure as [`super::NeuralVoice`] does: on a thread of its own, and with panics of the library as errors.
fn guarded<T: Send>(closure: impl FnOnce() -> Result<T, NeuralVoiceError> + Send) -> Result<T, NeuralVoiceError> {
    let guarded = || catch_panic(closure).unwrap_or_else(|| Err(NeuralVoiceError::unusable("it failed")));
    POOL.run(guarded)
}

/// The front end, with the number of a space.
pub(super) struct FrontEnd {
    reader: PhonemeReader,
    space: i32,
}

impl FrontEnd {
    /// Builds a front end from the contents of files of a voice.
    pub(super) fn new(symbols: &[u8], letter_to_sound: Vec<u8>, alphabet: &[u8]) -> Self {
        let symbols = SymbolTable::parse(symbols).expect("the table of phonemes is valid");
        let space = symbols.number(' ').expect("a space has a number");
        let reader = PhonemeReader::load(symbols, letter_to_sound, alphabet, POOL.clone());
        Self { reader: reader.expect("the letter-to-sound model is valid"), space }
    }

    fn made_up() -> Self {
        Self::new(&made_up::symbols(), made_up::letter_to_sound(), made_up::ALPHABET.as_bytes())
    }

    /// Reads a text. Every chunk is one that the model can speak at once.
    pub(super) fn read(&self, text: &PronouncedText) -> Vec<PhonemeChunk> {
        let sentences = split_sentences(&text.shown).into_iter();
        let read = |range| self.reader.read(text, range).expect("any sentence can be read");
        let chunks: Vec<_> = sentences.flat_map(|sentence| read(sentence.range)).collect();
        for chunk in &chunks {
            assert!(chunk.numbers.len() <= super::phonemes::MAX_CHUNK_PHONEMES);
            let mut words = chunk.words.iter();
            assert!(words.all(|(range, numbers)| {
                text.shown.get(range.clone()).is_some() && chunk.numbers.get(numbers.clone()).is_some()
            }));
        }
        chunks
    }

    /// Returns the words with letters or digits that have no phoneme.
    pub(super) fn skipped(&self, line: &str) -> Vec<String> {
        let text = PronouncedText::parse(line);
        let chunks = self.read(&text);
        let is_spoken = |start: usize, end: usize| {
            chunks.iter().any(|chunk| {
                let mut of_word = chunk.words.iter().filter(|(range, _)| range.start < end && start < range.end);
                of_word.any(|(_, numbers)| chunk.numbers[numbers.clone()].iter().any(|number| *number != self.space))
            })
        };
        let words = text.shown.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric));
        let offset = |word: &str| word.as_ptr().addr() - text.shown.as_ptr().addr();
        let skipped = words.filter(|word| !is_spoken(offset(word), offset(word) + word.len()));
        skipped.map(str::to_owned).collect()
    }
}

/// Small files of a voice that spells each letter as one phoneme.
pub(super) mod made_up {
    /// The table of letters: all of them are vowels and consonants of the table of phonemes.
    pub(in super::super) const ALPHABET: &str = r#"{
        "in": ["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q","r","s","t","u","v","w","x","y","z",
               "A","B","C","D","E","F","G","H","I","J","K","L","M","N","O","P","Q","R","S","T","U","V","W","X","Y","Z"],
        "out": ["æ","b","k","d","ɛ","f","ɡ","h","ɪ","ʤ","k","l","m","n","ɑ","p","k","ɹ","s","t","ʌ","v","w","z","j","z",
                "A","b","k","d","i","f","ɡ","h","I","ʤ","k","l","m","n","O","p","k","ɹ","s","t","u","v","w","z","j","z"],
        "maxlen": 16
    }"#;

    /// Returns a table of the phonemes, punctuation and stress marks of American English.
    pub(in super::super) fn symbols() -> Vec<u8> {
        let known = ";:,.!?—…\"()“” ˈˌAIOWYʤʧbdfhjklmnpstvwzɡŋɹɾʃʒθðTiuɑɔɛɜɪʊʌəæᵊᵻʔaɐ";
        let numbers = known.chars().zip(1..).map(|(symbol, number)| (symbol.to_string(), number.into()));
        serde_json::Value::Object(numbers.collect()).to_string().into_bytes()
    }

    /// Returns an ONNX model that returns its input.
    pub(in super::super) fn letter_to_sound() -> Vec<u8> {
        copying_model(&["chars"], &["ids"])
    }

    /// Returns an ONNX model whose outputs are copies of its last input.
    pub(in super::super) fn copying_model(inputs: &[&str], outputs: &[&str]) -> Vec<u8> {
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
}
