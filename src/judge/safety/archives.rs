//! Archives in which code waits for whoever opens them.

use super::{
    Case, Check, Found, few,
    globals::{Verdict, verdict},
    remote::each,
    targets::known_root,
};
use crate::{
    facts::{Artifact, Make, Node, Reach},
    words::{Category, Confidence, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "archive-code",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "An archive with code that its loader runs",
        impact: "Loading the archive, or serving a model from it, runs this code with all rights of the user.",
        hint: "Read the code before you load the archive, or ask for weights without code.",
        references: &["https://docs.pytorch.org/docs/stable/package.html"],
        find: code,
    },
    Check {
        id: "document-macros",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A document that runs something when it is opened",
        impact: "An office program runs its macros, and a reader starts what it names, once whoever opens the document allows it.",
        hint: "Open it with macros off, or ask for it in a form that runs nothing.",
        references: &[],
        find: macros,
    },
    Check {
        id: "skops-type",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A skops file that has a type of its own built",
        impact: "Loading it imports the module and builds the type, once the type is trusted; one that says two things of itself is trusted as the one and built as the other.",
        hint: "Trust no type by hand that you do not know, and load with a skops of at least 0.12.",
        references: &["CVE-2025-54412", "CVE-2025-54413"],
        find: skops,
    },
];

/// Who runs the code in such an archive; nobody, in a document.
fn who(make: Make) -> Option<&'static str> {
    match make {
        Make::TorchPackage => Some("torch's package importer"),
        Make::TorchServe => Some("TorchServe"),
        Make::SageMaker => Some("a SageMaker endpoint"),
        Make::Macros | Make::Launches => None,
    }
}

/// What code does as soon as it is imported.
pub(super) fn at_import(reaches: &[Reach]) -> Option<&Reach> {
    reaches.iter().find(|it| it.at_import && it.does != "unpickles")
}

fn code(case: &Case) -> Vec<Found> {
    case.facts.artifacts.iter().flat_map(|artifact| few(code_in(artifact))).collect()
}

fn code_in(artifact: &Artifact) -> Vec<Found> {
    let within = &artifact.within;
    let makes =
        within.makes.iter().filter_map(|(outer, make)| Some((outer.as_deref(), who(*make)?)));
    let found = makes.filter_map(|(outer, who)| {
        let inside = |member: &str| outer.is_none_or(|outer| member.starts_with(outer));
        let mut held = within.code.iter().filter(|(member, _)| inside(member));
        let acting = held.clone().find_map(|(member, reaches)| Some((member, at_import(reaches)?)));
        let place = Place::file(&artifact.path);
        if let Some((member, reach)) = acting {
            let message = format!(
                "{who} runs it; importing it {} ({}, line {})",
                reach.does, reach.name, reach.line
            );
            return Some(Found::at(place.member(member), message).severity(Severity::High));
        }
        let (first, _) = held.next()?;
        let more = held.count();
        let more = if more > 0 {
            format!(", and {more} files more")
        } else {
            String::new()
        };
        Some(Found::at(place.member(first), format!("{who} runs it{more}")))
    });
    found.collect()
}

fn macros(case: &Case) -> Vec<Found> {
    let files = case.facts.artifacts.iter();
    let made =
        files.flat_map(|it| it.within.makes.iter().map(move |(member, make)| (it, member, make)));
    let found = made.filter_map(|(it, member, make)| {
        let message = match make {
            Make::Macros => "holds macros of an office program",
            Make::Launches => "has its reader start a program",
            _ => return None,
        };
        let place = Place::file(&it.path);
        let place = member.as_ref().map_or(place.clone(), |member| place.member(member));
        Some(Found::at(place, message))
    });
    found.collect()
}

fn skops(case: &Case) -> Vec<Found> {
    let mut all = Vec::new();
    for artifact in &case.facts.artifacts {
        let mut found = Vec::new();
        for (member, config) in &artifact.within.configs {
            if !(member == "schema.json" || member.ends_with("/schema.json")) {
                continue;
            }
            let place = Place::file(&artifact.path).member(member);
            found.extend(built(&config.root, "", &place));
            each(&config.root, "", 64, &mut |path, _, node| {
                found.extend(built(node, path, &place));
            });
        }
        all.extend(few(found));
    }
    all
}

/// What skops would build of a node of its schema.
fn built(node: &Node, key: &str, place: &Place) -> Option<Found> {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let (loader, module, class) = (text("__loader__")?, text("__module__")?, text("__class__")?);
    let at = || place.clone().line(node.line).key(key);
    let high = |message: String| Some(Found::at(at(), message).severity(Severity::High));
    let content = node.get("__content__");
    let inner = |key: &str| content.and_then(|it| it.get(key)).and_then(Node::text);
    if loader == "OperatorFuncNode" && module != "operator" {
        return high(format!("has {module}.{class} called as if it were one of `operator`"));
    }
    if loader == "MethodNode" {
        let object = content.and_then(|it| it.get("obj"));
        let of = |key: &str| object.and_then(|it| it.get(key)).and_then(Node::text);
        let differs = of("__module__").is_some_and(|it| it != module)
            || of("__class__").is_some_and(|it| it != class);
        let private = inner("func").is_some_and(|it| it.starts_with('_'));
        if differs || private {
            return high(format!("has a method of another object called than of {module}.{class}"));
        }
    }
    let (module, class) = match (inner("module_path"), inner("function")) {
        (Some(module), Some(function)) => (module, function),
        _ => (module, class),
    };
    match verdict(module, class) {
        Verdict::Dangerous(does) => {
            high(format!("has {module}.{class} built or called, which {does}"))
        }
        Verdict::Unknown if !known_root(module) => {
            let message = format!("has {module}.{class} built, of a package that is in no table");
            Some(Found::at(at(), message).confidence(Confidence::Possible))
        }
        _ => None,
    }
}
