//! A whole Sigstore, made here: authority, log of certificates, log of signatures, authority for time. Each
//! part can be told to lie.

use base64ct::{Base64, Encoding as _};
use p256::pkcs8::{LineEnding, der::pem};
use serde_json::{Value, json};
use weighbill::digest::{hex, sha256};

use crate::der::{
    Certificate, INSIDE, INTEGER, OCTETS, OID, SET, TEXT, algorithm, authority, extension, issued,
    log_id, oid, public, seq, sign, tlv, uses,
};

/// The keys of the instance, by number.
pub(crate) const CA: u8 = 1;
pub(crate) const CT: u8 = 2;
pub(crate) const LOG: u8 = 3;
pub(crate) const SIGNER: u8 = 4;
pub(crate) const CLOCK_ROOT: u8 = 5;
pub(crate) const CLOCK: u8 = 6;
/// A key that nobody trusts.
pub(crate) const STRANGER: u8 = 9;

pub(crate) const IDENTITY: &str = "release@example.com";
pub(crate) const ISSUER: &str = "https://accounts.example.com";

/// When it is signed: 2024-06-01 12:01, a minute after the certificate begins.
pub(crate) const SIGNED_AT: i64 = 1_717_243_260;

/// What an entry of the log is of.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Logged {
    This,
    OtherStatement,
    OtherSignature,
    OtherCertificate,
}

/// How a bundle comes to be; honest unless told otherwise.
pub(crate) struct Signing {
    /// The name in the certificate: a tag for its kind, and the name.
    pub(crate) named: (u8, &'static str),
    pub(crate) issuer: &'static str,
    /// Whether the issuer is named in the old way alone.
    pub(crate) old_issuer: bool,
    pub(crate) valid: (&'static str, &'static str),
    pub(crate) for_code: bool,
    /// Who signs the certificate.
    pub(crate) ca: u8,
    /// Who promises that the certificate is logged, and whose name is on that.
    pub(crate) sct: Option<(u8, u8)>,
    /// Who signs the statement.
    pub(crate) signer: u8,
    pub(crate) logged: Logged,
    pub(crate) logged_at: i64,
    /// Who promises that the entry is logged, in whose name, for which time.
    pub(crate) promise: Option<(u8, u8, i64)>,
    /// Who signs the state of the log.
    pub(crate) checkpoint: u8,
    /// The log's newer form, which tells no time: an authority for that does, with this key, at this time.
    pub(crate) clock: Option<(u8, &'static str)>,
}

impl Default for Signing {
    fn default() -> Self {
        Self {
            named: (0x81, IDENTITY),
            issuer: ISSUER,
            old_issuer: false,
            valid: ("240601120000Z", "240601121000Z"),
            for_code: true,
            ca: CA,
            sct: Some((CT, CT)),
            signer: SIGNER,
            logged: Logged::This,
            logged_at: SIGNED_AT,
            promise: Some((LOG, LOG, SIGNED_AT)),
            checkpoint: LOG,
            clock: None,
        }
    }
}

fn b64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// The root that a user would be given.
pub(crate) fn trusted_root() -> Value {
    let since = json!({"start": "2021-01-01T00:00:00Z"});
    let log = |key: u8, url: &str| {
        json!({
            "baseUrl": url,
            "hashAlgorithm": "SHA2_256",
            "publicKey": {
                "rawBytes": b64(&public(key)),
                "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                "validFor": since,
            },
            "logId": {"keyId": b64(&log_id(key))},
        })
    };
    let authority_of = |name: &str, chain: &[Vec<u8>]| {
        let chain: Vec<Value> = chain.iter().map(|it| json!({"rawBytes": b64(it)})).collect();
        json!({
            "subject": {"organization": "example.com", "commonName": name},
            "uri": "https://example.com",
            "certChain": {"certificates": chain},
            "validFor": since,
        })
    };
    json!({
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": [log(LOG, "https://log.example.com")],
        "certificateAuthorities": [authority_of("ca", &[authority("ca", CA)])],
        "ctlogs": [log(CT, "https://ct.example.com")],
        "timestampAuthorities": [authority_of("clock", &[clock(), authority("clock root", CLOCK_ROOT)])],
    })
}

fn clock() -> Vec<u8> {
    let certificate = Certificate {
        subject: "clock",
        issuer: "clock root",
        valid: ("200101000000Z", "400101000000Z"),
        key: CLOCK,
        extensions: vec![uses(oid::TIME_STAMPING, true)],
    };
    certificate.by(CLOCK_ROOT)
}

impl Signing {
    /// A bundle of a statement.
    pub(crate) fn bundle(&self, statement: &[u8]) -> Value {
        let certificate = self.certificate(self.named);
        let kind = "application/vnd.in-toto+json";
        let head = format!("DSSEv1 {} {kind} {} ", kind.len(), statement.len());
        let encoded = [head.as_bytes(), statement].concat();
        let signature = sign(self.signer, &encoded);
        let mut material = json!({
            "certificate": {"rawBytes": b64(&certificate)},
            "tlogEntries": [self.entry(statement, &encoded, &certificate, &signature)],
        });
        if let Some((key, time)) = self.clock {
            let token = timestamp(key, time, &signature);
            material["timestampVerificationData"] =
                json!({"rfc3161Timestamps": [{"signedTimestamp": b64(&token)}]});
        }
        json!({
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": material,
            "dsseEnvelope": {
                "payload": b64(statement),
                "payloadType": kind,
                "signatures": [{"sig": b64(&signature), "keyid": ""}],
            },
        })
    }

    fn certificate(&self, (tag, name): (u8, &str)) -> Vec<u8> {
        let issuer = if self.old_issuer {
            extension(oid::OLD_ISSUER, false, self.issuer.as_bytes())
        } else {
            extension(oid::ISSUER, false, &tlv(TEXT, self.issuer.as_bytes()))
        };
        let mut extensions = vec![
            extension(oid::KEY_USAGE, true, b"\x03\x02\x07\x80"),
            extension(oid::ALSO_CALLED, true, &seq(&[&tlv(tag, name.as_bytes())])),
            issuer,
        ];
        if self.for_code {
            extensions.push(uses(oid::CODE_SIGNING, false));
        }
        let mut certificate = Certificate {
            subject: "",
            issuer: "ca",
            valid: self.valid,
            key: SIGNER,
            extensions,
        };
        if let Some((key, log)) = self.sct {
            let list = promised(&certificate.body(), self.ca, key, log);
            certificate.extensions.push(extension(oid::SCTS, false, &tlv(OCTETS, &list)));
        }
        certificate.by(self.ca)
    }

    fn entry(
        &self,
        statement: &[u8],
        encoded: &[u8],
        certificate: &[u8],
        signature: &[u8],
    ) -> Value {
        let other = self.certificate((0x81, "somebody@example.com"));
        let (mut statement, mut encoded) = (statement.to_vec(), encoded.to_vec());
        let (mut certificate, mut signature) = (certificate, signature.to_vec());
        match self.logged {
            Logged::This => {}
            Logged::OtherStatement => {
                statement.push(b' ');
                encoded.push(b' ');
            }
            Logged::OtherSignature => signature = sign(SIGNER, b"something else"),
            Logged::OtherCertificate => certificate = &other,
        }
        let newer = self.clock.is_some();
        let body = if newer {
            json!({"apiVersion": "0.0.2", "kind": "hashedrekord", "spec": {"hashedRekordV002": {
                "data": {"algorithm": "SHA2_256", "digest": b64(&sha256(&encoded))},
                "signature": {
                    "content": b64(&signature),
                    "verifier": {
                        "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                        "x509Certificate": {"rawBytes": b64(certificate)},
                    },
                },
            }}})
        } else {
            let pem = pem::encode_string("CERTIFICATE", LineEnding::LF, certificate).unwrap();
            let hash = |bytes: &[u8]| json!({"algorithm": "sha256", "value": hex(&sha256(bytes))});
            json!({"apiVersion": "0.0.1", "kind": "dsse", "spec": {
                "envelopeHash": hash(b"{}"),
                "payloadHash": hash(&statement),
                "signatures": [{"signature": b64(&signature), "verifier": b64(pem.as_bytes())}],
            }})
        };
        let body = serde_json::to_vec(&body).unwrap();
        let (proof, mut entry) = (self.proof(&body), json!({}));
        entry["logIndex"] = json!("1");
        entry["logId"] = json!({"keyId": b64(&log_id(LOG))});
        let kind = if newer {
            ["hashedrekord", "0.0.2"]
        } else {
            ["dsse", "0.0.1"]
        };
        entry["kindVersion"] = json!({"kind": kind[0], "version": kind[1]});
        entry["inclusionProof"] = proof;
        entry["canonicalizedBody"] = json!(b64(&body));
        if newer {
            return entry;
        }
        entry["integratedTime"] = json!(self.logged_at.to_string());
        if let Some((key, log, time)) = self.promise {
            let promise = format!(
                r#"{{"body":"{}","integratedTime":{time},"logID":"{}","logIndex":1}}"#,
                b64(&body),
                hex(&log_id(log))
            );
            entry["logId"] = json!({"keyId": b64(&log_id(log))});
            entry["inclusionPromise"] =
                json!({"signedEntryTimestamp": b64(&sign(key, promise.as_bytes()))});
        }
        entry
    }

    /// That the body is the second of three entries.
    fn proof(&self, body: &[u8]) -> Value {
        let leaf = |bytes: &[u8]| sha256(&[&[0][..], bytes].concat());
        let node = |left: &[u8], right: &[u8]| sha256(&[&[1][..], left, right].concat());
        let (before, after) = (leaf(b"before"), leaf(b"after"));
        let root = node(&node(&before, &leaf(body)), &after);
        let state = format!("log.example.com\n3\n{}\n", b64(&root));
        let signed = [
            &log_id(self.checkpoint)[..4],
            &sign(self.checkpoint, state.as_bytes()),
        ];
        let envelope = format!("{state}\n\u{2014} log.example.com {}\n", b64(&signed.concat()));
        json!({
            "logIndex": "1",
            "rootHash": b64(&root),
            "treeSize": "3",
            "hashes": [b64(&before), b64(&after)],
            "checkpoint": {"envelope": envelope},
        })
    }
}

/// A log's promise to list a certificate, in the list that goes into it.
fn promised(body: &[u8], ca: u8, key: u8, log: u8) -> Vec<u8> {
    let time = (SIGNED_AT.unsigned_abs() * 1000).to_be_bytes();
    let len = u32::try_from(body.len()).unwrap().to_be_bytes();
    let issuer = sha256(&public(ca));
    let signed = [
        &[0, 0][..],
        &time,
        &[0, 1],
        &issuer,
        &len[1..],
        body,
        &[0, 0],
    ]
    .concat();
    let signature = sign(key, &signed);
    let sized = |bytes: &[u8]| {
        let len = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        [&len[..], bytes].concat()
    };
    let sct = [
        &[0][..],
        &log_id(log),
        &time,
        &[0, 0, 4, 3],
        &sized(&signature),
    ]
    .concat();
    sized(&sized(&sct))
}

/// A token of an authority for time, over a signature.
fn timestamp(key: u8, time: &str, signature: &[u8]) -> Vec<u8> {
    let info = seq(&[
        &tlv(INTEGER, &[1]),
        &tlv(OID, b"\x2a\x03\x04"),
        &seq(&[&algorithm(oid::SHA256), &tlv(OCTETS, &sha256(signature))]),
        &tlv(INTEGER, &[1]),
        &tlv(0x18, time.as_bytes()),
    ]);
    let attribute = |oid: &[u8], value: &[u8]| seq(&[&tlv(OID, oid), &tlv(SET, value)]);
    let attributes = [
        attribute(oid::CONTENT_TYPE, &tlv(OID, oid::TIMESTAMP)),
        attribute(oid::MESSAGE_DIGEST, &tlv(OCTETS, &sha256(&info))),
    ]
    .concat();
    let by = seq(&[
        &tlv(INTEGER, &[1]),
        &issued("clock root"),
        &algorithm(oid::SHA256),
        &tlv(INSIDE, &attributes),
        &algorithm(oid::ECDSA),
        &tlv(OCTETS, &sign(key, &tlv(SET, &attributes))),
    ]);
    let signed = seq(&[
        &tlv(INTEGER, &[3]),
        &tlv(SET, &algorithm(oid::SHA256)),
        &seq(&[&tlv(OID, oid::TIMESTAMP), &tlv(INSIDE, &tlv(OCTETS, &info))]),
        &tlv(SET, &by),
    ]);
    seq(&[&tlv(OID, oid::SIGNED), &tlv(INSIDE, &signed)])
}
