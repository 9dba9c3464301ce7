//! What the pickles of a release import and call.

use super::{
    Case, Check, Found, few,
    globals::{
        BUILDS, Shape, Verdict, deed_by_name, known_shape, refused_opcode, torch_allows, verdict,
        verdict_of,
    },
};
use crate::{
    facts::{Artifact, Call, Global, Pickle},
    words::{Category, Confidence, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "pickle-runs-code",
        category: Category::Safety,
        severity: Severity::Critical,
        title: "A pickle that runs code when it is loaded",
        impact: "Whoever unpickles the file runs what it calls, with all rights of the user: no import and no call of the file's own is needed.",
        hint: "Do not load it, not to look at it either; delete it, tell whoever published it, and take weights as safetensors.",
        references: &[
            "CWE-502",
            "CVE-2025-32434",
            "https://docs.python.org/3/library/pickle.html",
        ],
        find: runs_code,
    },
    Check {
        id: "pickle-holds-code",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A pickle that holds functions or classes as bytecode",
        impact: "Unpickling builds them and runs none of it; whoever calls one runs what its author wrote, with all rights of the user.",
        hint: "Ask for the code as source, or for the weights alone as safetensors.",
        references: &["CWE-502"],
        find: holds_code,
    },
    Check {
        id: "pickle-unknown-global",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A pickle that imports a name which is in no table",
        impact: "Unpickling imports the module and may call the name: whether that is harmless is not known here.",
        hint: "Look up what the name does; load with `weights_only=True`, which refuses it, or ask for the weights as safetensors.",
        references: &["CWE-502"],
        find: unknown_globals,
    },
    Check {
        id: "pickle-odd-call",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A pickle that hands a container what no container takes",
        impact: "The name is harmless where it is Python's own; a text handed to it makes sense only where something else bears that name.",
        hint: "Do not load it before you know who made it so.",
        references: &["CWE-502", "arXiv 2607.17503"],
        find: odd_calls,
    },
    Check {
        id: "weights-only-refused",
        category: Category::Safety,
        severity: Severity::Low,
        title: "A checkpoint that torch refuses with weights_only=True",
        impact: "It loads only with `weights_only=False`, which lets a pickle run what it likes, or with the names allowed by hand.",
        hint: "Allow the names with `torch.serialization.add_safe_globals`, or convert the weights to safetensors.",
        references: &["https://docs.pytorch.org/docs/stable/generated/torch.load.html"],
        find: refused,
    },
];

/// Every pickle of a release, with its file.
fn pickles<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a Artifact, &'a Pickle)> {
    let files = case.facts.artifacts.iter();
    files.flat_map(|artifact| artifact.pickles().map(move |pickle| (artifact, pickle)))
}

fn place(artifact: &Artifact, pickle: &Pickle, byte: u64) -> Place {
    let file = Place::file(&artifact.path).byte(byte);
    match &pickle.member {
        Some(member) => file.member(member),
        None => file,
    }
}

fn each_file(case: &Case, find: impl Fn(&Artifact, &Pickle) -> Vec<Found>) -> Vec<Found> {
    let files = case.facts.artifacts.iter();
    let of_file = |artifact: &Artifact| {
        few(artifact.pickles().flat_map(|pickle| find(artifact, pickle)).collect())
    };
    files.flat_map(of_file).collect()
}

fn runs_code(case: &Case) -> Vec<Found> {
    each_file(case, |artifact, pickle| {
        let imports = pickle.globals.iter().enumerate().filter_map(|(at, global)| {
            match judged(pickle, at, global) {
                Verdict::Dangerous(deed) if !builds(pickle, deed) => {
                    Some(dangerous(artifact, pickle, at, global, deed))
                }
                _ => None,
            }
        });
        let computed = pickle.globals.iter().filter(|it| is_computed(it)).map(|global| {
            let message =
                "imports a name that it computes as it is loaded, so that none can be read here";
            Found::at(place(artifact, pickle, global.byte), message)
                .severity(Severity::High)
                .confidence(Confidence::Likely)
        });
        let extensions = pickle.extensions.iter().map(|extension| {
            let message = format!(
                "imports what extension code {} stands for, which a registry outside the file names",
                extension.code
            );
            Found::at(place(artifact, pickle, extension.byte), message)
                .severity(Severity::High)
                .confidence(Confidence::Likely)
        });
        let reached = pickle.calls.iter().filter_map(|call| reached(artifact, pickle, call));
        imports.chain(computed).chain(extensions).chain(reached).collect()
    })
}

/// Whether a name serves to build functions, and nothing in the pickle would call those.
fn builds(pickle: &Pickle, deed: &str) -> bool {
    deed == BUILDS && !hands_on(pickle)
}

fn holds_code(case: &Case) -> Vec<Found> {
    each_file(case, |artifact, pickle| {
        let imports = pickle.globals.iter().enumerate();
        let builders = imports.filter_map(|(at, global)| match judged(pickle, at, global) {
            Verdict::Dangerous(deed) if builds(pickle, deed) => {
                Some(dangerous(artifact, pickle, at, global, deed).severity(Severity::Medium))
            }
            _ => None,
        });
        builders.collect()
    })
}

/// A name that is called on top of another call, or reached by one.
fn reached(artifact: &Artifact, pickle: &Pickle, call: &Call) -> Option<Found> {
    let at = place(artifact, pickle, call.byte);
    if let Some(path) = &call.resolved {
        return match verdict_of(path) {
            Verdict::Dangerous(deed) if deed != BUILDS => {
                let message = format!("reaches {path}, which {deed}, by {}", told(call));
                Some(Found::at(at, message))
            }
            _ if passes_private(path) => {
                let message = format!("reaches {path}, a private attribute, by {}", told(call));
                Some(Found::at(at, message).severity(Severity::High))
            }
            _ => None,
        };
    }
    // extensions are told as such
    let computed = call.global.is_none() && call.callee.starts_with("the result of");
    // how cloudpickle names the class of code: building it runs nothing
    let code = call.callee.starts_with("the result of cloudpickle.")
        && call.callee.ends_with("_builtin_type(\"CodeType\")");
    (computed && !code).then(|| {
        let message = format!("calls {}, which is not known before it runs", call.callee);
        Found::at(at, message).severity(Severity::High).confidence(Confidence::Likely)
    })
}

fn passes_private(path: &str) -> bool {
    let public = ["__main__", "__builtin__", "__builtins__"];
    path.split('.').any(|part| part.starts_with("__") && !public.contains(&part))
}

fn dangerous(
    artifact: &Artifact,
    pickle: &Pickle,
    at: usize,
    global: &Global,
    deed: &str,
) -> Found {
    let path = global.path();
    let torch = if is_torch(artifact) {
        "; torch refuses it with weights_only=True"
    } else {
        ""
    };
    if let Some(call) = pickle.calls.iter().find(|call| call.global == Some(at)) {
        let arguments = call.arguments.replace(",)", ")");
        let message = format!("calls {path}{arguments}, which {deed}{torch}");
        return Found::at(place(artifact, pickle, call.byte), message);
    }
    let message = format!("imports {path}, which {deed}{torch}");
    let severity = match global.calls {
        0 => Severity::High,
        _ => Severity::Critical,
    };
    Found::at(place(artifact, pickle, global.byte), message).severity(severity)
}

fn told(call: &Call) -> String {
    format!("{}{}", call.callee, call.arguments.replace(",)", ")"))
}

/// What is known of an import, with what is done to it.
fn judged(pickle: &Pickle, at: usize, global: &Global) -> Verdict {
    let told = verdict(&global.module, &global.name);
    let calls = || pickle.calls.iter().filter(|call| call.global == Some(at));
    let quiet = match known_shape(&global.module, &global.name) {
        Some(Shape::Class) => calls().all(|it| it.opcode.starts_with("NEWOBJ") || is_plain(it)),
        Some(Shape::Function) => global.calls == 0 && !hands_on(pickle),
        None => false,
    };
    if quiet || is_plain_iter(pickle, at) {
        return Verdict::Harmless;
    }
    // `type(None)` is how the type of `None` is written
    if global.path() == "builtins.type"
        && global.calls == calls().count() as u64
        && calls().all(|it| matches!(it.arguments.as_str(), "(None)" | "(None,)"))
    {
        return Verdict::Harmless;
    }
    // `getattr` on a harmless class reaches a harmless class in it, as old protocols write those, or a
    // method that is kept and not called
    if told != Verdict::Harmless && global.name == "getattr" && !global.handed_on {
        let all = global.calls == calls().count() as u64;
        let harmless = |call: &Call| {
            let Some(path) = call.resolved.as_deref().filter(|path| !passes_private(path)) else {
                return false;
            };
            verdict_of(path) == Verdict::Harmless || is_kept_method(pickle, path)
        };
        if all && global.calls > 0 && calls().all(harmless) {
            return Verdict::Harmless;
        }
    }
    told
}

/// Whether something in a pickle calls what it is handed.
fn hands_on(pickle: &Pickle) -> bool {
    pickle.globals.iter().enumerate().any(|(at, it)| match it.name.as_str() {
        "_rebuild_from_type_v2" | "_rebuild_wrapper_subclass" => true,
        "iter" => !is_plain_iter(pickle, at),
        _ => false,
    })
}

/// Whether an import is `iter`, and goes over what it is handed: with two arguments it calls the first.
fn is_plain_iter(pickle: &Pickle, at: usize) -> bool {
    let calls = || pickle.calls.iter().filter(|call| call.global == Some(at));
    let Some(global) = pickle.globals.get(at) else {
        return false;
    };
    let alone = |call: &Call| {
        let mut depth = 0;
        let mut parts = call.arguments.chars().filter(|it| {
            depth += i32::from(matches!(it, '(' | '[' | '{'));
            depth -= i32::from(matches!(it, ')' | ']' | '}'));
            depth == 1 && *it == ','
        });
        !call.text && parts.next().is_none()
    };
    matches!(global.path().as_str(), "builtins.iter" | "__builtin__.iter")
        && global.calls == calls().count() as u64
        && calls().all(alone)
}

/// Whether no text that a call is handed could be a path, an address or code: words alone, as of
/// enumerations.
fn is_plain(call: &Call) -> bool {
    let texts = call.arguments.split('"').skip(1).step_by(2);
    let word = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
    !call.arguments.contains(" bytes") && texts.flat_map(str::chars).all(word)
}

/// Whether a path leads to a method of a harmless class, and nothing in the pickle calls it, or hands it to
/// something that would.
fn is_kept_method(pickle: &Pickle, path: &str) -> bool {
    let class = |path: &str| {
        let known = path.rsplit_once('.').map(|(module, name)| known_shape(module, name));
        known == Some(Some(Shape::Class)) || verdict_of(path) == Verdict::Harmless
    };
    let of_class = path.rsplit_once('.').is_some_and(|(of, _)| class(of));
    let called = |call: &Call| call.global.is_none() && call.resolved.as_deref() == Some(path);
    of_class
        && !matches!(verdict_of(path), Verdict::Dangerous(_))
        && !pickle.calls.iter().any(called)
        && !hands_on(pickle)
}

fn is_computed(global: &Global) -> bool {
    global.module.is_empty() && global.name.is_empty()
}

fn unknown_globals(case: &Case) -> Vec<Found> {
    each_file(case, |artifact, pickle| {
        let unknown = pickle.globals.iter().enumerate().filter(|(at, global)| {
            !is_computed(global) && judged(pickle, *at, global) == Verdict::Unknown
        });
        let found = unknown.map(|(at, global)| {
            let path = global.path();
            let mut calls = pickle.calls.iter().filter(|call| call.global == Some(at));
            let does = calls.clone().find(|it| it.text).and_then(|_| deed_by_name(&global.name));
            let called = match calls.next() {
                Some(call) => format!(
                    "imports {path} and calls it with {}",
                    call.arguments.replace(",)", ")")
                ),
                None => format!("imports {path}"),
            };
            let torch = if is_torch(artifact) {
                "; torch refuses it with weights_only=True"
            } else {
                ""
            };
            let at = place(artifact, pickle, global.byte);
            match does {
                Some(does) => {
                    let message = format!("{called}; by its name it {does}{torch}");
                    Found::at(at, message).severity(Severity::High).confidence(Confidence::Possible)
                }
                None => Found::at(at, format!("{called}{torch}")),
            }
        });
        found.collect()
    })
}

/// Containers that take no text.
const CONTAINERS: &[&str] = &[
    "OrderedDict",
    "dict",
    "defaultdict",
    "Counter",
    "list",
    "tuple",
    "set",
    "frozenset",
    "deque",
];

fn odd_calls(case: &Case) -> Vec<Found> {
    each_file(case, |artifact, pickle| {
        let odd = pickle.calls.iter().filter(|call| {
            let global = call.global.and_then(|at| pickle.globals.get(at));
            call.text
                && global.is_some_and(|it| {
                    matches!(it.module.as_str(), "collections" | "builtins" | "__builtin__")
                        && CONTAINERS.contains(&it.name.as_str())
                })
        });
        odd.map(|call| {
            Found::at(place(artifact, pickle, call.byte), format!("calls {}", told(call)))
        })
        .collect()
    })
}

fn is_torch(artifact: &Artifact) -> bool {
    matches!(artifact.format, Some("torch_zip" | "torch_legacy"))
}

/// What `torch.load` would read of a file: `data.pkl`, or all pickles of a legacy file.
fn refused(case: &Case) -> Vec<Found> {
    let torch = pickles(case).filter(|(artifact, pickle)| {
        let member = pickle.member.as_deref();
        is_torch(artifact)
            && member.is_none_or(|it| it.ends_with("data.pkl") && !it.contains("/bytes"))
    });
    let refused = torch.filter_map(|(artifact, pickle)| {
        let mut names = pickle.globals.iter().filter(|it| !torch_allows(&it.module, &it.name));
        let message = if let Some(global) = names.next() {
            let more = names.count();
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            format!("imports {}{more}, which torch's list does not have", global.path())
        } else {
            let code = refused_opcode(pickle.opcodes.iter().copied())?;
            format!(
                "is written with the opcode 0x{code:02x}, which torch's own unpickler does not know"
            )
        };
        Some(Found::at(place(artifact, pickle, pickle.start), message))
    });
    refused.collect()
}
