//! The measured set: every class of threat and every bypass that is known, each made by code with a
//! payload that would do no harm and is never loaded, and as many harmless files of the same makes.

mod attacks;
mod bypasses;
mod configs;
mod coverage;
mod files;
mod graphs;
mod harmless;
mod headers;
mod honest;
pub(crate) mod made;
mod pickles;
mod tools;

use weighbill::words::{Category, Severity};

use crate::build::{Release, inspect_headers};

/// How bad a sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Runs something, or reaches out of the folder: at least `high`.
    Dangerous,
    /// Needs a second look: at least `medium`.
    Suspicious,
    /// Nothing above `low`.
    Clean,
}

/// A release made to measure by.
pub(crate) struct Sample {
    name: String,
    files: Vec<(String, Vec<u8>)>,
    level: Level,
}

impl Sample {
    fn of(level: Level, name: &str, files: &[(&str, &[u8])]) -> Self {
        let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()));
        Self {
            name: name.to_owned(),
            files: files.collect(),
            level,
        }
    }

    pub(crate) fn owned(level: Level, name: &str, files: Vec<(String, Vec<u8>)>) -> Self {
        Self { name: name.to_owned(), files, level }
    }

    pub(crate) fn dangerous(name: &str, files: &[(&str, &Vec<u8>)]) -> Self {
        let files: Vec<_> = files.iter().map(|(path, bytes)| (*path, bytes.as_slice())).collect();
        Self::of(Level::Dangerous, name, &files)
    }

    pub(crate) fn suspicious(name: &str, files: &[(&str, &Vec<u8>)]) -> Self {
        let files: Vec<_> = files.iter().map(|(path, bytes)| (*path, bytes.as_slice())).collect();
        Self::of(Level::Suspicious, name, &files)
    }

    pub(crate) fn clean(name: &str, files: &[(&str, &Vec<u8>)]) -> Self {
        let files: Vec<_> = files.iter().map(|(path, bytes)| (*path, bytes.as_slice())).collect();
        Self::of(Level::Clean, name, &files)
    }
}

/// By which a sample is added: its name, and its files.
type Adding<'a> = dyn FnMut(&str, Vec<(String, Vec<u8>)>) + 'a;

/// Adds samples of one level: name, files.
fn adding(samples: &mut Vec<Sample>, level: Level) -> impl FnMut(&str, Vec<(String, Vec<u8>)>) {
    move |name, files| samples.push(Sample::owned(level, name, files))
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    pickles::dangerous(&mut samples);
    pickles::suspicious(&mut samples);
    harmless::benign(&mut samples);
    configs::dangerous(&mut samples);
    graphs::dangerous(&mut samples);
    files::dangerous(&mut samples);
    tools::dangerous(&mut samples);
    attacks::dangerous(&mut samples);
    bypasses::dangerous(&mut samples);
    honest::dangerous(&mut samples);
    configs::suspicious(&mut samples);
    graphs::suspicious(&mut samples);
    files::suspicious(&mut samples);
    tools::suspicious(&mut samples);
    attacks::suspicious(&mut samples);
    bypasses::suspicious(&mut samples);
    honest::suspicious(&mut samples);
    configs::benign(&mut samples);
    graphs::benign(&mut samples);
    files::benign(&mut samples);
    tools::benign(&mut samples);
    attacks::benign(&mut samples);
    honest::benign(&mut samples);
    samples
}

/// The worst that is found in a sample, of what is about safety or about the make of its files.
fn worst(sample: &Sample) -> (Option<Severity>, Vec<String>) {
    let mut release = Release::named("sample");
    for (path, bytes) in &sample.files {
        release = release.file(path, bytes);
    }
    let report = inspect_headers(&release.path());
    let ours = report.findings.iter().filter(|it| {
        let make = matches!(it.category, Category::Format | Category::Integrity);
        it.category == Category::Safety || make
    });
    let ours: Vec<_> = ours.collect();
    let told = ours.iter().map(|it| format!("{} {}: {}", it.severity, it.id, it.message)).collect();
    (ours.iter().map(|it| it.severity).max(), told)
}

#[test]
fn what_is_dangerous_is_found_and_what_is_clean_is_not_flagged() {
    let samples = samples();
    let (mut wrong, mut counts) = (Vec::new(), [[0u32; 2]; 3]);
    for sample in &samples {
        let (severity, told) = worst(sample);
        let right = match sample.level {
            Level::Dangerous => severity >= Some(Severity::High),
            Level::Suspicious => severity >= Some(Severity::Medium),
            Level::Clean => severity <= Some(Severity::Low),
        };
        let row = &mut counts[sample.level as usize];
        row[0] += 1;
        row[1] += u32::from(right);
        if !right {
            wrong.push(format!("{:?} {}: {told:#?}", sample.level, sample.name));
        }
    }
    let [dangerous, suspicious, clean] = counts;
    // each row: how many there are, and how many are told as they should be
    let summary = format!("dangerous {dangerous:?}, suspicious {suspicious:?}, clean {clean:?}");
    if let Ok(folder) = std::env::var("SAFETY_SET") {
        write(&samples, std::path::Path::new(&folder));
    }
    assert!(wrong.is_empty(), "{summary}\n{}", wrong.join("\n"));
    assert!(dangerous[0] > 300 && clean[0] > 100, "{summary}");
}

/// Writes the set to a folder, to hold other scanners against it.
fn write(samples: &[Sample], folder: &std::path::Path) {
    for (at, sample) in samples.iter().enumerate() {
        let name = format!("{:?}/{at:04}", sample.level).to_lowercase();
        for (path, bytes) in &sample.files {
            let place = folder.join(&name).join(path);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(place, bytes).unwrap();
        }
        std::fs::write(folder.join(&name).with_extension("name"), &sample.name).unwrap();
    }
}
