//! The words used by the checks, by language. Other languages are not checked.

use super::phrases::{self, Negations};
use super::spoken_length::{self, TimeWords};

/// The words and phrases of one language.
pub(super) struct LintLanguage {
    /// The BCP 47 code of the language, without a region.
    code: &'static str,
    /// Phrases that allow the listener to pause or stop.
    pub(super) permissions_to_stop: &'static [&'static str],
    /// Words that announce a time of silence.
    pub(super) announcements: &'static [&'static str],
    /// Phrases that put pressure on the listener.
    pressing: &'static [&'static str],
    negations: Negations,
    touch: &'static [&'static str],
    breath: &'static [&'static str],
    body: &'static [&'static str],
    eyes: &'static [&'static str],
    /// Words that, near `eyes`, ask the listener to close the eyes.
    closed: &'static [&'static str],
    /// How durations are expressed.
    pub(super) time: TimeWords,
    /// Words about hands.
    hands: &'static [&'static str],
    /// Words about pain.
    pain: &'static [&'static str],
    /// Words that ask the listener to picture something.
    imagery: &'static [&'static str],
    /// Phrases that may refer to the previous line.
    pub(super) references: &'static [&'static str],
}

/// The maximum number of words between the eyes and their closing.
const EYES_DISTANCE: usize = 5;

const LANGUAGES: &[LintLanguage] = &[ENGLISH, GERMAN, FRENCH, SPANISH];

const ENGLISH: LintLanguage = LintLanguage {
    code: "en",
    permissions_to_stop: &[
        "pause",
        "pauses",
        "pausing",
        "stop",
        "stops",
        "stopping",
        "leave at any time",
        "end at any time",
        "leave whenever",
        "take a break",
    ],
    announcements: &[
        "minute*",
        "second",
        "seconds",
        "moment*",
        "a while",
        "hour*",
        "silence",
        "silent*",
        "quiet*",
        "breaths",
        "stillness",
    ],
    pressing: &[
        "must",
        "mustn't",
        "don't move",
        "do not move",
        "never move",
        "you have to",
        "you've got to",
        "you need to",
        "you should",
        "you shouldn't",
        "force",
        "forcing",
        "forced",
        "try harder",
        "make yourself",
        "don't stop",
        "do not stop",
        "don't open",
        "do not open",
        "you are not allowed",
    ],
    negations: Negations {
        words: &[
            "no", "not", "nothing", "never", "without", "nor", "neither", "none", "nobody", "don't", "needn't",
            "doesn't", "isn't",
        ],
        may_follow: false,
    },
    touch: &[
        "hand on",
        "hands on",
        "palm on",
        "palms on",
        "hand over your",
        "hands over your",
        "hand to your",
        "hands to your",
        "touch",
        "touches",
        "touching",
        "touched",
        "stroke",
        "hug",
        "hold your own",
    ],
    breath: &["breath", "breaths", "breathe", "breathes", "breathing", "inhale*", "inhaling", "exhale*", "exhaling"],
    body: &[
        "body",
        "bodies",
        "belly",
        "chest",
        "jaw",
        "shoulder",
        "shoulders",
        "spine",
        "hip",
        "hips",
        "stomach",
        "abdomen",
        "muscle",
        "muscles",
        "pelvis",
        "throat",
        "your feet",
        "your legs",
        "your back",
        "your toes",
        "your fingers",
        "your neck",
    ],
    eyes: &["eye", "eyes", "eyelids"],
    closed: &["close", "closed", "closing", "shut", "shutting"],
    time: spoken_length::ENGLISH,
    hands: &["hand", "hands", "palm", "palms", "finger", "fingers", "fingertips"],
    pain: &["pain*", "hurt*", "ache*", "aching", "sore", "wound", "wounds", "suffer*", "agony", "grief"],
    imagery: &[
        "imagine*",
        "imagining",
        "picture",
        "pictures",
        "picturing",
        "visuali*",
        "envision*",
        "mind's eye",
        "see yourself",
        "as if you were",
        "in your mind",
    ],
    references: &[
        "let it",
        "leave it",
        "keep it",
        "hold it",
        "feel it",
        "notice it",
        "lift it",
        "move it",
        "rest it",
        "to it",
        "with it",
        "around it",
        "inside it",
        "beneath it",
        "near it",
        "at it",
        "of it",
        "them",
        "stay there",
        "rest there",
        "leave there",
        "that hand",
        "that breath",
        "that place",
        "that feeling",
        "that image",
        "the other hand",
    ],
};

const GERMAN: LintLanguage = LintLanguage {
    code: "de",
    permissions_to_stop: &[
        "pause",
        "pausen",
        "pausier*",
        "anhalten",
        "innehalten",
        "aufhör*",
        "stopp*",
        "unterbrech*",
        "abbrech*",
        "beenden",
        "höre auf",
        "hör auf",
    ],
    announcements: &[
        "minute*",
        "sekunde*",
        "moment*",
        "weile",
        "stunde*",
        "stille",
        "still",
        "schweigen",
        "ruhe",
        "atemzüge*",
        "augenblick*",
    ],
    pressing: &[
        "musst",
        "müsst",
        "sie müssen",
        "darfst nicht",
        "dürft nicht",
        "dürfen nicht",
        "beweg dich nicht",
        "bewege dich nicht",
        "bewegen sie sich nicht",
        "nicht bewegen",
        "du sollst",
        "du solltest",
        "sie sollten",
        "zwing*",
        "erzwing*",
        "streng dich an",
    ],
    negations: Negations {
        words: &["nicht", "nichts", "kein*", "nie", "niemals", "niemand", "ohne"],
        may_follow: true,
    },
    touch: &["hand auf", "hände auf", "hand aufs", "handfläche auf", "berühr*", "streichle*", "streichel*", "umarm*"],
    breath: &[
        "atem",
        "atems",
        "atemzug",
        "atemzüge*",
        "atme",
        "atmen",
        "atmet",
        "atmest",
        "atmung",
        "einatm*",
        "ausatm*",
        "eingeatmet",
        "ausgeatmet",
    ],
    body: &[
        "körper*",
        "bauch*",
        "brust*",
        "kiefer*",
        "schulter*",
        "wirbelsäule",
        "becken",
        "nacken",
        "rücken",
        "hüfte*",
        "muskel*",
        "kehle",
        "deine füße",
        "ihre füße",
        "deine beine",
        "ihre beine",
    ],
    eyes: &["auge", "augen", "augenlider", "lider"],
    closed: &["schließ*", "schliess*", "geschlossen*", "zu", "zumachen", "zufallen"],
    time: spoken_length::GERMAN,
    hands: &["hand", "hände", "händen", "handfläche*", "finger*"],
    pain: &["schmerz*", "leid", "leiden", "leidet", "weh", "wunde*", "verletz*"],
    imagery: &["stell dir vor", "stelle dir vor", "stellen sie sich vor", "bild", "vorstellung", "innere auge"],
    references: &[
        "lass sie",
        "lass ihn",
        "halte sie",
        "halte ihn",
        "mit ihr",
        "mit ihm",
        "zu ihr",
        "zu ihm",
        "bleib dort",
    ],
};

const FRENCH: LintLanguage = LintLanguage {
    code: "fr",
    permissions_to_stop: &["pause", "arrêter", "arrêtez", "arrête", "cesser", "interrompre"],
    announcements: &["minute*", "seconde*", "moment*", "instant*", "heure*", "silence*", "calme"],
    pressing: &["tu dois", "vous devez", "il faut", "ne bouge", "ne bougez", "force", "forcez", "oblige*"],
    negations: Negations { words: &["ne", "n'est", "rien", "pas", "sans", "jamais", "aucun*"], may_follow: true },
    touch: &["main sur", "mains sur", "touche", "touchez", "caresse*"],
    breath: &["souffle*", "respir*", "inspir*", "expir*"],
    body: &["corps", "ventre", "poitrine", "mâchoire*", "épaule*", "dos", "bassin", "hanches"],
    eyes: &["yeux", "paupières"],
    closed: &["ferme*", "fermés", "clos", "fermez"],
    time: spoken_length::FRENCH,
    hands: &["main", "mains", "paume*", "doigt*"],
    pain: &["douleur*", "souffr*", "mal", "blessure*"],
    imagery: &["imagine*", "imaginez", "visualise*", "image"],
    references: &[],
};

const SPANISH: LintLanguage = LintLanguage {
    code: "es",
    permissions_to_stop: &["pausa*", "parar", "para", "detener*", "dejarlo", "interrumpir"],
    announcements: &["minuto*", "segundo*", "momento*", "instante*", "hora*", "silencio*", "quietud"],
    pressing: &["debes", "debe usted", "tienes que", "tiene que", "no te muevas", "no se mueva", "fuerza", "fuerces"],
    negations: Negations { words: &["no", "nada", "sin", "nunca", "ningún", "ninguna"], may_follow: false },
    touch: &["mano en", "mano sobre", "manos en", "manos sobre", "toca", "toque", "acaricia*"],
    breath: &["respir*", "inspira*", "exhala*", "inhala*", "aliento"],
    body: &["cuerpo*", "vientre", "pecho", "mandíbula", "hombro*", "espalda", "cadera*"],
    eyes: &["ojos", "párpados"],
    closed: &["cierra*", "cerrados", "cerrar", "cierre"],
    time: spoken_length::SPANISH,
    hands: &["mano", "manos", "palma*", "dedo*"],
    pain: &["dolor*", "duele*", "sufr*", "herida*"],
    imagery: &["imagina*", "visualiza*", "imagen"],
    references: &[],
};

impl LintLanguage {
    /// Returns the language of a BCP 47 tag such as `de-CH`.
    pub(super) fn of(tag: &str) -> Option<&'static Self> {
        let code = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        LANGUAGES.iter().find(|language| language.code == code)
    }

    /// Iterates over the phrases in a text that put pressure on the listener, as written.
    pub(super) fn find_pressing_words<'text>(&self, text: &'text str) -> impl Iterator<Item = &'text str> {
        self.pressing.iter().filter_map(|phrase| phrases::find_unnegated(text, phrase, self.negations))
    }

    /// Returns the tags whose topics a text touches, each with the words that do.
    pub(super) fn topics_of<'text>(&self, text: &'text str) -> Vec<(&'static str, &'text str)> {
        let lists = [
            ("pain", self.pain),
            ("touch", self.hands),
            ("touch", self.touch),
            ("breath", self.breath),
            ("eyes-closed", self.eyes),
            ("body", self.body),
            ("imagery", self.imagery),
        ];
        let mut found: Vec<(&str, &str)> = Vec::new();
        for (tag, list) in lists {
            let is_new = !found.iter().any(|(known, _)| *known == tag);
            found.extend(phrases::find_first(text, list).filter(|_| is_new).map(|words| (tag, words)));
        }
        found
    }

    /// Returns the tags that a text requires, each with the words that require it.
    pub(super) fn tags_of<'text>(&self, text: &'text str) -> Vec<(&'static str, &'text str)> {
        let found = [
            ("touch", phrases::find_first(text, self.touch)),
            ("breath", phrases::find_first(text, self.breath)),
            ("body", phrases::find_first(text, self.body)),
            ("eyes-closed", phrases::find_near(text, self.eyes, self.closed, EYES_DISTANCE)),
        ];
        found.into_iter().filter_map(|(tag, found)| found.map(|found| (tag, found))).collect()
    }
}
