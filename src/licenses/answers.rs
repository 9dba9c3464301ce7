//! From terms to answers: what a set of licenses says about a use, the strictest fact first.

mod limits;
mod sharing;

use super::catalog::{Kind, License};
use super::terms::Term;
use super::uses::{Says, Situation, Use, UseAnswer};

/// What these licenses, which all hold at once, say about each use.
///
/// ```
/// use weighbill::licenses::{Says, Situation, Use, answers, license};
///
/// let llama2 = license("llama2").expect("in the catalog");
/// let nobody = Situation::default();
/// let distill = &answers(&[llama2], &[Use::Distill], nobody)[0];
/// assert_eq!((distill.says, distill.sections.join(" ")), (Says::Prohibited, "1.b.v".to_owned()));
///
/// let many = Situation { users: Some(800_000_000), territory: &[] };
/// assert_eq!(answers(&[llama2], &[Use::Commercial], many)[0].says, Says::Prohibited);
/// ```
pub fn answers(licenses: &[&License], uses: &[Use], situation: Situation<'_>) -> Vec<UseAnswer> {
    uses.iter()
        .map(|asked| {
            let mut answer = Draft::default();
            for license in licenses {
                answer.license(license, *asked, situation);
            }
            answer.finish(*asked)
        })
        .collect()
}

/// What a choice between licenses says: the mildest answer to each use, since whoever takes the release
/// may choose. `choices` are the answers of each license to the same uses.
///
/// ```
/// use weighbill::licenses::{Says, Situation, Use, answers, any_of, license};
///
/// let one = |id| answers(&[license(id).expect("known")], &[Use::FineTune], Situation::default());
/// let either = any_of(vec![one("gpl-3.0"), one("cc0-1.0")]);
/// assert_eq!(either[0].says, Says::Permitted);
/// ```
pub fn any_of(choices: Vec<Vec<UseAnswer>>) -> Vec<UseAnswer> {
    let mut best: Vec<UseAnswer> = Vec::new();
    for (at, answer) in choices.into_iter().flat_map(|answers| answers.into_iter().enumerate()) {
        match best.get_mut(at) {
            Some(have) if answer.says < have.says => *have = answer,
            Some(_) => {}
            None => best.push(answer),
        }
    }
    best
}

/// The facts that bear on one use, while they are gathered.
#[derive(Default)]
struct Draft {
    facts: Vec<(Says, Option<String>, String)>,
}

impl Draft {
    fn license(&mut self, license: &License, asked: Use, situation: Situation<'_>) {
        if license.kind == Kind::Policy {
            self.territory(license, situation.territory);
            return self.policy(license, asked);
        }
        if license.terms.is_empty() || license.class.freedom().is_none() {
            self.add(license, None, Says::Unclear, "nothing is known of its terms");
            return;
        }
        self.territory(license, situation.territory);
        match asked {
            Use::Commercial => self.commercial(license, situation.users),
            Use::FineTune => self.fine_tune(license),
            Use::Distill => self.distill(license),
            Use::Redistribute => self.redistribute(license),
            Use::Host => self.host(license, situation.users),
        }
        if matches!(asked, Use::Commercial | Use::Host) {
            self.use_restrictions(license);
        } else if let Some(users) = situation.users {
            self.above_cap(license, users);
        }
    }

    /// A use policy lies over a license: only what it bars counts.
    fn policy(&mut self, policy: &License, asked: Use) {
        let bars = |topic: &str, words: &[&str]| {
            policy.term(topic).filter(|term| words.contains(&term.is.text()))
        };
        match asked {
            Use::Commercial if bars("commercial", &["no"]).is_some() => {
                let term = policy.term("commercial");
                self.add(policy, term, Says::Prohibited, "no commercial use");
            }
            Use::Distill => {
                let outputs = ["forbidden", "forbidden-competing", "noncommercial-only"];
                if bars("output_training", &outputs).is_some() {
                    self.distill(policy);
                }
            }
            Use::Commercial | Use::Host => self.use_restrictions(policy),
            Use::FineTune | Use::Redistribute => {}
        }
    }

    /// Notes one fact.
    fn add(&mut self, license: &License, term: Option<&Term>, says: Says, why: &str) {
        let note = term.and_then(|term| term.note.as_deref());
        let unverified = if license.verified {
            ""
        } else {
            " (not verified in the text)"
        };
        let note = note.map_or(String::new(), |note| format!(": {note}"));
        let why = format!("{}: {why}{note}{unverified}", license.name);
        self.facts.push((says, term.and_then(|term| term.section.clone()), why));
    }

    /// The strictest facts decide, and are given.
    fn finish(self, asked: Use) -> UseAnswer {
        let says = self.facts.iter().map(|(says, ..)| *says).max().unwrap_or(Says::Unclear);
        let mut answer = UseAnswer {
            asked,
            says,
            sections: Vec::new(),
            why: Vec::new(),
        };
        for (_, section, why) in self.facts.into_iter().filter(|(have, ..)| *have == says) {
            let named = section.into_iter().flat_map(|section| sections(&section));
            for section in named.collect::<Vec<_>>() {
                if !answer.sections.contains(&section) {
                    answer.sections.push(section);
                }
            }
            if !answer.why.contains(&why) {
                answer.why.push(why);
            }
        }
        answer
    }
}

/// The sections of `1.a, 2` each by itself; one with words in it (`5, Attachment A`) stays whole.
fn sections(at: &str) -> Vec<String> {
    let number = |part: &str| {
        !part.contains(' ')
            && part.chars().next().is_some_and(|c| c.is_ascii_digit() || "IVX".contains(c))
    };
    if at.split(", ").all(number) {
        at.split(", ").map(str::to_owned).collect()
    } else {
        vec![at.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::super::license;
    use super::*;

    #[test]
    fn what_the_terms_say() {
        use Says::{Conditional, Permitted, Prohibited, Unclear};
        check("mit", Use::Commercial, Permitted, "paragraph 1");
        check("mit", Use::Distill, Permitted, "");
        check("mit", Use::FineTune, Conditional, "paragraph 2");
        check("mit", Use::Redistribute, Conditional, "paragraph 2");
        check("apache-2.0", Use::FineTune, Conditional, "4 4.b");
        check("cc0-1.0", Use::Redistribute, Permitted, "2 3");
        check("cc0-1.0", Use::FineTune, Permitted, "2 3");
        check("llama2", Use::Commercial, Conditional, "1.a 2 1.b.iv");
        check("llama2", Use::Distill, Prohibited, "1.b.v");
        check("llama3.1", Use::Distill, Conditional, "1.b.i");
        check("llama3.1", Use::Host, Conditional, "1.b.i 1.a 2 1.b.iv");
        check("gemma", Use::Distill, Conditional, "1.1(e)");
        check("falcon-180b-1.0", Use::Host, Prohibited, "9.3");
        check("cc-by-nc-4.0", Use::Commercial, Prohibited, "2.a.1");
        check("cc-by-nc-4.0", Use::Host, Conditional, "2.a.1");
        check("cc-by-nd-4.0", Use::FineTune, Prohibited, "2.a.1");
        check("cc-by-4.0", Use::Commercial, Permitted, "2.a.1");
        check("gpl-3.0", Use::Distill, Unclear, "2");
        check("agpl-3.0", Use::Host, Conditional, "5.c 13");
        check("elastic-2.0", Use::Host, Prohibited, "Limitations");
        check("ms-research-license", Use::FineTune, Prohibited, "1.c 2.e");
        check("qwen", Use::Redistribute, Conditional, "3.c 3.a");
        check("qwen", Use::FineTune, Conditional, "3.c 3.a 3.b 5.b");
        check("chatglm3", Use::FineTune, Unclear, "");
        check("nvidia-open-model", Use::FineTune, Conditional, "3.1 3.2");
        check("c-uda", Use::Commercial, Conditional, "");
        check("openmdw-1.0", Use::Redistribute, Conditional, "");
        check("other", Use::Commercial, Unclear, "");
        check("Zend-2.0", Use::Commercial, Unclear, "");
    }

    #[test]
    fn who_asks_and_where_counts() {
        use Says::{Conditional, Permitted, Prohibited, Unclear};
        let many = Some(800_000_000);
        check_for("llama2", Use::Commercial, many, "", Prohibited);
        check_for("llama2", Use::Redistribute, many, "", Prohibited);
        check_for("llama2", Use::Commercial, Some(5), "", Conditional);
        check_for("qwen", Use::Commercial, Some(5), "", Permitted);
        check_for("qwen", Use::FineTune, Some(100_000_001), "", Prohibited);
        check_for("kimi-k2-modified-mit", Use::Commercial, many, "", Conditional);
        check_for("llama4", Use::Commercial, None, "DE", Prohibited);
        check_for("llama4", Use::Commercial, None, "Germany", Prohibited);
        check_for("llama4", Use::Commercial, None, "US", Conditional);
        check_for("llama3.2", Use::Commercial, None, "EU", Conditional);
        check_for("tencent-hunyuan-community", Use::FineTune, None, "", Conditional);
        check_for("tencent-hunyuan-community", Use::FineTune, None, "GB", Prohibited);
        check_for("tencent-hunyuan-community", Use::FineTune, None, "worldwide", Prohibited);
        check_for("tencent-hunyuan-community", Use::FineTune, None, "Ruritania", Unclear);
        check_for("mit", Use::Commercial, many, "Ruritania", Permitted);
        check_for("llama4-aup", Use::Commercial, None, "EU", Conditional);
        check_for("cohere-labs-aup", Use::Distill, None, "", Conditional);
    }

    #[track_caller]
    fn check_for(id: &str, asked: Use, users: Option<u64>, place: &str, says: Says) {
        let territory: Vec<String> = place.split_whitespace().map(str::to_owned).collect();
        let situation = Situation { users, territory: &territory };
        let answer = &answers(&[license(id).expect("known")], &[asked], situation)[0];
        assert_eq!(answer.says, says, "{:?}", answer.why);
    }

    #[track_caller]
    fn check(id: &str, asked: Use, says: Says, sections: &str) {
        let license = license(id).expect("known");
        let answer = &answers(&[license], &[asked], Situation::default())[0];
        assert_eq!(
            (answer.says, answer.sections.join(" ").as_str()),
            (says, sections),
            "{:?}",
            answer.why
        );
    }
}
