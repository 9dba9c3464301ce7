//! Official translations of ordinary licenses, told by their headings.
//!
//! `translations.tsv` holds a row for each: the id of the license, the language, what stands in the heading,
//! and what stands anywhere, the parts of either between plus signs. None of their texts is kept, so a
//! translation is named and never compared word for word.

use super::catalog::License;
use super::fold::{self, Folded};
use super::ordinary;

const SOURCE: &str = include_str!("translations.tsv");

/// How far into a folded text, in bytes, its heading reaches. Half of a script takes two bytes a letter.
const HEADING: usize = 1000;

/// A text of fewer words speaks of a license; it is not one. A letter of Chinese counts as a word.
const SHORT: usize = 300;

/// A translation that a text seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Translation {
    /// Of which license.
    pub(super) license: &'static License,
    /// Into which language, by its English name.
    pub(super) language: &'static str,
    /// Whether the text is long enough to be the license.
    pub(super) is_text: bool,
}

/// The translation whose heading stands over a text of so many words; of several the one with most to be
/// told by.
pub(super) fn find(text: &Folded, words: usize) -> Option<Translation> {
    let end =
        (0..=HEADING.min(text.text.len())).rev().find(|at| text.text.is_char_boundary(*at))?;
    let heading = &text.text[..end];
    let told = SOURCE.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        let (id, language) = (fields.next()?, fields.next()?);
        let (head, all) = (fields.next()?, fields.next()?);
        let parts = |field: &'static str| field.split(" + ").map(fold::phrase);
        let stands = parts(head).all(|part| heading.contains(&part))
            && parts(all).all(|part| text.text.contains(&part));
        stands.then(|| (parts(head).map(|part| part.len()).sum::<usize>(), id, language))
    });
    let (_, id, language) = told.max_by_key(|(len, id, _)| (*len, std::cmp::Reverse(*id)))?;
    let license = ordinary::license(id)?;
    Some(Translation {
        license,
        language,
        is_text: words >= SHORT,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Against, How, read};
    use super::*;

    #[test]
    fn every_row_is_of_a_license_that_is_known() {
        for line in SOURCE.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            assert!(fields.len() == 4 && ordinary::license(fields[0]).is_some(), "{line}");
        }
    }

    #[test]
    fn translations_are_told_by_their_headings() {
        check(
            "OPEN-SOURCE-LIZENZ FÜR DIE EUROPÄISCHE UNION v. 1.2\nEUPL © Europäische Union 2007, 2016",
            "eupl-1.2 German",
        );
        check(
            "LICENCE PUBLIQUE DE L’UNION EUROPÉENNE v. 1.2\nEUPL © Union européenne 2007, 2016",
            "eupl-1.2 French",
        );
        check(
            "LICENCJA PUBLICZNA UNII EUROPEJSKIEJ v. 1.2\nEUPL © Unia Europejska 2007, 2016",
            "eupl-1.2 Polish",
        );
        check(
            "Open-Source-Lizenz für die Europäische Union V.1.1\nEUPL © Europäische Gemeinschaft 2007",
            "eupl-1.1 German",
        );
        check(
            "CONTRAT DE LICENCE DE LOGICIEL LIBRE CeCILL\n\nVersion 2.1 du 2013-06-21",
            "CECILL-2.1 French",
        );
        check(
            "CONTRAT DE LICENCE DE LOGICIEL LIBRE CeCILL-B\n\nVersion 1.0 du 2006-09-05",
            "CECILL-B French",
        );
        check(
            "Attribution 4.0 International\n\nLicence publique Creative Commons Attribution 4.0 International",
            "cc-by-4.0 French",
        );
        check(
            "Attribution - Pas d'Utilisation Commerciale - Partage dans les Mêmes Conditions 4.0 International\n\nCreative Commons Licence Publique",
            "cc-by-nc-sa-4.0 French",
        );
        check(
            "Namensnennung – Nicht kommerziell – Keine Bearbeitungen 4.0 International\nCreative Commons Public License",
            "cc-by-nc-nd-4.0 German",
        );
        check(
            "署名-非商业性使用 4.0 国际\n知识共享 Creative Commons 公共许可",
            "cc-by-nc-4.0 Chinese",
        );
    }

    #[track_caller]
    fn check(heading: &str, told: &str) {
        let filling =
            "Wörter dieser Übersetzung stehen hier, 这里有字, et encore des mots. ".repeat(40);
        let matches = read(format!("{heading}\n\n{filling}").as_bytes(), "LICENSE").matches;
        let [found] = matches.as_slice() else {
            panic!("{matches:#?}");
        };
        let Against::Translation(language) = found.against else {
            panic!("{found:#?}");
        };
        assert_eq!(format!("{} {language}", found.license.id), told);
        assert_eq!(found.how, How::Whole);
        let few =
            read(format!("{heading}\n\n{}", "ein paar Wörter ".repeat(30)).as_bytes(), "LICENSE");
        assert!(few.matches.iter().all(|it| it.how >= How::Reference), "{few:#?}");
    }

    #[test]
    fn a_text_that_speaks_of_one_is_none() {
        let text = "Dieses Modell steht unter der Lizenz der Behörde. ".repeat(60);
        assert_eq!(find(&fold::fold(&text), 400), None);
        let later = format!("{} EUPL 1.2 Europäische Union", "Vorwort und Inhalt. ".repeat(100));
        assert_eq!(find(&fold::fold(&later), 400), None);
    }
}
