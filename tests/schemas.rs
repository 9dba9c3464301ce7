//! What is written against the official schemas of its format, which lie in `tests/schemas`.

#[path = "support/sample.rs"]
mod sample;

use std::{fs, path::Path};

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};
use weighbill::{
    render::{self, OUTPUTS, Style},
    report::Report,
    words::Presence,
};

/// The side schemas that `CycloneDX` refers to.
const SIDE: &[&str] = &[
    "cyclonedx/jsf-0.82.schema.json",
    "cyclonedx/spdx.schema.json",
    "cyclonedx/cryptography-defs.schema.json",
];

fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas").join(name);
    let text = fs::read_to_string(&path).expect("a schema of tests/schemas");
    serde_json::from_str(&text).expect("a schema is JSON")
}

fn bytes(report: &Report, output: &str, style: &Style) -> Vec<u8> {
    let output = render::named(OUTPUTS, output).expect("a row of the table");
    let mut out = Vec::new();
    (output.write)(report, style, &mut out).expect("memory takes it");
    out
}

fn written(report: &Report, output: &str, style: &Style) -> Value {
    serde_json::from_slice(&bytes(report, output, style)).expect("JSON is written")
}

/// A document of YAML as the JSON that it stands for.
fn of_yaml(text: &str) -> Value {
    let mut events = Parser::new_from_str(text).map(|it| it.expect("YAML is written").0);
    let begins = |it: &Event| !matches!(it, Event::StreamStart | Event::DocumentStart(_));
    let first = events.find(begins).expect("a document");
    let document = node(first, &mut events);
    assert_eq!(events.next(), Some(Event::DocumentEnd), "one document");
    document
}

fn node<'a>(event: Event<'a>, events: &mut impl Iterator<Item = Event<'a>>) -> Value {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, ..) => {
            serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned()))
        }
        Event::Scalar(text, ..) => Value::String(text.into_owned()),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            loop {
                match events.next().expect("a list ends") {
                    Event::SequenceEnd => return Value::Array(list),
                    event => list.push(node(event, events)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut map = Map::new();
            loop {
                let key = match events.next().expect("a map ends") {
                    Event::MappingEnd => return Value::Object(map),
                    Event::Scalar(key, ..) => key.into_owned(),
                    other => panic!("no key: {other:?}"),
                };
                let event = events.next().expect("a key has a value");
                let value = node(event, events);
                assert_eq!(map.insert(key, value), None, "a key stands twice");
            }
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check(output: &str, schema_name: &str, style: &Style) {
    let schema = schema(schema_name);
    let mut registry = jsonschema::Registry::new();
    for name in SIDE {
        let uri = format!("http://cyclonedx.org/schema/{}", name.trim_start_matches("cyclonedx/"));
        registry = registry.add(uri, self::schema(name)).expect("a schema");
    }
    let registry = registry.prepare().expect("schemas");
    let validator =
        jsonschema::options().with_registry(&registry).build(&schema).expect("a schema");
    for report in [sample::tiny(), sample::llama(), sample::hostile()] {
        let document = written(&report, output, style);
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .take(5)
            .map(|error| format!("{}: {error:.300}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{output}: {errors:#?}");
    }
}

#[test]
fn cyclonedx() {
    let of = |version: &str, time| Style {
        spec_version: Some(version.to_owned()),
        time,
        all: true,
        ..Style::default()
    };
    check("cyclonedx", "cyclonedx/bom-1.6.schema.json", &of("1.6", None));
    check("cyclonedx", "cyclonedx/bom-1.7.schema.json", &of("1.7", Some(1_700_000_000)));
}

#[test]
fn spdx() {
    let style = Style {
        time: Some(1_700_000_000),
        ..Style::default()
    };
    check("spdx", "spdx/spdx-3.0.1.schema.json", &style);
}

#[test]
fn sarif() {
    check("sarif", "sarif/sarif-schema-2.1.0.json", &Style::default());
}

#[test]
fn mof_drafts_hold_what_the_tool_documents() {
    let validator = jsonschema::validator_for(&schema("mof/draft.schema.json")).expect("a schema");
    let hold = |report: &Report| {
        let draft = String::from_utf8(bytes(report, "mof", &Style::default())).expect("UTF-8");
        let draft = of_yaml(&draft);
        let errors = validator.iter_errors(&draft).take(5);
        let errors: Vec<String> =
            errors.map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    };
    let mut all = sample::llama();
    for verdict in &mut all.components {
        verdict.presence = Presence::Present;
    }
    let reports = [sample::tiny(), sample::llama(), sample::hostile(), all];
    reports.iter().for_each(hold);
    let mut wrong = of_yaml("release: {components: [{name: Weights}]}");
    wrong["framework"] = Value::Null;
    assert!(!validator.is_valid(&wrong), "the schema refuses something");
}

#[test]
fn in_toto_statements_hold_what_the_framework_asks() {
    for passed_only in [false, true] {
        let style = Style {
            time: Some(1_700_000_000),
            passed_only,
            ..Style::default()
        };
        for report in [sample::tiny(), sample::llama(), sample::hostile()] {
            let statement = written(&report, "in-toto", &style);
            assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
            for subject in statement["subject"].as_array().expect("subjects") {
                let sha256 = subject["digest"]["sha256"].as_str().expect("a digest");
                assert_eq!(sha256.len(), 64, "{subject}");
                assert!(subject["name"].is_string(), "{subject}");
            }
        }
    }
}

/// The schema with no room for keys that it does not name, at any depth.
fn strict(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(strict);
            if map.get("properties").is_some_and(Value::is_object) {
                map.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(strict),
        _ => {}
    }
}

#[test]
fn every_document_by_our_own_schema() {
    let mut schema: Value = serde_json::from_str(render::schema::SCHEMA).expect("JSON");
    strict(&mut schema);
    // One form at a time, so that what is wrong is told and not that no form fits.
    let of = |form: &str| {
        let mut schema = schema.clone();
        schema["oneOf"] = serde_json::json!([{ "$ref": format!("#/$defs/{form}") }]);
        schema["allOf"] = schema["oneOf"].take();
        schema.as_object_mut().expect("a map").remove("oneOf");
        jsonschema::validator_for(&schema).expect("a schema")
    };
    let (reports, tensors) = (of("report"), of("tensors"));
    let hold = |validator: &jsonschema::Validator, document: &Value, what: &str| {
        let errors: Vec<String> = validator
            .iter_errors(document)
            .take(5)
            .map(|error| format!("{}: {error:.300}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{what}: {errors:#?}");
    };
    for report in [sample::tiny(), sample::llama(), sample::hostile()] {
        hold(&reports, &written(&report, "json", &Style::default()), "report");
        let json = render::named(render::TENSOR_OUTPUTS, "json").expect("a row of the table");
        let mut out = Vec::new();
        (json.write)(&report, &Style::default(), &mut out).expect("memory takes it");
        hold(&tensors, &serde_json::from_slice(&out).expect("JSON"), "tensors");
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut cases = 0;
    for case in fs::read_dir(fixtures).expect("the fixtures") {
        let path = case.expect("an entry").path().join("expected.json");
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let document: Value = serde_json::from_str(&text).expect("JSON");
        hold(&reports, &document, &path.display().to_string());
        let whole: Value = serde_json::from_str(render::schema::SCHEMA).expect("JSON");
        assert!(jsonschema::is_valid(&whole, &document), "{}", path.display());
        cases += 1;
    }
    assert!(cases >= 5, "the fixtures are gone");
}

#[test]
fn an_unknown_version_is_refused() {
    let output = render::named(OUTPUTS, "cyclonedx").expect("a row of the table");
    let style = Style {
        spec_version: Some("9".to_owned()),
        ..Style::default()
    };
    let error = (output.write)(&sample::tiny(), &style, &mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "no CycloneDX `9` here: 1.6 or 1.7");
}
