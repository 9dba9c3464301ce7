//! Whole cards, composed to state the facts of published ones in their form.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::words::{Component, Presence};

#[test]
#[ignore = "prints what the card at $CARD states"]
#[expect(clippy::print_stdout, reason = "a look at a card by hand")]
fn shows() {
    let path = std::env::var("CARD").unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let kind = if path.contains("data") {
        FileKind::DataCard
    } else {
        FileKind::ModelCard
    };
    let start = std::time::Instant::now();
    let (card, oddities) = read("README.md", &bytes, kind);
    println!("{:?} {} words, {} placeholders", start.elapsed(), card.words, card.placeholders);
    let again = std::env::var("TIMES").map_or(1, |times| times.parse().unwrap());
    let start = std::time::Instant::now();
    for _ in 0..again {
        read("README.md", &bytes, kind);
    }
    println!("again {:?}", start.elapsed() / again);
    for odd in oddities {
        println!("odd {:?} {}", odd.at.line, odd.saying);
    }
    for it in &card.statements {
        println!("{:4} {:12} {:24} {}", it.line, it.presence, it.about, it.saying);
    }
    for it in &card.disclosures {
        println!("{:4} {:12} {:24} {}", it.line, it.presence, it.topic, it.saying);
    }
    for it in &card.numbered {
        println!("{:4} {} {}", it.line, it.number, it.filled);
    }
}

/// The strongest of what a card states of each component.
fn strongest(card: &Card) -> BTreeMap<Component, Presence> {
    let mut found = BTreeMap::new();
    for statement in &card.statements {
        let strongest = found.entry(statement.about).or_insert(statement.presence);
        *strongest = statement.presence.min(*strongest);
    }
    found
}

fn of(text: &str) -> Card {
    read("README.md", &text.as_bytes(), FileKind::ModelCard).0
}

#[test]
fn published_cards_state_what_they_state() {
    check_card(
        include_str!("tests/llama2.md"),
        "model_architecture claimed, evaluation_code withheld, datasets claimed, data_card partial, \
         evaluation_data claimed, research_paper referenced, evaluation_results present",
    );
    check_card(
        include_str!("tests/llama1.md"),
        "model_architecture claimed, datasets claimed, data_card partial, evaluation_data claimed, \
         research_paper referenced, evaluation_results present",
    );
    check_card(
        include_str!("tests/gpt_neo.md"),
        "model_architecture claimed, inference_code partial, datasets referenced, data_card referenced, \
         evaluation_data claimed, research_paper referenced, evaluation_results present, \
         sample_outputs partial",
    );
    check_card(
        include_str!("tests/granite.md"),
        "model_architecture claimed, inference_code partial, supporting_libraries referenced, \
         datasets claimed, data_card claimed, evaluation_data claimed, technical_report referenced, \
         research_paper promised, evaluation_results present",
    );
    check_card(
        include_str!("tests/mistral.md"),
        "model_architecture claimed, research_paper referenced, evaluation_results claimed",
    );
    check_card(
        include_str!("tests/olmo.md"),
        "intermediate_parameters referenced, inference_code partial, training_code referenced, \
         evaluation_code referenced, supporting_libraries claimed, datasets referenced, \
         data_card claimed, evaluation_data claimed, model_metadata referenced, \
         research_paper referenced, evaluation_results present",
    );
    check_card(
        include_str!("tests/pythia.md"),
        "intermediate_parameters referenced, inference_code partial, training_code referenced, \
         data_preprocessing_code claimed, evaluation_code referenced, \
         supporting_libraries referenced, datasets referenced, data_card partial, \
         research_paper referenced, evaluation_results partial",
    );
    check_card(
        include_str!("tests/amber.md"),
        "intermediate_parameters referenced, inference_code partial, training_code referenced, \
         data_preprocessing_code referenced, supporting_libraries referenced, datasets referenced, \
         data_card partial, model_metadata referenced, research_paper referenced, \
         evaluation_results partial",
    );
    check_card(
        include_str!("tests/bloom.md"),
        "model_architecture referenced, training_code referenced, datasets claimed, \
         data_card partial, evaluation_data referenced, model_metadata referenced, \
         evaluation_results present, sample_outputs claimed",
    );
    check_card(
        include_str!("tests/deepseek.md"),
        "final_parameters referenced, model_architecture claimed, supporting_libraries claimed, \
         datasets claimed, evaluation_data claimed, technical_report referenced, \
         research_paper referenced, evaluation_results present",
    );
    check_card(
        include_str!("tests/falcon.md"),
        "model_architecture claimed, inference_code partial, training_code claimed, \
         data_preprocessing_code claimed, datasets referenced, data_card partial, \
         model_metadata claimed, research_paper promised, evaluation_results referenced",
    );
}

#[test]
fn a_template_states_nothing() {
    let card = of(include_str!("tests/template.md"));
    let stated = card.statements.iter().filter(|it| it.presence != Presence::Absent);
    assert!(stated.clone().all(|it| it.line == 2), "{:?}", stated.collect::<Vec<_>>());
    let told = card.disclosures.iter().filter(|it| it.presence != Presence::Absent);
    assert!(told.clone().all(|it| it.line == 2), "{:?}", told.collect::<Vec<_>>());
    assert_eq!(card.placeholders, 26);
}

#[test]
fn a_summary_of_training_content_is_read_by_numbers() {
    let text = include_str!("tests/data_summary.md");
    let (card, _) = read("data_summary_card.md", &text.as_bytes(), FileKind::DataCard);
    let shown: Vec<String> = card
        .numbered
        .iter()
        .map(|it| format!("{}{}", if it.filled { "" } else { "-" }, it.number))
        .collect();
    let fields = "1.0.1 1.0.2 1.2.1 1.3.1.A 1.3.1.B 1.3.1.C -1.3.2 2.1.1 -2.2.1.A -3.1";
    assert_eq!(shown.join(" "), fields);
    let stated = card.statements.iter().find(|it| it.about == Component::DataCard).unwrap();
    assert_eq!(stated.presence, Presence::Present);
    assert_eq!(stated.saying, "a summary of training content by numbers, 7 of 10 fields filled in");
}

#[test]
fn others_find_what_they_need() {
    let card = of(include_str!("tests/llama2.md"));
    let titles: Vec<&str> = card.license_sections().map(|it| it.title.as_str()).collect();
    assert_eq!(titles, ["License"]);
    let (line, prompt) = card.gate_prompt().unwrap();
    assert_eq!(line, 3);
    assert!(prompt.starts_with("### COMMUNITY LICENSE AGREEMENT"));
    let card = of("# A\n\n- **License:** MIT\n\n## 许可证\nx\n\n## Lizenz\ny\n");
    assert_eq!(card.license_sections().count(), 3);
}

#[test]
fn compute_and_labor_are_disclosed_with_their_lines() {
    disclosed(
        "llama2",
        include_str!("tests/llama2.md"),
        &[
            "compute_hours 64 \"Time (GPU hours)\" 3311616 in the row \"Total\" of 3",
            "carbon 64 \"Carbon Emitted(tCO2eq)\" 539.00 in the row \"Total\" of 3",
            "labor_annotators 67 \"…as well as over one million new human-annotated examples.\"",
            "language 11 en",
        ],
    );
    disclosed(
        "falcon",
        include_str!("tests/falcon.md"),
        &[
            "compute_count 82 \"Falcon-40B was trained on 384 A100 40GB GPUs, using a 3D parallelism strategy (TP=8, PP=4, DP=12) combined with ZeRO.\"",
        ],
    );
    disclosed(
        "bloom",
        include_str!("tests/bloom.md"),
        &[
            "carbon 14 `co2_eq_emissions.emissions` gives \"24_700_000\" (in grams)",
            "carbon 124 promises this: \"Estimated carbon emissions: (Forthcoming.)\"",
            "compute_region 17 `co2_eq_emissions.geographical_location` gives \"Orsay, France\"",
        ],
    );
}

#[track_caller]
fn disclosed(name: &str, text: &str, expected: &[&str]) {
    let card = of(text);
    let shown: Vec<String> = card
        .disclosures
        .iter()
        .map(|it| format!("{} {} {}", it.topic, it.line, it.saying))
        .collect();
    for line in expected {
        assert!(shown.iter().any(|it| it == line), "{name} lacks {line}, has {shown:#?}");
    }
}

#[track_caller]
fn check_card(text: &str, expected: &str) {
    let card = of(text);
    let shown: Vec<String> =
        strongest(&card).iter().map(|(about, presence)| format!("{about} {presence}")).collect();
    assert_eq!(shown.join(", "), expected);
    let lines = u32::try_from(text.lines().count()).unwrap();
    assert!(card.statements.iter().all(|it| (1..=lines).contains(&it.line)));
    assert!(card.disclosures.iter().all(|it| (1..=lines).contains(&it.line)));
}

#[test]
fn a_word_is_not_a_claim() {
    let quiet = [
        "We compare with MPT-7B, which was trained on 1T tokens of text.",
        "Unlike other systems, GPT-3 was pretrained on Common Crawl data.",
        "You can fine-tune it: models can be fine-tuned on your own data.",
        "The model was trained on 8 A100 GPUs.",
        "The model was not trained on user data.",
        "Training with FlashAttention ([Dao et al., 2022](https://arxiv.org/abs/2205.14135)).",
        "We use RoPE, introduced in [this paper](https://arxiv.org/abs/2104.09864).",
        "It outwits proprietary models on code benchmarks.",
        "NSFW images are not included in the training data.",
        "```\nThe training code is coming soon, trained on C4 data\n```",
        "<!-- The paper is coming soon. Trained on C4 data. -->",
        "~~Paper coming soon~~",
        "See [the license](https://example.com/license.pdf).",
        "Join us on [GitHub](https://github.com/example).",
    ];
    for text in quiet {
        let card = of(&format!("# Foo-7B\n\n{text}\n"));
        assert_eq!(card.statements, vec![], "{text}");
    }
}

#[test]
fn each_state_is_told_apart() {
    // referenced: an identifier
    check("**Dataset:** [C4](https://huggingface.co/datasets/allenai/c4)", "datasets referenced");
    check("Trained on https://huggingface.co/datasets/allenai/c4.", "datasets referenced");
    check("- **Paper:** arXiv:2310.06825", "research_paper referenced");
    check("The training code is at https://github.com/foo/bar.", "training_code referenced");
    check("- **Technical report:** https://foo.org/tr.pdf", "technical_report referenced");
    check(
        "[Our technical report](https://foo.org/tr.pdf) has details.",
        "technical_report referenced",
    );
    check(
        "We evaluate with [lighteval](https://github.com/huggingface/lighteval).",
        "evaluation_code referenced",
    );
    check("- **Demo:** https://huggingface.co/spaces/foo/bar", "sample_outputs referenced");
    check(
        "Actual model files are hosted on https://huggingface.co/foo/bar.",
        "final_parameters referenced",
    );
    // claimed: prose
    check("Trained on a large web corpus.", "datasets claimed");
    check("The training scripts were written by us.", "training_code claimed");
    check("**Code:** https://github.com/foo/bar", "training_code claimed");
    // promised
    check("Paper coming soon!", "research_paper promised");
    check("## Paper\n\nComing soon.", "research_paper promised");
    check("- **Paper:** [Foo]()", "research_paper promised");
    check("[Technical report](https://)", "technical_report promised");
    check("**Paper:** arXiv 0000.00000", "research_paper promised");
    check("- **Training data:** <TBD>", "datasets promised");
    check("We plan to release the training code.", "training_code promised");
    check(
        "The training code and data will be released later.",
        "training_code promised, datasets promised",
    );
    // withheld
    check("The training data is proprietary.", "datasets withheld");
    check("It was trained on our proprietary dataset.", "datasets withheld");
    check("We do not release the training code.", "training_code withheld");
    check("Training data: not disclosed", "datasets withheld");
    check("The dataset cannot be shared for legal reasons.", "datasets withheld");
    check("Intermediate checkpoints are not released.", "intermediate_parameters withheld");
    check("The weights are not publicly available.", "final_parameters withheld");
    // a template that nobody filled
    check("### Training Data\n\n[More Information Needed]", "datasets absent");
    check("- **Paper [optional]:** [More Information Needed]", "research_paper absent");
    check("- **Hardware Type:** [More Information Needed]", "");
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let card = of(&format!("# Foo-7B\n\n{text}\n"));
    let mut found = strongest(&card);
    found.remove(&Component::DataCard); // beside the point here
    let shown: Vec<String> =
        found.iter().map(|(about, presence)| format!("{about} {presence}")).collect();
    assert_eq!(shown.join(", "), expected, "{:?}", card.statements);
}

/// Cards of a few words, each under what it must, and must not, be found to state.
#[test]
fn short_cards_state_no_more_and_no_less() {
    let mut wrong = Vec::new();
    let mut cards = 0;
    for case in include_str!("tests/sentences.txt").split("==== ").skip(1) {
        let (expected, text) = case.split_once('\n').unwrap();
        let found = strongest(&of(text));
        for one in expected.split(", ") {
            let (about, state) = one.split_once(' ').unwrap();
            let seen = |about| found.get(&Component::named(about).unwrap()).copied();
            let fits = match about {
                "no" => seen(state).is_none_or(|presence| presence == Presence::Absent),
                _ => seen(about) == Presence::named(state),
            };
            if !fits {
                wrong.push(format!("{one}, not {found:?}: {text}"));
            }
        }
        cards += 1;
    }
    assert!(cards > 100, "the cards are gone");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A few words each, under the topics that they must, and (`-`) must not, disclose.
#[test]
fn few_words_disclose_no_more_and_no_less() {
    let mut wrong = Vec::new();
    for case in include_str!("tests/disclosures.txt").split("==== ").skip(1) {
        let (topics, text) = case.split_once('\n').unwrap();
        let card = of(&format!("# Foo\n\n{text}"));
        for topic in topics.split(' ') {
            let bare = topic.trim_start_matches('-');
            let told = card
                .disclosures
                .iter()
                .any(|it| it.topic == bare && it.presence != Presence::Absent);
            if told == topic.starts_with('-') {
                wrong.push(format!("{topic}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_phrase_of_a_state_is_told() {
    let rows = phrases::rows(include_str!("phrases.toml"));
    let subject = |language: &str| {
        let row = rows.subject.iter().find(|row| row.language == language);
        row.map(|row| row.words[0].replace('*', "")).unwrap()
    };
    for row in &rows.state {
        for word in row.words.iter().map(|word| word.replace('*', "")) {
            let subject = subject(&row.language);
            let texts = [format!("{subject} {word}."), format!("{word} {subject}.")];
            let told = |text: &String| {
                let card = of(&format!("# Foo-7B\n\n{text}\n"));
                let presence = Presence::named(row.presence()).unwrap();
                card.statements
                    .iter()
                    .any(|it| it.presence == presence && it.about == Component::Datasets)
            };
            assert!(texts.iter().any(told), "{texts:?}");
        }
    }
}

#[test]
fn every_claim_and_placeholder_is_told() {
    let rows = phrases::rows(include_str!("phrases.toml"));
    for row in &rows.claim {
        let about = Component::named(row.component()).unwrap();
        for word in row.words.iter().map(|word| word.replace('*', "")) {
            let card = of(&format!("# Foo-7B\n\nFoo {word} Wikipedia.\n"));
            let told = card
                .statements
                .iter()
                .any(|it| it.presence == Presence::Claimed && it.about == about);
            assert!(told, "{word}: {:?}", card.statements);
        }
    }
    for row in &rows.placeholder {
        for word in &row.words {
            let card = of(&format!("# Foo-7B\n\n## Training Data\n\n{word}\n"));
            let told = card
                .statements
                .iter()
                .any(|it| it.presence == Presence::Absent && it.about == Component::Datasets);
            assert!(told && card.placeholders == 1, "{word}: {:?}", card.statements);
        }
    }
}

#[test]
fn bad_input_is_survived_and_told() {
    odd("---\nlicense: no\n---\n", &[]);
    odd("\u{feff}---\r\nlicense: [a, b]\r\n---\r\n# A\r\n", &[]);
    odd("---\nlicense: {x: y}\n---\n", &[]);
    odd("---\nlicense: mit\nlicense: gpl\n---\n", &[3]);
    odd("---\nlicense: mit\n# A\n", &[1]);
    odd("---\ntitle: a: b\nlicense: mit\n---\n", &[2]);
    odd("---\na: &a [x]\nb: [*a, *a, *a]\n---\n", &[]);
}

#[track_caller]
fn odd(text: &str, lines: &[u32]) {
    let (card, oddities) = read("README.md", &text.as_bytes(), FileKind::ModelCard);
    let found: Vec<u32> = oddities.iter().filter_map(|it| it.at.line).collect();
    assert_eq!(found, lines);
    assert!(
        oddities.iter().all(|it| it.what == What::FrontMatterInvalid && it.at.path == "README.md")
    );
    assert!(card.front.is_some());
    assert!(text.contains("b: [") || card.key("license").is_some());
}

#[test]
fn what_is_hostile_is_read_to_its_end() {
    let size = 1 << 18;
    let units = [
        "a ",
        "[",
        "[](",
        "[x](y) ",
        "<a href=x>",
        "</a>",
        "<!--",
        "@article{",
        "| a ",
        "**",
        "(",
        "\\",
        "https://a.b/c ",
        "arxiv:2101.00001 ",
        "training data is coming soon ",
        "trained on ",
        "data",
        "paper ",
        "`",
        "~~",
        "- ",
        "# ",
        "&amp;",
        "![a](b)",
        "<td>",
        "训练数据",
        "é",
        "\u{301}",
        "1 trillion tokens ",
        "GPT-3 ",
        "[a]: http://b\n",
        "**a**: b\n",
        "# a\n",
        "- a: b\n",
        "| 1 | 2 |\n",
        "```\n",
        "<h2>\n",
        ".\n\n",
        "a\n===\n",
        "x. ",
        "---\n",
    ];
    for unit in units {
        // where time grew faster than the length, this would never end
        let read = of(&unit.repeat(size / unit.len()));
        assert!(read.text.text.len() > size / 2, "{unit:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        read("README.md", &bytes, FileKind::ModelCard);
        read("data.md", &bytes, FileKind::DataCard);
    }

    #[test]
    fn cuts_and_flips_are_survived(at in 0_usize..4000, with in any::<char>(), which in 0_usize..4) {
        let cards = [include_str!("tests/llama1.md"), include_str!("tests/granite.md"), include_str!("tests/bloom.md"), include_str!("tests/olmo.md")];
        let text: String = cards[which].chars().take(at).chain([with]).collect();
        of(&text);
        let text: String = cards[which].chars().take(at).chain([with]).chain(cards[which].chars().skip(at + 1)).collect();
        of(&text);
    }
}
