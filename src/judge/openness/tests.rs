use super::*;
use crate::{
    evidence::{self, build::Folder, disclosures},
    judge::verdicts,
    words::Component::{
        DataCard, Datasets, EvaluationResults, FinalParameters, ModelArchitecture, ModelCard,
        ResearchPaper, TrainingCode,
    },
};
use Presence::{Absent, Claimed, Partial, Present, Referenced};

fn weighed(folder: Folder, license: Option<(&str, bool, bool)>) -> Openness {
    let facts = folder.facts();
    let sets = Sets::default();
    let evidence = evidence::gather(&facts, &sets);
    let disclosures = disclosures::gather(&facts);
    let verdicts = verdicts::components(&evidence);
    let licensed = license.map(|(id, mof_open, osi_approved)| Licensed {
        id: id.to_owned(),
        mof_open,
        osi_approved,
        at: vec![Place::file("LICENSE")],
    });
    let all = Component::ALL.iter().filter_map(|it| Some((*it, licensed.clone()?)));
    weigh(&Inputs {
        facts: &facts,
        sets: &sets,
        evidence: &evidence,
        disclosures: &disclosures,
        verdicts: &verdicts,
        licenses: &all.collect(),
    })
}

const CARD: &str = "# A\n\n## Description\n\nWhat it is, in a sentence that is long enough.\n\n## Uses\n\nWhat it is for, in a sentence that is long enough.\n\n## Limitations\n\nWhat it cannot do, in a sentence that is long enough, and a little more, and then some more words yet so that it is no mere note.\n";

fn some(said: &[(Component, Presence, &str)]) -> Folder {
    Folder::named("a").card("README.md", CARD, said).weights("model.safetensors", &["a"])
}

/// Progress towards the easiest class, as it is printed.
fn easiest(reading: &crate::report::MofReading) -> String {
    reading.progress["III"].to_string()
}

#[test]
fn weights_under_restricted_terms() {
    let folder = some(&[(Datasets, Claimed, "x"), (EvaluationResults, Present, "x")]);
    let openness = weighed(folder, Some(("llama2", false, false)));
    let confirmed = &openness.mof.confirmed;
    assert_eq!((confirmed.class.as_deref(), easiest(confirmed).as_str()), (None, "0"));
    assert_eq!(confirmed.invalid, [FinalParameters, ModelCard, EvaluationResults]);
    assert_eq!(openness.osaid.verdict, "fails");
    assert_eq!(
        openness.osaid.reasons,
        [
            "the weights are under llama2, which the OSI has not approved",
            "no training code is here, and none is identified elsewhere",
        ]
    );
    assert_eq!(openness.osai_index.parameters["weights_endmodel"], "open");
    assert_eq!(openness.osai_index.parameters["licenses"], "unknown");
    assert_eq!(openness.osai_index.score, None);
}

#[test]
fn what_is_pointed_at_counts_as_potential_and_unlicensed() {
    let folder = some(&[
        (DataCard, Referenced, "x"),
        (ResearchPaper, Referenced, "x"),
    ]);
    let openness = weighed(folder, Some(("apache-2.0", true, true)));
    assert_eq!(easiest(&openness.mof.confirmed), "33.3");
    assert!(openness.mof.confirmed.missing.contains(&ResearchPaper));
    assert!(openness.mof.confirmed.unlicensed.is_empty());
    assert_eq!(openness.mof.potential.unlicensed, [DataCard, ResearchPaper]);
    assert!(!openness.mof.potential.missing.contains(&DataCard));
}

#[test]
fn a_definition_is_never_said_to_be_met() {
    let folder = some(&[(TrainingCode, Referenced, "x"), (Datasets, Referenced, "x")]);
    let openness = weighed(folder, Some(("apache-2.0", true, true)));
    assert_eq!(openness.osaid.verdict, "undecidable");
    assert!(openness.osaid.reasons.iter().any(|reason| reason.contains("training data")));
    let without = weighed(some(&[(TrainingCode, Referenced, "x"), (Datasets, Claimed, "x")]), None);
    assert_eq!(without.osaid.verdict, "undecidable");
    assert!(without.osaid.reasons.iter().any(|reason| reason.contains("no license was found")));
    assert_eq!(weighed(Folder::named("a"), None).osaid.verdict, "fails");
}

#[test]
fn a_mof_file_is_held_to_the_same_rules() {
    let json = r#"{"framework":{"name":"Model Openness Framework","version":"1.0","date":"2024-12-15"},
        "release":{"name":"a","license":{"distribution":{"name":"Apache-2.0","path":"LICENSE"}},
        "components":[{"name":"Model architecture","component_path":"modeling.py"},
            {"name":"Model parameters (Final)","component_path":"model.safetensors"},
            {"name":"Model card","license":"CC-BY-NC-4.0"},
            {"name":"Data card","license":"unlicensed","component_path":"https://x.y/z"}]}}"#;
    let folder = Folder::named("a").json("MOF.json", json).weights("model.safetensors", &["a"]);
    let openness = weighed(folder, None);
    let declared = openness.mof.declared.unwrap();
    assert_eq!(easiest(&declared), "33.3");
    assert_eq!((declared.invalid, declared.unlicensed), (vec![ModelCard], vec![DataCard]));
    let facts =
        Folder::named("a").json("MOF.json", json).weights("model.safetensors", &["a"]).facts();
    let (sets, terms) = (Sets::default(), Terms::default());
    let digests = crate::digests::Digests::default();
    let case = crate::judge::Case {
        records: &crate::records::Records::default(),
        held: &crate::records::Held::default(),
        facts: &facts,
        sets: &sets,
        terms: &terms,
        digests: &digests,
        evidence: &[],
    };
    let messages: Vec<String> =
        (CHECKS[0].find)(&case).into_iter().map(|found| found.message).collect();
    assert_eq!(
        messages,
        [
            "model architecture: `modeling.py` is not in the release",
            "license.distribution: `LICENSE` is not in the release",
        ]
    );
}

#[test]
fn older_mof_files_are_read_too() {
    let json = r#"{"framework":{"name":"Model Openness Framework"},"release":{"license":{"code":{"name":"MIT"}}},
        "components":{"Model Architecture":{"location":"m.py"},"Training Code":{"license_name":"Apache 2.0"}}}"#;
    let openness = weighed(Folder::named("a").json("MOF.json", json), None);
    let declared = openness.mof.declared.unwrap();
    assert_eq!((easiest(&declared), declared.invalid), ("16.7".to_owned(), vec![TrainingCode]));
    assert!(!declared.missing.contains(&ModelArchitecture));
}

#[test]
fn fields_of_the_summary_are_told_by_their_labels() {
    let text = "# Data Summary for a/b\n\n**1.3.1.A Text training data size:** 1 billion to 10 trillion tokens\n**2.4.1 Synthetic data:** [More Information Needed]\n**2.1.1 Publicly available datasets:** Yes\n\n## 2.3 Data crawled and scraped\n\nA crawler named Foo was used.\n";
    let openness = weighed(Folder::named("a").card("data_summary_card.md", text, &[]), None);
    let states: Vec<(&str, Presence)> = openness
        .eu_ai_act
        .public_summary
        .iter()
        .filter(|field| field.presence != Absent)
        .map(|field| (field.number.as_str(), field.presence))
        .collect();
    assert_eq!(states, [("1.3", Present), ("2.1", Present), ("2.3", Present)]);
    let lines: Vec<Option<u32>> =
        openness.eu_ai_act.public_summary[2].at.iter().map(|at| at.line).collect();
    assert_eq!(lines, [Some(3)]);
}

#[test]
fn five_dimensions_keep_words_and_bytes_apart() {
    let folder = some(&[(Datasets, Claimed, "x")])
        .json("config.json", r#"{"transformers_version":"4.1","architectures":["A"]}"#);
    let openness = weighed(folder, None);
    let state = |name: &str| openness.five_dimensions[name].presence;
    assert_eq!((state("models"), state("data")), (Present, Claimed));
    assert_eq!(
        (state("labor"), state("frameworks"), state("compute")),
        (Absent, Referenced, Absent)
    );
    assert_eq!(openness.five_dimensions["frameworks"].disclosures, [0]);
    assert_eq!(openness.eu_ai_act.annex_xi[3].presence, Partial);
}

#[test]
fn the_license_field_of_the_ai_act_says_where_it_stands() {
    let license = |licensed| {
        let openness = weighed(Folder::named("a"), licensed);
        let field = &openness.eu_ai_act.annex_xi[5];
        assert_eq!(field.number, "1(f)");
        (field.presence, field.at.clone())
    };
    assert_eq!(license(Some(("mit", true, true))), (Present, vec![Place::file("LICENSE")]));
    assert_eq!(license(None), (Absent, Vec::new()));
}
