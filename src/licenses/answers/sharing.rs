//! What handing on, changing, hosting and learning from a model come with.

use super::super::catalog::License;
use super::super::class::{Class, Freedom};
use super::super::terms::Term;
use super::super::uses::Says;
use super::Draft;

impl Draft {
    pub(super) fn fine_tune(&mut self, license: &License) {
        let term = license.term("derivatives");
        if license.says("derivatives") == "no" || license.class == Class::NoDerivatives {
            self.add(license, term, Says::Prohibited, "changed versions may not be shared");
            return;
        }
        if license.says("redistribution") == "no" {
            let term = license.term("redistribution");
            self.add(license, term, Says::Prohibited, "changed versions may not be handed on");
            return;
        }
        self.notice(license);
        self.no_commerce(license);
        self.carried(license, true);
        if let Some(term) = license.term("state_changes").filter(|term| term.is.text() == "yes") {
            self.add(license, Some(term), Says::Conditional, "changes are to be stated");
        }
        self.badge(license, true);
        if let Some(term) = license.term("name_prefix") {
            let why = format!("the name of what is made from it must begin with \"{}\"", term.is);
            self.add(license, Some(term), Says::Conditional, &why);
        }
        if license.class.freedom() == Some(Freedom::Free) || license.says("flow_down") == "none" {
            self.add(license, term, Says::Permitted, "changed versions may be shared");
        } else if license.says("flow_down").is_empty() && license.says("derivatives") != "yes" {
            self.add(license, None, Says::Unclear, "the terms are not clear on changed versions");
        }
    }

    /// What copyright lines and texts go with a copy.
    fn notice(&mut self, license: &License) {
        if let Some(notice) = license.term("notice").filter(|term| term.is.text() != "none") {
            let words = notice.is.text();
            let literal = words.chars().any(char::is_uppercase) && !words.starts_with("keep");
            let why = match words {
                "yes" => "a notice is due".to_owned(),
                _ if literal => format!("a notice is due, \"{words}\""),
                _ => format!("a notice is due: {words}"),
            };
            self.add(license, Some(notice), Says::Conditional, &why);
        }
    }

    /// Words to be shown; `derived`: by what is made from the model, not by a copy of it.
    fn badge(&mut self, license: &License, derived: bool) {
        let term = license.term("badge").filter(|term| derived || term.only.is_none());
        if let Some(term) = term {
            let part = term.only.as_deref().map_or(String::new(), |only| format!(" ({only})"));
            let why = format!("the words \"{}\" are to be shown{part}", term.is);
            self.add(license, Some(term), Says::Conditional, &why);
        }
    }

    pub(super) fn distill(&mut self, license: &License) {
        let term = license.term("output_training");
        let free = license.class.freedom() == Some(Freedom::Free);
        let (says, why) = match license.says("output_training") {
            "allowed" => (Says::Permitted, "outputs may train other models"),
            "allowed-with-naming" => {
                (Says::Conditional, "outputs may train other models that bear the name")
            }
            "forbidden" => (Says::Prohibited, "it bars training on outputs"),
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

    pub(super) fn redistribute(&mut self, license: &License) {
        let term = license.term("redistribution");
        let (says, why) = match license.says("redistribution") {
            "allowed" => (Says::Permitted, "it may be handed on"),
            "restricted" => (Says::Conditional, "handing on is restricted"),
            "no" => (Says::Prohibited, "it may not be handed on"),
            _ => (Says::Unclear, "the terms are not clear on handing on"),
        };
        self.add(license, term, says, why);
        self.notice(license);
        self.no_commerce(license);
        self.carried(license, false);
        self.badge(license, false);
    }

    pub(super) fn host(&mut self, license: &License, users: Option<u64>) {
        if license.says("hosting") == "no" {
            self.add(license, license.term("hosting"), Says::Prohibited, "no hosting for others");
            return;
        }
        if license.class == Class::NetworkCopyleft {
            self.add(
                license,
                license.term("flow_down"),
                Says::Conditional,
                "users over a network are owed the source",
            );
        }
        self.badge(license, false);
        if let Some(term) = license.term("remote_restriction") {
            self.add(
                license,
                Some(term),
                Says::Conditional,
                "the licensor may restrict use from afar",
            );
        }
        if license.says("commercial") == "no" {
            return self.no_commerce(license);
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
    fn carried(&mut self, license: &License, derived: bool) {
        let copies_only = |term: &&Term| term.only.as_deref() == Some("copies");
        let term = license.term("flow_down").filter(|term| !derived || !copies_only(term));
        match term.map_or("", |term| term.is.text()) {
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
    }
}
