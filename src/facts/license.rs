//! License texts as files carry them.

/// The bytes of a license, policy or notice file, up to a cap. What they say is told later, by the
/// catalog of licenses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LicenseText {
    /// As they stand in the file, encoding and all.
    pub bytes: Vec<u8>,
    /// Whether the file goes on after `bytes`.
    pub cut: bool,
}
