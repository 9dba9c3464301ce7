//! Reports made by code, for the tests of every output: one like the release of a language model,
//! a tiny one, and one whose every string tries to be more than text.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::cast_precision_loss,
    clippy::format_push_string,
    clippy::wildcard_imports,
    reason = "each test uses a part of it"
)]

use std::collections::BTreeMap;

use weighbill::{report::*, words::*};

/// The like of a well-known release: two shards, a card, a license of its own.
pub fn llama() -> Report {
    let mut report = tiny();
    report.release = Release {
        root: "example-llm-7b".to_owned(),
        origin: Origin::HubSnapshot,
        repo_id: Some("example-labs/example-llm-7b".to_owned()),
        revision: Some("main".to_owned()),
        commit: Some("01c7f73d771dfac7d292323805ebc428287df4f9".to_owned()),
        digest: Some(hex(7)),
    };
    report.verdict = Verdict {
        summary: "weights and model card; no training code, data or recipe; terms not open source"
            .to_owned(),
        highest_severity: Some(Severity::Medium),
    };
    report.weights = layers(32);
    let tensors: Vec<&Tensor> = report.weights.iter().flat_map(|file| &file.tensors).collect();
    let parameters = tensors.iter().filter_map(|tensor| tensor.elements).sum();
    report.totals = Totals {
        files: 9,
        bytes: 13_478_104_576,
        weight_files: 2,
        tensors: tensors.len() as u64,
        parameters: Some(parameters),
        unread: 0,
    };
    report.weight_sets = vec![counted(&report, parameters)];
    report.model = Model {
        architectures: vec!["LlamaForCausalLM".to_owned()],
        model_type: Some("llama".to_owned()),
        parameters: Some(parameters),
        parameters_claimed: vec![SizeClaim {
            value: "7B".to_owned(),
            at: Some(Place::file("README.md").line(20)),
            agrees: Some(true),
        }],
        dtypes: BTreeMap::from([("F16".to_owned(), parameters)]),
        config_check: "agrees".to_owned(),
        frameworks: vec![Framework {
            name: "transformers".to_owned(),
            version: Some("4.31.0".to_owned()),
            at: Some(Place::file("config.json").key("transformers_version")),
        }],
        ..Model::default()
    };
    stated(&mut report.model);
    report.configs = configs();
    report.artifacts = artifacts();
    evidence(&mut report);
    report.disclosures = vec![
        disclosure("compute_hours", "184320 GPU hours", 70),
        disclosure("carbon", "31.22 tCO2eq, by the card", 72),
    ];
    report.licenses = vec![community()];
    report.uses = uses();
    report.openness = Some(openness());
    report.findings = vec![
        finding(
            "called-open-source",
            Severity::Medium,
            Category::License,
            "the card says \"open source\"; the license is not OSI approved",
            Some(Place::file("README.md").line(12)),
        ),
        finding(
            "config-dtype",
            Severity::Low,
            Category::Consistency,
            "`torch_dtype` says float32, 291 tensors are F16",
            Some(Place::file("config.json").key("torch_dtype")),
        ),
        finding(
            "trailing-bytes",
            Severity::Low,
            Category::Format,
            "tensors end at byte 3500296424, the file at byte 3500296428",
            Some(Place::file("model-00002-of-00002.safetensors").byte(3_500_296_424)),
        ),
    ];
    report
}

fn configs() -> Vec<ConfigValues> {
    vec![ConfigValues {
        path: "config.json".to_owned(),
        values: BTreeMap::from([("vocab_size".to_owned(), "32000".to_owned())]),
        cut: false,
    }]
}

/// What was asked of the terms.
fn uses() -> Vec<UseAnswer> {
    vec![
        UseAnswer {
            of: "distill".to_owned(),
            says: "prohibited".to_owned(),
            sections: vec!["1.b.v".to_owned()],
            why: vec!["it bars training on outputs: of other large language models".to_owned()],
        },
        UseAnswer {
            of: "commercial".to_owned(),
            says: "conditional".to_owned(),
            sections: vec!["1.a".to_owned(), "2".to_owned()],
            why: vec!["a cap of 700 million MAU".to_owned()],
        },
    ]
}

/// What its card states of the model.
fn stated(model: &mut Model) {
    model.memory = Some(memory());
    model.task = Some("text-generation".to_owned());
    model.datasets = vec![NamedDataset {
        id: "example-labs/forty-books".to_owned(),
        at: Some(Place::file("README.md").line(6).key("datasets")),
    }];
    model.results = vec![StatedResult {
        metric: "accuracy".to_owned(),
        value: "45.3".to_owned(),
        dataset: Some("MMLU".to_owned()),
        at: Some(Place::file("README.md").line(8).key("model-index")),
    }];
}

/// One file, nothing known of it but its tensors.
pub fn tiny() -> Report {
    Report {
        schema: SCHEMA.to_owned(),
        tool: Tool {
            name: "weighbill".to_owned(),
            version: "0.1.0".to_owned(),
        },
        release: Release {
            root: "model.safetensors".to_owned(),
            origin: Origin::WeightFile,
            repo_id: None,
            revision: None,
            commit: None,
            digest: Some(hex(1)),
        },
        verdict: Verdict {
            summary: "weights only".to_owned(),
            highest_severity: None,
        },
        totals: Totals {
            files: 1,
            bytes: 96,
            weight_files: 1,
            tensors: 1,
            parameters: Some(6),
            unread: 0,
        },
        groups: Group::ALL
            .iter()
            .map(|id| GroupVerdict {
                id: *id,
                presence: match id {
                    Group::Weights => Presence::Present,
                    _ => Presence::Absent,
                },
            })
            .collect(),
        components: Component::ALL
            .iter()
            .map(|id| ComponentVerdict {
                id: *id,
                group: id.group(),
                presence: match id {
                    Component::FinalParameters => Presence::Present,
                    _ => Presence::Absent,
                },
                evidence: match id {
                    Component::FinalParameters => vec![0],
                    _ => Vec::new(),
                },
            })
            .collect(),
        evidence: vec![Evidence {
            component: Component::FinalParameters,
            presence: Presence::Present,
            at: Some(Place::file("model.safetensors")),
            saying: "1 tensor, all of its bytes here".to_owned(),
        }],
        disclosures: Vec::new(),
        artifacts: vec![artifact(
            "model.safetensors",
            96,
            FileKind::Weights,
            Some("safetensors"),
        )],
        weights: vec![Weights {
            path: "model.safetensors".to_owned(),
            format: "safetensors".to_owned(),
            metadata: BTreeMap::new(),
            operators: BTreeMap::new(),
            tensors: vec![tensor("w", "F32", &[2, 3], 72)],
        }],
        weight_sets: vec![WeightSet {
            id: "safetensors".to_owned(),
            primary: true,
            paths: vec!["model.safetensors".to_owned()],
            format: "safetensors".to_owned(),
            tensors: 1,
            parameters: Some(6),
            elements: Some(6),
            buffers: 0,
            helpers: 0,
            bytes: 24,
        }],
        model: Model {
            parameters: Some(6),
            dtypes: BTreeMap::from([("F32".to_owned(), 6)]),
            config_check: "no_config".to_owned(),
            ..Model::default()
        },
        configs: Vec::new(),
        licenses: Vec::new(),
        uses: Vec::new(),
        openness: None,
        verification: None,
        coverage: Vec::new(),
        policy: None,
        findings: Vec::new(),
    }
}

/// A hundred thousand tensors, nothing measured of them.
pub fn large() -> Report {
    let mut report = llama();
    report.weights = layers(11_111);
    for tensor in report.weights.iter_mut().flat_map(|file| &mut file.tensors) {
        tensor.stats = None;
    }
    report
}

/// Strings that try to be markup, formulas, commands, mentions, or another direction of reading.
pub const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "</script><script>window.owned=1</script>",
    "<img src=x onerror=window.owned=1>",
    "\"><svg onload=window.owned=1>",
    "' onmouseover='window.owned=1",
    "]]><!--",
    "\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}",
    "\u{9b}2Jcleared",
    "gpj.\u{202e}exe\u{2066}",
    "a\u{200b}b\u{feff}\u{2028}c",
    "first\nsecond\r\n\tthird",
    "=HYPERLINK(\"http://example.org\")",
    "@SUM(A1:A9)",
    "+1|2|3",
    "-2+3",
    "[click](javascript:alert(1))",
    "![i](http://example.org/x.png)",
    "@octocat closes #123 and GH-7",
    "https://example.org www.example.org a@example.org",
    "`tick` ``two`` | pipe \\| \\",
    "# heading\n- [ ] task\n> quote",
    "<details open><summary>x</summary>",
    "&lt;b&gt; &#60;script&#62;",
    "::error file=x::owned\n::set-output name=a::b",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "模型\u{301}.权重",
];

/// Every string of a release one of [`ATTACKS`], and one name of 10,000 characters.
pub fn hostile() -> Report {
    let mut report = llama();
    let mut attacks = ATTACKS.iter().cycle().map(|attack| (*attack).to_owned());
    let mut attack = || attacks.next().unwrap_or_default();
    report.release.root = attack();
    report.release.repo_id = Some(attack());
    report.release.revision = Some(attack());
    report.release.commit = None;
    report.verdict.summary = attack();
    for seen in &mut report.evidence {
        seen.saying = attack();
        seen.at = Some(Place::file(attack()).line(3).key(attack()));
    }
    for disclosure in &mut report.disclosures {
        disclosure.topic = attack();
        disclosure.saying = attack();
    }
    for (at, file) in report.artifacts.iter_mut().enumerate() {
        file.path = format!("{}{at}", attack());
        file.unreadable = Some(attack());
    }
    report.weights.truncate(1);
    for file in &mut report.weights {
        file.path = attack();
        file.format = attack();
        file.metadata = BTreeMap::from([(attack(), attack())]);
        file.operators = BTreeMap::from([(attack(), 3)]);
        file.tensors.truncate(ATTACKS.len() + 1);
        for tensor in &mut file.tensors {
            tensor.name = attack();
            tensor.dtype = attack();
        }
        if let Some(tensor) = file.tensors.first_mut() {
            tensor.name = "x".repeat(10_000);
        }
    }
    for set in &mut report.weight_sets {
        set.id = attack();
        set.paths = vec![attack()];
        set.format = attack();
    }
    report.model.architectures = vec![attack()];
    report.model.model_type = Some(attack());
    report.model.dtypes = BTreeMap::from([(attack(), 5), (attack(), 7)]);
    report.model.base_model = vec![BaseModel {
        id: attack(),
        relation: Some(attack()),
        at: Some(Place::file(attack())),
    }];
    report.configs = vec![ConfigValues {
        path: attack(),
        values: BTreeMap::from([(attack(), attack())]),
        cut: true,
    }];
    report.model.task = Some(attack());
    report.model.datasets = vec![NamedDataset { id: attack(), at: None }];
    report.model.results = vec![StatedResult {
        metric: attack(),
        value: attack(),
        dataset: Some(attack()),
        at: None,
    }];
    report.model.frameworks = vec![Framework {
        name: attack(),
        version: Some(attack()),
        at: None,
    }];
    for license in &mut report.licenses {
        license.id = attack();
        license.name = attack();
        license.spdx = attack();
        for declared in &mut license.declared {
            declared.value = attack();
            declared.at = Some(Place::file(attack()));
        }
        for text in &mut license.texts {
            text.at = Some(Place::file(attack()));
        }
        for term in &mut license.terms {
            term.note = Some(attack());
            term.section = Some(attack());
        }
    }
    report.coverage = vec![Coverage {
        path: attack(),
        opened: "no".to_owned(),
        why: attack(),
    }];
    for attack in ATTACKS {
        let at = Place::file(*attack).tensor(*attack).member(*attack);
        let severity = Severity::High;
        report.findings.push(finding(
            "name-deceives",
            severity,
            Category::Safety,
            attack,
            Some(at),
        ));
    }
    report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    report
}

/// A release of `layers` layers in two shards, shaped like a Llama; 9 tensors a layer and 3 more.
pub fn layers(layers: u64) -> Vec<Weights> {
    const ROWS: &[(&str, &[u64])] = &[
        ("input_layernorm.weight", &[4096]),
        ("mlp.down_proj.weight", &[4096, 11008]),
        ("mlp.gate_proj.weight", &[11008, 4096]),
        ("mlp.up_proj.weight", &[11008, 4096]),
        ("post_attention_layernorm.weight", &[4096]),
        ("self_attn.k_proj.weight", &[4096, 4096]),
        ("self_attn.o_proj.weight", &[4096, 4096]),
        ("self_attn.q_proj.weight", &[4096, 4096]),
        ("self_attn.v_proj.weight", &[4096, 4096]),
    ];
    let mut names = vec![("model.embed_tokens.weight".to_owned(), &[32000, 4096][..])];
    for layer in 0..layers {
        let row = |(name, shape): &(&str, &'static [u64])| {
            (format!("model.layers.{layer}.{name}"), *shape)
        };
        names.extend(ROWS.iter().map(row));
    }
    names.push(("model.norm.weight".to_owned(), &[4096]));
    names.push(("lm_head.weight".to_owned(), &[32000, 4096]));
    let first = names.len() * 3 / 4;
    let shard = |number: usize, names: &[(String, &[u64])]| {
        let mut start = 36_232;
        let tensors = names.iter().map(|(name, shape)| {
            let mut tensor = tensor(name, "F16", shape, start);
            start = tensor.bytes.map_or(start, |(_, end)| end);
            tensor.sha256 = Some(hex(start));
            tensor.stats = Some(Statistics {
                min: Number(-0.25),
                max: Number(0.25 + (start % 97) as f64 / 100.0),
                mean: Number(0.0001),
                std: Number(0.02 + (start % 13) as f64 / 1000.0),
                zeros: 12,
                nan: 0,
                inf: 0,
            });
            tensor
        });
        Weights {
            path: format!("model-0000{number}-of-00002.safetensors"),
            format: "safetensors".to_owned(),
            metadata: BTreeMap::from([("format".to_owned(), "pt".to_owned())]),
            operators: BTreeMap::new(),
            tensors: tensors.collect(),
        }
    };
    vec![shard(1, &names[..first]), shard(2, &names[first..])]
}

/// The one set of a sample's weights, two bytes a parameter.
fn counted(report: &Report, parameters: u64) -> WeightSet {
    WeightSet {
        id: "safetensors".to_owned(),
        primary: true,
        paths: report.weights.iter().map(|file| file.path.clone()).collect(),
        format: "safetensors".to_owned(),
        tensors: report.totals.tensors,
        parameters: Some(parameters),
        elements: Some(parameters),
        buffers: 0,
        helpers: 0,
        bytes: 2 * parameters,
    }
}

fn tensor(name: &str, dtype: &str, shape: &[u64], start: u64) -> Tensor {
    let elements = shape.iter().product();
    let size = if dtype == "F32" { 4 } else { 2 };
    Tensor {
        name: name.to_owned(),
        dtype: dtype.to_owned(),
        shape: shape.to_vec(),
        elements: Some(elements),
        bytes: Some((start, start + elements * size)),
        role: Role::Parameter,
        sha256: None,
        stats: None,
    }
}

fn artifacts() -> Vec<Artifact> {
    let mut files = vec![
        artifact(".gitattributes", 1581, FileKind::Bookkeeping, None),
        artifact("LICENSE.txt", 7020, FileKind::License, Some("text")),
        artifact("README.md", 10_404, FileKind::ModelCard, Some("markdown")),
        artifact("USE_POLICY.md", 4766, FileKind::Policy, Some("markdown")),
        artifact("config.json", 609, FileKind::Config, Some("json")),
        artifact("generation_config.json", 188, FileKind::Config, Some("json")),
        artifact(
            "model-00001-of-00002.safetensors",
            9_976_576_152,
            FileKind::Weights,
            Some("safetensors"),
        ),
        artifact(
            "model-00002-of-00002.safetensors",
            3_500_296_428,
            FileKind::Weights,
            Some("safetensors"),
        ),
        artifact("model.safetensors.index.json", 26_788, FileKind::Index, Some("json")),
        artifact("tokenizer.json", 1_842_767, FileKind::Tokenizer, Some("json")),
    ];
    for file in files.iter_mut().filter(|file| file.bytes > 1_000_000) {
        file.recorded = vec![Recorded {
            by: "hub_blob".to_owned(),
            algorithm: "sha256".to_owned(),
            digest: hex(file.bytes),
            result: "match".to_owned(),
        }];
    }
    files
}

fn memory() -> Memory {
    Memory {
        weights_bytes: 13_476_831_232,
        weights_bytes_at_16_bits: Some(13_476_831_232),
        context: Some(4096),
        cache_bytes: Some(2 << 30),
        assumptions: vec!["one sequence, 2 bytes a cached element".to_owned()],
    }
}

fn artifact(path: &str, bytes: u64, kind: FileKind, format: Option<&str>) -> Artifact {
    Artifact {
        path: path.to_owned(),
        bytes,
        kind,
        format: format.map(str::to_owned),
        sha256: Some(hex(bytes)),
        unreadable: None,
        recorded: Vec::new(),
    }
}

fn evidence(report: &mut Report) {
    use Component as C;
    use Presence as P;
    let readme = |line| Place::file("README.md").line(line);
    let rows = [
        (
            C::FinalParameters,
            P::Present,
            Place::file("model-00001-of-00002.safetensors"),
            "218 tensors",
        ),
        (
            C::FinalParameters,
            P::Present,
            Place::file("model-00002-of-00002.safetensors"),
            "73 tensors",
        ),
        (
            C::ModelArchitecture,
            P::Referenced,
            Place::file("config.json").key("architectures"),
            "names LlamaForCausalLM (transformers); no source here",
        ),
        (
            C::Datasets,
            P::Claimed,
            readme(61),
            "the card speaks of \"publicly available online data\" and names none",
        ),
        (C::EvaluationData, P::Claimed, readme(90), "the card names benchmarks by acronym only"),
        (
            C::ModelMetadata,
            P::Partial,
            Place::file("config.json"),
            "the configuration is for inference only",
        ),
        (C::ResearchPaper, P::Referenced, readme(44), "arXiv 2307.09288"),
        (C::ModelCard, P::Present, readme(1), "a model card of 2,104 words"),
        (C::EvaluationResults, P::Present, readme(88), "a table of 11 results"),
    ];
    report.evidence.clear();
    for verdict in &mut report.components {
        verdict.presence = Presence::Absent;
        verdict.evidence.clear();
    }
    for (component, presence, at, saying) in rows {
        let index = report.evidence.len() as u64;
        let saying = saying.to_owned();
        report.evidence.push(Evidence {
            component,
            presence,
            at: Some(at),
            saying,
        });
        for verdict in report.components.iter_mut().filter(|it| it.id == component) {
            verdict.presence = verdict.presence.min(presence);
            verdict.evidence.push(index);
        }
    }
    let presences = [
        P::Present,
        P::Referenced,
        P::Claimed,
        P::Referenced,
        P::Present,
    ];
    for (group, presence) in report.groups.iter_mut().zip(presences) {
        group.presence = presence;
    }
}

fn disclosure(topic: &str, saying: &str, line: u32) -> Disclosure {
    Disclosure {
        topic: topic.to_owned(),
        presence: Presence::Claimed,
        at: Some(Place::file("README.md").line(line)),
        saying: saying.to_owned(),
    }
}

fn community() -> License {
    let term = |topic: &str, is: Is, section: &str, note: &str| Term {
        topic: topic.to_owned(),
        is,
        unit: None,
        regions: Vec::new(),
        only: None,
        section: Some(section.to_owned()),
        note: (!note.is_empty()).then(|| note.to_owned()),
        verified: true,
    };
    let word = |word: &str| Is::Word(word.to_owned());
    License {
        id: "example-community".to_owned(),
        name: "Example Community License Agreement".to_owned(),
        spdx: "LicenseRef-weighbill-example-community".to_owned(),
        scope: LicenseScope::All,
        declared: vec![Declared {
            at: Some(Place::file("README.md").line(3)),
            value: "example-community".to_owned(),
        }],
        texts: vec![LicenseText {
            at: Some(Place::file("LICENSE.txt")),
            how: "whole".to_owned(),
            score: 0.98,
            against: Some("edition".to_owned()),
            edition: Some("example-2023".to_owned()),
            sha256: Some(hex(9)),
            bytes: 7020,
            added_words: 0,
        }],
        class: "community".to_owned(),
        osi_approved: Some(false),
        fsf_libre: Some(false),
        terms: vec![
            term("commercial", word("conditional"), "1.a, 2", "see the user cap"),
            term(
                "user_cap",
                Is::Number(700_000_000),
                "2",
                "monthly, counted on the release date of the model",
            ),
            term(
                "output_training",
                word("forbidden"),
                "1.b.v",
                "outputs may not be used to improve any other language model",
            ),
            term("use_restrictions", word("policy"), "1.b.iv", "the use policy is a part of it"),
            term("redistribution", word("allowed"), "1.b.i", "hand on a copy of the agreement"),
            term("flow_down", word("whole-license"), "1.b.i", ""),
            term("termination_litigation", word("any-ip"), "5.c", ""),
            term("law", word("California"), "7", ""),
        ],
    }
}

fn openness() -> Openness {
    let reading = |class: Option<&str>, share: f64| MofReading {
        class: class.map(str::to_owned),
        progress: BTreeMap::from([
            ("I".to_owned(), 0.0),
            ("II".to_owned(), 12.5),
            ("III".to_owned(), share),
        ]),
        missing: vec![Component::TechnicalReport, Component::DataCard],
        invalid: vec![Component::FinalParameters],
        unlicensed: vec![Component::ModelCard],
    };
    Openness {
        mof: Mof {
            version: "1.0".to_owned(),
            confirmed: reading(None, 33.3),
            potential: reading(None, 50.0),
            declared: None,
        },
        osaid: Osaid {
            version: "1.0".to_owned(),
            verdict: "fails".to_owned(),
            reasons: vec![
                "the terms of the parameters are not open source".to_owned(),
                "no training code is here".to_owned(),
            ],
        },
        osai_index: OsaiIndex {
            parameters: BTreeMap::from([
                ("weights_endmodel".to_owned(), "partial".to_owned()),
                ("training_code".to_owned(), "closed".to_owned()),
                ("datasheet".to_owned(), "unknown".to_owned()),
            ]),
            score: None,
        },
        five_dimensions: BTreeMap::from([
            (
                "models".to_owned(),
                Dimension {
                    presence: Presence::Present,
                    evidence: vec![0, 1],
                    disclosures: Vec::new(),
                },
            ),
            (
                "data".to_owned(),
                Dimension {
                    presence: Presence::Claimed,
                    evidence: vec![3],
                    disclosures: Vec::new(),
                },
            ),
        ]),
        eu_ai_act: EuAiAct {
            annex_xi: vec![EuField {
                number: "1(d)".to_owned(),
                title: "architecture and number of parameters".to_owned(),
                presence: Presence::Present,
                evidence: vec![0],
                disclosures: Vec::new(),
                at: Vec::new(),
            }],
            public_summary: Vec::new(),
        },
    }
}

fn finding(
    id: &str,
    severity: Severity,
    category: Category,
    message: &str,
    at: Option<Place>,
) -> Finding {
    Finding {
        id: id.to_owned(),
        category,
        severity,
        confidence: Confidence::Certain,
        title: id.replace('-', " "),
        message: message.to_owned(),
        at,
        impact: "people may rely on rights or bytes that they do not have".to_owned(),
        hint: "ask the publisher, or mend the file".to_owned(),
        references: vec!["OSAID 1.0".to_owned()],
    }
}

/// 64 hex digits that depend on `seed`.
fn hex(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut digits = String::new();
    for _ in 0..4 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        digits.push_str(&format!("{state:016x}"));
    }
    digits
}
