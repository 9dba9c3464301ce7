//! Measures real texts against what others call them. `WEIGHBILL_CORPUS` names the folder
//! `licensedcode/data` of the package `scancode-toolkit`, with its `licenses` and `rules`:
//!
//! `WEIGHBILL_CORPUS=… cargo test corpus -- --ignored --nocapture`
//!
//! Each text and what became of it goes to `weighbill-corpus-….tsv` in the folder for temporary files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::compare::same_text;
use super::*;

/// How many licenses are the commonest ones.
const COMMONEST: usize = 100;

/// Rules of fewer words are no whole text.
const WORDS: usize = 60;

/// One file of the corpus: the fields of its front matter, and its text.
struct Sample {
    name: String,
    fields: BTreeMap<String, String>,
    text: String,
}

impl Sample {
    fn read(path: &Path) -> Option<Self> {
        let file = std::fs::read_to_string(path).ok()?;
        let (front, text) = file.strip_prefix("---\n")?.split_once("\n---")?;
        let fields = front.lines().filter_map(|line| line.split_once(": "));
        Some(Self {
            name: path.file_stem()?.to_string_lossy().into_owned(),
            fields: fields.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            // the braces of a rule mark words that have to be there, and are no part of the text
            text: text.replace("{{", "").replace("}}", ""),
        })
    }

    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }
}

/// The samples of a folder with this extension, by name.
fn samples(folder: &Path, extension: &str) -> Vec<Sample> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|it| it == extension)).collect();
    paths.sort();
    paths.par_iter().filter_map(|path| Sample::read(path)).collect()
}

/// The licenses and the rules of the corpus.
fn corpus() -> Option<(Vec<Sample>, Vec<Sample>)> {
    let folder = PathBuf::from(std::env::var_os("WEIGHBILL_CORPUS")?);
    Some((samples(&folder.join("licenses"), "LICENSE"), samples(&folder.join("rules"), "RULE")))
}

/// The entry of the catalog for a key of the corpus, a standard one aside.
fn of_models(key: &str) -> Option<&'static License> {
    let known = |it: &&License| it.scancode.iter().any(|have| have == key);
    catalog().licenses().iter().filter(|it| it.kind != Kind::Standard).find(known)
}

/// The keys that most rules name, of those that stand on the SPDX list and have a text.
fn commonest<'a>(licenses: &'a [Sample], rules: &[Sample]) -> Vec<&'a Sample> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in rules {
        let expression = rule.field("license_expression");
        let keys: BTreeSet<&str> =
            expression.split(|c: char| c.is_whitespace() || "()".contains(c)).collect();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
    }
    let ordinary = |it: &&Sample| {
        let spdx = it.field("spdx_license_key");
        let listed = !spdx.is_empty() && !spdx.starts_with("LicenseRef");
        listed && it.field("is_exception") != "yes" && it.words() >= 20
    };
    let mut all: Vec<&Sample> = licenses.iter().filter(ordinary).collect();
    let count = |it: &Sample| counts.get(it.field("key")).copied().unwrap_or_default();
    all.sort_by_key(|it| std::cmp::Reverse(count(it)));
    all.truncate(COMMONEST);
    all
}

/// What becomes of a text that is `expected`: a word for the outcome, and what was found.
fn outcome(text: &str, expected: Option<&License>) -> (&'static str, String) {
    let matches = read(text.as_bytes(), "LICENSE").matches;
    let texts: Vec<&Match> = matches.iter().filter(|found| found.how <= How::Altered).collect();
    let is = |found: &Match| {
        expected.is_some_and(|license| {
            same_text(found.license, license)
                || standards::table::same_body(&found.license.spdx_ref(), &license.spdx_ref())
        })
    };
    let whole = |found: &&Match| found.how == How::Whole;
    // the corpus gives one key to texts for which the SPDX list has several ids
    let nearer = |found: &Match| {
        let apart = |it: &License| apart(text, it).unwrap_or(usize::MAX);
        expected.is_some_and(|it| apart(found.license) < apart(it))
    };
    let kind = match (expected, texts.first()) {
        (Some(_), Some(best)) if is(best) && best.how == How::Whole => "right",
        (Some(_), Some(best)) if is(best) => "right altered",
        (Some(_), None) if matches.iter().any(is) => "named",
        (Some(_), None) => "missed",
        (Some(_), Some(best)) if nearer(best) && best.how == How::Whole => "nearer right",
        (Some(_), Some(best)) if nearer(best) => "nearer altered",
        (Some(_), Some(_)) if texts.iter().any(whole) => "WRONG",
        (Some(_), Some(_)) => "unsure",
        (None, _) if texts.iter().any(whole) => "other CALLED",
        (None, Some(_)) => "other altered right",
        (None, None) => "other unknown right",
    };
    let row = |m: &&Match| {
        format!(
            "{:?} {} {:.2} +{} -{} {:?}",
            m.how, m.license.id, m.score, m.added_words, m.missing_words, m.added
        )
    };
    let found: Vec<String> = texts.iter().map(row).collect();
    (kind, found.join("; "))
}

/// How many words of a text differ from the text of a license on the SPDX list, copyright lines aside.
fn apart(text: &str, license: &License) -> Option<usize> {
    let id = license.spdx.as_deref()?;
    let terms = |text: &str| {
        let kept = text.lines().filter(|line| !cover::is_copyright_line(&fold::fold(line).words()));
        fold::fold(&kept.collect::<Vec<_>>().join("\n"))
    };
    let (one, other) = (terms(spdx::license_id(id)?.text()), terms(text));
    differ::apart(&one.words(), &other.words())
}

/// Reads all `samples`, each with its key and what it is, tells how many came to what, and writes the
/// rest to a file of this name.
fn measure(name: &str, samples: Vec<(&Sample, &str, Option<&'static License>)>) -> String {
    let rows: Vec<(&str, String)> = samples
        .into_par_iter()
        .map(|(sample, key, expected)| {
            let (kind, found) = outcome(&sample.text, expected);
            let id = expected.map_or("-", |license| license.id.as_str());
            (kind, format!("{}\t{key}\t{id}\t{found}", sample.name))
        })
        .collect();
    let mut counts = BTreeMap::<&str, usize>::new();
    let mut report = String::new();
    for (kind, row) in &rows {
        *counts.entry(kind).or_default() += 1;
        if !kind.ends_with("right") {
            writeln!(report, "{kind}\t{row}").expect("a string");
        }
    }
    let file = std::env::temp_dir().join(format!("weighbill-corpus-{name}.tsv"));
    std::fs::write(file, report).expect("writable");
    format!("{name}: {} texts, {counts:?}", rows.len())
}

/// The texts of all licenses: those of models by the catalog, ordinary ones, and those that neither knows.
#[test]
#[ignore = "reads a corpus from outside"]
#[expect(clippy::print_stdout, reason = "a measure, read by hand")]
fn corpus_of_all_licenses() {
    let Some((licenses, _)) = corpus() else {
        return;
    };
    let fit = || {
        let long = licenses.iter().filter(|it| it.words() >= 20);
        long.filter(|it| it.field("is_exception") != "yes")
    };
    let of = |it| {
        (it, of_models(Sample::field(it, "key")), license(Sample::field(it, "spdx_license_key")))
    };
    let all: Vec<_> = fit().map(of).collect();
    let of_models = all.iter().filter(|(_, own, _)| own.is_some());
    let models =
        measure("models", of_models.map(|(it, own, _)| (*it, it.field("key"), *own)).collect());
    let ordinary = all.iter().filter(|(_, own, spdx)| own.is_none() && spdx.is_some());
    let ordinary =
        measure("spdx", ordinary.map(|(it, _, spdx)| (*it, it.field("key"), *spdx)).collect());
    let others = all.iter().filter(|(_, own, spdx)| own.is_none() && spdx.is_none());
    let others = measure("others", others.map(|(it, ..)| (*it, it.field("key"), None)).collect());
    println!("{models}\n{ordinary}\n{others}");
}

/// The texts of the commonest ordinary licenses, and all rules that are whole texts of one of them.
#[test]
#[ignore = "reads a corpus from outside"]
#[expect(clippy::print_stdout, reason = "a measure, read by hand")]
fn corpus_of_the_commonest() {
    let Some((licenses, rules)) = corpus() else {
        return;
    };
    let of = |it: &Sample| license(it.field("spdx_license_key"));
    let commonest = commonest(&licenses, &rules);
    let texts_of_them =
        measure("commonest", commonest.iter().map(|it| (*it, it.field("key"), of(it))).collect());
    let known: BTreeMap<&str, Option<&License>> =
        commonest.iter().map(|it| (it.field("key"), of(it))).collect();
    let texts = || {
        let texts = rules.iter().filter(|it| it.field("is_license_text") == "yes");
        texts.filter(|it| it.words() >= WORDS && it.field("is_deprecated") != "yes")
    };
    let of_the_commonest = texts().filter_map(|it| {
        let key = it.field("license_expression");
        Some((it, key, *known.get(key)?))
    });
    let whole = measure("rules", of_the_commonest.collect());
    let of_models = texts().filter_map(|it| {
        let key = it.field("license_expression");
        Some((it, key, Some(of_models(key)?)))
    });
    let of_models = measure("model-rules", of_models.collect());
    println!("{texts_of_them}\n{whole}\n{of_models}");
}
