//! Signatures of models, as v1.0 of the form of the Open Source Security Foundation has them: a statement of every file with
//! its digest, in a signed envelope. Pure: bytes in, bytes or a refusal out.

mod bundle;
mod certificate;
mod key;
#[cfg_attr(not(feature = "sigstore"), path = "keyless_unchecked.rs")]
mod keyless;
mod statement;

pub use self::{
    certificate::from_pem as certificates,
    key::{KeyError, PrivateKey, PublicKey},
    keyless::TrustedRoot,
    statement::{IGNORED, Resource, Statement, write as statement},
};

use x509_cert::Certificate;

/// Whom the user trusts.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Whoever has one of these keys.
    pub keys: Vec<PublicKey>,
    /// Whomever these vouch for.
    pub roots: Vec<Certificate>,
    /// Whoever signed through Sigstore as this one.
    pub keyless: Option<Keyless>,
    /// Today, in seconds since 1970: certificates end.
    pub now: u64,
}

/// A signer through Sigstore.
#[derive(Clone, Debug)]
pub struct Keyless {
    /// Whose certificate it must be, to the letter: `release@example.com`, the address of a workflow.
    pub identity: String,
    /// Who must have vouched for that: `https://accounts.google.com`.
    pub issuer: String,
    /// Whose authorities and logs to believe.
    pub root: TrustedRoot,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// In words: `the key fc9bdd662247dc2b`, `CN=release`, `release@example.com, as … vouched on …`.
    pub named: String,
    /// Which certificate has ended and when, in words: the signature tells no time, so that it may
    /// have been made after.
    pub ended: Option<String>,
}

/// Why a signature shows nothing, in a clause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It does not hold.
    #[error("{0}")]
    Refused(String),

    /// Whether it holds cannot be told.
    #[error("{0}")]
    Unchecked(String),
}

/// What a bundle states, and who signed it, or why that is not known. Nothing is stated by a bundle
/// that does not hold.
pub fn open(
    bundle: &[u8],
    trust: &Trust,
) -> Result<(Statement, Result<Signer, String>), SignatureError> {
    let opened = bundle::open(bundle)?;
    let signer = match opened.signer(bundle, trust) {
        Err(SignatureError::Unchecked(why)) => Err(why),
        other => Ok(other?),
    };
    Ok((Statement::parse(&opened.payload)?, signer))
}

/// A bundle of a statement, signed with a key: the same bytes each time.
pub fn seal(statement: &[u8], key: &PrivateKey) -> Vec<u8> {
    bundle::write(statement, key)
}
