//! What the terms of a license come to, in the words of a reader: a row a topic.

use crate::{
    render::numbers,
    report::{Is, Term},
};

/// A topic that readers ask about, and how to say what a license makes of it.
struct Topic {
    /// The catalog's key.
    key: &'static str,
    /// What to say for each word. An empty saying is not worth a line: the ordinary case.
    words: &'static [(&'static str, &'static str)],
    /// What to say for any other word or number; `{}` stands for it. Empty says nothing.
    other: &'static str,
}

/// By how much they bind, most first.
#[rustfmt::skip]
const TOPICS: &[Topic] = &[
    Topic { key: "commercial", words: &[
        ("yes", ""),
        ("no", "no commercial use"),
        ("no-sale", "no sale"),
        ("conditional", "commercial use under conditions"),
        ("registration", "commercial use after registration"),
        ("unclear", "commercial use unclear"),
    ], other: "commercial use: {}" },
    Topic { key: "field_of_use", words: &[("none", "")], other: "limited to: {}" },
    Topic { key: "output_training", words: &[
        ("allowed", ""),
        ("allowed-with-naming", "models trained on outputs must be named for it"),
        ("forbidden", "bars training other models on outputs"),
        ("forbidden-competing", "bars training competing models on outputs"),
        ("noncommercial-only", "outputs are for non-commercial use only"),
        ("derivative", "models trained on outputs count as derivatives"),
        ("clause", "a clause on outputs"),
        ("silent", ""),
    ], other: "training on outputs: {}" },
    Topic { key: "user_cap", words: &[], other: "{} monthly users" },
    Topic { key: "revenue_cap", words: &[], other: "revenue up to {}" },
    Topic { key: "use_restrictions", words: &[
        ("none", ""),
        ("law-only", "lawful use only"),
        ("clause", "some uses are barred"),
        ("annex", "uses barred in an annex"),
        ("list", "a list of barred uses"),
        ("policy", "a use policy applies"),
    ], other: "use restrictions: {}" },
    Topic { key: "territory", words: &[("none", ""), ("worldwide", "")], other: "not in: {}" },
    Topic { key: "derivatives", words: &[("yes", ""), ("no", "no changed versions may be shared")], other: "changed versions: {}" },
    Topic { key: "redistribution", words: &[
        ("allowed", ""),
        ("restricted", "redistribution restricted"),
        ("no", "no redistribution"),
    ], other: "redistribution: {}" },
    Topic { key: "flow_down", words: &[
        ("none", ""),
        ("use-restrictions", "use restrictions pass on to recipients"),
        ("whole-license", "passes on to recipients whole"),
        ("share-alike", "share alike"),
    ], other: "passes on: {}" },
    Topic { key: "hosting", words: &[("allowed", ""), ("yes", "")], other: "hosting: {}" },
    Topic { key: "name_prefix", words: &[], other: "derived names begin with “{}”" },
    Topic { key: "badge", words: &[], other: "must show “{}”" },
    Topic { key: "notice", words: &[("none", "")], other: "a notice to keep" },
    Topic { key: "state_changes", words: &[("no", "")], other: "changes to be stated" },
    Topic { key: "remote_restriction", words: &[("no", ""), ("none", "")], other: "can be restricted remotely" },
    Topic { key: "update_duty", words: &[("no", ""), ("none", "")], other: "a duty to update" },
    Topic { key: "termination_at_will", words: &[("no", ""), ("none", "")], other: "can be ended at will" },
    Topic { key: "termination_litigation", words: &[("none", "")], other: "ends on litigation ({})" },
    Topic { key: "terms_may_change", words: &[("no", "")], other: "terms may change" },
    Topic { key: "revocable", words: &[("no", ""), ("silent", ""), ("on-breach", "")], other: "revocable" },
];

/// A term worth a line.
pub(in crate::render) struct Noteworthy<'a> {
    /// What it comes to.
    pub(in crate::render) saying: String,
    /// The term.
    pub(in crate::render) term: &'a Term,
}

impl Noteworthy<'_> {
    /// The saying with its section, and a word where nobody read the text for it.
    pub(in crate::render) fn sentence(&self) -> String {
        let section =
            self.term.section.as_ref().map(|at| format!("\u{a0}({at})")).unwrap_or_default();
        let doubt = if self.term.verified {
            ""
        } else {
            "\u{a0}(unverified)"
        };
        format!("{}{section}{doubt}", self.saying)
    }
}

/// The terms that bind or surprise, most binding first; ordinary ones are left out.
pub(in crate::render) fn noteworthy(terms: &[Term]) -> Vec<Noteworthy<'_>> {
    let of_topic = |topic: &'static Topic| {
        let terms = terms.iter().filter(|term| term.topic == topic.key);
        terms.filter_map(|term| Some(Noteworthy { saying: say(topic, term)?, term }))
    };
    TOPICS.iter().flat_map(of_topic).collect()
}

/// What a term comes to; `None` where it is the ordinary case.
fn say(topic: &Topic, term: &Term) -> Option<String> {
    let is = value(term);
    let known = topic.words.iter().find(|(word, _)| *word == is);
    let saying = known.map_or(topic.other, |(_, saying)| saying);
    if saying.is_empty() {
        return None;
    }
    Some(match (&term.is, &term.only) {
        // a number that something depends on, and not the right to use the model
        (Is::Number(_), Some(only)) if term.topic == "user_cap" => {
            format!("above {is} monthly users: {only}")
        }
        (Is::Number(_), Some(only)) => format!("above {is}: {only}"),
        (_, Some(only)) => format!("{} ({only})", saying.replace("{}", &is)),
        (_, None) => saying.replace("{}", &is),
    })
}

/// The value of a term for a reader: `700 M`, `forbidden`.
pub(in crate::render) fn value(term: &Term) -> String {
    match &term.is {
        Is::Number(n) => match term.unit.as_deref() {
            None | Some("MAU") => numbers::count(*n),
            Some(unit) => format!("{} {unit}", numbers::count(*n)),
        },
        Is::Word(_) if !term.regions.is_empty() => term.regions.join(", "),
        Is::Word(word) => word.clone(),
    }
}

/// A sign and a word for what the terms say about a use.
pub(in crate::render) fn use_verdict(says: &str) -> (&'static str, &str) {
    let mark = match says {
        "permitted" => "✓",
        "prohibited" => "✗",
        _ => "~",
    };
    (mark, says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_in_a_readers_words() {
        let forbidden = Is::Word("forbidden".to_owned());
        check("output_training", forbidden, &["bars training other models on outputs\u{a0}(2)"]);
        check("user_cap", Is::Number(700_000_000), &["700 M monthly users\u{a0}(2)"]);
        check("commercial", Is::Word("yes".to_owned()), &[]);
        check("badge", Is::Word("Built with X".to_owned()), &["must show “Built with X”\u{a0}(2)"]);
        check("law", Is::Word("California".to_owned()), &[]);
    }

    #[track_caller]
    fn check(topic: &str, is: Is, sayings: &[&str]) {
        let section = Some("2".to_owned());
        let term = Term {
            topic: topic.to_owned(),
            is,
            unit: None,
            regions: Vec::new(),
            only: None,
            section,
            note: None,
            verified: true,
        };
        let said: Vec<_> =
            noteworthy(std::slice::from_ref(&term)).iter().map(Noteworthy::sentence).collect();
        assert_eq!(said, sayings);
    }
}
