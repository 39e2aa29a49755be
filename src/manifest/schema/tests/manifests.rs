//! Random manifests: valid ones, and changes that may make them invalid.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use toml::{Table, Value};

/// Generates valid manifests.
pub(super) fn valid() -> impl Strategy<Value = Table> {
    let segments = || prop::collection::vec(segment(), 1..4);
    let head = table(
        vec![("format", one(1)), ("title", texts(&["Evening", ""])), ("announce", announcements().boxed())],
        vec![
            ("summary", texts(&["A hand, a breath."])),
            ("language", texts(&["en", "pt-BR"])),
            ("voice", texts(&["heart", "en_US-low.1"])),
            ("teacher", texts(&["Anna"])),
            ("license", texts(&["CC0-1.0"])),
            ("allow", one(Value::Array(vec!["long-silence".into()]))),
            ("settle", texts(&["0s", "10s"])),
            ("levels", levels().boxed()),
            ("bed", table(vec![("sound", texts(&["brown", "rain.flac"]))], vec![]).prop_map(Value::Table).boxed()),
            ("soften", segments().prop_map(without_bed).prop_map(list).boxed()),
            ("exit", segments().prop_map(without_bed).prop_map(list).boxed()),
        ],
    );
    (head, segments(), prop::option::of(open_silence()), custom_bell()).prop_map(
        |(mut manifest, mut segments, open, bell)| {
            segments.extend(open);
            manifest.insert("segment".to_owned(), list(segments));
            let bells = Table::from_iter([("temple".to_owned(), Value::Table(bell))]);
            manifest.insert("bell".to_owned(), Value::Table(bells));
            manifest
        },
    )
}

/// Generates one to three changes of a manifest.
pub(super) fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (any::<Index>(), 0..4_u8, select(KEYS), value()).prop_map(|(place, action, key, value)| Change {
        place,
        action,
        key,
        value,
    });
    prop::collection::vec(change, 1..4)
}

/// A change at one place of a manifest.
#[derive(Debug)]
pub(super) struct Change {
    place: Index,
    /// 0: removed, 1: replaced, 2: a key added, 3: a key renamed.
    action: u8,
    key: &'static str,
    value: Value,
}

impl Change {
    pub(super) fn apply(&self, manifest: &mut Value) {
        let mut places = Vec::new();
        walk(manifest, &mut Vec::new(), &mut places);
        let place = &places[self.place.index(places.len())];
        let (last, above) = place.split_last().expect("a place has a key");
        let above = above.iter().fold(&mut *manifest, |value, step| match step {
            Step::Key(key) => &mut value[key.as_str()],
            Step::Item(item) => &mut value[*item],
        });
        match (above, last) {
            (Value::Table(table), Step::Key(key)) => match self.action {
                0 => drop(table.remove(key)),
                1 => drop(table.insert(key.clone(), self.value.clone())),
                2 => drop(table.insert(self.key.to_owned(), self.value.clone())),
                _ => {
                    let value = table.remove(key);
                    table.extend(value.map(|value| (self.key.to_owned(), value)));
                }
            },
            (Value::Array(items), Step::Item(item)) if self.action == 0 => drop(items.remove(*item)),
            (Value::Array(items), Step::Item(item)) => items[*item] = self.value.clone(),
            _ => {}
        }
    }
}

#[derive(Clone)]
enum Step {
    Key(String),
    Item(usize),
}

/// Collects every place within a value.
fn walk(value: &Value, path: &mut Vec<Step>, places: &mut Vec<Vec<Step>>) {
    let steps: Vec<(Step, &Value)> = match value {
        Value::Table(table) => table.iter().map(|(key, value)| (Step::Key(key.clone()), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(item, value)| (Step::Item(item), value)).collect(),
        _ => return,
    };
    for (step, value) in steps {
        path.push(step);
        places.push(path.clone());
        walk(value, path, places);
        path.pop();
    }
}

fn one(value: impl Into<Value>) -> BoxedStrategy<Value> {
    Just(value.into()).boxed()
}

fn texts(texts: &'static [&'static str]) -> BoxedStrategy<Value> {
    select(texts).prop_map(Value::from).boxed()
}

fn list(tables: Vec<Table>) -> Value {
    Value::Array(tables.into_iter().map(Value::Table).collect())
}

/// Removes keys that only the session itself can have.
fn without_bed(mut segments: Vec<Table>) -> Vec<Table> {
    for segment in &mut segments {
        segment.remove("bed");
        if let Some(Value::Array(parts)) = segment.get_mut("part") {
            parts.iter_mut().filter_map(Value::as_table_mut).for_each(|part| drop(part.remove("bed")));
        }
    }
    segments
}

fn announcements() -> impl Strategy<Value = Value> {
    let words = || vec![("say", texts(&["A while."]))];
    let clip = || vec![("clip", texts(&["while.ogg"]))];
    let with = |upto: &'static str, mut keys: Entries| {
        keys.push(("upto", one(upto)));
        keys
    };
    let short = table(with("20s", words()), clip());
    let middle = table(with("1m", clip()), words());
    (short, middle, table(words(), clip())).prop_map(|(short, middle, long)| list(vec![short, middle, long]))
}

type Entries = Vec<(&'static str, BoxedStrategy<Value>)>;

/// Generates tables with all required and some of the optional keys.
fn table(required: Entries, optional: Entries) -> impl Strategy<Value = Table> {
    let required =
        required.into_iter().map(|(key, value)| value.prop_map(move |value| Some((key.to_owned(), value))).boxed());
    let optional = optional.into_iter().map(|(key, value)| {
        prop::option::of(value).prop_map(move |value| value.map(|value| (key.to_owned(), value))).boxed()
    });
    required.chain(optional).collect::<Vec<_>>().prop_map(|entries| entries.into_iter().flatten().collect())
}

fn levels() -> impl Strategy<Value = Value> {
    let numbers = || select(&[-9.5, 0.0, 12.0]).prop_map(Value::from).boxed();
    table(
        vec![],
        vec![("voice", select(&[-40, -9]).prop_map(Value::from).boxed()), ("bell", numbers()), ("bed", numbers())],
    )
    .prop_map(Value::Table)
}

fn custom_bell() -> impl Strategy<Value = Table> {
    let clip = table(vec![("clip", texts(&["temple.flac", "bells/deep.wav"]))], vec![("level", one(-3))]);
    let partial = |ratio: f64| {
        let optional = vec![("gain_db", one(-12)), ("beat_hz", one(0.5)), ("pan", one(-1)), ("attack_ms", one(10))];
        table(vec![("ratio", one(ratio)), ("t60_s", one(8))], optional).prop_map(Value::Table).boxed()
    };
    let partials = (partial(1.0), partial(2.7)).prop_map(|(one, other)| Value::Array(vec![one, other])).boxed();
    let thud = "gain_db = -30\nlo_hz = 150\nhi_hz = 700\ndecay_ms = 22".parse::<Table>().expect("TOML");
    let modes = table(
        vec![("fundamental_hz", one(440)), ("partials", partials)],
        vec![
            ("description", texts(&["Deep"])),
            ("master_db", one(-20.5)),
            ("split_mix", one(0.4)),
            ("contact_ms", one(5)),
            ("length_s", one(40)),
            ("thud", one(Value::Table(thud))),
            ("level", one(2.5)),
        ],
    );
    prop_oneof![clip, modes]
}

/// A session has at most one of them.
fn open_silence() -> impl Strategy<Value = Table> {
    table(
        vec![("silence", one("open"))],
        vec![("natural", texts(&["100ms", "1h"])), ("chapter", texts(&["As long as you like"]))],
    )
}

fn segment() -> impl Strategy<Value = Table> {
    let repeat = prop::collection::vec(part(), 1..3).prop_flat_map(|parts| {
        let required = vec![("repeat", select(&[2, 1000]).prop_map(Value::from).boxed()), ("part", one(list(parts)))];
        table(required, vec![("chapter", texts(&["Again"])), ("bed", texts(&["drone"]))])
    });
    prop_oneof![4 => part(), 1 => repeat]
}

fn part() -> impl Strategy<Value = Table> {
    let optional = |more: Entries| {
        let mut all = vec![("chapter", texts(&["Arriving"])), ("bed", texts(&["off", "sea", "beds/wind.flac"]))];
        all.extend(more);
        all
    };
    let silence = table(
        vec![("silence", texts(&["40s", "1m30s", "2.5s", "800ms", "1h"]))],
        optional(vec![
            ("least", texts(&["0s", "100ms"])),
            ("most", texts(&["24h", "90m"])),
            ("announce", any::<bool>().prop_map(Value::from).boxed()),
        ]),
    );
    let with_bell = table(
        vec![("silence", texts(&["5m"])), ("bell", texts(&["inkin", "temple"])), ("every", texts(&["1m"]))],
        optional(vec![("vary", texts(&["0s", "29999ms"]))]),
    );
    let strikes = optional(vec![("strikes", one(108)), ("every", texts(&["1s", "10m"])), ("hold", texts(&["0s"]))]);
    let bell = table(vec![("bell", texts(&["bowl", "gong", "temple"]))], strikes);
    let line = || vec![("say", texts(&["Rest.", "Two\nlines."])), ("clip", texts(&["a.wav", "folder/a b.ogg"]))];
    let instead =
        table(vec![("say", texts(&["Listen."]))], vec![("clip", texts(&["b.wav"])), ("chapter", texts(&["Sounds"]))])
            .prop_map(Value::Table);
    let more = optional(vec![
        ("gain", one(-24)),
        ("lasts", texts(&["500ms", "10m"])),
        ("voice", texts(&["heart"])),
        ("tags", one(Value::Array(vec!["touch".into(), " my own ".into()]))),
        ("instead", instead.boxed()),
    ]);
    let (say, clip) = (line().swap_remove(0), line().swap_remove(1));
    let spoken = table(vec![say.clone()], vec![clip.clone()].into_iter().chain(more.clone()).collect());
    let recorded = table(vec![clip], vec![say].into_iter().chain(more).collect());
    prop_oneof![silence, with_bell, bell, spoken, recorded]
}

/// Keys of a manifest, and some unknown ones.
const KEYS: &[&str] = &[
    "format",
    "title",
    "allow",
    "settle",
    "levels",
    "bed",
    "bell",
    "segment",
    "soften",
    "id",
    "chapter",
    "repeat",
    "part",
    "silence",
    "least",
    "most",
    "natural",
    "every",
    "vary",
    "lasts",
    "strikes",
    "hold",
    "say",
    "clip",
    "gain",
    "tags",
    "instead",
    "announce",
    "upto",
    "voice",
    "level",
    "sound",
    "fundamental_hz",
    "partials",
    "ratio",
    "thud",
    "silense",
    "unknown",
];

/// Generates values of every type, among them some that are valid in only one place.
fn value() -> impl Strategy<Value = Value> {
    let table = |text: &str| Value::Table(text.parse::<Table>().expect("TOML"));
    prop_oneof![
        select(
            &[
                "",
                " ",
                "x",
                "40s",
                "90",
                "1m30s",
                "-5s",
                "40 seconds",
                "25h",
                "1s",
                "99999999999999999999s",
                "bowl",
                "temple",
                "brown",
                "browm",
                "off",
                "open",
                "a.wav",
                "../a.wav",
                "/a.wav",
                "a//b.wav",
                "a\\b.wav",
                "C:a.wav",
                "a/./b.wav",
                "..a/b.wav",
                "touch",
                "a\tb",
                "\ttouch ",
                "en",
                "de_DE",
                "long-silence",
                "unknown-key",
                "left-hand",
                "Left",
            ][..]
        )
        .prop_map(Value::from),
        select(&[-100, -41, -3, 0, 1, 2, 3, 108, 109, 1000, 1001, i64::MAX][..]).prop_map(Value::from),
        select(&[0.5, 1.0, 2.5, -24.5, 12.5, 1e300, f64::NAN, f64::INFINITY][..]).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        select(vec![
            Value::Array(vec![]),
            Value::Array(vec!["touch".into()]),
            Value::Array(vec!["long-silence".into(), 1.into()]),
            Value::Array(vec![table("bell = \"bowl\"")]),
            Value::Array(vec![table("silence = \"40s\"\nsay = \"x\"")]),
            Value::Array(vec![table("repeat = 2\npart = [{ bell = \"bowl\" }]")]),
            table(""),
            table("say = \"x\""),
            table("chapter = \"x\""),
            table("clip = \"x.wav\"\nlevel = 1"),
            table("sound = \"rain\""),
        ]),
    ]
}
