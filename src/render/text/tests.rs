use super::*;
use crate::{render::sample, words::Component};

fn text(report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    write(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_ten_second_screen() {
    let wide = text(&sample::llama(), &Style { width: 120, ..Style::default() });
    insta::assert_snapshot!(wide, @r###"
    example-labs/example-llm-7b @ 01c7f73d    13.48 GB in 9 files    hub snapshot
    weights and model card; no training code, data or recipe; terms not open source

      weights        ● present     6.74 B parameters, F16, 291 tensors in 2 safetensors shards
      code           ◔ referenced  names LlamaForCausalLM (transformers); no source here  config.json:architectures
      training data  ○ claimed     the card speaks of "publicly available online data" and names none  README.md:61
      recipes        ◔ referenced  arXiv 2307.09288  README.md:44 · model metadata config.json
      documents      ● present     a model card of 2,104 words  README.md:1 · evaluation results README.md:88

    LICENSE   Example Community License Agreement, not OSI approved  LICENSE.txt, README.md:3
              commercial use under conditions (1.a, 2) · bars training other models on outputs (1.b.v) · 700 M monthly
              users (2) · a use policy applies (1.b.iv) · 2 more
    MODEL     LlamaForCausalLM (llama) · config and tensors agree
              memory: 13.48 GB of weights · 2.15 GB for a context of 4,096 tokens · one sequence, 2 bytes a cached element
    OPENNESS  MOF 1.0: no class by what is here (33.3% of III), no class with what it points to (50% of III)
              OSAID 1.0: fails, the terms of the parameters are not open source (and 1 reason more)
    INTEGRITY 9 files hashed; 3 match a record, 6 without a record
              every file was opened in full

    USES
      use         the terms say  sections
      distill     ✗ prohibited   1.b.v
      commercial  ~ conditional  1.a, 2

    FINDINGS  1 medium, 2 low
      medium  called-open-source  README.md:12  the card says "open source"; the license is not OSI approved
      low     config-dtype  config.json:torch_dtype  `torch_dtype` says float32, 291 tensors are F16
      low     trailing-bytes  model-00002-of-00002.safetensors byte 3500296424  tensors end at byte 3500296424, the file
                at byte 3500296428

    weighbill explain called-open-source says what it means; -v shows all 17 components, every term and what to ask for
    "###);
    insta::assert_snapshot!(text(&sample::llama(), &Style::default()), @r###"
    example-labs/example-llm-7b @ 01c7f73d    13.48 GB in 9 files    hub snapshot
    weights and model card; no training code, data or recipe; terms not open source

      weights        ● present     6.74 B parameters, F16, 291 tensors in 2
                                   safetensors shards
      code           ◔ referenced  names LlamaForCausalLM (transformers); no source
                                   here  config.json:architectures
      training data  ○ claimed     the card speaks of "publicly available online
                                   data" and names none  README.md:61
      recipes        ◔ referenced  arXiv 2307.09288  README.md:44 · model metadata
                                   config.json
      documents      ● present     a model card of 2,104 words  README.md:1 ·
                                   evaluation results README.md:88

    LICENSE   Example Community License Agreement, not OSI approved  LICENSE.txt,
              README.md:3
              commercial use under conditions (1.a, 2) · bars training other models
              on outputs (1.b.v) · 700 M monthly users (2) · a use policy
              applies (1.b.iv) · 2 more
    MODEL     LlamaForCausalLM (llama) · config and tensors agree
              memory: 13.48 GB of weights · 2.15 GB for a context of 4,096 tokens ·
              one sequence, 2 bytes a cached element
    OPENNESS  MOF 1.0: no class by what is here (33.3% of III), no class with what
              it points to (50% of III)
              OSAID 1.0: fails, the terms of the parameters are not open source (and
              1 reason more)
    INTEGRITY 9 files hashed; 3 match a record, 6 without a record
              every file was opened in full

    USES
      use         the terms say  sections
      distill     ✗ prohibited   1.b.v
      commercial  ~ conditional  1.a, 2

    FINDINGS  1 medium, 2 low
      medium  called-open-source  README.md:12  the card says "open source"; the
                license is not OSI approved
      low     config-dtype  config.json:torch_dtype  `torch_dtype` says float32,
                291 tensors are F16
      low     trailing-bytes  model-00002-of-00002.safetensors byte 3500296424
                tensors end at byte 3500296424, the file at byte 3500296428

    weighbill explain called-open-source says what it means; -v shows all 17
    components, every term and what to ask for
    "###);
    insta::assert_snapshot!(text(&sample::tiny(), &Style::default()), @r###"
    model.safetensors    96 B in 1 file    weight file
    weights only

      weights        ● present     6 parameters, F32, 1 tensor in one safetensors
                                   file
      code           ○ absent      nothing in the release shows it
      training data  ○ absent      nothing in the release shows it
      recipes        ○ absent      nothing in the release shows it
      documents      ○ absent      nothing in the release shows it

    LICENSE   none found: no license is declared and no text is here
    INTEGRITY 1 file hashed; no record here says what they should be
              every file was opened in full
    FINDINGS  none

    -v shows all 17 components, every term and what to ask for
    "###);
}

#[test]
#[expect(clippy::too_many_lines, reason = "the screen is that long")]
fn all_that_is_known() {
    let asks = vec![(Component::DataCard, "Please publish a card of the training data.")];
    let style = Style { verbose: true, asks, ..Style::default() };
    insta::assert_snapshot!(text(&sample::llama(), &style), @r###"
    example-labs/example-llm-7b @ 01c7f73d    13.48 GB in 9 files    hub snapshot
    weights and model card; no training code, data or recipe; terms not open source

      weights        ● present     6.74 B parameters, F16, 291 tensors in 2
                                   safetensors shards
      code           ◔ referenced  names LlamaForCausalLM (transformers); no source
                                   here  config.json:architectures
      training data  ○ claimed     the card speaks of "publicly available online
                                   data" and names none  README.md:61
      recipes        ◔ referenced  arXiv 2307.09288  README.md:44 · model metadata
                                   config.json
      documents      ● present     a model card of 2,104 words  README.md:1 ·
                                   evaluation results README.md:88

    LICENSE   Example Community License Agreement, not OSI approved  LICENSE.txt,
              README.md:3
      term                    says           section  note
      commercial              conditional    1.a, 2   see the user cap
      output training         forbidden      1.b.v    outputs may not be used to
                                                      improve any other language
                                                      model
      user cap                700 M          2        monthly, counted on the
                                                      release date of the model
      use restrictions        policy         1.b.iv   the use policy is a part of it
      flow down               whole-license  1.b.i
      termination litigation  any-ip         5.c
      redistribution          allowed        1.b.i    hand on a copy of the
                                                      agreement
      law                     California     7

    MODEL     LlamaForCausalLM (llama) · config and tensors agree
              memory: 13.48 GB of weights · 2.15 GB for a context of 4,096 tokens ·
              one sequence, 2 bytes a cached element
    OPENNESS  MOF 1.0: no class by what is here (33.3% of III), no class with what
              it points to (50% of III)
              OSAID 1.0: fails, the terms of the parameters are not open source (and
              1 reason more)
    INTEGRITY 9 files hashed; 3 match a record, 6 without a record
              every file was opened in full

    COMPONENTS
      final parameters         ● present     218 tensors
                                             model-00001-of-00002.safetensors
                                             73 tensors
                                             model-00002-of-00002.safetensors
      intermediate parameters  ○ absent
      model architecture       ◔ referenced  names LlamaForCausalLM (transformers);
                                             no source here
                                             config.json:architectures
      inference code           ○ absent
      training code            ○ absent
      data preprocessing code  ○ absent
      evaluation code          ○ absent
      supporting libraries     ○ absent
      datasets                 ○ claimed     the card speaks of "publicly available
                                             online data" and names none
                                             README.md:61
      data card                ○ absent
      evaluation data          ○ claimed     the card names benchmarks by acronym
                                             only  README.md:90
      model metadata           ◐ partial     the configuration is for inference only
                                             config.json
      technical report         ○ absent
      research paper           ◔ referenced  arXiv 2307.09288  README.md:44
      model card               ● present     a model card of 2,104 words
                                             README.md:1
      evaluation results       ● present     a table of 11 results  README.md:88
      sample outputs           ○ absent

    DISCLOSURES
      topic          state      what is said
      compute hours  ○ claimed  184320 GPU hours  README.md:70
      carbon         ○ claimed  31.22 tCO2eq, by the card  README.md:72

    WEIGHT SETS
      set                    files  tensors     parameters  format
      safetensors (counted)      2      291  6,738,415,616  safetensors

    FILES
      kind                bytes  format       file
      license             7,020  text         LICENSE.txt
      model card         10,404  markdown     README.md
      policy              4,766  markdown     USE_POLICY.md
      config                609  json         config.json
      config                188  json         generation_config.json
      weights     9,976,576,152  safetensors  model-00001-of-00002.safetensors (hub
                                              blob match)
      weights     3,500,296,428  safetensors  model-00002-of-00002.safetensors (hub
                                              blob match)
      index              26,788  json         model.safetensors.index.json
      tokenizer       1,842,767  json         tokenizer.json (hub blob match)

    EUROPEAN OPEN SOURCE AI INDEX
      parameter         as far as the folder tells
      datasheet         needs the web
      training code     closed
      weights endmodel  partial

    FIVE DIMENSIONS
      dimension  how far it is disclosed
      data       ○ claimed
      models     ● present

    EU AI ACT
      field          what it asks for            state      what answers it
      Annex XI 1(d)  architecture and number of  ● present  218 tensors
                     parameters                             model-00001-of-00002.saf
                                                            etensors

    SBOM FOR AI
      G7 minimum elements of metadata, models and datasets: 24 of 33 filled; the
      clusters on systems, infrastructure and security are not a release's to fill
      not stated: author signature, timestamp, data description, data content, data
      hash, data provenance, data statistics, data sensitivity, data license

    USES
      use         the terms say  sections
      distill     ✗ prohibited   1.b.v
      commercial  ~ conditional  1.a, 2

    FINDINGS  1 medium, 2 low
      medium  called-open-source  README.md:12  the card says "open source"; the
                license is not OSI approved
                people may rely on rights or bytes that they do not have
                ask the publisher, or mend the file
      low     config-dtype  config.json:torch_dtype  `torch_dtype` says float32,
                291 tensors are F16
                people may rely on rights or bytes that they do not have
                ask the publisher, or mend the file
      low     trailing-bytes  model-00002-of-00002.safetensors byte 3500296424
                tensors end at byte 3500296424, the file at byte 3500296428
                people may rely on rights or bytes that they do not have
                ask the publisher, or mend the file

    WHAT TO ASK FOR
      - Please publish a card of the training data. (data card: absent)

    weighbill explain called-open-source says what it means
    "###);
}

#[test]
fn a_narrow_screen() {
    let narrow = text(&sample::llama(), &Style { width: 50, ..Style::default() });
    insta::assert_snapshot!(narrow, @r###"
    example-labs/example-llm-7b @ 01c7f73d
    13.48 GB in 9 files    hub snapshot
    weights and model card; no training code, data or
    recipe; terms not open source

      weights        ● present
        6.74 B parameters, F16, 291 tensors in 2
        safetensors shards
      code           ◔ referenced
        names LlamaForCausalLM (transformers); no
        source here  config.json:architectures
      training data  ○ claimed
        the card speaks of "publicly available online
        data" and names none  README.md:61
      recipes        ◔ referenced
        arXiv 2307.09288  README.md:44 · model
        metadata config.json
      documents      ● present
        a model card of 2,104 words  README.md:1 ·
        evaluation results README.md:88

    LICENSE   Example Community License Agreement, not
              OSI approved  LICENSE.txt, README.md:3
              commercial use under conditions (1.a,
              2) · bars training other models on
              outputs (1.b.v) · 700 M monthly
              users (2) · a use policy
              applies (1.b.iv) · 2 more
    MODEL     LlamaForCausalLM (llama) · config and
              tensors agree
              memory: 13.48 GB of weights · 2.15 GB
              for a context of 4,096 tokens · one
              sequence, 2 bytes a cached element
    OPENNESS  MOF 1.0: no class by what is here (33.3%
              of III), no class with what it points to
              (50% of III)
              OSAID 1.0: fails, the terms of the
              parameters are not open source (and 1
              reason more)
    INTEGRITY 9 files hashed; 3 match a record, 6
              without a record
              every file was opened in full

    USES
      use         the terms say  sections
      distill     ✗ prohibited   1.b.v
      commercial  ~ conditional  1.a, 2

    FINDINGS  1 medium, 2 low
      medium  called-open-source  README.md:12  the
                card says "open source"; the license
                is not OSI approved
      low     config-dtype  config.json:torch_dtype
                `torch_dtype` says float32, 291
                tensors are F16
      low     trailing-bytes
                model-00002-of-00002.safetensors byte
                3500296424  tensors end at byte
                3500296424, the file at byte
                3500296428

    weighbill explain called-open-source says what it
    means; -v shows all 17 components, every term and
    what to ask for
    "###);
}

#[test]
fn nothing_acts_and_nothing_is_too_wide() {
    for (width, verbose) in [(80, false), (80, true), (120, true), (40, true)] {
        let style = Style { width, verbose, ..Style::default() };
        for line in text(&sample::hostile(), &style).lines() {
            assert!(!line.chars().any(crate::render::escape::is_unseen), "{line}");
            assert!(line.width() <= width, "{width}: {line}");
            assert_eq!(line, line.trim_end());
        }
    }
}

#[test]
fn color_changes_no_word() {
    let colored = text(&sample::llama(), &Style { color: true, ..Style::default() });
    assert!(colored.contains("\u{1b}[32m●"));
    let stripped = anstream::adapter::strip_str(&colored).to_string();
    assert_eq!(stripped, text(&sample::llama(), &Style::default()));
}
