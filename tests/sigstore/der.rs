//! Just enough DER to write certificates and timestamps that lie about one thing.

use p256::{
    ecdsa::{DerSignature, SigningKey, signature::Signer as _},
    pkcs8::EncodePublicKey as _,
};
use weighbill::digest::sha256;

/// Object identifiers, as they are encoded.
pub(crate) mod oid {
    pub(crate) const ECDSA: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x02";
    pub(crate) const SHA256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
    pub(crate) const NAME: &[u8] = b"\x55\x04\x03";
    pub(crate) const KEY_USAGE: &[u8] = b"\x55\x1d\x0f";
    pub(crate) const ALSO_CALLED: &[u8] = b"\x55\x1d\x11";
    pub(crate) const CONSTRAINTS: &[u8] = b"\x55\x1d\x13";
    pub(crate) const USES: &[u8] = b"\x55\x1d\x25";
    pub(crate) const CODE_SIGNING: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x03";
    pub(crate) const TIME_STAMPING: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x08";
    pub(crate) const OLD_ISSUER: &[u8] = b"\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x01";
    pub(crate) const ISSUER: &[u8] = b"\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x08";
    pub(crate) const SCTS: &[u8] = b"\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02";
    pub(crate) const SIGNED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    pub(crate) const TIMESTAMP: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04";
    pub(crate) const CONTENT_TYPE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03";
    pub(crate) const MESSAGE_DIGEST: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04";
}

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTETS: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const TEXT: u8 = 0x0c;
pub(crate) const SET: u8 = 0x31;
/// What is numbered in place of its own tag, with more inside.
pub(crate) const INSIDE: u8 = 0xa0;

/// One element.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = u16::try_from(content.len()).unwrap();
    let [high, low] = len.to_be_bytes();
    let head = match len {
        0..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [&head, content].concat()
}

/// A sequence of elements.
pub(crate) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// A key whose bytes are all `number`.
pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).unwrap()
}

/// A key as certificates hold it.
pub(crate) fn public(number: u8) -> Vec<u8> {
    key(number).verifying_key().to_public_key_der().unwrap().into_vec()
}

/// What a log with this key is called.
pub(crate) fn log_id(number: u8) -> [u8; 32] {
    sha256(&public(number))
}

/// A signature in DER.
pub(crate) fn sign(number: u8, message: &[u8]) -> Vec<u8> {
    let signature: DerSignature = key(number).sign(message);
    signature.as_bytes().to_vec()
}

/// Names a way to sign or to hash.
pub(crate) fn algorithm(oid: &[u8]) -> Vec<u8> {
    seq(&[&tlv(OID, oid)])
}

fn name(common: &str) -> Vec<u8> {
    seq(&[&tlv(
        SET,
        &seq(&[&tlv(OID, oid::NAME), &tlv(TEXT, common.as_bytes())]),
    )])
}

/// Who issued a certificate, and its number there.
pub(crate) fn issued(issuer: &str) -> Vec<u8> {
    seq(&[&name(issuer), &tlv(INTEGER, &[7])])
}

/// An extension of a certificate.
pub(crate) fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { b"\x01\x01\xff" } else { b"" };
    seq(&[&tlv(OID, oid), flag, &tlv(OCTETS, value)])
}

/// A certificate that is not signed yet.
pub(crate) struct Certificate<'a> {
    pub(crate) subject: &'a str,
    pub(crate) issuer: &'a str,
    /// Two times, `240601120000Z`.
    pub(crate) valid: (&'a str, &'a str),
    pub(crate) key: u8,
    pub(crate) extensions: Vec<Vec<u8>>,
}

impl Certificate<'_> {
    /// What of it is signed.
    pub(crate) fn body(&self) -> Vec<u8> {
        let time = |it: &str| tlv(0x17, it.as_bytes());
        let subject = if self.subject.is_empty() {
            seq(&[])
        } else {
            name(self.subject)
        };
        seq(&[
            &tlv(INSIDE, &tlv(INTEGER, &[2])),
            &tlv(INTEGER, &[7]),
            &algorithm(oid::ECDSA),
            &name(self.issuer),
            &seq(&[&time(self.valid.0), &time(self.valid.1)]),
            &subject,
            &public(self.key),
            &tlv(INSIDE | 3, &seq(&[&self.extensions.concat()])),
        ])
    }

    /// The whole, signed by a key.
    pub(crate) fn by(&self, issuer: u8) -> Vec<u8> {
        let body = self.body();
        let signature = [&[0][..], &sign(issuer, &body)].concat();
        seq(&[&body, &algorithm(oid::ECDSA), &tlv(0x03, &signature)])
    }
}

/// The certificate of an authority, signed by itself.
pub(crate) fn authority(subject: &str, key: u8) -> Vec<u8> {
    let certificate = Certificate {
        subject,
        issuer: subject,
        valid: ("200101000000Z", "400101000000Z"),
        key,
        extensions: vec![
            extension(oid::CONSTRAINTS, true, &seq(&[b"\x01\x01\xff"])),
            extension(oid::KEY_USAGE, true, b"\x03\x02\x01\x06"),
        ],
    };
    certificate.by(key)
}

/// What a certificate may be used for.
pub(crate) fn uses(of: &[u8], critical: bool) -> Vec<u8> {
    extension(oid::USES, critical, &seq(&[&tlv(OID, of)]))
}
