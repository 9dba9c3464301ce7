//! Ordinary licenses: those of the SPDX list that the catalog has no row for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::catalog::{Detect, Kind, License, catalog};
use super::class::Class;
use super::mof;

/// The version of the SPDX license list that texts are held against.
pub const SPDX_LIST: &str = spdx::identifiers::VERSION;

/// The license with this id: one of the catalog, or any of the SPDX list, in any case.
///
/// GNU licenses have three ids for one text. The catalog lists the `-only` one; what it says of the
/// terms holds for `-or-later` too.
///
/// ```
/// use weighbill::licenses::license;
///
/// let zend = license("zend-2.0").expect("on the SPDX list");
/// assert_eq!((zend.id.as_str(), zend.fsf_libre, zend.terms.len()), ("Zend-2.0", true, 0));
/// let later = license("GPL-3.0-or-later").expect("on the SPDX list");
/// assert_eq!(later.term("flow_down"), license("gpl-3.0").expect("in the catalog").term("flow_down"));
/// assert!(license("no such license").is_none());
/// ```
pub fn license(id: &str) -> Option<&'static License> {
    let id = id.to_ascii_lowercase();
    if let Some(base) = id.strip_suffix('+').filter(|base| spdx_list().contains_key(*base)) {
        return spdx_list().get(&format!("{base}-or-later")).or_else(|| license(base));
    }
    catalog().get(&id).or_else(|| spdx_list().get(&id))
}

/// Ids that the SPDX list gave up for another one of the same text, but for names.
const GIVEN_UP: [(&str, &str); 4] = [
    ("BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views"),
    ("BSD-2-Clause-NetBSD", "BSD-2-Clause"),
    ("StandardML-NJ", "SMLNJ"),
    ("bzip2-1.0.5", "bzip2-1.0.6"),
];

/// The SPDX id in use for this one, which the list may have given up.
pub(super) fn current(id: &str) -> &str {
    GIVEN_UP.iter().find(|(old, _)| *old == id).map_or(id, |(_, new)| new)
}

/// Every license of the SPDX list that is not the catalog's, by its id in lower case.
fn spdx_list() -> &'static BTreeMap<String, License> {
    static LIST: LazyLock<BTreeMap<String, License>> = LazyLock::new(|| {
        let all = spdx::identifiers::LICENSES.iter().filter_map(|row| spdx::license_id(row.name));
        all.filter(|id| {
            !catalog().licenses().iter().any(|license| license.spdx.as_deref() == Some(id.name))
        })
        .map(|id| (id.name.to_ascii_lowercase(), entry(id)))
        .collect()
    });
    &LIST
}

fn entry(id: spdx::LicenseId) -> License {
    let base = id.name.trim_end_matches("-or-later").trim_end_matches("-only");
    let twin = catalog().get(base).filter(|twin| id.is_gnu() && twin.kind == Kind::Standard);
    License {
        id: id.name.to_owned(),
        name: id.full_name.to_owned(),
        kind: Kind::Standard,
        class: twin.map_or_else(|| class(id), |twin| twin.class),
        vendor: None,
        family: None,
        released: Vec::new(),
        spdx: Some(id.name.to_owned()),
        scancode: Vec::new(),
        hf: Vec::new(),
        hf_names: Vec::new(),
        aliases: Vec::new(),
        osi_approved: id.is_osi_approved(),
        fsf_libre: id.is_fsf_free_libre(),
        mof_open: mof::open_for_mof(id.name),
        verified: true,
        source: "SPDX license list".to_owned(),
        terms: twin.map_or_else(Vec::new, |twin| twin.terms.clone()),
        detect: Detect::default(),
    }
}

/// The class, as far as the SPDX list tells: its flags, and the parts of Creative Commons ids.
fn class(id: spdx::LicenseId) -> Class {
    let has = |part| id.name.split('-').any(|have| have == part);
    match () {
        () if has("NC") => Class::NonCommercial,
        () if has("ND") => Class::NoDerivatives,
        () if id.is_copyleft() || has("SA") => Class::Copyleft,
        () if id.is_osi_approved() || id.is_fsf_free_libre() || id.name.starts_with("CC-BY-") => {
            Class::Permissive
        }
        () => Class::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spdx_list_answers_what_the_catalog_does_not() {
        check("MIT", "mit", Class::Permissive);
        check("gpl-3.0", "gpl-3.0", Class::Copyleft);
        check("GPL-3.0-only", "gpl-3.0", Class::Copyleft);
        check("gpl-3.0-or-later", "GPL-3.0-or-later", Class::Copyleft);
        check("AGPL-3.0-or-later", "AGPL-3.0-or-later", Class::NetworkCopyleft);
        check("CC-BY-NC-SA-3.0-DE", "CC-BY-NC-SA-3.0-DE", Class::NonCommercial);
        check("CC-BY-ND-1.0", "CC-BY-ND-1.0", Class::NoDerivatives);
        check("Zend-2.0", "Zend-2.0", Class::Permissive);
        check("Aladdin", "Aladdin", Class::Unknown);
    }

    #[test]
    fn an_id_that_was_given_up_is_on_the_list() {
        for (old, new) in GIVEN_UP {
            let is_deprecated = |id| spdx::license_id(id).map(spdx::LicenseId::is_deprecated);
            assert_eq!(
                (is_deprecated(old), is_deprecated(new)),
                (Some(true), Some(false)),
                "{old}"
            );
        }
    }

    #[track_caller]
    fn check(asked: &str, id: &str, class: Class) {
        let found = license(asked).map(|license| (license.id.as_str(), license.class));
        assert_eq!(found, Some((id, class)));
    }
}
