//! Are checkpoints along the way here?

use std::collections::BTreeMap;

use super::{
    Evidence, Rule,
    names::{count, step},
    parameters::{Bundle, Nature, along_the_way, bundles},
};
use crate::{
    facts::{Contents, Facts},
    sets::Sets,
    words::{Component, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::IntermediateParameters,
    question: "Are checkpoints from along the training in the release?",
    ask: "Please publish checkpoints from along the training, named by step, or the list of their revisions.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, sets: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    let bundles = bundles(facts, sets);
    let steps = along_the_way(&bundles);
    let mut folders: BTreeMap<&str, Vec<&Bundle>> = BTreeMap::new();
    for (bundle, _) in bundles.iter().zip(steps).filter(|(bundle, step)| *step && bundle.whole > 0)
    {
        if bundle.nature != Nature::Other {
            folders.entry(bundle.first.folder()).or_default().push(bundle);
        }
    }
    for bundles in folders.into_values() {
        let Some(best) = bundles.iter().min_by_key(|bundle| (!bundle.complete(), bundle.nature))
        else {
            continue;
        };
        let whole = best.complete() && best.nature == Nature::Parameters;
        let presence = if whole {
            Presence::Present
        } else {
            Presence::Partial
        };
        let at_step = best.step.or_else(|| step(best.first.name()));
        let step = at_step.map_or_else(String::new, |step| format!(", at step {step}"));
        seen.push(rule.saw(presence, best.first, format!("a checkpoint{step}: {}", best.saying())));
    }
    seen.extend(facts.artifacts.iter().filter_map(|artifact| {
        let Contents::Text(text) = &artifact.contents else {
            return None;
        };
        let listed =
            text.lines().filter(|(_, line)| line.len() < 100 && step(line).is_some()).count();
        let revisions = artifact.name().to_ascii_lowercase().contains("revision");
        (revisions && listed > 1).then(|| {
            let saying = format!("{} with a step are listed", count(listed as u64, "revision"));
            rule.saw(Presence::Referenced, artifact, saying)
        })
    }));
    seen
}
