//! What stands in for the check of signatures through Sigstore where the program is built without it.

use super::{KeyError, Keyless, SignatureError, Signer};

/// None can be had.
#[derive(Clone, Debug)]
pub enum TrustedRoot {}

impl TrustedRoot {
    /// Never: says what to build instead.
    pub fn from_json(_text: &str) -> Result<Self, KeyError> {
        Err(KeyError::new(
            "is of no use to this build, which does not check signatures through Sigstore: build it with \
             `--features sigstore`",
        ))
    }
}

/// Who signed is not known here.
pub(super) fn signer(
    _text: &[u8],
    _payload: &[u8],
    _trust: Option<&Keyless>,
) -> Result<Signer, SignatureError> {
    Err(SignatureError::Unchecked(
        "it was signed through Sigstore, without a key of its own, which this build does not check: build it \
         with `--features sigstore`"
            .to_owned(),
    ))
}
