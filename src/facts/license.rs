//! License texts as files carry them.

/// A license, policy or notice file, or a text of that kind inside another file.
#[derive(Clone, Debug)]
pub struct LicenseText {
    /// What the bytes turned out to be.
    pub reading: (),
}
