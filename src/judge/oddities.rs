//! What readers stumbled on: one row for each kind of oddity, with what it means and what to do.

use super::{Case, Check, Found};
use crate::{
    digest::Trouble,
    facts::What,
    words::{Category, Place, Severity},
};

/// A row of the table: how a kind of oddity is reported.
macro_rules! oddity {
    ($what:ident, $category:ident, $severity:ident, $title:literal, $impact:literal, $hint:literal $(, $reference:literal)*) => {
        Check {
            id: What::$what.word(),
            category: Category::$category,
            severity: Severity::$severity,
            title: $title,
            impact: $impact,
            hint: $hint,
            references: &[$($reference),*],
            find: |case| found(case, What::$what),
        }
    };
}

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    oddity!(HeaderInvalid, Format, High,
        "A header that its format's own rules refuse",
        "Loaders refuse the file, or read tensors that are not what was trained.",
        "Download the file again and compare its digest with the publisher's; if it stays so, ask the publisher.",
        "safetensors format"),
    oddity!(ShardTruncated, Integrity, High,
        "A weight file that ends before its header says",
        "Most often a download that stopped: the weights are not whole.",
        "Download the file again; `hf download` resumes where it stopped.",
        "safetensors format"),
    oddity!(TrailingBytes, Format, Medium,
        "Bytes that no tensor names",
        "Strict loaders refuse the file, and other programs may find something else in those bytes.",
        "Compare the digest with the publisher's, and convert the file anew if it is your own.",
        "safetensors format", "Trail of Bits: safetensors review (2023)"),
    oddity!(TensorOverlap, Format, High,
        "Two tensors that share bytes",
        "The file can stand for other weights than it seems to; strict loaders refuse it.",
        "Do not load the file; ask the publisher for one that follows the format."),
    oddity!(TensorOutOfRange, Format, High,
        "A tensor that lies outside its file",
        "Loaders fail, or read bytes that are not the tensor's.",
        "Download the file again; if it stays so, ask the publisher."),
    oddity!(DtypeUnknown, Format, Medium,
        "An element type that is not known",
        "The tensor's size cannot be checked, and its parameters cannot be counted.",
        "A newer writer may have made it: look for a newer version of this tool and of your loader."),
    oddity!(DuplicateName, Format, Medium,
        "A name that stands twice",
        "Readers differ on which of the two they take, so two people may load two models.",
        "Ask the publisher which one is meant, and write the file anew."),
    oddity!(HeaderUnusual, Format, Low,
        "A header that loaders accept and writers seldom make",
        "Some readers refuse it or read it otherwise.",
        "Harmless as it stands; write the file anew with the format's own library."),
    oddity!(LfsPointer, Integrity, High,
        "A git-lfs pointer instead of the file",
        "The file itself was never downloaded.",
        "Run `git lfs pull` in the clone, or download the release with `hf download`.",
        "git-lfs specification"),
    oddity!(HtmlPage, Integrity, High,
        "A web page or an error message instead of the file",
        "A server answered with a page, and the client saved it under the file's name.",
        "Download the file again; a gated repo needs a token and an accepted license."),
    oddity!(NameDeceives, Safety, Medium,
        "A file that is not what its name says",
        "Programs that go by the name treat it as something else than it is.",
        "Find out why it is named so before you load it."),
    oddity!(DownloadIncomplete, Integrity, Medium,
        "An empty or unfinished file",
        "What should be in it is not here.",
        "Download the file again."),
    oddity!(PathEscapes, Safety, High,
        "A link or a name that leads out of the release",
        "A loader that follows it reads, or overwrites, files that are not the release's.",
        "Do not load the release before you know why the link is there."),
    oddity!(LinkBroken, Integrity, Medium,
        "A link that leads nowhere, or in a circle",
        "The file it should lead to is not here.",
        "Download the file again; in a hub cache, `hf download` restores the link."),
    oddity!(SpecialFile, Safety, Medium,
        "Not a plain file",
        "A program that opens it may wait for ever or act on a device; one that starts it may be handed rights that the user lacks.",
        "Remove it: no release needs a pipe, a socket, a device, or a bit that raises rights."),
    oddity!(Unreadable, Integrity, Medium,
        "A file or folder that could not be read",
        "The report says nothing of what is in it.",
        "Look at its permissions and at the health of the disk, then run again."),
    oddity!(FileChanged, Integrity, High,
        "A file that changed while it was read",
        "What is reported of it may be of no one version.",
        "Wait until nothing writes to the release, then run again."),
    oddity!(ConfigInvalid, Format, Medium,
        "A configuration that cannot be parsed in full",
        "Loaders refuse it, or read it otherwise than it is shown here.",
        "Download the file again, or mend the line that is named."),
    oddity!(FrontMatterInvalid, Format, Low,
        "Front matter that cannot be parsed in full",
        "Tools that go by the card's metadata see less than a reader, or something else.",
        "Ask the publisher to mend the line that is named."),
    oddity!(ReadInPart, Format, Info,
        "A file of which only a part was read",
        "The report says nothing of the rest.",
        "Nothing to mend: look at the rest with other means where it matters."),
    oddity!(ExternalDataMissing, Integrity, High,
        "A file that tensors are stored in, and that is not here",
        "The model cannot be loaded: some of its weights are not here.",
        "Download the missing file and put it where it is expected."),
    oddity!(ArchiveInconsistent, Safety, Medium,
        "An archive whose tables contradict each other",
        "Programs differ on what is in it, so what one checks is not what another loads.",
        "Do not load it before you know who made it so.",
        "CVE-2025-1944", "CVE-2025-10156"),
    oddity!(ArchiveBomb, Safety, High,
        "An archive that unpacks to more than it may",
        "Unpacking it can fill memory or disk.",
        "Do not unpack it."),
    oddity!(Secret, Safety, Medium,
        "A key, a token or a password",
        "Whoever has the release can act as its owner until the key is withdrawn.",
        "Withdraw the key where it was issued, then remove it; a later version alone does not undo it.",
        "CWE-798"),
    oddity!(SecretToBeSeen, Safety, Low,
        "A key that is one to be seen, by its place",
        "A page hands its key to every browser, and tests hold keys of their own: either is meant to be seen, unless it was put there by mistake.",
        "Nothing to mend where it is meant; else withdraw the key where it was issued.",
        "CWE-798"),
    oddity!(PersonalPath, Safety, Info,
        "A path of someone's own",
        "It names a person or a machine, and leads nowhere elsewhere.",
        "Nothing to mend where it is meant; else write a neutral path."),
    oddity!(PathListImports, Safety, High,
        "A list of paths for Python that has it run code",
        "Put where Python looks for such lists, it runs its lines at every start, whatever is started.",
        "Remove it; weights that end in `.pth` are no text."),
    oddity!(YamlPythonTag, Safety, High,
        "A YAML tag that builds a Python object",
        "A loader that is not told to be safe imports and calls what the tag names.",
        "Load it with `yaml.safe_load` alone, which refuses it; ask for a file without the tag.",
        "CWE-502", "CVE-2020-14343"),
    oddity!(ExternalEntity, Safety, High,
        "An XML entity that is read from elsewhere",
        "A parser that follows it reads files of whoever opens the document, or fetches addresses.",
        "Do not parse it with a parser that follows entities.",
        "CWE-611"),
    oddity!(HiddenText, Safety, Medium,
        "Code or configuration with marks that change what is seen",
        "What a reader sees is not what runs.",
        "Read it in an editor that shows the marks, before you use it.",
        "CVE-2021-42574"),
    oddity!(TokenizerOdd, Safety, Medium,
        "A tokenizer that does more than spell",
        "A text can hang it, or be turned into marks that only the runtime may set, so that a model is told what no one said.",
        "Compare it with the tokenizer of the base model, and ask the publisher what the difference is for.",
        "CWE-1333"),
    oddity!(ExecutableMember, Safety, Medium,
        "Machine code in an archive",
        "Whoever unpacks the archive has a program on disk that runs with all rights of the user once it is called.",
        "Ask what it is for; weights need none."),
    oddity!(Polyglot, Safety, Medium,
        "A file that is two things at once",
        "One program sees weights or a picture where another sees an archive or a pickle, so what one checks is not what another loads.",
        "Do not load it before you know who made it so."),
    oddity!(ObjectArray, Safety, Low,
        "An array of Python objects",
        "Reading it means unpickling, and a pickle can run code.",
        "Ask for the array in a plain element type; numpy reads it with `allow_pickle=False` only then."),
    oddity!(PickleStopped, Safety, Medium,
        "A pickle that could not be read to its end",
        "What it would do after that place is not known.",
        "Do not load it; ask for the weights as safetensors."),
    oddity!(PickleUnusual, Safety, Medium,
        "A pickle that is put together in an unusual way",
        "Programs may read it otherwise than it is shown here.",
        "Do not load it before you know who made it so; ask for the weights as safetensors."),
];

fn found(case: &Case, what: What) -> Vec<Found> {
    let oddities = case.facts.artifacts.iter().flat_map(|artifact| &artifact.oddities);
    let all = oddities.chain(&case.facts.oddities).filter(|oddity| oddity.what == what);
    let read = all.map(|oddity| Found::at(oddity.at.clone(), oddity.saying.clone()));
    read.chain(hashed(case, what)).collect()
}

/// Files of which no digest could be taken: they changed meanwhile, or could not be read.
fn hashed(case: &Case, what: What) -> Vec<Found> {
    let files = case.facts.artifacts.iter().enumerate();
    let troubled = files.filter_map(|(i, artifact)| {
        let trouble = case.digests.of_file(i)?.trouble.as_ref()?;
        let told = artifact.oddities.iter().any(|oddity| oddity.what == what);
        let (kind, message) = match trouble {
            Trouble::Changed => {
                let (was, now) = (artifact.len, case.digests.len_after(i));
                let now = now.map_or("gone".to_owned(), |now| format!("{now} bytes long"));
                let message = format!(
                    "was {was} bytes long and is now {now}: it changed while it was hashed, and no digest of it is given"
                );
                (What::FileChanged, message)
            }
            trouble => (What::Unreadable, format!("no digest of it is given: it {trouble}")),
        };
        (kind == what && !told).then(|| Found::at(Place::file(&artifact.path), message))
    });
    troubled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_oddity_is_reported() {
        for what in What::ALL {
            let rows = CHECKS.iter().filter(|check| check.id == what.word()).count();
            assert_eq!(rows, 1, "{what}");
        }
    }
}
