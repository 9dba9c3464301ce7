//! License texts that are long, changed, cut, or not to be compared: what the report says of each.

use weighbill::report::{LicenseText, Report};

use crate::build::Release;

/// A release with weights, a card that declares this license, and a file `LICENSE`.
fn release(declared: &str, text: &str) -> Release {
    Release::named("a")
        .safetensors("model.safetensors", &[("w", "F32", &[2])])
        .file("README.md", format!("---\nlicense: {declared}\n---\n# A\n"))
        .file("LICENSE", text)
}

fn standard(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

/// The findings on license texts, each as `severity id path: message`.
fn told(report: &Report) -> Vec<String> {
    let ids = [
        "license-altered",
        "license-cut",
        "license-not-compared",
        "license-read-in-part",
    ];
    let of = report.findings.iter().filter(|it| ids.contains(&it.id.as_str()));
    of.map(|it| {
        let at = it.at.as_ref().unwrap();
        format!("{} {} {} byte {:?}: {}", it.severity, it.id, at.path, at.byte, it.message)
    })
    .collect()
}

/// The text in the file `LICENSE`.
fn text(report: &Report) -> LicenseText {
    let texts = report.licenses.iter().flat_map(|it| &it.texts);
    texts.into_iter().find(|it| it.at.as_ref().unwrap().path == "LICENSE").unwrap().clone()
}

#[test]
fn what_a_text_was_held_against_is_reported() {
    let against = |declared, words: &str| {
        let text = text(&release(declared, words).inspect());
        let against = text.against.unwrap();
        format!("{} {against} {}", text.how, text.edition.unwrap_or_default())
    };
    insta::assert_snapshot!(against("mit", standard("MIT")), @"whole standard SPDX license list 3.29.0");
    insta::assert_snapshot!(against("gemma", "See https://ai.google.dev/gemma/terms for the terms of this model and what it asks."), @"reference name");
}

#[test]
fn a_text_that_goes_on_behind_what_was_read_is_told() {
    let long = format!("{}\n{}", standard("MIT"), "And a word more.\n".repeat(70_000));
    let report = release("mit", &long).inspect();
    insta::assert_debug_snapshot!(told(&report)
        .into_iter()
        .filter(|it| it.contains("read-in-part"))
        .collect::<Vec<_>>(), @r###"
    [
        "low license-read-in-part LICENSE byte Some(1048576): has 1191079 bytes, of which the first 1048576 were read",
    ]
    "###);
    assert_eq!(text(&report).sha256, None);
    let short = release("mit", standard("MIT")).inspect();
    assert!(told(&short).is_empty() && text(&short).sha256.is_some());
}

/// A text by the phrases of Llama 3, of which no edition is kept, with so many sections.
fn llama3(sections: u32) -> String {
    let filling = "Words of this section stand here so that it is as long as one. ".repeat(8);
    let sections: Vec<String> =
        (1..=sections).map(|at| format!("{at}. Section\n{filling}\n\n")).collect();
    format!(
        "META LLAMA 3 COMMUNITY LICENSE AGREEMENT\n\nMeta Llama 3 Version Release Date: April 18, 2024\n\n{}\
         Meta Llama 3 is licensed under the Meta Llama 3 Community License.\n",
        sections.concat()
    )
}

#[test]
fn a_text_that_no_edition_is_known_of_is_not_called_compared() {
    insta::assert_debug_snapshot!(told(&release("llama3", &llama3(7)).inspect()), @r###"
    [
        "info license-not-compared LICENSE byte None: is told to be the Meta Llama 3 Community License Agreement by its phrases; no published edition that is known here is near enough to compare its words with",
    ]
    "###);
    insta::assert_debug_snapshot!(told(&release("llama3", &llama3(4)).inspect()), @r###"
    [
        "low license-cut LICENSE byte None: is the text of the Meta Llama 3 Community License Agreement, and ends with section 4, and the license has a section 7",
    ]
    "###);
    let torn = format!("{} whoever hands it on shall give to each of the", llama3(7));
    insta::assert_debug_snapshot!(told(&release("llama3", &torn).inspect()), @r###"
    [
        "low license-cut LICENSE byte None: is the text of the Meta Llama 3 Community License Agreement, and ends in the middle of a sentence, \"to each of the\"",
    ]
    "###);
}

#[test]
fn a_translation_is_named_as_one() {
    let words =
        "Dieses Werk darf nur so genutzt werden, wie es diese Lizenz gestattet. ".repeat(50);
    let german = format!(
        "OPEN-SOURCE-LIZENZ FÜR DIE EUROPÄISCHE UNION v. 1.2\nEUPL © Europäische Union 2007, 2016\n\n{words}"
    );
    let report = release("eupl-1.2", &german).inspect();
    insta::assert_debug_snapshot!(told(&report), @r###"
    [
        "info license-not-compared LICENSE byte None: is told by its heading to be the European Union Public License 1.2 in German; translations are not compared word for word",
    ]
    "###);
    let text = text(&report);
    assert_eq!(
        (text.against.as_deref(), text.edition.as_deref()),
        (Some("translation"), Some("German"))
    );
    assert!(report.findings.iter().all(|it| it.id != "license-unknown"));
}

#[test]
fn a_name_in_the_place_of_a_name_changes_no_license() {
    let bsd = standard("BSD-3-Clause");
    let named = bsd
        .replace(
            "the copyright holder nor the names of its contributors",
            "Some Lab nor of its friends",
        )
        .replace("THE COPYRIGHT HOLDERS AND CONTRIBUTORS", "SOME LAB, INC.");
    assert_ne!(named, bsd);
    insta::assert_debug_snapshot!(told(&release("bsd-3-clause", &named).inspect()), @"[]");
    let old = bsd.replace(
        "Neither the name of the copyright holder nor the names of its contributors may be",
        "The name of the author may not be",
    );
    assert_ne!(old, bsd);
    insta::assert_debug_snapshot!(told(&release("bsd-3-clause", &old).inspect()), @"[]");
    let turned = old.replace("may not be", "may be");
    insta::assert_debug_snapshot!(told(&release("bsd-3-clause", &turned).inspect()), @r###"
    [
        "medium license-altered LICENSE byte None: is the text of the BSD 3-Clause \"New\" or \"Revised\" License, and a \"not\" was put in or taken out",
    ]
    "###);
}

#[test]
fn a_text_in_the_header_of_code_is_the_license_of_the_code() {
    let header = |id| format!("// {}\n\nint main() {{}}\n", standard(id).replace('\n', "\n// "));
    let report = release("mit", standard("MIT"))
        .file("kernel.cu", header("BSD-2-Clause"))
        .file("modeling.py", "# This Source Code Form is subject to the terms of the Mozilla Public\n# License, v. 2.0.\nimport os\n")
        .inspect();
    let told: Vec<String> = report
        .licenses
        .iter()
        .flat_map(|it| it.declared.iter().map(move |of| (it, of)))
        .map(|(it, of)| format!("{} {} {}", it.id, it.scope, of.at.as_ref().unwrap().path))
        .collect();
    insta::assert_debug_snapshot!(told, @r###"
    [
        "mit all README.md",
        "bsd-2-clause code kernel.cu",
        "mpl-2.0 code modeling.py",
    ]
    "###);
}

/// Each license of a report with what it covers.
fn named(report: &Report) -> Vec<String> {
    report.licenses.iter().map(|it| format!("{} {}", it.id, it.scope)).collect()
}

#[test]
fn a_license_that_is_named_in_passing_is_found() {
    let card = |text: &str| named(&Release::named("a").file("README.md", text).inspect());
    let sentences =
        "# A\n\nThe code is MIT licensed. The weights are released under CC-BY-NC 4.0.\n";
    assert_eq!(card(sentences), ["cc-by-nc-4.0 all", "mit code"]);
    // the card's own key says it, and prose about another model says nothing
    let declared = format!("---\nlicense: gemma\n---\n{sentences}");
    assert_eq!(card(&declared), ["gemma all"]);
    assert_eq!(card("# A\n\nBERT was released under the Apache 2.0 license.\n"), [""; 0]);
    assert_eq!(card("# A\n\n```\n# this code is licensed under the MIT license\n```\n"), [""; 0]);
}

#[test]
fn citations_and_setup_scripts_name_licenses() {
    let of = |path: &str, text: &str| named(&Release::named("a").file(path, text).inspect());
    let citation = "cff-version: 1.2.0\ntitle: A\nlicense: CC-BY-4.0\n";
    assert_eq!(of("CITATION.cff", citation), ["cc-by-4.0 code"]);
    let listed = "cff-version: 1.2.0\ntitle: A\nlicense:\n  - MIT\n  - Apache-2.0\nversion: 1\n";
    assert_eq!(of("CITATION.cff", listed), ["apache-2.0 code", "mit code"]);
    assert_eq!(
        of("setup.py", "from x import setup\nsetup(name='a', license='MIT')\n"),
        ["mit code"]
    );
}
