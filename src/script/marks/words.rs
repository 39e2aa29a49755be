//! The words in marks, in the languages of most scripts.

use crate::script::tokens::MarkToken;

/// Words that mean a pause.
pub(super) const PAUSES: &str = "pause pauses pausing paused silence silent silently \
    pausen stille schweigen silencieux pausa pausas silencio silenzio silêncio pauze stilte paus pauser tystnad stillhet";
/// Words that mean a pause together with a duration, or at the start of a short mark.
pub(super) const RESTS: &str = "hold holding wait waiting rest resting quiet stillness still break gap linger beat stop \
    halten warten ruhe nachspüren attendre attendez tenir retenir calme espera esperar sostener aspetta aspettare wacht";
/// Words that add no further content to a pause or a bell.
pub(super) const FILLERS: &str = "for of a an the about around approximately approx roughly ca long longer short shorter \
    brief gentle soft full whole here now in and then moment moments few several couple some more or to up at least please \
    time x times complete another small sfx fx sound sounds effect ring rings ringing rung strike strikes struck once twice \
    thrice with s sec secs tibetan singing temple play plays chime dings opening closing every apart allow duration \
    für von etwa ungefähr circa der die das den dem ein eine einen einer und dann hier jetzt lang lange kurz kurze kurzer \
    mal einmal zweimal dreimal bitte in \
    pendant environ de du des le la les un une et puis ici longue courte fois \
    durante por unos unas y luego aquí larga corta breve veces vez \
    per di il lo una e poi qui lunga volte volta een van voor om en ett på om";
/// Words that make a duration in the same mark the duration of something other than a pause.
pub(super) const NOT_A_PAUSE_WORDS: &str = "play plays music fade fades waves ocean volume duration total length note tip optional \
    optionally repeat repeats version track sfx ambience ambient birdsong rain sound sounds section part before after within \
    per dauer gesamt musik wellen regen durée musique vagues pluie duración música olas lluvia durata musica onde pioggia";
pub(super) const NEGATIONS: &str = "no not without don't don’t never kein keine keinen ohne nicht nie sans pas jamais sin nunca senza non mai geen zonder niet";

/// Returns whether a token is one of these words, which are separated by spaces.
pub(super) fn is_word(token: &MarkToken, words: &str) -> bool {
    matches!(token, MarkToken::Word(word) if words.split_ascii_whitespace().any(|known| known == word))
}
