//! Signatures through Sigstore: by a key that lives for minutes and a certificate that says whose it was, with
//! a public log to show when. Every step of the check is the Sigstore project's own; nothing is fetched.

use std::fmt;

use sigstore_verify::{
    CertificateError, Error, TimestampError, TransparencyLogError, VerificationPolicy, Verifier,
    trust_root,
    types::{Bundle, Sha256Hash, SignatureContent},
};

use super::{KeyError, Keyless, SignatureError, Signer, Statement};

/// Whose word counts: the authorities and logs of one Sigstore, each with the years it may speak for.
#[derive(Clone)]
pub struct TrustedRoot(trust_root::TrustedRoot);

impl fmt::Debug for TrustedRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustedRoot").finish_non_exhaustive()
    }
}

impl TrustedRoot {
    /// The root in a `trusted_root.json`, as Sigstore gives them out.
    pub fn from_json(text: &str) -> Result<Self, KeyError> {
        let refused = |why: String| KeyError::new(format!("is no trusted root of Sigstore: {why}"));
        let root =
            trust_root::TrustedRoot::from_json(text).map_err(|it| refused(it.to_string()))?;
        for (none, what) in [
            (root.certificate_authorities.is_empty(), "no authority that certifies signers"),
            (root.ctlogs.is_empty(), "no log of certificates"),
            (root.tlogs.is_empty(), "no log of signatures"),
        ] {
            if none {
                return Err(refused(format!("it names {what}")));
            }
        }
        Verifier::new(&root).map_err(|it| refused(it.to_string()))?;
        Ok(Self(root))
    }
}

/// Who signed the bundle in `text`, whose payload is `payload`, as far as `trust` tells.
pub(super) fn signer(
    text: &[u8],
    payload: &[u8],
    trust: Option<&Keyless>,
) -> Result<Signer, SignatureError> {
    let Some(trust) = trust else {
        return Err(SignatureError::Unchecked(
            "it was signed through Sigstore, without a key of its own: name the signer with --identity and \
             --issuer, and the root that you trust with --trusted-root"
                .to_owned(),
        ));
    };
    let bundle = std::str::from_utf8(text).ok().and_then(|it| Bundle::from_json(it).ok());
    let bundle =
        bundle.ok_or_else(|| refused("it is no bundle that Sigstore's verifier can read"))?;
    // Two readers of one text must have read the same statement out of it.
    match &bundle.content {
        SignatureContent::DsseEnvelope(envelope) if envelope.payload.as_bytes() == payload => {}
        _ => return Err(refused("Sigstore's verifier reads another statement out of it")),
    }
    // A trusted time alone would do for the verifier; who signs as somebody else is found out by a log.
    if bundle.verification_material.tlog_entries.is_empty() {
        return Err(refused("it is in no log of signatures"));
    }
    let root = Sha256Hash::new(Statement::parse(payload)?.root);
    let policy = VerificationPolicy::new(trust.identity.as_str(), trust.issuer.as_str());
    let shown = Verifier::new(&trust.root.0)
        .and_then(|verifier| verifier.verify(root, &bundle, &policy))
        .map_err(|error| refused(reason(&error)))?;
    let checked = shown.certificate_verified()
        && shown.sct_verified()
        && shown.tlog_verified()
        && shown.identity_policy_checked();
    let (Some(time), true) = (shown.verified_timestamps().iter().min(), checked) else {
        return Err(refused("Sigstore's verifier left out a part of the check"));
    };
    Ok(Signer {
        named: format!(
            "{}, as {} vouched on {}",
            trust.identity,
            trust.issuer,
            time.strftime("%Y-%m-%d")
        ),
        ended: None,
    })
}

fn refused(why: impl Into<String>) -> SignatureError {
    SignatureError::Refused(why.into())
}

/// Why a bundle does not hold, in a clause.
fn reason(error: &Error) -> String {
    let or_none = |it: Option<String>| it.unwrap_or_else(|| "nobody".to_owned());
    match error {
        Error::IdentityMismatch { actual, .. } => {
            let actual = or_none(actual.as_ref().map(ToString::to_string));
            format!("it was signed by {actual}, who is not the one named with --identity")
        }
        Error::IssuerMismatch { actual, .. } => {
            let actual = or_none(actual.clone());
            format!("{actual} vouched for its signer, which is not the one named with --issuer")
        }
        Error::SignatureInvalid(_) => {
            "the signature is not one of the key in its certificate over that statement".to_owned()
        }
        Error::ArtifactMismatch(_) => "its entry in the log is of another statement".to_owned(),
        Error::Certificate(error) => of_certificate(error),
        Error::TransparencyLog(error) => of_log(error),
        Error::Timestamp(TimestampError::OutsideAuthorityValidity { time }) => format!(
            "its time, {time}, is of an authority that the trusted root does not trust for that day"
        ),
        Error::Timestamp(TimestampError::Invalid(why)) => {
            format!("its time is by no authority of the trusted root: {why}")
        }
        Error::Timestamp(_) => {
            "neither a log nor an authority of the trusted root says when it was signed".to_owned()
        }
        Error::Bundle(why) => {
            format!("its proof in the log is missing or does not fit together: {why}")
        }
        other => other.to_string(),
    }
}

/// What the path check calls the commonest troubles of a chain, and what that means here.
const CHAIN: &[(&str, &str)] = &[
    ("UnknownIssuer", "its certificate is by no authority of the trusted root"),
    ("InvalidSignature", "its certificate is by no authority of the trusted root"),
    ("CertExpired", "its certificate had ended when it was signed"),
    ("CertNotValidYet", "its certificate had not begun when it was signed"),
    ("RequiredEkuNotFound", "its certificate is not for signing code"),
];

fn of_certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::ChainInvalid(why) => CHAIN
            .iter()
            .find(|(mark, _)| why.contains(mark))
            .map_or_else(|| why.clone(), |(_, words)| (*words).to_owned()),
        CertificateError::NoValidAuthority { time } => {
            format!("the trusted root has no authority that certified signers at {time}")
        }
        CertificateError::NotYetValid { time, .. } => {
            format!("its certificate had not begun when it was signed, at {time}")
        }
        CertificateError::Expired { time, .. } => {
            format!("its certificate had ended when it was signed, at {time}")
        }
        CertificateError::Sct(why) => {
            format!("no log of certificates of the trusted root lists its certificate: {why}")
        }
        other => other.to_string(),
    }
}

fn of_log(error: &TransparencyLogError) -> String {
    match error {
        TransparencyLogError::UnknownLog { log_id } => {
            format!("it is in the log {log_id}, which is not in the trusted root")
        }
        TransparencyLogError::InclusionProof(_) => {
            "its proof does not show that the log holds its entry".to_owned()
        }
        TransparencyLogError::Checkpoint(why) => {
            format!(
                "the state of the log that it shows is not signed by a log of the trusted root: {why}"
            )
        }
        TransparencyLogError::InclusionPromise(why) => {
            format!("its entry is not promised by a log of the trusted root: {why}")
        }
        TransparencyLogError::EntryMismatch(why) => {
            format!("its entry in the log is of another signature: {why}")
        }
        TransparencyLogError::IntegratedTime(why) => {
            format!("it was logged at a time that cannot be: {why}")
        }
        other => other.to_string(),
    }
}
