//! Sizes that names and texts claim, and whether a count bears them out.

/// A size as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// `7B`, `8x7B`, `A3B`, `350M`.
    pub value: String,
    /// Of what.
    pub of: ClaimOf,
    /// In parameters; of one expert where `of` is `Experts`.
    pub parameters: f64,
}

/// What a claimed size is the size of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimOf {
    /// The whole model.
    Total,
    /// What one token passes through.
    Active,
    /// So many experts of a size each, what is not doubled between them not told.
    Experts(u32),
}

/// A count as small, against what is claimed, and as large, that still agrees. Names round, and
/// count with or without embeddings and towers: Gemma-7B has 8.54 billion, Qwen2.5-VL-3B 3.75.
const LEAST: f64 = 0.7;
const MOST: f64 = 1.45;

/// Words after a size that make it another thing than parameters.
const OTHER_THINGS: &[&str] = &[
    "token", "tokens", "tok", "context", "ctx", "samples", "images", "pairs", "epochs",
];

/// Sizes that a release's or file's name claims: the first of the whole, and that of what is
/// active. Contexts (`8K`, `1M` beside a size in `B`), versions and bits are not sizes.
pub fn claims(name: &str) -> Vec<Claim> {
    let words = words(name);
    let mut found: Vec<Claim> = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let next = words.get(i + 1).map(|next| next.to_ascii_lowercase()).unwrap_or_default();
        let Some(claim) = claim(word).filter(|_| !OTHER_THINGS.contains(&next.as_str())) else {
            continue;
        };
        let experts = next
            .strip_suffix('e')
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|it| it.is_ascii_digit()));
        // `17B-16E`: what one of 16 experts makes active.
        let of = if experts { ClaimOf::Active } else { claim.of };
        found.push(Claim { of, ..claim });
    }
    let billions = |claim: &Claim| !claim.value.ends_with(['m', 'M']);
    let total = |claim: &&Claim| claim.of != ClaimOf::Active;
    let best =
        found.iter().filter(total).find(|it| billions(it)).or_else(|| found.iter().find(total));
    let active = found.iter().find(|claim| claim.of == ClaimOf::Active);
    best.into_iter().chain(active).cloned().collect()
}

/// Sizes that a line of prose claims, each with `parameters` soon after: `7B parameters`,
/// `a 1.3 billion parameter model`.
pub fn claims_in_prose(line: &str) -> Vec<Claim> {
    let words = line.split(|it: char| it.is_whitespace() || it == '-');
    let words: Vec<&str> = words.map(|word| word.trim_matches(is_mark)).collect();
    let mut found = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let (claim, after) = match (claim(word), words.get(i + 1)) {
            (Some(claim), _) => (Some(claim), i + 1),
            (None, Some(unit)) => (spelled(word, unit), i + 2),
            (None, None) => (None, i),
        };
        let speaks = |word: &&str| word.to_ascii_lowercase().starts_with("param");
        if let Some(claim) = claim
            && words.iter().skip(after).take(3).any(speaks)
        {
            let active =
                words.iter().skip(after).take(3).any(|word| {
                    matches!(word.to_ascii_lowercase().as_str(), "active" | "activated")
                });
            found.push(Claim {
                of: if active { ClaimOf::Active } else { claim.of },
                ..claim
            });
        }
    }
    found
}

/// Whether a count of the whole model (`active` for a claim of what is active) bears a claim out.
#[expect(clippy::cast_precision_loss, reason = "held against a rounded number")]
pub fn agrees(claim: &Claim, count: u64) -> bool {
    let count = count as f64;
    match claim.of {
        ClaimOf::Total | ClaimOf::Active => (LEAST..=MOST).contains(&(count / claim.parameters)),
        // Attention and embeddings are there once: Mixtral 8x7B has 46.7 billion of 56.
        ClaimOf::Experts(experts) => {
            let all = claim.parameters * f64::from(experts);
            (all * 0.6..=all * 1.2).contains(&count)
        }
    }
}

fn is_mark(it: char) -> bool {
    !it.is_ascii_alphanumeric()
}

/// What stands between separators; a point between digits is none.
fn words(name: &str) -> Vec<&str> {
    let bytes = name.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let separates = |(at, it): (usize, char)| match it {
        '.' => !(digit(at.checked_sub(1)) && digit(Some(at + 1))),
        it => !it.is_ascii_alphanumeric(),
    };
    let mut words = Vec::new();
    let mut from = 0;
    for (at, it) in name.char_indices() {
        if separates((at, it)) {
            words.push(&name[from..at]);
            from = at + it.len_utf8();
        }
    }
    words.push(&name[from..]);
    words.retain(|word| !word.is_empty());
    words
}

/// A word that is a size and nothing else.
fn claim(word: &str) -> Option<Claim> {
    let (of, rest) = match word.strip_prefix(['A', 'a']) {
        Some(rest) => (ClaimOf::Active, rest),
        None => (ClaimOf::Total, word),
    };
    let (experts, rest) = match rest.split_once(['x', 'X']) {
        Some((experts, rest)) if of == ClaimOf::Total => (Some(experts.parse::<u32>().ok()?), rest),
        _ => (None, rest),
    };
    let digits = rest.bytes().take_while(|it| it.is_ascii_digit() || *it == b'.').count();
    let (number, unit) = rest.split_at(digits);
    let scale = match unit.as_bytes() {
        [b'B' | b'b'] | [b'b', b'0'..=b'9'] => 1e9,
        [b'M' | b'm'] => 1e6,
        _ => return None,
    };
    // `7b1` is 7.1 billion, as BLOOM writes it.
    let number = match unit.as_bytes() {
        [_, tenth] => format!("{number}.{}", char::from(*tenth)),
        _ => number.to_owned(),
    };
    let number: f64 = number.parse().ok().filter(|number| *number > 0.0)?;
    let of = experts.map_or(of, ClaimOf::Experts);
    Some(Claim {
        value: word.to_owned(),
        of,
        parameters: number * scale,
    })
}

/// `7 billion`, `350 million`.
fn spelled(number: &str, unit: &str) -> Option<Claim> {
    let parameters: f64 = number.replace(',', "").parse().ok().filter(|number| *number > 0.0)?;
    let scale = match unit.to_ascii_lowercase().as_str() {
        "billion" => 1e9,
        "million" => 1e6,
        _ => return None,
    };
    let value = format!("{number} {unit}");
    Some(Claim {
        value,
        of: ClaimOf::Total,
        parameters: parameters * scale,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_names() {
        check("Llama-2-7b-hf", &["7b"]);
        check("meta-llama/Meta-Llama-3.1-8B-Instruct", &["8B"]);
        check("Mixtral-8x7B-Instruct-v0.1", &["8x7B"]);
        check("Qwen3-30B-A3B", &["30B", "A3B"]);
        check("Qwen1.5-MoE-A2.7B", &["A2.7B"]);
        check("Qwen2.5-1.5B-Instruct", &["1.5B"]);
        check("Llama-4-Scout-17B-16E", &["17B"]);
        check("opt-350m", &["350m"]);
        check("OPT_350M", &["350M"]);
        check("bloom-7b1", &["7b1"]);
        check("llama-2-7b.Q4_K_M.gguf", &["7b"]);
        check("Phi-3-mini-128k-instruct", &[]);
        check("Qwen2.5-7B-Instruct-1M", &["7B"]);
        check("bert-base-uncased", &[]);
        check("model-10B-tokens", &[]);
        check("B-7-model-v2b3x", &[]);
        check("tinyllama-1.1B-step-1431k-3T", &["1.1B"]);
        check("gemma-3n-E2B", &[]);
        check("0B", &[]);
        check("é7B·13B", &["7B"]);
    }

    #[test]
    fn sizes_in_prose_speak_of_parameters() {
        prose("This is the repository for the 7B parameter model.", &["7B"]);
        prose("with 671B total parameters with 37B activated parameters", &["671B", "37B"]);
        prose("a 1.3 billion-parameter model", &["1.3 billion"]);
        prose("it has 125 million parameters", &["125 million"]);
        prose("trained on 300B tokens", &[]);
    }

    #[test]
    fn counts_bear_out_what_is_near() {
        agree("Llama-2-7b", 6_738_415_616, true);
        agree("gemma-7b", 8_537_680_896, true);
        agree("gemma-2b", 2_506_172_416, true);
        agree("Mixtral-8x7B", 46_702_792_704, true);
        agree("Mixtral-8x22B", 140_620_634_112, true);
        agree("gpt-neo-125m", 125_198_592, true);
        agree("Llama-2-7b", 13_015_864_320, false);
        agree("Llama-2-13b", 6_738_415_616, false);
        agree("Qwen2.5-7B", 1_197_412_352, false);
    }

    #[track_caller]
    fn check(name: &str, values: &[&str]) {
        let found: Vec<String> = claims(name).into_iter().map(|claim| claim.value).collect();
        assert_eq!(found, values);
    }

    #[track_caller]
    fn prose(line: &str, values: &[&str]) {
        let found: Vec<String> = claims_in_prose(line).into_iter().map(|it| it.value).collect();
        assert_eq!(found, values);
    }

    #[track_caller]
    fn agree(name: &str, count: u64, agree: bool) {
        assert_eq!(agrees(&claims(name)[0], count), agree);
    }
}
