//! The phonemes known to the acoustic model, and their numbers.

use std::collections::HashMap;

use super::error::NeuralVoiceError;

/// The number at both ends of a sentence.
pub(super) const PADDING: i32 = 0;

/// A voice's table of phonemes, punctuation and stress marks.
#[derive(Debug)]
pub(super) struct SymbolTable {
    numbers: HashMap<char, i32>,
}

impl SymbolTable {
    /// Reads a table: a JSON object with one number for each character.
    pub(super) fn parse(json: &[u8]) -> Result<Self, NeuralVoiceError> {
        let numbers: HashMap<char, i32> = serde_json::from_slice(json)
            .map_err(|_| NeuralVoiceError::unusable("its table of phonemes can't be read"))?;
        Ok(Self { numbers })
    }

    /// Returns the number of a phoneme.
    pub(super) fn number(&self, phoneme: char) -> Option<i32> {
        self.numbers.get(&phoneme).copied()
    }

    /// Converts phonemes from dictionary notation to that of the model, and drops unknown ones.
    pub(super) fn adapt(&self, phonemes: &str) -> String {
        let mut adapted = phonemes.trim().to_owned();
        for (dictionary_form, symbol) in DICTIONARY_FORMS {
            adapted = adapted.replace(dictionary_form, symbol);
        }
        adapted.retain(|c| self.numbers.contains_key(&c));
        adapted
    }
}

/// Diphthongs and affricates are single symbols in the model's alphabet, and length is not marked in American English.
const DICTIONARY_FORMS: [(&str, &str); 16] = [
    ("eɪ", "A"),
    ("aɪ", "I"),
    ("oʊ", "O"),
    ("əʊ", "O"),
    ("aʊ", "W"),
    ("ɔɪ", "Y"),
    ("tʃ", "ʧ"),
    ("t͡ʃ", "ʧ"),
    ("dʒ", "ʤ"),
    ("d͡ʒ", "ʤ"),
    ("ɚ", "əɹ"),
    ("ɝ", "ɜɹ"),
    ("g", "ɡ"),
    ("r", "ɹ"),
    ("ː", ""),
    ("'", "ˈ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionary_phonemes_become_the_models_own() {
        let json = r#"{"m": 1, "ˈ": 2, "ɛ": 3, "t": 4, "ə": 5, "O": 6, "ʧ": 7, "ɡ": 8, "ɹ": 9, " ": 16}"#;
        let table = SymbolTable::parse(json.as_bytes()).unwrap();
        assert_eq!(table.adapt("ˈmɛtəː"), "ˈmɛtə");
        assert_eq!(table.adapt(" goʊ tʃr%"), "ɡO ʧɹ");
        assert_eq!(table.number('ɛ'), Some(3));
    }

    #[test]
    fn a_table_of_another_kind_is_refused() {
        for json in ["", "[]", r#"{"ab": 1}"#, r#"{"a": "b"}"#] {
            assert!(SymbolTable::parse(json.as_bytes()).is_err());
        }
    }
}
