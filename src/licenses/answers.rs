//! From terms to answers: what a set of licenses says about a use, the strictest fact first.

use super::catalog::{Kind, License};
use super::class::{Class, Freedom};
use super::terms::Term;
use super::uses::{Says, Situation, Use, UseAnswer};

/// Member states of the European Union by their ISO codes, for licenses that leave the Union out.
const EU: [&str; 28] = [
    "EU", "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT",
    "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
];

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

/// The facts that bear on one use, while they are gathered.
#[derive(Default)]
struct Draft {
    facts: Vec<(Says, Option<String>, String)>,
}

impl Draft {
    fn license(&mut self, license: &License, asked: Use, situation: Situation<'_>) {
        if license.terms.is_empty()
            || license.class.freedom().is_none() && license.kind != Kind::Policy
        {
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
            let section = section.filter(|section| !answer.sections.contains(section));
            answer.sections.extend(section);
            if !answer.why.contains(&why) {
                answer.why.push(why);
            }
        }
        answer
    }

    fn territory(&mut self, license: &License, territory: &[String]) {
        let Some(term) = license.term("territory") else {
            return;
        };
        for place in territory {
            let place = place.to_ascii_uppercase();
            let inside = |region: &String| {
                *region == place || region == "EU" && EU.contains(&place.as_str())
            };
            if term.regions.iter().any(inside) {
                let says = if term.only.is_some() {
                    Says::Conditional
                } else {
                    Says::Prohibited
                };
                let part =
                    term.only.as_deref().map_or(String::new(), |only| format!(" for {only}"));
                self.add(license, Some(term), says, &format!("no rights in {place}{part}"));
            }
        }
    }

    fn commercial(&mut self, license: &License, users: Option<u64>) {
        let term = license.term("commercial");
        let (says, why) = match license.says("commercial") {
            "yes" => (Says::Permitted, "commercial use is allowed"),
            "no" => (Says::Prohibited, "no commercial use"),
            "no-sale" => (Says::Conditional, "it may not be sold"),
            "registration" => (Says::Conditional, "commercial use after registration"),
            "conditional" if caps_are_all(license, users) => {
                (Says::Permitted, "commercial use is allowed below the cap")
            }
            "conditional" => (Says::Conditional, "commercial use under conditions"),
            _ => (Says::Unclear, "the terms are not clear on commercial use"),
        };
        self.add(license, term, says, why);
        self.caps(license, users);
    }

    fn caps(&mut self, license: &License, users: Option<u64>) {
        if let Some(term) = license.term("user_cap") {
            let cap = term.is.number().unwrap_or(0);
            let unit = term.unit.as_deref().unwrap_or("users");
            match users {
                Some(users) if users <= cap => {
                    self.add(
                        license,
                        None,
                        Says::Permitted,
                        &format!("{users} users are within {cap} {unit}"),
                    );
                }
                Some(_) if term.only.is_none() => {
                    self.add(
                        license,
                        Some(term),
                        Says::Prohibited,
                        &format!("no rights above {cap} {unit}"),
                    );
                }
                _ => self.add(
                    license,
                    Some(term),
                    Says::Conditional,
                    &format!("a cap of {cap} {unit}"),
                ),
            }
        }
        if let Some(term) = license.term("revenue_cap") {
            let unit = term.unit.as_deref().unwrap_or_default();
            self.add(
                license,
                Some(term),
                Says::Conditional,
                &format!("a revenue cap of {} {unit}", term.is),
            );
        }
    }

    fn use_restrictions(&mut self, license: &License) {
        let term = license.term("use_restrictions");
        if let "annex" | "policy" | "list" | "clause" = license.says("use_restrictions") {
            self.add(license, term, Says::Conditional, "some uses are barred");
        }
    }

    fn fine_tune(&mut self, license: &License) {
        if license.says("derivatives") == "no" || license.class == Class::NoDerivatives {
            self.add(license, license.term("derivatives"), Says::Prohibited, "no changed versions");
            return;
        }
        self.no_commerce(license);
        self.carried(license);
        if license.class.freedom() == Some(Freedom::Free) || license.says("flow_down") == "none" {
            self.add(license, None, Says::Permitted, "changed versions may be shared");
        } else if self.facts.is_empty() {
            self.add(license, None, Says::Unclear, "the terms are not clear on changed versions");
        }
    }

    fn distill(&mut self, license: &License) {
        let term = license.term("output_training");
        let free = license.class.freedom() == Some(Freedom::Free);
        let (says, why) = match license.says("output_training") {
            "allowed" => (Says::Permitted, "outputs may train other models"),
            "allowed-with-naming" => {
                (Says::Conditional, "outputs may train other models that bear the name")
            }
            "forbidden" => (Says::Prohibited, "outputs may not train other models"),
            "forbidden-competing" => (Says::Conditional, "outputs may not train competing models"),
            "noncommercial-only" => (Says::Conditional, "for no commercial end"),
            "derivative" => (
                Says::Conditional,
                "a model trained on outputs is a derivative under the same terms",
            ),
            "clause" => (Says::Conditional, "a clause on outputs holds"),
            "silent" if free => (Says::Permitted, "it sets no condition on outputs"),
            _ => (Says::Unclear, "it is silent on outputs"),
        };
        self.add(license, term, says, why);
    }

    fn redistribute(&mut self, license: &License) {
        let term = license.term("redistribution");
        let (says, why) = match license.says("redistribution") {
            "allowed" => (Says::Permitted, "it may be handed on"),
            "restricted" => (Says::Conditional, "handing on is restricted"),
            "no" => (Says::Prohibited, "it may not be handed on"),
            _ => (Says::Unclear, "the terms are not clear on handing on"),
        };
        self.add(license, term, says, why);
        if let Some(notice) = license.term("notice").filter(|term| term.is.text() != "none") {
            self.add(license, Some(notice), Says::Conditional, "a notice is due");
        }
        self.no_commerce(license);
        self.carried(license);
    }

    fn host(&mut self, license: &License, users: Option<u64>) {
        if license.says("hosting") == "no" {
            self.add(license, license.term("hosting"), Says::Prohibited, "no hosting for others");
            return;
        }
        if license.class == Class::NetworkCopyleft {
            self.add(
                license,
                license.term("flow_down"),
                Says::Conditional,
                "users over a network get the source",
            );
        }
        if let Some(term) = license.term("remote_restriction") {
            self.add(
                license,
                Some(term),
                Says::Conditional,
                "the licensor may restrict use from afar",
            );
        }
        self.commercial(license, users);
    }

    /// A license that bars commerce leaves sharing to those who do it without.
    fn no_commerce(&mut self, license: &License) {
        if license.says("commercial") == "no" {
            self.add(
                license,
                license.term("commercial"),
                Says::Conditional,
                "for no commercial end",
            );
        }
    }

    /// What a derivative or a copy has to carry.
    fn carried(&mut self, license: &License) {
        let term = license.term("flow_down");
        match license.says("flow_down") {
            "whole-license" => {
                self.add(license, term, Says::Conditional, "it stays under this license");
            }
            "share-alike" => {
                self.add(license, term, Says::Conditional, "it stays under the same license");
            }
            "use-restrictions" => {
                self.add(license, term, Says::Conditional, "the barred uses go with it");
            }
            _ => {}
        }
        for (topic, why) in [
            ("badge", "words are to be shown"),
            ("name_prefix", "its name must begin so"),
        ] {
            if let Some(term) = license.term(topic) {
                self.add(license, Some(term), Says::Conditional, &format!("{why}: {}", term.is));
            }
        }
    }
}

/// Whether the number of users is the only condition, and these are few enough.
fn caps_are_all(license: &License, users: Option<u64>) -> bool {
    let cap = license.term("user_cap").and_then(|term| term.is.number());
    let only = license.term("revenue_cap").is_none() && license.class == Class::Community;
    only && cap.zip(users).is_some_and(|(cap, users)| users <= cap)
}

#[cfg(test)]
mod tests {
    use super::super::license;
    use super::*;

    #[test]
    fn what_the_terms_say() {
        use Says::{Conditional, Permitted, Prohibited, Unclear};
        check("mit", Use::Commercial, Permitted, "");
        check("mit", Use::Distill, Permitted, "");
        check("mit", Use::FineTune, Permitted, "");
        check("mit", Use::Redistribute, Conditional, "");
        check("cc0-1.0", Use::Redistribute, Permitted, "");
        check("llama2", Use::Commercial, Conditional, "1.a, 2 2 1.b.iv");
        check("llama2", Use::Distill, Prohibited, "1.b.v");
        check("llama3.1", Use::Distill, Conditional, "1.b.i");
        check("gemma", Use::Distill, Conditional, "1.1(e)");
        check("falcon-180b-1.0", Use::Host, Prohibited, "9.3");
        check("cc-by-nc-4.0", Use::Commercial, Prohibited, "2.a.1");
        check("cc-by-nd-4.0", Use::FineTune, Prohibited, "");
        check("agpl-3.0", Use::Host, Conditional, "5.c, 13");
        check("other", Use::Commercial, Unclear, "");
        check("Zend-2.0", Use::Commercial, Unclear, "");
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
