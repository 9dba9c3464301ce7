use super::*;
use crate::{render::sample, words::Component};

fn markdown(report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    write(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
#[expect(clippy::too_many_lines, reason = "the page is that long")]
fn a_page_for_a_pull_request() {
    let asks = vec![(Component::DataCard, "Please publish a card of the training data.")];
    let style = Style { asks, ..Style::default() };
    insta::assert_snapshot!(markdown(&sample::llama(), &style), @r###"
    ## `example-labs/example-llm-7b` @ 01c7f73d

    weights and model card; no training code, data or recipe; terms not open source

    13.48 GB in 9 files · hub snapshot

    | group | state | what shows it |
    | --- | --- | --- |
    | weights | ● present | 6.74 B parameters, F16, 291 tensors in 2 safetensors shards |
    | code | ◔ referenced | names LlamaForCausalLM (transformers); no source here  `config.json:architectures` |
    | training data | ○ claimed | the card speaks of "publicly available online data" and names none  `README.md:61` |
    | recipes | ◔ referenced | arXiv 2307.09288  `README.md:44` · model metadata `config.json` |
    | documents | ● present | a model card of 2,104 words  `README.md:1` · evaluation results `README.md:88` |

    ### License

    **Example Community License Agreement**, not OSI approved  `LICENSE.txt`, `README.md:3`

    | term | says | section | note |
    | --- | --- | --- | --- |
    | commercial | conditional | 1.a, 2 | see the user cap |
    | output training | forbidden | 1.b.v | outputs may not be used to improve any other language model |
    | user cap | 700 M | 2 | monthly, counted on the release date of the model |
    | use restrictions | policy | 1.b.iv | the use policy is a part of it |
    | flow down | whole-license | 1.b.i |  |
    | termination litigation | any-ip | 5.c |  |
    | redistribution | allowed | 1.b.i | hand on a copy of the agreement |
    | law | California | 7 |  |

    ### Model

    `LlamaForCausalLM` (`llama`) · config and tensors agree

    memory: 13.48 GB of weights · 2.15 GB for a context of 4,096 tokens · one sequence, 2 bytes a cached element

    ### Openness

    MOF 1.0: **no class** by what is here (33.3% of III), no class with what it points to (50% of III)

    OSAID 1.0: **fails**, the terms of the parameters are not open source (and 1 reason more)

    ### Integrity

    9 files hashed; 3 match a record, 6 without a record

    every file was opened in full

    ### Uses

    | use | the terms say | sections |
    | --- | --- | --- |
    | `distill` | ✗ prohibited | 1.b.v |
    | `commercial` | \~ conditional | 1.a, 2 |

    ### Findings

    **1 medium, 2 low**

    | severity | finding | where and what |
    | --- | --- | --- |
    | medium | `called-open-source` | `README.md:12`  the card says "open source"; the license is not OSI approved |
    | low | `config-dtype` | `config.json:torch_dtype`  \`torch\_dtype\` says float32, 291 tensors are F16 |
    | low | `trailing-bytes` | `model-00002-of-00002.safetensors byte 3500296424`  tensors end at byte 3500296424, the file at byte 3500296428 |

    ### What to ask for

    - Please publish a card of the training data. (data card: absent)

    <details><summary>Components (17 rows)</summary>

    | part | state | evidence |
    | --- | --- | --- |
    | final parameters | ● present | 218 tensors  `model-00001-of-00002.safetensors`; 73 tensors  `model-00002-of-00002.safetensors` |
    | intermediate parameters | ○ absent |  |
    | model architecture | ◔ referenced | names LlamaForCausalLM (transformers); no source here  `config.json:architectures` |
    | inference code | ○ absent |  |
    | training code | ○ absent |  |
    | data preprocessing code | ○ absent |  |
    | evaluation code | ○ absent |  |
    | supporting libraries | ○ absent |  |
    | datasets | ○ claimed | the card speaks of "publicly available online data" and names none  `README.md:61` |
    | data card | ○ absent |  |
    | evaluation data | ○ claimed | the card names benchmarks by acronym only  `README.md:90` |
    | model metadata | ◐ partial | the configuration is for inference only  `config.json` |
    | technical report | ○ absent |  |
    | research paper | ◔ referenced | arXiv 2307.09288  `README.md:44` |
    | model card | ● present | a model card of 2,104 words  `README.md:1` |
    | evaluation results | ● present | a table of 11 results  `README.md:88` |
    | sample outputs | ○ absent |  |

    </details>

    <details><summary>Disclosures (2 rows)</summary>

    | topic | state | what is said |
    | --- | --- | --- |
    | compute hours | ○ claimed | 184320 GPU hours  `README.md:70` |
    | carbon | ○ claimed | 31.22 tCO2eq, by the card  `README.md:72` |

    </details>

    <details><summary>Weight sets (1 row)</summary>

    | set | files | tensors | parameters | format |
    | --- | ---: | ---: | ---: | --- |
    | `safetensors` (counted) | 2 | 291 | 6,738,415,616 | safetensors |

    </details>

    <details><summary>Files (9 rows)</summary>

    | kind | bytes | format | file |
    | --- | ---: | --- | --- |
    | license | 7,020 | text | `LICENSE.txt` |
    | model card | 10,404 | markdown | `README.md` |
    | policy | 4,766 | markdown | `USE_POLICY.md` |
    | config | 609 | json | `config.json` |
    | config | 188 | json | `generation_config.json` |
    | weights | 9,976,576,152 | safetensors | `model-00001-of-00002.safetensors` (hub blob match) |
    | weights | 3,500,296,428 | safetensors | `model-00002-of-00002.safetensors` (hub blob match) |
    | index | 26,788 | json | `model.safetensors.index.json` |
    | tokenizer | 1,842,767 | json | `tokenizer.json` (hub blob match) |

    </details>

    <details><summary>European Open Source AI Index (3 rows)</summary>

    | parameter | as far as the folder tells |
    | --- | --- |
    | datasheet | needs the web |
    | training code | closed |
    | weights endmodel | partial |

    </details>

    <details><summary>Five dimensions (2 rows)</summary>

    | dimension | how far it is disclosed |
    | --- | --- |
    | data | ○ claimed |
    | models | ● present |

    </details>

    <details><summary>EU AI Act (1 row)</summary>

    | field | what it asks for | state | what answers it |
    | --- | --- | --- | --- |
    | Annex XI 1(d) | architecture and number of parameters | ● present | 218 tensors  `model-00001-of-00002.safetensors` |

    </details>

    <details><summary>SBOM for AI, by the G7&#39;s minimum elements (33 rows)</summary>

    | id | element | state | with |
    | --- | --- | --- | --- |
    | MD-01 | SBOM author | filled | the tool; who ran it is not recorded |
    | MD-02 | SBOM version | filled | 1 |
    | MD-03 | format name | filled | CycloneDX or SPDX |
    | MD-04 | format version | filled | 1.6 or 1.7; 3.0.1 |
    | MD-05 | author signature | not stated |  |
    | MD-06 | tool name | filled | weighbill |
    | MD-07 | tool version | filled | 0.1.0 |
    | MD-08 | generation context | filled | after the build, from the files alone |
    | MD-09 | timestamp | filled | in SPDX always; in CycloneDX by SOURCE\_DATE\_EPOCH |
    | MD-10 | dependency relationships | filled | the model on 9 files |
    | MDL-01 | model name | filled | `example-labs/example-llm-7b` |
    | MDL-02 | identifier | filled | `pkg:huggingface/example-labs/example-llm-7b@01c7f73d771dfac7d292323805ebc428287df4f9` |
    | MDL-03 | version | filled | `01c7f73d771dfac7d292323805ebc428287df4f9` |
    | MDL-04 | timestamp | not stated |  |
    | MDL-05 | producer | filled | `example-labs (owner of the repo)` |
    | MDL-06 | description | filled | a model card of 2,104 words  `README.md:1` |
    | MDL-07 | hash value | filled | `f63f752dd400329aeccee9dd2109d47f7f596005939f3817905a513b5f3ae3a7` |
    | MDL-08 | hash algorithm | filled | SHA-256 |
    | MDL-09 | properties | filled | `6,738,415,616 parameters, LlamaForCausalLM, F16` |
    | MDL-10 | input and output | filled | `text-generation` |
    | MDL-11 | training properties | filled | 184320 GPU hours |
    | MDL-12 | license | filled | `Example Community License Agreement` |
    | MDL-13 | external references | filled | arXiv 2307.09288  `README.md:44` |
    | DP-01 | name | filled | `example-labs/forty-books` |
    | DP-02 | description | not stated |  |
    | DP-03 | content | not stated |  |
    | DP-04 | identifier | filled | `example-labs/forty-books` |
    | DP-05 | hash | not stated |  |
    | DP-06 | provenance | not stated |  |
    | DP-07 | statistics | not stated |  |
    | DP-08 | sensitivity | not stated |  |
    | DP-09 | dependency | filled | the model was trained on them, by the card |
    | DP-10 | license | not stated |  |

    </details>

    <details><summary>Tensors of safetensors (12 rows)</summary>

    | name | count | dtype | shape | bytes |
    | --- | ---: | --- | --- | ---: |
    | `model.embed_tokens.weight` | 1 | F16 | `[32000, 4096]` | 262.14 MB |
    | `model.layers.[0..31].input_layernorm.weight` | 32 | F16 | `[4096]` | 262.14 kB |
    | `model.layers.[0..31].mlp.down_proj.weight` | 32 | F16 | `[4096, 11008]` | 2.89 GB |
    | `model.layers.[0..31].mlp.gate_proj.weight` | 32 | F16 | `[11008, 4096]` | 2.89 GB |
    | `model.layers.[0..31].mlp.up_proj.weight` | 32 | F16 | `[11008, 4096]` | 2.89 GB |
    | `model.layers.[0..31].post_attention_layernorm.weight` | 32 | F16 | `[4096]` | 262.14 kB |
    | `model.layers.[0..31].self_attn.k_proj.weight` | 32 | F16 | `[4096, 4096]` | 1.07 GB |
    | `model.layers.[0..31].self_attn.o_proj.weight` | 32 | F16 | `[4096, 4096]` | 1.07 GB |
    | `model.layers.[0..31].self_attn.q_proj.weight` | 32 | F16 | `[4096, 4096]` | 1.07 GB |
    | `model.layers.[0..31].self_attn.v_proj.weight` | 32 | F16 | `[4096, 4096]` | 1.07 GB |
    | `model.norm.weight` | 1 | F16 | `[4096]` | 8.19 kB |
    | `lm_head.weight` | 1 | F16 | `[32000, 4096]` | 262.14 MB |

    </details>
    "###);
    insta::assert_snapshot!(markdown(&sample::tiny(), &Style::default()), @r###"
    ## `model.safetensors`

    weights only

    96 B in 1 file · weight file

    | group | state | what shows it |
    | --- | --- | --- |
    | weights | ● present | 6 parameters, F32, 1 tensor in one safetensors file |
    | code | ○ absent | nothing in the release shows it |
    | training data | ○ absent | nothing in the release shows it |
    | recipes | ○ absent | nothing in the release shows it |
    | documents | ○ absent | nothing in the release shows it |

    ### License

    **none found**: no license is declared and no text is here

    ### Integrity

    1 file hashed; no record here says what they should be

    every file was opened in full

    ### Findings

    **none**

    <details><summary>Components (17 rows)</summary>

    | part | state | evidence |
    | --- | --- | --- |
    | final parameters | ● present | 1 tensor, all of its bytes here  `model.safetensors` |
    | intermediate parameters | ○ absent |  |
    | model architecture | ○ absent |  |
    | inference code | ○ absent |  |
    | training code | ○ absent |  |
    | data preprocessing code | ○ absent |  |
    | evaluation code | ○ absent |  |
    | supporting libraries | ○ absent |  |
    | datasets | ○ absent |  |
    | data card | ○ absent |  |
    | evaluation data | ○ absent |  |
    | model metadata | ○ absent |  |
    | technical report | ○ absent |  |
    | research paper | ○ absent |  |
    | model card | ○ absent |  |
    | evaluation results | ○ absent |  |
    | sample outputs | ○ absent |  |

    </details>

    <details><summary>Weight sets (1 row)</summary>

    | set | files | tensors | parameters | format |
    | --- | ---: | ---: | ---: | --- |
    | `safetensors` (counted) | 1 | 1 | 6 | safetensors |

    </details>

    <details><summary>Files (1 row)</summary>

    | kind | bytes | format | file |
    | --- | ---: | --- | --- |
    | weights | 96 | safetensors | `model.safetensors` |

    </details>

    <details><summary>SBOM for AI, by the G7&#39;s minimum elements (33 rows)</summary>

    | id | element | state | with |
    | --- | --- | --- | --- |
    | MD-01 | SBOM author | filled | the tool; who ran it is not recorded |
    | MD-02 | SBOM version | filled | 1 |
    | MD-03 | format name | filled | CycloneDX or SPDX |
    | MD-04 | format version | filled | 1.6 or 1.7; 3.0.1 |
    | MD-05 | author signature | not stated |  |
    | MD-06 | tool name | filled | weighbill |
    | MD-07 | tool version | filled | 0.1.0 |
    | MD-08 | generation context | filled | after the build, from the files alone |
    | MD-09 | timestamp | filled | in SPDX always; in CycloneDX by SOURCE\_DATE\_EPOCH |
    | MD-10 | dependency relationships | filled | the model on 1 file |
    | MDL-01 | model name | filled | `model.safetensors` |
    | MDL-02 | identifier | filled | `sha256:dc1b77ae0bf34dad64f0eeb9026e60767b07ce91e5906136305f050c368dcc74` |
    | MDL-03 | version | not stated |  |
    | MDL-04 | timestamp | not stated |  |
    | MDL-05 | producer | not stated |  |
    | MDL-06 | description | not stated |  |
    | MDL-07 | hash value | filled | `dc1b77ae0bf34dad64f0eeb9026e60767b07ce91e5906136305f050c368dcc74` |
    | MDL-08 | hash algorithm | filled | SHA-256 |
    | MDL-09 | properties | filled | `6 parameters, F32` |
    | MDL-10 | input and output | not stated |  |
    | MDL-11 | training properties | not stated |  |
    | MDL-12 | license | not stated |  |
    | MDL-13 | external references | not stated |  |
    | DP-01 | name | not stated |  |
    | DP-02 | description | not stated |  |
    | DP-03 | content | not stated |  |
    | DP-04 | identifier | not stated |  |
    | DP-05 | hash | not stated |  |
    | DP-06 | provenance | not stated |  |
    | DP-07 | statistics | not stated |  |
    | DP-08 | sensitivity | not stated |  |
    | DP-09 | dependency | not stated |  |
    | DP-10 | license | not stated |  |

    </details>

    <details><summary>Tensors of safetensors (1 row)</summary>

    | name | count | dtype | shape | bytes |
    | --- | ---: | --- | --- | ---: |
    | `w` | 1 | F32 | `[2, 3]` | 24 B |

    </details>
    "###);
}

#[test]
fn github_takes_it() {
    let mut report = sample::llama();
    report.weights = sample::layers(2000);
    for at in 0..5000 {
        let mut finding = report.findings[0].clone();
        finding.message = format!("{at} {}", "y".repeat(at));
        report.findings.push(finding);
    }
    let page = markdown(&report, &Style::default());
    assert!(page.len() <= LIMIT, "{}", page.len());
    assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
    assert!(page.contains("left out for length"));
}

#[test]
fn nothing_of_the_release_acts() {
    let page = markdown(&sample::hostile(), &Style { all: true, ..Style::default() });
    let ours = page
        .replace("<details><summary>", "")
        .replace("</summary>", "")
        .replace("</details>", "")
        .replace("<code>", "")
        .replace("</code>", "");
    for line in ours.lines() {
        assert!(!line.chars().any(escape::is_unseen), "{line}");
        let code_left_out: String =
            line.replace("\\`", "").replace("\\]", "").split('`').step_by(2).collect();
        for attack in [
            "<", ">", "@octocat", "#123", "GH-7", "://", "www.e", "](", "a@e", "\n",
        ] {
            assert!(!code_left_out.contains(attack), "{attack}: {line}");
        }
        if line.starts_with('|') && !line.contains("---") {
            let borders = line.replace("\\|", "").matches('|').count();
            assert!((3..=6).contains(&borders), "{borders}: {line}");
        }
    }
}
