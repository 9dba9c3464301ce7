//! Which licenses the Model Openness Framework takes, as its own tool decides it.
//!
//! Ids are compared as exact strings in SPDX spelling: `Apache 2.0` is not an id, so it is not open.

/// What a component consists of. The framework asks for a license made for it, and warns otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// Source code.
    Code,
    /// Data sets and weights.
    Data,
    /// Cards, reports, papers.
    Document,
}

/// Data licenses that count as open though neither OSI nor FSF lists them.
///
/// `ODC-PDDL-1.0` is the framework's own spelling: the SPDX id `PDDL-1.0` is not on its list.
#[rustfmt::skip]
const OPEN_DATA: [&str; 31] = [
    "CC0-1.0", "CC-BY-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-2.5-AU", "CC-BY-3.0", "CC-BY-3.0-AT",
    "CC-BY-3.0-AU", "CC-BY-3.0-DE", "CC-BY-3.0-IGO", "CC-BY-3.0-NL", "CC-BY-3.0-US", "CC-BY-4.0",
    "CC-BY-SA-1.0", "CC-BY-SA-2.0", "CC-BY-SA-2.0-UK", "CC-BY-SA-2.1-JP", "CC-BY-SA-2.5",
    "CC-BY-SA-3.0", "CC-BY-SA-3.0-AT", "CC-BY-SA-4.0", "CDLA-Permissive-1.0",
    "CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "ODC-PDDL-1.0", "ODC-By-1.0", "ODbL-1.0",
    "GFDL-1.3", "OGL-Canada-2.0", "OGL-UK-2.0", "OGL-UK-3.0",
];

#[rustfmt::skip]
const FOR_CODE: [&str; 19] = [
    "0BSD", "AFL-1.1", "AFL-1.2", "AFL-2.0", "AFL-2.1", "AFL-3.0", "Apache-1.0", "Apache-1.1",
    "Apache-2.0", "ECL-1.0", "ECL-2.0", "ISC", "MIT", "MIT-0", "MulanPSL-1.0", "MulanPSL-2.0",
    "NCSA", "UPL-1.0", "OpenMDW-1.0",
];

/// As published. The tool itself keeps the last of two rows for `CC-PDDC` and `CC0-1.0`, which makes
/// them fit for documents only; the published list is followed here.
#[rustfmt::skip]
const FOR_DATA: [&str; 7] = [
    "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "C-UDA-1.0", "CC-PDDC", "CC0-1.0", "PDDL-1.0",
    "OpenMDW-1.0",
];

#[rustfmt::skip]
const FOR_DOCUMENTS: [&str; 8] = [
    "Apache-2.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "FreeBSD-DOC", "CC-PDDC", "CC0-1.0",
    "OpenMDW-1.0",
];

/// Whether the framework counts the license as open: OSI-approved, FSF-libre, on its list of open
/// data licenses, or `OpenMDW-1.0`.
///
/// ```
/// use weighbill::licenses::mof::open_for_mof;
///
/// assert!(open_for_mof("Apache-2.0") && open_for_mof("CC-BY-4.0"));
/// assert!(!open_for_mof("Apache 2.0") && !open_for_mof("CC-BY-NC-4.0") && !open_for_mof("PDDL-1.0"));
/// ```
pub fn open_for_mof(spdx: &str) -> bool {
    OPEN_DATA.contains(&spdx)
        || spdx == "OpenMDW-1.0"
        || spdx::license_id(spdx)
            .is_some_and(|id| id.name == spdx && (id.is_osi_approved() || id.is_fsf_free_libre()))
}

/// Whether the framework holds the license fit for this content. Only a warning hangs on it.
///
/// ```
/// use weighbill::licenses::mof::{Content, fits};
///
/// assert!(fits("MIT", Content::Code) && !fits("MIT", Content::Data));
/// ```
pub fn fits(spdx: &str, content: Content) -> bool {
    match content {
        Content::Code => FOR_CODE.contains(&spdx),
        Content::Data => FOR_DATA.contains(&spdx),
        Content::Document => FOR_DOCUMENTS.contains(&spdx),
    }
}
