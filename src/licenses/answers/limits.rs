//! What depends on who asks and where: users, revenue, territory, barred uses.

use super::super::catalog::License;
use super::super::class::Class;
use super::super::places;
use super::super::terms::Term;
use super::super::uses::Says;
use super::Draft;

impl Draft {
    /// Above a cap on users no right is left, whatever the use.
    pub(super) fn above_cap(&mut self, license: &License, users: u64) {
        let cap = license.term("user_cap").filter(|term| term.only.is_none());
        if let Some((term, cap)) = cap.and_then(|term| Some((term, term.is.number()?)))
            && users > cap
        {
            let why = format!("no rights above {} without a further license", amount(term));
            self.add(license, Some(term), Says::Prohibited, &why);
        }
    }

    pub(super) fn territory(&mut self, license: &License, territory: &[String]) {
        let Some(term) = license.term("territory").filter(|term| !term.regions.is_empty()) else {
            return;
        };
        let part = term.only.as_deref().map_or(String::new(), |only| format!(" for {only}"));
        let regions = term.regions.join(", ");
        if territory.is_empty() {
            let why = format!("no rights in {regions}{part}");
            self.add(license, Some(term), Says::Conditional, &why);
        }
        for name in territory {
            let (says, why) = match places::place(name) {
                Some(place) if term.regions.iter().any(|it| places::meets(&place, it)) => {
                    let says = if term.only.is_some() {
                        Says::Conditional
                    } else {
                        Says::Prohibited
                    };
                    let region = term.regions.iter().find(|it| places::meets(&place, it));
                    let region = region.filter(|it| **it != place && place != "WORLD");
                    let of = region.map_or(String::new(), |region| format!(" (of {region})"));
                    let place = if place == "WORLD" { &regions } else { &place };
                    (says, format!("no rights in {place}{of}{part}"))
                }
                Some(_) => continue,
                None => (
                    Says::Unclear,
                    format!("no rights in {regions}{part}, and \"{name}\" is no place known here"),
                ),
            };
            self.add(license, Some(term), says, &why);
        }
    }

    pub(super) fn commercial(&mut self, license: &License, users: Option<u64>) {
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
            match users {
                Some(users) if users <= cap => {
                    let why = format!("{users} users are within {}", amount(term));
                    self.add(license, Some(term), Says::Permitted, &why);
                }
                Some(users) if term.only.is_none() => self.above_cap(license, users),
                _ => self.add(license, Some(term), Says::Conditional, &threshold(term)),
            }
        }
        if let Some(term) = license.term("revenue_cap") {
            self.add(license, Some(term), Says::Conditional, &threshold(term));
        }
    }

    pub(super) fn use_restrictions(&mut self, license: &License) {
        let term = license.term("use_restrictions");
        if let "annex" | "policy" | "list" | "clause" = license.says("use_restrictions") {
            self.add(license, term, Says::Conditional, "some uses are barred");
        }
    }
}

/// What stands above a number of users or a revenue, and what depends on it.
fn threshold(term: &Term) -> String {
    match &term.only {
        Some(only) => format!("above {} more is asked: {only}", amount(term)),
        None => format!("a cap of {}", amount(term)),
    }
}

/// `700 million MAU`, whatever depends on it.
fn amount(term: &Term) -> String {
    Term { only: None, ..term.clone() }.reads()
}

/// Whether the number of users is the only condition, and these are few enough.
fn caps_are_all(license: &License, users: Option<u64>) -> bool {
    let cap = license.term("user_cap").and_then(|term| term.is.number());
    let only = license.term("revenue_cap").is_none() && license.class == Class::Community;
    only && cap.zip(users).is_some_and(|(cap, users)| users <= cap)
}
