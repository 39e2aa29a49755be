//! The words that the lints look for, by language. A language that is not here is not judged by its words.

use super::phrases;

/// What a language says.
pub(super) struct Language {
    code: &'static str,
    /// That one may pause or stop.
    pub(super) stops: &'static [&'static str],
    /// That a time follows, or a silence.
    pub(super) times: &'static [&'static str],
    /// What presses.
    pub(super) presses: &'static [&'static str],
    pub(super) negations: &'static [&'static str],
    /// Whether a negation may come after what it turns around: "du musst nichts tun".
    pub(super) negates_after: bool,
    touch: &'static [&'static str],
    breath: &'static [&'static str],
    body: &'static [&'static str],
    eyes: &'static [&'static str],
    closed: &'static [&'static str],
}

/// How many words may stand between the eyes and their closing.
const EYES: usize = 5;

const LANGUAGES: &[Language] = &[ENGLISH, GERMAN, FRENCH, SPANISH];

const ENGLISH: Language = Language {
    code: "en",
    stops: &[
        "pause",
        "pausing",
        "stop",
        "stopping",
        "leave at any time",
        "end at any time",
        "leave whenever",
        "take a break",
    ],
    times: &[
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
    presses: &[
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
    negations: &[
        "no", "not", "nothing", "never", "without", "nor", "neither", "none", "nobody", "don't", "needn't", "doesn't",
        "isn't",
    ],
    negates_after: false,
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
};

const GERMAN: Language = Language {
    code: "de",
    stops: &[
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
    times: &[
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
    presses: &[
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
    negations: &["nicht", "nichts", "kein*", "nie", "niemals", "niemand", "ohne"],
    negates_after: true,
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
};

const FRENCH: Language = Language {
    code: "fr",
    stops: &["pause", "arrêter", "arrêtez", "arrête", "cesser", "interrompre"],
    times: &["minute*", "seconde*", "moment*", "instant*", "heure*", "silence*", "calme"],
    presses: &["tu dois", "vous devez", "il faut", "ne bouge", "ne bougez", "force", "forcez", "oblige*"],
    negations: &["ne", "n'est", "rien", "pas", "sans", "jamais", "aucun*"],
    negates_after: true,
    touch: &["main sur", "mains sur", "touche", "touchez", "caresse*"],
    breath: &["souffle*", "respir*", "inspir*", "expir*"],
    body: &["corps", "ventre", "poitrine", "mâchoire*", "épaule*", "dos", "bassin", "hanches"],
    eyes: &["yeux", "paupières"],
    closed: &["ferme*", "fermés", "clos", "fermez"],
};

const SPANISH: Language = Language {
    code: "es",
    stops: &["pausa*", "parar", "para", "detener*", "dejarlo", "interrumpir"],
    times: &["minuto*", "segundo*", "momento*", "instante*", "hora*", "silencio*", "quietud"],
    presses: &["debes", "debe usted", "tienes que", "tiene que", "no te muevas", "no se mueva", "fuerza", "fuerces"],
    negations: &["no", "nada", "sin", "nunca", "ningún", "ninguna"],
    negates_after: false,
    touch: &["mano en", "mano sobre", "manos en", "manos sobre", "toca", "toque", "acaricia*"],
    breath: &["respir*", "inspira*", "exhala*", "inhala*", "aliento"],
    body: &["cuerpo*", "vientre", "pecho", "mandíbula", "hombro*", "espalda", "cadera*"],
    eyes: &["ojos", "párpados"],
    closed: &["cierra*", "cerrados", "cerrar", "cierre"],
};

impl Language {
    /// The language of a tag such as `de-CH`.
    pub(super) fn of(tag: &str) -> Option<&'static Self> {
        let code = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        LANGUAGES.iter().find(|language| language.code == code)
    }

    /// The tags that words ask for, each with the words that ask for it.
    pub(super) fn tags_of<'text>(&self, text: &'text str) -> Vec<(&'static str, &'text str)> {
        let found = [
            ("touch", phrases::first(text, self.touch)),
            ("breath", phrases::first(text, self.breath)),
            ("body", phrases::first(text, self.body)),
            ("eyes-closed", phrases::near(text, self.eyes, self.closed, EYES)),
        ];
        found.into_iter().filter_map(|(tag, found)| found.map(|found| (tag, found))).collect()
    }
}
