//! Recognises the language of a script that does not state it.

use super::block::{EventContent, ScriptEvent};

/// The languages that are recognised, with frequent words that the others don't have.
const LANGUAGES: [(&str, &str, &str); 7] = [
    ("en", "English", "the and of you your is to with that this it are be for as or let can when"),
    ("de", "German", "und der die das ist nicht ein eine den dem mit dich dein deine du sich auf wie wenn zu im lass"),
    ("fr", "French", "le les et des est vous votre dans une pour que qui sur avec vos du ce au laissez votre"),
    ("es", "Spanish", "el los las y que tu con una por para es no del tus como lo se al está están eres deja siente"),
    ("it", "Italian", "il che e di della nel con una per tuo tua gli lo del alla sono come lascia"),
    ("pt", "Portuguese", "os que do da em um uma seu sua com para não na ao dos das é são mais você deixe"),
    ("nl", "Dutch", "het en van je een dat niet met op aan jouw voor ook naar bij laat als"),
];
/// The minimum number of frequent words to recognise a language.
const MIN_FREQUENT_WORDS: usize = 8;
/// The minimum share of frequent words among all words.
const MIN_SHARE: f64 = 0.16;

/// Returns the tag and the name of the language in which the lines are clearly written, if it is not English.
pub(super) fn recognise(events: &[ScriptEvent]) -> Option<(&'static str, &'static str)> {
    let lines = events.iter().filter_map(|event| match &event.content {
        EventContent::Line(text) => Some(text.to_lowercase()),
        _ => None,
    });
    let text = lines.collect::<Vec<_>>().join(" ");
    let words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let count = |list: &str| words.iter().filter(|word| list.split(' ').any(|known| known == **word)).count();
    let mut counts = LANGUAGES.map(|(tag, name, list)| (count(list), tag, name));
    counts.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
    let ((most, tag, name), (second, ..)) = (counts[0], counts[1]);
    let is_clear =
        most >= MIN_FREQUENT_WORDS && most as f64 >= MIN_SHARE * words.len() as f64 && most * 2 >= second * 3;
    (is_clear && tag != "en").then_some((tag, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(text: &str) -> Option<&'static str> {
        let line = ScriptEvent { line: 1, content: EventContent::Line(text.repeat(3)) };
        recognise(&[line]).map(|(tag, _)| tag)
    }

    #[test]
    fn languages_are_recognised_by_their_frequent_words() {
        for (text, tag) in [
            ("Lass den Atem kommen, wie er ist, und spüre, wie dein Körper auf dem Boden ruht. ", Some("de")),
            ("Laissez le souffle aller et venir, et sentez le poids de vos mains sur les genoux. ", Some("fr")),
            ("Deja que el aire entre y salga, y siente el peso de tus manos en las piernas. ", Some("es")),
            ("Lascia che il respiro vada e venga, e senti il peso della testa e delle mani. ", Some("it")),
            ("Deixe que o ar entre e saia, e sinta o peso da sua cabeça e das mãos no colo. ", Some("pt")),
            ("Laat de adem komen en gaan, en voel het gewicht van je handen op je benen. ", Some("nl")),
            ("Let the breath come and go, and feel the weight of the hands in your lap. ", None),
            ("Lorn velba mirit osta tumbel quin sorrel avica nebro pallim ezter wodra. ", None),
        ] {
            assert_eq!(recognised(text), tag, "{text}");
        }
        assert_eq!(recognise(&[]), None);
    }
}
