//! Where the terms of a release contradict each other or leave something out: each finding on a
//! release that shows it, and on none that does not.

use weighbill::{Request, licenses::Use};

use crate::build::Release;

/// A release with weights, a card and nothing else.
fn release(name: &str, card: &str) -> Release {
    Release::named(name)
        .safetensors("model.safetensors", &[("w", "F32", &[2])])
        .file("README.md", card)
}

/// The findings on the terms, each as `severity id path: message`.
fn terms(release: &Release) -> Vec<String> {
    let report = release.inspect();
    let about = report.findings.iter().filter(|it| {
        it.id.starts_with("license-") && it.id != "license-text-missing" || it.id == "no-license"
    });
    about
        .map(|it| {
            let at = it.at.as_ref().map_or(String::new(), |at| match at.line {
                Some(line) => format!(" {}:{line}", at.path),
                None => format!(" {}", at.path),
            });
            format!("{} {}{at}: {}", it.severity, it.id, it.message)
        })
        .collect()
}

#[test]
fn a_base_under_stricter_terms_is_told() {
    let card = "---\nlicense: apache-2.0\nbase_model: meta-llama/Llama-2-7b-hf\n---\n# Tuned\n";
    insta::assert_debug_snapshot!(terms(&release("finance-7b", card)), @r###"
    [
        "medium license-base-duties README.md:3: the base model meta-llama/Llama-2-7b-hf was published under the Llama 2 Community License Agreement; the Apache License 2.0 here does not carry: user cap (2), use restrictions (1.b.iv), output training (1.b.v), flow down (1.b.i)",
    ]
    "###);
    let own = "---\nlicense: llama2\nbase_model: someone/Llama-2-7b-copy\n---\n# Tuned\n";
    insta::assert_debug_snapshot!(terms(&release("finance-7b", own)), @r###"
    [
        "low license-duties-unmet README.md:2: the Llama 2 Community License Agreement (section 1.b.iii) asks for a notice, \"Llama 2 is licensed under the LLAMA 2 Community License, Copyright (c) Meta Platforms, Inc. All Rights Reserved.\", and no file has it",
        "low license-policy-missing README.md:2: the Llama 2 Community License Agreement (section 1.b.iv) makes a use policy a part of itself, and none is here",
    ]
    "###);
    let free = "---\nlicense: mit\nbase_model: Qwen/Qwen2.5-7B\n---\n# Tuned\n";
    insta::assert_debug_snapshot!(terms(&release("finance-7b", free)), @"[]");
}

#[test]
fn a_name_that_sounds_like_a_model_is_a_question() {
    let card = "---\nlicense: mit\n---\n# Mine\n";
    insta::assert_debug_snapshot!(terms(&release("Llama-3.1-8B-mine", card)), @r###"
    [
        "low license-base-duties: the release is called Llama-3.1-8B-mine and names no base model; models of that name were published under the Llama 3.1 Community License Agreement; the MIT License here does not carry: user cap (2), use restrictions (1.b.iv), output training (1.b.i), flow down (1.b.i)",
    ]
    "###);
}

#[test]
fn duties_of_a_derivative_are_held_against_the_release() {
    let card = "---\nlicense: llama3.1\nbase_model: meta-llama/Llama-3.1-8B\n---\n# Tuned\n";
    insta::assert_debug_snapshot!(terms(&release("finance-8b", card)), @r###"
    [
        "low license-duties-unmet README.md:2: the Llama 3.1 Community License Agreement (section 1.b.i) asks that \"Built with Llama\" is shown, and the card does not say it",
        "low license-duties-unmet README.md:2: the Llama 3.1 Community License Agreement (section 1.b.i) asks that the name of a derivative begins with \"Llama\"",
        "low license-duties-unmet README.md:2: the Llama 3.1 Community License Agreement (section 1.b.iii) asks for a notice, \"Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright (c) Meta Platforms, Inc. All Rights Reserved.\", and no file has it",
        "low license-policy-missing README.md:2: the Llama 3.1 Community License Agreement (section 1.b.iv) makes a use policy a part of itself, and none is here",
    ]
    "###);
    let notice = "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, \
                  Inc. All Rights Reserved.";
    let shown =
        release("Llama-3.1-finance", &card.replace("# Tuned", "# Tuned\n\nBuilt with Llama"))
            .file("Notice", notice);
    insta::assert_debug_snapshot!(terms(&shown), @r###"
    [
        "low license-policy-missing README.md:2: the Llama 3.1 Community License Agreement (section 1.b.iv) makes a use policy a part of itself, and none is here",
    ]
    "###);
}

#[test]
fn data_under_stricter_terms_is_a_question() {
    let card =
        "---\nlicense: apache-2.0\ndatasets:\n- tatsu-lab/alpaca\n- someone/rows\n---\n# A\n";
    insta::assert_debug_snapshot!(terms(&release("a", card)), @r###"
    [
        "info license-data-restricts README.md:4: the card names the data set tatsu-lab/alpaca, known to be under the Creative Commons Attribution Non Commercial 4.0 International license; the weights are under the Apache License 2.0",
    ]
    "###);
}

#[test]
fn prose_confirms_or_contradicts_what_is_declared() {
    let says = |prose: &str| {
        release("a", &format!("---\nlicense: mit\n---\n# A\n\n## License\n\n{prose}\n"))
    };
    insta::assert_debug_snapshot!(terms(&says("This model is under the MIT License.")), @"[]");
    insta::assert_debug_snapshot!(terms(&says("Released under CC-BY-NC-4.0.")), @r###"
    [
        "low license-statements-differ README.md:8: says \"Released under CC-BY-NC-4.0.\", and the release is under the MIT License (README.md line 2)",
    ]
    "###);
    insta::assert_debug_snapshot!(terms(&says("The code is under the Apache License 2.0.")), @"[]");
}

#[test]
fn prose_speaks_where_nothing_else_does() {
    let card = "# A\n\n## License\n\nThe model is released under the Apache 2.0 license.\n";
    let report = release("a", card).inspect();
    let told: Vec<_> = report
        .licenses
        .iter()
        .map(|it| {
            (
                it.id.as_str(),
                it.declared[0].value.as_str(),
                it.declared[0].at.as_ref().unwrap().line,
            )
        })
        .collect();
    insta::assert_debug_snapshot!(told, @r###"
    [
        (
            "apache-2.0",
            "The model is released under the Apache 2.0 license.",
            Some(
                5,
            ),
        ),
    ]
    "###);
}

#[test]
fn a_link_to_a_file_that_is_not_here_is_told() {
    let card = "---\nlicense: other\nlicense_name: mine\nlicense_link: TERMS.md\n---\n# A\n";
    insta::assert_debug_snapshot!(terms(&release("a", card)), @r###"
    [
        "low license-link-missing README.md:4: `license_link` names \"TERMS.md\", and no such file is here",
        "low license-unknown README.md:3: \"mine\" is no license that is known here",
    ]
    "###);
}

#[test]
fn a_license_for_the_code_alone_leaves_the_weights_out() {
    let one = Release::named("a")
        .safetensors("model.safetensors", &[("w", "F32", &[2])])
        .file("pyproject.toml", "[project]\nname = \"a\"\nlicense = \"MIT\"\n");
    insta::assert_debug_snapshot!(terms(&one), @r###"
    [
        "medium license-weights-left-out pyproject.toml:3: the license here is for the code, and none is stated for the weights",
    ]
    "###);
}

/// What the terms say about these uses, each as `use says sections`, and why.
fn uses(release: &Release, asked: &[Use], territory: &[&str]) -> (Vec<String>, Vec<String>) {
    let mut request = Request::of(&release.path());
    request.uses = asked.to_vec();
    request.territory = territory.iter().map(|&it| it.to_owned()).collect();
    let report = weighbill::inspect(&request, 2, &|_, _| {}).unwrap();
    let told =
        report.uses.iter().map(|it| format!("{} {} {}", it.of, it.says, it.sections.join(" ")));
    (told.collect(), report.uses.iter().flat_map(|it| it.why.clone()).collect())
}

#[test]
fn a_changed_license_answers_nothing() {
    let mit = spdx::license_id("MIT").unwrap().text();
    let changed = release("a", "---\nlicense: mit\n---\n# A\n")
        .file("LICENSE", format!("{mit}\n\nNot for military use, and not for sale."));
    insta::assert_debug_snapshot!(uses(&changed, &[Use::Commercial], &[]), @r###"
    (
        [
            "commercial unclear ",
        ],
        [
            "MIT License: the text here was changed, so that what is known of it does not hold",
        ],
    )
    "###);
    let named = release("a", "---\nlicense: other\nlicense_name: mine\n---\n# A\n");
    insta::assert_debug_snapshot!(uses(&named, &[Use::Host], &[]), @r###"
    (
        [
            "host unclear ",
        ],
        [
            "\"mine\": no license that is known here",
        ],
    )
    "###);
}

#[test]
fn of_a_choice_the_mildest_answer_counts() {
    let either = release("a", "---\nlicense: GPL-3.0-only OR Apache-2.0\n---\n# A\n");
    insta::assert_debug_snapshot!(uses(&either, &[Use::FineTune], &[]).0, @r###"
    [
        "fine-tune conditional 4 4.b",
    ]
    "###);
    let both = release("a", "---\nlicense: GPL-3.0-only AND Apache-2.0\n---\n# A\n");
    insta::assert_debug_snapshot!(uses(&both, &[Use::FineTune], &[]).0, @r###"
    [
        "fine-tune conditional 4 4.b 5 5.c",
    ]
    "###);
}

#[test]
fn where_it_is_used_counts() {
    let card = "---\nlicense: llama4\n---\n# A\n";
    insta::assert_debug_snapshot!(uses(&release("Llama-4-a", card), &[Use::FineTune], &["DE"]), @r###"
    (
        [
            "fine-tune prohibited llama4-aup, last paragraph",
        ],
        [
            "Llama 4 Community License Agreement: no rights in DE (of EU): people living in, and companies based in, the European Union; end users of products are exempt; all Llama 4 models are multimodal",
        ],
    )
    "###);
    insta::assert_debug_snapshot!(uses(&release("Llama-4-a", card), &[Use::FineTune], &["US"]).0, @r###"
    [
        "fine-tune conditional 1.b.iii 1.b.i",
    ]
    "###);
}

#[test]
fn every_license_of_the_weights_is_named() {
    let card = "---\nlicense: [apache-2.0, mit]\nbase_model: meta-llama/Llama-2-7b-hf\n\
                datasets: [tatsu-lab/alpaca]\n---\n# Tuned\n";
    insta::assert_debug_snapshot!(terms(&release("finance-7b", card)), @r###"
    [
        "medium license-base-duties README.md:3: the base model meta-llama/Llama-2-7b-hf was published under the Llama 2 Community License Agreement; the Apache License 2.0 and the MIT License here do not carry: user cap (2), use restrictions (1.b.iv), output training (1.b.v), flow down (1.b.i)",
        "info license-data-restricts README.md:4: the card names the data set tatsu-lab/alpaca, known to be under the Creative Commons Attribution Non Commercial 4.0 International license; the weights are under the Apache License 2.0 and the MIT License",
    ]
    "###);
}

#[test]
fn a_text_cut_short_is_told() {
    let apache = spdx::license_id("Apache-2.0").unwrap().text();
    let cut = release("a", "---\nlicense: apache-2.0\n---\n# A\n").file("LICENSE", &apache[..5000]);
    insta::assert_debug_snapshot!(terms(&cut), @r###"
    [
        "low license-cut LICENSE: holds 54 % of the text of the Apache License 2.0",
    ]
    "###);
}

#[test]
fn headers_of_code_are_counted_by_license() {
    let header = |of: &str| {
        format!("# Copyright 2024 Some Team.\n#\n# Licensed under the {of};\n\nimport torch\n")
    };
    let apache = header("Apache License, Version 2.0 (the \"License\")");
    let meta = "# This source code is licensed under the license found in the\n# LICENSE file here.\nimport os\n";
    let one = release("a", "---\nlicense: mit\n---\n# A\n")
        .file("modeling_a.py", &apache)
        .file("configuration_a.py", &apache)
        .file("util.py", meta)
        .file("kernel.cu", "// SPDX-License-Identifier: BSD-3-Clause\nint main() {}\n");
    let report = one.inspect();
    let told: Vec<String> = report
        .licenses
        .iter()
        .map(|it| format!("{} {} in {}", it.id, it.scope, it.declared.len()))
        .collect();
    insta::assert_debug_snapshot!(told, @r###"
    [
        "mit all in 1",
        "apache-2.0 code in 2",
        "bsd-3-clause code in 1",
    ]
    "###);
}

#[test]
fn a_name_of_the_publishers_own_is_that_of_the_text() {
    let mit = spdx::license_id("MIT").unwrap().text();
    let own =
        release("a", "---\nlicense: other\nlicense_name: mine\nlicense_link: LICENSE\n---\n# A\n")
            .file("LICENSE", mit);
    insta::assert_debug_snapshot!(terms(&own), @"[]");
    assert_eq!(own.inspect().licenses.len(), 1);
    let map = release("a", "---\nlicense: {x: y}\n---\n# A\n");
    insta::assert_debug_snapshot!(terms(&map), @r###"
    [
        "low license-unknown README.md:2: \"{x: …}\" is no license that is known here",
    ]
    "###);
}
