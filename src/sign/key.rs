//! Keys on the curves that signatures of models use: P-256, P-384, P-521.

use std::fmt;

use p256::ecdsa::signature::{Signer as _, Verifier as _};
use pkcs8::{
    EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument,
    der::{Decode as _, pem},
    spki::SubjectPublicKeyInfoRef,
};
use sec1::{EcParameters, EcPrivateKey};

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// What other keys are called, by their algorithm or curve.
const OTHERS: &[(&str, &str)] = &[
    ("1.3.101.112", "an Ed25519 key"),
    ("1.3.101.113", "an Ed448 key"),
    ("1.3.101.110", "an X25519 key, which cannot sign"),
    ("1.2.840.113549.1.1.1", "an RSA key"),
    ("1.2.840.113549.1.1.10", "an RSA key"),
    ("1.2.840.10040.4.1", "a DSA key"),
    ("1.3.132.0.10", "a key on the curve secp256k1"),
    ("1.3.36.3.3.2.8.1.1.7", "a key on the curve brainpoolP256r1"),
    ("2.16.840.1.101.3.4.3.17", "an ML-DSA key"),
    ("2.16.840.1.101.3.4.3.18", "an ML-DSA key"),
    ("2.16.840.1.101.3.4.3.19", "an ML-DSA key"),
];

/// Why a key cannot be used, in a clause.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(String);

impl KeyError {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

fn refuse<T>(why: impl Into<String>) -> Result<T, KeyError> {
    Err(KeyError(why.into()))
}

fn other<T>(algorithm: ObjectIdentifier) -> Result<T, KeyError> {
    let dotted = algorithm.to_string();
    let known = OTHERS.iter().find(|(oid, _)| *oid == dotted);
    let what =
        known.map_or_else(|| format!("a key of the kind {dotted}"), |(_, it)| (*it).to_owned());
    refuse(format!("is {what}; signatures of models are made with P-256, P-384 or P-521"))
}

/// Calls `$body` with the module of a curve.
macro_rules! on_curve {
    ($curve:expr, $module:ident => $body:expr, $one:path, $two:path, $three:path) => {
        match $curve {
            P256 => {
                use p256 as $module;
                $one($body)
            }
            P384 => {
                use p384 as $module;
                $two($body)
            }
            P521 => {
                use p521 as $module;
                $three($body)
            }
            other_curve => return other(other_curve),
        }
    };
}

/// Checks signatures.
#[derive(Clone, Debug, PartialEq)]
pub enum PublicKey {
    /// With SHA-256.
    P256(p256::ecdsa::VerifyingKey),
    /// With SHA-384.
    P384(p384::ecdsa::VerifyingKey),
    /// With SHA-512.
    P521(p521::ecdsa::VerifyingKey),
}

impl PublicKey {
    /// The key in a PEM text.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, der) = block(text, "PUBLIC KEY")?;
        match label.as_str() {
            "PUBLIC KEY" => Self::from_der(&der),
            "CERTIFICATE" => refuse("is a certificate, not a public key: it goes with --ca"),
            label if label.ends_with("PRIVATE KEY") => {
                refuse("is a private key: keep it to yourself, and give the public one")
            }
            "RSA PUBLIC KEY" => {
                refuse("is an RSA key; signatures of models are made with P-256, P-384 or P-521")
            }
            label => refuse(format!("is a PEM file of a `{label}`, not of a public key")),
        }
    }

    /// The key in a `SubjectPublicKeyInfo`.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let damaged = |error: pkcs8::der::Error| KeyError(format!("is no public key: {error}"));
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(damaged)?;
        if info.algorithm.oid != EC {
            return other(info.algorithm.oid);
        }
        let curve = info.algorithm.parameters_oid();
        let curve = curve.map_err(|_| KeyError("names no curve".to_owned()))?;
        let point = info.subject_public_key.raw_bytes();
        let off = |_| KeyError("is no point of its curve".to_owned());
        Ok(on_curve!(curve, c => c::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(off)?,
            Self::P256, Self::P384, Self::P521))
    }

    /// The key as PEM, lines of 64 letters, as what names it is computed over.
    pub fn to_pem(&self) -> String {
        use pkcs8::{EncodePublicKey as _, LineEnding::LF};

        let pem = match self {
            Self::P256(key) => key.to_public_key_pem(LF),
            Self::P384(key) => key.to_public_key_pem(LF),
            Self::P521(key) => key.to_public_key_pem(LF),
        };
        pem.unwrap_or_default()
    }

    /// Whether this is the key's signature, in DER, of these bytes.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(key) => p256::ecdsa::DerSignature::try_from(signature)
                .is_ok_and(|it| key.verify(message, &it).is_ok()),
            Self::P384(key) => p384::ecdsa::DerSignature::try_from(signature)
                .is_ok_and(|it| key.verify(message, &it).is_ok()),
            Self::P521(key) => p521::ecdsa::DerSignature::try_from(signature)
                .is_ok_and(|it| key.verify(message, &it).is_ok()),
        }
    }

    /// The same, with the hash that a certificate's signature names rather than the curve's own.
    pub(super) fn verifies_prehashed(&self, digest: &[u8], signature: &[u8]) -> bool {
        use p256::ecdsa::signature::hazmat::PrehashVerifier as _;

        match self {
            Self::P256(key) => p256::ecdsa::DerSignature::try_from(signature)
                .is_ok_and(|it| key.verify_prehash(digest, &it).is_ok()),
            Self::P384(key) => p384::ecdsa::DerSignature::try_from(signature)
                .is_ok_and(|it| key.verify_prehash(digest, &it).is_ok()),
            Self::P521(key) => p521::ecdsa::DerSignature::try_from(signature)
                .is_ok_and(|it| key.verify_prehash(digest, &it).is_ok()),
        }
    }
}

/// Makes signatures.
pub enum PrivateKey {
    /// With SHA-256.
    P256(p256::ecdsa::SigningKey),
    /// With SHA-384.
    P384(p384::ecdsa::SigningKey),
    /// With SHA-512.
    P521(p521::ecdsa::SigningKey),
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl PrivateKey {
    /// The key in a PEM text, PKCS#8 (encrypted with `password` or not) or SEC1.
    pub fn from_pem(text: &str, password: Option<&[u8]>) -> Result<Self, KeyError> {
        let (label, der) = block(text, "PRIVATE KEY")?;
        match label.as_str() {
            "PRIVATE KEY" => Self::from_pkcs8(&der),
            "EC PRIVATE KEY" => Self::from_sec1(&der, None),
            "ENCRYPTED PRIVATE KEY" => {
                let Some(password) = password else {
                    return refuse(
                        "is encrypted: give the file of its password with --password-file",
                    );
                };
                let opened: SecretDocument = EncryptedPrivateKeyInfoRef::try_from(&*der)
                    .map_err(|error| KeyError(format!("is no encrypted key: {error}")))?
                    .decrypt(password)
                    .map_err(|error| {
                        KeyError(format!("cannot be opened with that password: {error}"))
                    })?;
                Self::from_pkcs8(opened.as_bytes())
            }
            "PUBLIC KEY" => refuse("is a public key: it takes the private one to sign"),
            "CERTIFICATE" => refuse("is a certificate: it takes a private key to sign"),
            "RSA PRIVATE KEY" => {
                refuse("is an RSA key; signatures of models are made with P-256, P-384 or P-521")
            }
            "OPENSSH PRIVATE KEY" => {
                refuse("is a key of OpenSSH; `ssh-keygen -p -m PKCS8 -f` writes it as PKCS#8")
            }
            label => refuse(format!("is a PEM file of a `{label}`, not of a private key")),
        }
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let damaged = |error: pkcs8::Error| KeyError(format!("is no private key: {error}"));
        let info = PrivateKeyInfoRef::try_from(der).map_err(damaged)?;
        if info.algorithm.oid != EC {
            return other(info.algorithm.oid);
        }
        let curve = info.algorithm.parameters_oid();
        let curve = curve.map_err(|_| KeyError("names no curve".to_owned()))?;
        Self::from_sec1(info.private_key.as_bytes(), Some(curve))
    }

    fn from_sec1(der: &[u8], curve: Option<ObjectIdentifier>) -> Result<Self, KeyError> {
        let damaged = |error: pkcs8::der::Error| KeyError(format!("is no private key: {error}"));
        let key = EcPrivateKey::from_der(der).map_err(damaged)?;
        let named = key.parameters.and_then(EcParameters::named_curve);
        let Some(curve) = curve.or(named) else {
            return refuse("names no curve");
        };
        let off = |_| KeyError("is no number of its curve".to_owned());
        Ok(on_curve!(curve, c => c::ecdsa::SigningKey::from_slice(key.private_key).map_err(off)?,
            Self::P256, Self::P384, Self::P521))
    }

    /// The key that checks what this one signs.
    pub fn public(&self) -> PublicKey {
        match self {
            Self::P256(key) => PublicKey::P256(*key.verifying_key()),
            Self::P384(key) => PublicKey::P384(*key.verifying_key()),
            Self::P521(key) => PublicKey::P521(*key.verifying_key()),
        }
    }

    /// The signature of these bytes, in DER; the same each time.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Self::P521(key) => {
                let signature: p521::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
        }
    }
}

/// The block of a PEM text whose label ends so, else the first: its label and its bytes.
fn block(text: &str, ending: &str) -> Result<(String, Vec<u8>), KeyError> {
    let blocks = pem_blocks(text);
    let fits = |label: &str| label.ends_with(ending);
    let Some((label, body)) =
        blocks.iter().find(|(label, _)| fits(label)).or_else(|| blocks.first())
    else {
        return refuse("is no PEM file: no line begins with -----BEGIN");
    };
    if body.contains("Proc-Type:") {
        return refuse(
            "is encrypted in the old way of OpenSSL; `openssl pkcs8 -topk8` writes it as PKCS#8",
        );
    }
    match pem::decode_vec(body.as_bytes()) {
        Ok((_, der)) => Ok(((*label).to_owned(), der)),
        Err(error) => refuse(format!("is no PEM file: {error}")),
    }
}

/// The blocks of a PEM text, each with its label.
pub(super) fn pem_blocks(text: &str) -> Vec<(&str, &str)> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("-----BEGIN ") {
        let from = &rest[start..];
        let Some((label, _)) = from["-----BEGIN ".len()..].split_once("-----") else {
            break;
        };
        let end = format!("-----END {label}-----");
        let Some(at) = from.find(&end) else {
            break;
        };
        blocks.push((label, &from[..at + end.len()]));
        rest = &from[at + end.len()..];
    }
    blocks
}
