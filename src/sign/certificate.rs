//! Certificates that vouch for a signer's key: a chain from the leaf to a root that the user named.

use x509_cert::{
    Certificate,
    der::{Decode as _, Encode as _, asn1::ObjectIdentifier, pem},
    ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage},
};

use super::key::{KeyError, PublicKey, pem_blocks};
use crate::digest::{self, Algorithm};

const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");

/// The hash that a certificate is signed with, by the algorithm that it names.
const ECDSA: &[(&str, Algorithm)] = &[
    ("1.2.840.10045.4.3.2", Algorithm::Sha256),
    ("1.2.840.10045.4.3.3", Algorithm::Sha384),
    ("1.2.840.10045.4.3.4", Algorithm::Sha512),
];

/// Chains longer than this are nobody's.
const LONGEST: usize = 8;

/// What a chain shows.
#[derive(Debug)]
pub(super) struct Vouched {
    /// The leaf's key.
    pub(super) key: PublicKey,
    /// Whom the leaf names.
    pub(super) subject: String,
    /// Where a certificate of the chain has ended: which, and when, in words.
    pub(super) ended: Option<String>,
}

/// Certificates in a PEM text.
pub fn from_pem(text: &str) -> Result<Vec<Certificate>, KeyError> {
    let blocks = pem_blocks(text);
    let certificates = blocks.iter().filter(|(label, _)| *label == "CERTIFICATE");
    let read = |(_, body): &(&str, &str)| {
        let damaged = |error: x509_cert::der::Error| {
            KeyError::new(format!("holds a certificate that cannot be read: {error}"))
        };
        let (_, der) = pem::decode_vec(body.as_bytes())
            .map_err(|error| KeyError::new(format!("is no PEM file: {error}")))?;
        Certificate::from_der(&der).map_err(damaged)
    };
    let found: Vec<Certificate> = certificates.map(read).collect::<Result<_, _>>()?;
    match (found.is_empty(), blocks.first()) {
        (false, _) => Ok(found),
        (true, Some((label, _))) => {
            Err(KeyError::new(format!("is a PEM file of a `{label}`, not of a certificate")))
        }
        (true, None) => Err(KeyError::new("is no PEM file: no line begins with -----BEGIN")),
    }
}

/// Follows a chain of certificates in DER, the leaf first, to one of `roots`: each must be signed by
/// the next, and be valid when the leaf began. `now`, in seconds since 1970, tells what has ended.
pub(super) fn follow(
    chain: &[Vec<u8>],
    roots: &[Certificate],
    now: u64,
) -> Result<Vouched, KeyError> {
    if chain.is_empty() || chain.len() > LONGEST {
        return Err(KeyError::new(format!("carries {} certificates", chain.len())));
    }
    let read = |der: &Vec<u8>| {
        Certificate::from_der(der).map_err(|error| {
            KeyError::new(format!("carries a certificate that cannot be read: {error}"))
        })
    };
    let chain: Vec<Certificate> = chain.iter().map(read).collect::<Result<_, _>>()?;
    let leaf = &chain[0];
    may_sign(leaf)?;
    let then = seconds(leaf, |validity| validity.not_before.to_unix_duration().as_secs());
    let mut path = vec![leaf];
    let mut rest: Vec<&Certificate> = chain[1..].iter().collect();
    loop {
        let last = path[path.len() - 1];
        if roots.iter().any(|root| same(root, last)) {
            break;
        }
        if let Some(root) = roots.iter().find(|root| signed_by(last, root)) {
            path.push(root);
            break;
        }
        let next = rest
            .iter()
            .position(|it| signed_by(last, it) && !path.iter().any(|have| same(have, it)));
        let Some(next) = next else {
            return Err(KeyError::new(format!(
                "its certificate, of {}, leads to none of the roots that you named: {} is by {}",
                named(leaf),
                named(last),
                last.tbs_certificate().issuer()
            )));
        };
        path.push(rest.remove(next));
    }
    for (above, certificate) in path.iter().enumerate() {
        if above > 0 && path.len() > 1 {
            may_issue(certificate, above - 1)?;
        }
        let (start, end) = (
            seconds(certificate, |it| it.not_before.to_unix_duration().as_secs()),
            seconds(certificate, |it| it.not_after.to_unix_duration().as_secs()),
        );
        if !(start..=end).contains(&then) {
            return Err(KeyError::new(format!(
                "the certificate of {} was not valid when that of {} began",
                named(certificate),
                named(leaf)
            )));
        }
        if now < start && above == 0 {
            return Err(KeyError::new(format!(
                "the certificate of {} is not valid yet",
                named(certificate)
            )));
        }
    }
    let ended =
        path.iter().find(|it| seconds(it, |it| it.not_after.to_unix_duration().as_secs()) < now);
    Ok(Vouched {
        key: key_of(leaf)?,
        subject: named(leaf),
        ended: ended.map(|it| {
            let date = it.tbs_certificate().validity().not_after.to_date_time();
            format!(
                "the certificate of {} expired on {:04}-{:02}-{:02}",
                named(it),
                date.year(),
                date.month(),
                date.day()
            )
        }),
    })
}

fn seconds(certificate: &Certificate, of: impl Fn(&x509_cert::time::Validity) -> u64) -> u64 {
    of(certificate.tbs_certificate().validity())
}

fn named(certificate: &Certificate) -> String {
    certificate.tbs_certificate().subject().to_string()
}

fn same(one: &Certificate, other: &Certificate) -> bool {
    one == other
}

fn key_of(certificate: &Certificate) -> Result<PublicKey, KeyError> {
    let der = certificate.tbs_certificate().subject_public_key_info().to_der();
    let der =
        der.map_err(|error| KeyError::new(format!("carries a key that cannot be read: {error}")))?;
    PublicKey::from_der(&der).map_err(|error| {
        KeyError::new(format!("the key in the certificate of {} {error}", named(certificate)))
    })
}

/// Whether the key of `issuer` signed `certificate`.
fn signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    if certificate.tbs_certificate().issuer() != issuer.tbs_certificate().subject() {
        return false;
    }
    let algorithm = certificate.signature_algorithm().oid.to_string();
    let Some((_, hash)) = ECDSA.iter().find(|(oid, _)| *oid == algorithm) else {
        return false;
    };
    let (Ok(body), Ok(key)) = (certificate.tbs_certificate().to_der(), key_of(issuer)) else {
        return false;
    };
    let digest = digest::of(*hash, &body);
    let Some(signature) = certificate.signature().as_bytes() else {
        return false;
    };
    certificate.tbs_certificate().signature() == certificate.signature_algorithm()
        && key.verifies_prehashed(digest.as_bytes(), signature)
}

/// A leaf must be for digital signatures, or, where it does not say, for signing code.
fn may_sign(leaf: &Certificate) -> Result<(), KeyError> {
    let body = leaf.tbs_certificate();
    let damaged = |error: x509_cert::der::Error| {
        KeyError::new(format!("carries an extension that cannot be read: {error}"))
    };
    if let Some((_, usage)) = body.get_extension::<KeyUsage>().map_err(damaged)? {
        return if usage.digital_signature() {
            Ok(())
        } else {
            Err(KeyError::new(format!(
                "the certificate of {} is not for digital signatures",
                named(leaf)
            )))
        };
    }
    let extended = body.get_extension::<ExtendedKeyUsage>().map_err(damaged)?;
    match extended {
        Some((_, usages)) if usages.0.contains(&CODE_SIGNING) => Ok(()),
        _ => Err(KeyError::new(format!(
            "the certificate of {} says neither that it is for digital signatures nor for signing code",
            named(leaf)
        ))),
    }
}

/// Whether a certificate may vouch for others, `below` of them between it and the leaf.
fn may_issue(certificate: &Certificate, below: usize) -> Result<(), KeyError> {
    let body = certificate.tbs_certificate();
    let no = || {
        KeyError::new(format!("the certificate of {} may not vouch for others", named(certificate)))
    };
    let constraints = body.get_extension::<BasicConstraints>().map_err(|_| no())?;
    let Some((_, constraints)) = constraints.filter(|(_, it)| it.ca) else {
        return Err(no());
    };
    if constraints.path_len_constraint.is_some_and(|most| below > usize::from(most)) {
        return Err(no());
    }
    match body.get_extension::<KeyUsage>().map_err(|_| no())? {
        Some((_, usage)) if !usage.key_cert_sign() => Err(no()),
        _ => Ok(()),
    }
}
