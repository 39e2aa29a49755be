//! Converts a sentence to phonemes, each assigned to its word.

use std::ops::Range;
use std::sync::Arc;

use misaki_rs::{G2P, Language};
use rten::ThreadPool;

use super::error::NeuralVoiceError;
use super::letter_to_sound::{LetterToSound, LetterToSoundFallback};
use super::reading::SpokenReading;
use super::symbols::SymbolTable;
use crate::io::panic_guard::catch_panic;
use crate::text::pronunciation::PronouncedText;

/// The maximum number of phonemes spoken at once. Longer sentences are divided, which limits the memory for a line.
pub(super) const MAX_CHUNK_PHONEMES: usize = 240;
/// The phoneme library's placeholder for unreadable text.
const UNKNOWN: char = '❓';
const CLAUSE_ENDS: [char; 8] = [',', ';', ':', '—', '…', '.', '?', '!'];

/// The text front end: dictionaries with grammar, and a letter-to-sound model for unknown words.
pub(super) struct PhonemeReader {
    library: G2P,
    letter_to_sound: Arc<LetterToSound>,
    symbols: SymbolTable,
}

/// The phonemes of a sentence or a part of one, as numbers.
#[derive(Debug, Default)]
pub(super) struct PhonemeChunk {
    pub(super) numbers: Vec<i32>,
    /// The words, with the numbers that belong to each.
    pub(super) words: Vec<(Range<usize>, Range<usize>)>,
}

/// The phonemes of a token, and the range of its word in the text.
struct PhonemeToken {
    phonemes: String,
    range: Range<usize>,
    is_followed_by_space: bool,
}

impl PhonemeReader {
    pub(super) fn load(
        symbols: SymbolTable,
        model: Vec<u8>,
        alphabet: &[u8],
        pool: Arc<ThreadPool>,
    ) -> Result<Self, NeuralVoiceError> {
        let letter_to_sound = Arc::new(LetterToSound::load(model, alphabet, pool)?);
        let library =
            G2P::with_fallback(Language::EnglishUS, Some(Box::new(LetterToSoundFallback(letter_to_sound.clone()))));
        Ok(Self { library, letter_to_sound, symbols })
    }

    /// Returns the phonemes of a sentence in chunks that the model can speak at once; none if there is nothing to speak.
    pub(super) fn read(
        &self,
        text: &PronouncedText,
        sentence: Range<usize>,
    ) -> Result<Vec<PhonemeChunk>, NeuralVoiceError> {
        let reading = SpokenReading::new(text, sentence, |phonemes| self.symbols.adapt(phonemes));
        let tokens = self.tokens(&reading)?;
        let mut chunks = self.divide(&tokens);
        chunks.retain(|chunk| {
            chunk.words.iter().any(|(word, _)| text.shown[word.clone()].chars().any(char::is_alphanumeric))
        });
        Ok(chunks)
    }

    fn tokens(&self, reading: &SpokenReading) -> Result<Vec<PhonemeToken>, NeuralVoiceError> {
        let read = catch_panic(|| self.library.g2p(&reading.marked).map_err(|error| error.to_string()));
        let (_, tokens) =
            read.unwrap_or_else(|| Err("its text can't be read".to_owned())).map_err(NeuralVoiceError::unusable)?;
        let mut byte = 0;
        let mut found = Vec::with_capacity(tokens.len());
        for token in tokens {
            let start = reading.find(&token.text, byte).unwrap_or(byte);
            byte = start + token.text.len();
            let Some(range) = reading.word_range(start) else { continue };
            let phonemes = match token.phonemes {
                Some(phonemes) => phonemes.replace(UNKNOWN, ""),
                None => self.letter_to_sound.pronounce(&token.text)?,
            };
            found.push(PhonemeToken { phonemes, range, is_followed_by_space: !token.whitespace.is_empty() });
        }
        Ok(found)
    }

    /// Joins tokens into chunks: a whole sentence if it is short enough, otherwise divided after a comma, or between words.
    fn divide(&self, tokens: &[PhonemeToken]) -> Vec<PhonemeChunk> {
        let mut chunks = Vec::new();
        for clause in tokens.split_inclusive(|token| token.phonemes.ends_with(|c| CLAUSE_ENDS.contains(&c))) {
            let numbered: Vec<_> = clause.iter().map(|token| (token, self.numbers(token))).collect();
            let length: usize = numbered.iter().map(|(_, numbers)| numbers.len()).sum();
            chunk_with_room(&mut chunks, length.min(MAX_CHUNK_PHONEMES));
            for (token, numbers) in numbered {
                for part in numbers.chunks(MAX_CHUNK_PHONEMES) {
                    chunk_with_room(&mut chunks, part.len()).push(&token.range, part);
                }
            }
        }
        chunks
    }

    fn numbers(&self, token: &PhonemeToken) -> Vec<i32> {
        let space = if token.is_followed_by_space { " " } else { "" };
        token.phonemes.chars().chain(space.chars()).filter_map(|phoneme| self.symbols.number(phoneme)).collect()
    }
}

impl PhonemeChunk {
    fn push(&mut self, range: &Range<usize>, numbers: &[i32]) {
        let start = self.numbers.len();
        self.numbers.extend(numbers);
        let end = self.numbers.len();
        match self.words.last_mut() {
            Some((word, numbers)) if word == range => numbers.end = end,
            _ => self.words.push((range.clone(), start..end)),
        }
    }
}

/// Returns the last chunk if it has room for this many numbers, otherwise a new one.
fn chunk_with_room(chunks: &mut Vec<PhonemeChunk>, numbers: usize) -> &mut PhonemeChunk {
    let has_room = chunks.last().is_some_and(|chunk| chunk.numbers.len() + numbers <= MAX_CHUNK_PHONEMES);
    if !has_room {
        chunks.push(PhonemeChunk::default());
    }
    let last = chunks.len() - 1;
    &mut chunks[last]
}
