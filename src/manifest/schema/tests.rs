//! Schema and reader agree, as far as a schema can express what the reader accepts.

mod agreement;
mod manifests;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;

use self::agreement::Agreement;
use crate::manifest::codes::Code;
use crate::manifest::{explain, schema};

fn document() -> Value {
    serde_json::from_str(&schema::text()).expect("the schema is JSON")
}

#[test]
fn the_schema_is_valid_and_self_contained() {
    let document = document();
    assert_eq!(document["$schema"], "http://json-schema.org/draft-07/schema#");
    assert!(jsonschema::draft7::meta::is_valid(&document));
    let references = schema::text().matches("\"$ref\": \"#/definitions/").count();
    assert_eq!(references, schema::text().matches("\"$ref\"").count());
    assert!(references > 3);
}

/// Visits each key in the schema, with its own schema.
fn for_each_key(schema: &Value, visit: &mut impl FnMut(&str, &Value)) {
    let Value::Object(object) = schema else { return };
    for (word, inner) in object {
        match inner {
            // Conditions forbid keys and do not describe them.
            _ if ["if", "then", "else", "not", "oneOf"].contains(&word.as_str()) => {}
            Value::Object(keys) if word == "properties" => keys.iter().for_each(|(key, schema)| {
                visit(key, schema);
                for_each_key(schema, visit);
            }),
            Value::Object(inner) if word == "definitions" => {
                inner.values().for_each(|definition| for_each_key(definition, visit));
            }
            _ => for_each_key(inner, visit),
        }
    }
}

#[test]
fn each_key_has_a_description_for_editors() {
    let document = document();
    let mut keys = 0;
    for_each_key(&document, &mut |key, schema| {
        let definition = schema["$ref"].as_str().and_then(|reference| document.pointer(&reference[1..]));
        let description = definition.unwrap_or(schema)["description"].as_str();
        assert!(description.is_some_and(|text| text.len() > 10 && text.ends_with('.')), "{key}: {schema}");
        assert!(
            schema["$ref"].is_null() || schema.as_object().is_some_and(|keywords| keywords.len() == 1),
            "{key}: {schema}"
        );
        keys += 1;
    });
    assert!(keys > 60, "{keys} keys");
}

#[test]
fn the_schema_of_a_segment_is_one_flat_table() {
    let segment = &document()["definitions"]["Segment"];
    assert_eq!(segment["type"], "object");
    assert_eq!(segment["additionalProperties"], false);
    assert_eq!(segment["oneOf"].as_array().map(Vec::len), Some(4));
    for key in ["id", "chapter", "bell", "say", "clip", "silence", "repeat", "part", "instead"] {
        assert!(segment["properties"][key].is_object(), "{key}");
    }
}

#[test]
fn the_shipped_sessions_are_valid() {
    let agreement = Agreement::new();
    let mut count = 0;
    let sessions = Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions");
    let paths = fs::read_dir(sessions).expect("sessions").flatten().map(|entry| entry.path());
    for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        let text = fs::read_to_string(&path).expect("a manifest");
        assert_eq!(agreement.schema_errors(&text), Vec::<String>::new(), "{}", path.display());
        count += 1;
    }
    assert!(count > 10);
}

#[test]
fn reader_and_schema_agree_on_the_examples_of_the_findings() {
    let agreement = Agreement::new();
    let mut compared = 0;
    for code in Code::ALL {
        for fence in explain::section(*code).split("```toml ").skip(1) {
            let (marks, rest) = fence.split_once('\n').expect("a fence has lines");
            let (example, _) = rest.split_once("\n```").expect("a fence is closed");
            let head = if example.starts_with("format") { "" } else { "format = 1\ntitle = \"Evening\"\n" };
            let tail = if marks.contains("whole") { "" } else { "\n\n[[segment]]\nsay = \"You may stop.\"\n" };
            compared += usize::from(agreement.compare(&format!("{head}{example}{tail}")));
        }
    }
    assert!(compared > 70, "{compared} examples are TOML");
}

#[test]
fn common_mistakes_have_a_helpful_message() {
    let agreement = Agreement::new();
    for (segment, message) in [
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
        let errors = agreement.schema_errors(&format!("format = 1\ntitle = \"t\"\n[[segment]]\n{segment}\n"));
        assert!(errors.iter().any(|error| error.contains(message)), "{segment}: {errors:#?}");
    }
}

#[test]
fn tables_may_have_separate_headers() {
    let agreement = Agreement::new();
    let text = "format = 1\ntitle = \"t\"\n[bell.temple]\nfundamental_hz = 440\n[[bell.temple.partials]]\nratio = 1\nt60_s = 8\n\
        [[bell.temple.partials]]\nratio = 2\nt60_s = 4\n[[segment]]\nsay = \"A hand.\"\ntags = [\"touch\"]\n\
        [segment.instead]\nsay = \"A chair.\"\n[[segment]]\nbell = \"temple\"\n";
    assert_eq!(agreement.reader_errors(text), Vec::<String>::new());
    assert_eq!(agreement.schema_errors(text), Vec::<String>::new());
}

#[test]
fn empty_lists_and_similar_missing_keys_are_refused() {
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
        assert!(!agreement.reader_errors(&text).is_empty(), "{text}");
        assert!(!agreement.schema_errors(&text).is_empty(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reader_and_schema_accept_valid_manifests(manifest in manifests::valid()) {
        let text = toml::to_string(&manifest).expect("TOML");
        let agreement = Agreement::new();
        prop_assert_eq!(agreement.schema_errors(&text), Vec::<String>::new(), "{}", &text);
        prop_assert_eq!(agreement.reader_errors(&text), Vec::<String>::new(), "{}", &text);
    }

    #[test]
    fn reader_and_schema_agree_on_changed_manifests(manifest in manifests::valid(), changes in manifests::changes()) {
        let agreement = Agreement::new();
        let mut manifest = toml::Value::Table(manifest);
        for change in &changes {
            change.apply(&mut manifest);
            agreement.compare(&toml::to_string(&manifest).expect("TOML"));
        }
    }
}
