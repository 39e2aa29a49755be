//! The schema tells an editor what the reader tells `check`: each accepts what the other accepts, as far as a schema can tell.

mod agreement;
mod manifests;

use std::fs;
use std::path::Path;
use std::process::Command;

use karuna::manifest::{Code, explain, schema as shape};
use proptest::prelude::*;
use serde_json::Value;

use self::agreement::Agreement;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document() -> Value {
    serde_json::from_str(&shape::text()).expect("the schema is JSON")
}

#[test]
fn the_schema_in_docs_is_the_one_of_the_types() {
    let kept = fs::read_to_string(root().join("docs/session.schema.json")).expect("docs/session.schema.json is there");
    assert!(kept == shape::text(), "renew it: cargo run -- schema > docs/session.schema.json");
    let printed = Command::new(env!("CARGO_BIN_EXE_karuna")).arg("schema").output().expect("the program runs");
    assert!(printed.status.success());
    assert_eq!(String::from_utf8_lossy(&printed.stdout), kept);
}

#[test]
fn it_is_a_schema_of_its_dialect_and_needs_nothing_from_elsewhere() {
    let document = document();
    assert_eq!(document["$schema"], "http://json-schema.org/draft-07/schema#");
    assert!(jsonschema::draft7::meta::is_valid(&document));
    let references = shape::text().matches("\"$ref\": \"#/definitions/").count();
    assert_eq!(references, shape::text().matches("\"$ref\"").count());
    assert!(references > 3);
}

/// Calls on each key that a table of the schema describes.
fn for_each_key(schema: &Value, visit: &mut impl FnMut(&str, &Value)) {
    let Value::Object(object) = schema else { return };
    for (word, inner) in object {
        match inner {
            // What stands under a condition forbids, and describes nothing.
            _ if ["if", "then", "else", "not", "oneOf"].contains(&word.as_str()) => {}
            Value::Object(keys) if word == "properties" => keys.iter().for_each(|(key, schema)| {
                visit(key, schema);
                for_each_key(schema, visit);
            }),
            Value::Object(inner) if word == "definitions" => inner.values().for_each(|one| for_each_key(one, visit)),
            _ => for_each_key(inner, visit),
        }
    }
}

#[test]
fn an_editor_has_something_to_say_of_each_key() {
    let document = document();
    let mut keys = 0;
    for_each_key(&document, &mut |key, schema| {
        let definition = schema["$ref"].as_str().and_then(|reference| document.pointer(&reference[1..]));
        let described = definition.unwrap_or(schema)["description"].as_str();
        assert!(described.is_some_and(|words| words.len() > 10 && words.ends_with('.')), "{key}: {schema}");
        assert!(schema["$ref"].is_null() || schema.as_object().is_some_and(|one| one.len() == 1), "{key}: {schema}");
        keys += 1;
    });
    assert!(keys > 60, "{keys} keys");
}

#[test]
fn a_segment_is_one_flat_table_of_one_kind() {
    let segment = &document()["definitions"]["Segment"];
    assert_eq!(segment["type"], "object");
    assert_eq!(segment["additionalProperties"], false);
    assert_eq!(segment["oneOf"].as_array().map(Vec::len), Some(4));
    for key in ["id", "chapter", "bell", "say", "clip", "silence", "repeat", "part", "instead"] {
        assert!(segment["properties"][key].is_object(), "{key}");
    }
}

#[test]
fn what_ships_fits() {
    let agreement = Agreement::new();
    let mut count = 0;
    let paths = fs::read_dir(root().join("sessions")).expect("sessions").flatten().map(|entry| entry.path());
    for path in paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
        let text = fs::read_to_string(&path).expect("a manifest");
        assert_eq!(agreement.refusals(&text), Vec::<String>::new(), "{}", path.display());
        count += 1;
    }
    assert!(count > 10);
}

#[test]
fn the_examples_of_the_findings_are_judged_alike() {
    let agreement = Agreement::new();
    let mut judged = 0;
    for code in Code::ALL {
        for fence in explain::section(*code).split("```toml ").skip(1) {
            let (marks, rest) = fence.split_once('\n').expect("a fence has lines");
            let (example, _) = rest.split_once("\n```").expect("a fence is closed");
            let head = if example.starts_with("format") { "" } else { "format = 1\ntitle = \"Evening\"\n" };
            let tail = if marks.contains("whole") { "" } else { "\n\n[[segment]]\nsay = \"You may stop.\"\n" };
            judged += usize::from(agreement.judge(&format!("{head}{example}{tail}")));
        }
    }
    assert!(judged > 70, "{judged} examples are TOML");
}

#[test]
fn each_classic_mistake_is_refused_with_words_that_help() {
    let agreement = Agreement::new();
    for (segment, words) in [
        ("silence = \"40s\"\nsay = \"Rest.\"", "say does not belong in a silence"),
        ("bell = \"bowl\"\nstrike = 3", "'strike' was unexpected"),
        ("silence = 40", "40 is not of type \"string\""),
        ("silence = \"40 seconds\"", "does not match"),
        ("bell = \"bowl\"\nstrikes = 1000", "greater than the maximum of 108"),
        ("id = \"arriving\"", "add one of bell, say, clip, silence or repeat"),
        ("silence = \"5m\"\nbell = \"inkin\"", "\"every\" is a required property"),
        ("repeat = 3", "\"part\" is a required property"),
        ("say = \"x\"\nclip = \"../x.wav\"", "is not allowed for \"../x.wav\""),
    ] {
        let refusals = agreement.refusals(&format!("format = 1\ntitle = \"t\"\n[[segment]]\n{segment}\n"));
        assert!(refusals.iter().any(|refusal| refusal.contains(words)), "{segment}: {refusals:#?}");
    }
}

#[test]
fn tables_may_stand_under_headers_of_their_own() {
    let agreement = Agreement::new();
    let text = "format = 1\ntitle = \"t\"\n[bell.temple]\nfundamental_hz = 440\n[[bell.temple.partials]]\nratio = 1\nt60_s = 8\n\
        [[bell.temple.partials]]\nratio = 2\nt60_s = 4\n[[segment]]\nsay = \"A hand.\"\ntags = [\"touch\"]\n\
        [segment.instead]\nsay = \"A chair.\"\n[[segment]]\nbell = \"temple\"\n";
    assert_eq!(agreement.errors(text), Vec::<String>::new());
    assert_eq!(agreement.refusals(text), Vec::<String>::new());
}

#[test]
fn lists_that_hold_nothing_and_keys_that_look_like_others_are_refused_by_both() {
    let agreement = Agreement::new();
    let head = "format = 1\ntitle = \"t\"\n";
    let segment = "[[segment]]\nbell = \"bowl\"\n";
    for text in [
        format!("{head}segment = []\n"),
        format!("{head}[[segment]]\nrepeat = 2\npart = []\n"),
        format!("{head}[bell.temple]\nfundamental_hz = 440\n{segment}"),
        format!(
            "{head}[bell.temple]\nfundamental_hz = 440\npartials = [{{ ratio = 1, t60_s = 8 }}]\n\
            thud = {{ gain_db = -30, hi_hz = 700, decay_ms = 22 }}\n{segment}"
        ),
    ] {
        assert!(!agreement.errors(&text).is_empty(), "{text}");
        assert!(!agreement.refusals(&text).is_empty(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_right_is_accepted_by_both(manifest in manifests::right()) {
        let text = toml::to_string(&manifest).expect("TOML");
        let agreement = Agreement::new();
        prop_assert_eq!(agreement.refusals(&text), Vec::<String>::new(), "{}", &text);
        prop_assert_eq!(agreement.errors(&text), Vec::<String>::new(), "{}", &text);
    }

    #[test]
    fn what_is_changed_is_judged_alike(manifest in manifests::right(), changes in manifests::changes()) {
        let agreement = Agreement::new();
        let mut manifest = toml::Value::Table(manifest);
        for change in &changes {
            change.apply(&mut manifest);
            agreement.judge(&toml::to_string(&manifest).expect("TOML"));
        }
    }
}
