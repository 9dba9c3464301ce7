//! The envelope of a signature: a Sigstore bundle around a signed statement.

use super::{
    SignatureError, Signer, Trust,
    certificate::follow,
    key::{PrivateKey, PublicKey},
    keyless,
};
use crate::digest::{hex, sha256};
use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Serialize};

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Bundle {
    media_type: String,
    verification_material: Material,
    dsse_envelope: Option<Envelope>,
    #[serde(default)]
    message_signature: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    public_key: Option<Hint>,
    x509_certificate_chain: Option<Chain>,
    certificate: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Hint {
    hint: Option<String>,
}

#[derive(Deserialize)]
struct Chain {
    certificates: Vec<Link>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    raw_bytes: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<Sig>,
}

#[derive(Deserialize, Serialize)]
struct Sig {
    sig: String,
    #[serde(default)]
    keyid: Option<String>,
}

/// A bundle, opened and not yet believed.
pub(super) struct Opened {
    pub(super) payload: Vec<u8>,
    signature: Vec<u8>,
    by: By,
}

enum By {
    Key(Option<String>),
    Chain(Vec<Vec<u8>>),
    Keyless,
}

fn refuse<T>(why: impl Into<String>) -> Result<T, SignatureError> {
    Err(SignatureError::Refused(why.into()))
}

fn decoded(text: &str, what: &str) -> Result<Vec<u8>, SignatureError> {
    Base64::decode_vec(text)
        .or_else(|_| refuse(format!("its {what} is not in standard base64 with padding")))
}

/// Takes a bundle apart.
pub(super) fn open(text: &[u8]) -> Result<Opened, SignatureError> {
    let bundle: Bundle = match serde_json::from_slice(text) {
        Ok(bundle) => bundle,
        Err(error) => return refuse(format!("it is no bundle of a signature: {error}")),
    };
    if bundle.media_type != MEDIA_TYPE {
        return refuse(format!("it is a {}, not a {MEDIA_TYPE}", bundle.media_type));
    }
    let Some(envelope) = bundle.dsse_envelope else {
        return refuse(match bundle.message_signature {
            Some(_) => "it signs bytes alone and states nothing of a model",
            None => "it holds no signed statement",
        });
    };
    if envelope.payload_type != PAYLOAD_TYPE {
        return refuse(format!("it holds a {}, not a {PAYLOAD_TYPE}", envelope.payload_type));
    }
    let [signature] = &envelope.signatures[..] else {
        return refuse(format!("it holds {} signatures, not one", envelope.signatures.len()));
    };
    let material = bundle.verification_material;
    let by = match (material.public_key, material.x509_certificate_chain, material.certificate) {
        (Some(key), None, None) => By::Key(key.hint),
        (None, Some(chain), None) => {
            let links = chain.certificates.iter();
            By::Chain(
                links.map(|it| decoded(&it.raw_bytes, "certificate")).collect::<Result<_, _>>()?,
            )
        }
        (None, None, Some(_)) => By::Keyless,
        (None, None, None) => return refuse("it does not say what it was signed with"),
        _ => return refuse("it says twice what it was signed with"),
    };
    Ok(Opened {
        payload: decoded(&envelope.payload, "statement")?,
        signature: decoded(&signature.sig, "signature")?,
        by,
    })
}

/// What is signed: the payload with its type and the lengths of both.
fn encoding(payload: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// What names a key in a bundle.
pub(super) fn hint(key: &PublicKey) -> String {
    hex(&sha256(key.to_pem().as_bytes()))
}

impl Opened {
    /// Who signed it, as far as `trust` tells; `text` is the bundle.
    pub(super) fn signer(&self, text: &[u8], trust: &Trust) -> Result<Signer, SignatureError> {
        let Trust { keys, roots, now, .. } = trust;
        match &self.by {
            By::Keyless => keyless::signer(text, &self.payload, trust.keyless.as_ref()),
            By::Key(_) if keys.is_empty() => Err(SignatureError::Unchecked(
                "it was signed with a key: name the public one with --public-key".to_owned(),
            )),
            By::Chain(_) if roots.is_empty() => Err(SignatureError::Unchecked(
                "it was signed with a certificate: name the root that you trust with --ca"
                    .to_owned(),
            )),
            By::Key(named) => self.by_key(named.as_deref(), keys),
            By::Chain(chain) => {
                let vouched = follow(chain, roots, *now)
                    .map_err(|it| SignatureError::Refused(it.to_string()))?;
                self.check(&vouched.key)?;
                Ok(Signer {
                    named: vouched.subject,
                    ended: vouched.ended,
                })
            }
        }
    }

    fn by_key(&self, named: Option<&str>, keys: &[PublicKey]) -> Result<Signer, SignatureError> {
        let fits = |key: &&PublicKey| named.is_none_or(|it| it.eq_ignore_ascii_case(&hint(key)));
        let mut fitting = keys.iter().filter(fits).peekable();
        if fitting.peek().is_none() {
            let ours: Vec<String> = keys.iter().map(|key| short(&hint(key)).to_owned()).collect();
            return refuse(format!(
                "it names the key {}, and {} was given",
                short(named.unwrap_or_default()),
                ours.join(", ")
            ));
        }
        let mut last = Ok(());
        for key in fitting {
            last = self.check(key);
            if last.is_ok() {
                let named = format!("the key {}", short(&hint(key)));
                return Ok(Signer { named, ended: None });
            }
        }
        last.and_then(|()| refuse("no key was given"))
    }

    fn check(&self, key: &PublicKey) -> Result<(), SignatureError> {
        if key.verifies(&encoding(&self.payload), &self.signature) {
            Ok(())
        } else {
            refuse("the signature is not one of that key over that statement")
        }
    }
}

/// The first digits of a name of a key, for a reader.
fn short(hint: &str) -> &str {
    hint.get(..16).unwrap_or(hint)
}

/// A bundle of a statement, signed with a key.
pub(super) fn write(payload: &[u8], key: &PrivateKey) -> Vec<u8> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Out {
        media_type: &'static str,
        verification_material: Made,
        dsse_envelope: Envelope,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Made {
        public_key: Named,
        tlog_entries: [u8; 0],
    }
    #[derive(Serialize)]
    struct Named {
        hint: String,
    }
    let signature = key.sign(&encoding(payload));
    let bundle = Out {
        media_type: MEDIA_TYPE,
        verification_material: Made {
            public_key: Named { hint: hint(&key.public()) },
            tlog_entries: [],
        },
        dsse_envelope: Envelope {
            payload: Base64::encode_string(payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: vec![Sig {
                sig: Base64::encode_string(&signature),
                keyid: Some(String::new()),
            }],
        },
    };
    serde_json::to_vec(&bundle).unwrap_or_default()
}
