//! The letter-to-sound model for words that are in no dictionary.

use std::collections::HashMap;
use std::sync::Arc;

use misaki_rs::Fallback;
use misaki_rs::fallback::FallbackError;
use rten::{Model, NodeId, RunOptions, ThreadPool, Value};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::error::NeuralVoiceError;
use super::model::load_model;

const INPUT: &str = "chars";
const OUTPUT: &str = "ids";
/// The number of the blank, which separates two equal phonemes.
const BLANK: i32 = 0;
const DIGITS: [&str; 10] = ["zˈɪɹO", "wˈʌn", "tˈu", "θɹˈi", "fˈɔɹ", "fˈIv", "sˈɪks", "sˈɛvən", "ˈAt", "nˈIn"];

/// A loaded letter-to-sound model.
#[derive(Debug)]
pub(super) struct LetterToSound {
    model: Model,
    input: NodeId,
    output: NodeId,
    letters: HashMap<char, i32>,
    phonemes: Vec<char>,
    max_letters: usize,
    pool: Arc<ThreadPool>,
}

/// The table that belongs to the model.
#[derive(Deserialize)]
struct Alphabet {
    #[serde(rename = "in")]
    letters: Vec<char>,
    #[serde(rename = "out")]
    phonemes: Vec<char>,
    #[serde(rename = "maxlen")]
    max_letters: usize,
}

impl LetterToSound {
    pub(super) fn load(model: Vec<u8>, alphabet: &[u8], pool: Arc<ThreadPool>) -> Result<Self, NeuralVoiceError> {
        let alphabet: Alphabet = serde_json::from_slice(alphabet)
            .map_err(|_| NeuralVoiceError::unusable("its table of letters can't be read"))?;
        let model = load_model(model)?;
        let node =
            |name| model.find_node(name).ok_or_else(|| NeuralVoiceError::unusable("it is not a letter-to-sound model"));
        let (input, output) = (node(INPUT)?, node(OUTPUT)?);
        let letters = alphabet.letters.into_iter().zip(1..).collect();
        let max_letters = alphabet.max_letters.clamp(1, 256);
        Ok(Self { model, input, output, letters, phonemes: alphabet.phonemes, max_letters, pool })
    }

    /// Returns the phonemes of a word; empty if it has no letter or digit known to the model.
    pub(super) fn pronounce(&self, word: &str) -> Result<String, NeuralVoiceError> {
        let mut spoken: Vec<String> = Vec::new();
        for part in split(word) {
            if part.starts_with(|c: char| c.is_ascii_digit()) {
                let digits = part.bytes().map(|digit| DIGITS[usize::from(digit - b'0')].to_owned());
                spoken.extend(digits);
            } else {
                let letters: Vec<i32> = part.nfc().flat_map(|letter| self.numbers_of(letter)).collect();
                for letters in letters.chunks(self.max_letters) {
                    spoken.push(self.run(letters)?);
                }
            }
        }
        spoken.retain(|phonemes| !phonemes.is_empty());
        Ok(spoken.join(" "))
    }

    /// Returns the number of a letter; if it has none, the numbers of its components.
    fn numbers_of(&self, letter: char) -> Vec<i32> {
        match self.letters.get(&letter) {
            Some(number) => vec![*number],
            None => letter.nfkd().filter_map(|part| self.letters.get(&part).copied()).collect(),
        }
    }

    fn run(&self, letters: &[i32]) -> Result<String, NeuralVoiceError> {
        let input = Value::from_shape([1, letters.len()], letters.to_vec()).map_err(NeuralVoiceError::unusable)?;
        let options = RunOptions::default().with_thread_pool(Some(self.pool.clone()));
        let outputs = self.model.run(vec![(self.input, input.into())], &[self.output], Some(options));
        let output = outputs.map_err(NeuralVoiceError::unusable)?.into_iter().next();
        let numbers = output.and_then(|output| output.into_shape_vec::<i32, 2>().ok());
        let (_, numbers) =
            numbers.ok_or_else(|| NeuralVoiceError::unusable("its pronunciation has an unexpected shape"))?;
        let mut phonemes = String::new();
        let mut last = BLANK;
        for number in numbers {
            if number != last && number != BLANK {
                phonemes.extend(usize::try_from(number - 1).ok().and_then(|index| self.phonemes.get(index)));
            }
            last = number;
        }
        Ok(phonemes)
    }
}

/// Splits a word into runs of letters and runs of digits. Apostrophes are dropped; every other character separates two parts.
fn split(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut last = None;
    for c in word.chars().filter(|c| !matches!(c, '\'' | '’')) {
        let kind = match c {
            c if c.is_ascii_digit() => Some('0'),
            c if c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c) => Some('a'),
            _ => None,
        };
        match parts.last_mut() {
            Some(part) if kind.is_some() && kind == last => part.push(c),
            _ if kind.is_some() => parts.push(c.into()),
            _ => {}
        }
        last = kind;
    }
    parts
}

/// Queries the model for words that are not in the dictionaries.
pub(super) struct LetterToSoundFallback(pub(super) Arc<LetterToSound>);

impl Fallback for LetterToSoundFallback {
    fn phonemize(&self, word: &str) -> Result<String, FallbackError> {
        // A word that can't be pronounced is dropped, because an error would lose the sentence.
        Ok(self.0.pronounce(word).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_divided_into_letters_and_digits() {
        assert_eq!(split("Hanh's"), ["Hanhs"]);
        assert_eq!(split("il-lilly"), ["il", "lilly"]);
        assert_eq!(split("B12x…"), ["B", "12", "x"]);
        assert!(split("–☺").is_empty());
    }
}
