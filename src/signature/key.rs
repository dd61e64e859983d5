//! Public keys: the published ones, and those given instead.
//!
//! In: a key's text from a file. Out: a [`PublicKey`] that verifies signatures.
//! Invariants: only keys that ring can use become a [`PublicKey`]; the fingerprint is that of the key's
//! `SubjectPublicKeyInfo` in DER, whatever the form of the given key, so that `openssl pkey -pubin -outform DER |
//! sha256sum` prints the same digits.

use super::Scheme;
use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pkcs1::RsaPublicKeyRef;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm};
use spki::der::asn1::BitStringRef;
use spki::der::{Decode as _, Encode as _};
use spki::{AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfoRef};
use std::fmt;

/// The vendor's key for `X-GHL-Signature`. Documented: the webhook guide prints it.
const PUBLISHED_ED25519: &str = include_str!("ed25519.pem");
/// The vendor's key for the legacy `X-WH-Signature`. Documented: the webhook guide prints it, and so do public
/// copies of the vendor's older guides, with the same bytes.
const PUBLISHED_RSA: &str = include_str!("rsa.pem");
/// RFC 8410, section 3.
const ED25519_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// The y coordinates of Ed25519 points of small order, as a key spells them in hexadecimal: little-endian, without the
/// sign of x; and 0 and 1 also with the field's prime added.
pub(super) const SMALL_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];
/// The number of keys in one file: each of them is tried.
const MOST_KEYS: usize = 16;
/// The sizes of RSA keys that ring accepts, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// One public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    scheme: Scheme,
    /// In the form for ring: the point itself, or a PKCS#1 `RSAPublicKey`.
    bytes: Vec<u8>,
    signature_bytes: usize,
    fingerprint: String,
    name: KeyName,
}

/// The origin of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyName {
    /// The vendor's published key.
    Published,
    /// A given key.
    Given {
        /// The file's name, safe to print.
        file: String,
        /// The number of the key in the file, from 1.
        number: usize,
        /// The number of keys in the file.
        of: usize,
    },
}

impl fmt::Display for KeyName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Published => formatter.write_str("the published key"),
            Self::Given { file, of: 1, .. } => write!(formatter, "the key in {file}"),
            Self::Given { file, number, of } => {
                write!(formatter, "key {number} of {of} in {file}, all of which are tried")
            }
        }
    }
}

impl PublicKey {
    /// Reads the keys of the file named `name`: PEM blocks (`PUBLIC KEY` or `RSA PUBLIC KEY`), or the bare base64 of
    /// one such block, or base64 of the 32 bytes of an Ed25519 key.
    ///
    /// # Errors
    /// A sentence about the fault; one unusable block is enough.
    pub fn read_all(text: &str, name: &str) -> Result<Vec<Self>, String> {
        let blocks: Vec<&str> = text.split("-----BEGIN ").skip(1).collect();
        let of = blocks.len().max(1);
        let name = |number| KeyName::Given { file: name.to_owned(), number, of };
        match blocks.len() {
            0 => Ok(vec![Self::of_digits(text, name(1))?]),
            1 => Ok(vec![Self::of_digits(pem_text(blocks[0])?, name(1))?]),
            count if count > MOST_KEYS => {
                Err(format!("it holds {count} PEM blocks, and at most {MOST_KEYS} are tried; leave some out"))
            }
            count => (1..)
                .zip(blocks)
                .map(|(number, block)| {
                    let key = pem_text(block).and_then(|digits| Self::of_digits(digits, name(number)));
                    key.map_err(|why| {
                        format!("of its {count} PEM blocks, number {number} cannot be used: {why}")
                    })
                })
                .collect(),
        }
    }

    fn of_digits(digits: &str, name: KeyName) -> Result<Self, String> {
        let der = decode(digits)?;
        if let Ok(bytes) = <[u8; 32]>::try_from(der.as_slice()) {
            return Self::ed25519(&bytes, name);
        }
        if let Ok(info) = SubjectPublicKeyInfoRef::from_der(&der) {
            return Self::from_info(&info, name);
        }
        match RsaPublicKeyRef::from_der(&der) {
            Ok(_) => Self::rsa(&der, name),
            Err(_) => Err(format!("it is not a public key of a supported kind; {ACCEPTED}")),
        }
    }

    fn from_info(info: &SubjectPublicKeyInfoRef<'_>, name: KeyName) -> Result<Self, String> {
        let bytes = info.subject_public_key.as_bytes().unwrap_or_default();
        match info.algorithm.oid {
            ED25519_OID => match bytes.try_into() {
                Ok(bytes) => Self::ed25519(bytes, name),
                Err(_) => Err(format!("its Ed25519 key has {} bytes instead of 32", bytes.len())),
            },
            pkcs1::ALGORITHM_OID => Self::rsa(bytes, name),
            other => Err(format!("it holds a key of another algorithm ({other}); {ACCEPTED}")),
        }
    }

    pub(super) fn ed25519(bytes: &[u8; 32], name: KeyName) -> Result<Self, String> {
        if has_small_order(bytes) {
            return Err(
                "its Ed25519 key is a point of small order, for which anyone can make signatures of \
                        any body; \
                        give the signer's key"
                    .to_owned(),
            );
        }
        let algorithm = AlgorithmIdentifierRef { oid: ED25519_OID, parameters: None };
        Ok(Self {
            scheme: Scheme::Ed25519,
            bytes: bytes.to_vec(),
            signature_bytes: 64,
            fingerprint: fingerprint(algorithm, bytes)?,
            name,
        })
    }

    pub(super) fn rsa(bytes: &[u8], name: KeyName) -> Result<Self, String> {
        let key = RsaPublicKeyRef::from_der(bytes).map_err(|_| "its RSA key is broken".to_owned())?;
        let modulus = key.modulus.as_bytes();
        let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
        let bits = modulus.len() * 8 - unused;
        if !RSA_BITS.contains(&bits) {
            return Err(format!("its RSA key has {bits} bits; 2048 to 8192 are accepted"));
        }
        Ok(Self {
            scheme: Scheme::RsaSha256,
            bytes: bytes.to_vec(),
            signature_bytes: modulus.len(),
            fingerprint: fingerprint(pkcs1::ALGORITHM_ID, bytes)?,
            name,
        })
    }

    /// The scheme of its signatures.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The length of its signatures, in bytes.
    pub fn signature_bytes(&self) -> usize {
        self.signature_bytes
    }

    /// `SHA256:` and the digest of its `SubjectPublicKeyInfo` in hexadecimal.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Its origin.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Whether this key made `signature` over exactly these bytes.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &dyn VerificationAlgorithm = match self.scheme {
            Scheme::Ed25519 => &ED25519,
            Scheme::RsaSha256 => &RSA_PKCS1_2048_8192_SHA256,
        };
        UnparsedPublicKey::new(algorithm, &self.bytes).verify(message, signature).is_ok()
    }
}

/// The keys to verify with: the published ones, or their replacements.
#[derive(Clone, Debug)]
pub struct Keys {
    pub(super) list: Vec<PublicKey>,
    /// The published keys, if they are replaced.
    pub(super) replaced: Vec<PublicKey>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { list: [Scheme::Ed25519, Scheme::RsaSha256].map(published).to_vec(), replaced: Vec::new() }
    }
}

impl Keys {
    /// These keys and no others.
    pub fn only(keys: Vec<PublicKey>) -> Self {
        Self { list: keys, replaced: Self::default().list }
    }

    /// The keys for signatures of that scheme.
    pub fn of(&self, scheme: Scheme) -> impl Iterator<Item = &PublicKey> {
        self.list.iter().filter(move |key| key.scheme == scheme)
    }

    /// The published key for that scheme, if another replaces it.
    pub(super) fn replaced(&self, scheme: Scheme) -> Option<&PublicKey> {
        self.replaced.iter().find(|key| key.scheme == scheme)
    }
}

/// The vendor's key for that scheme.
pub(super) fn published(scheme: Scheme) -> PublicKey {
    let text = match scheme {
        Scheme::Ed25519 => PUBLISHED_ED25519,
        Scheme::RsaSha256 => PUBLISHED_RSA,
    };
    let block = text.split("-----BEGIN ").nth(1).unwrap_or_default();
    let key = pem_text(block).and_then(|digits| PublicKey::of_digits(digits, KeyName::Published));
    key.expect("internal error: the published keys can be read")
}

const ACCEPTED: &str = "give an Ed25519 or RSA public key as PEM (-----BEGIN PUBLIC KEY-----) or base64";

fn has_small_order(key: &[u8; 32]) -> bool {
    let mut y = *key;
    y[31] &= 0x7f;
    SMALL_ORDER.contains(&hexadecimal(&y).as_str())
}

/// The bytes of base64 that may have line breaks and spaces anywhere, because keys are copied through mails and
/// settings.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    match STANDARD.decode(&digits) {
        Ok(der) if !der.is_empty() => Ok(der),
        Ok(_) => Err(format!("there is no key in it; {ACCEPTED}")),
        Err(_) => Err(format!("it is neither PEM nor base64; {ACCEPTED}")),
    }
}

/// The text between the lines that begin and end a PEM block. `block` follows `-----BEGIN `.
fn pem_text(block: &str) -> Result<&str, String> {
    let (label, rest) = block.split_once("-----").unwrap_or((block, ""));
    if label.contains("PRIVATE") {
        return Err(format!(
            "it holds a private key, which is not needed and should stay secret; {ACCEPTED}"
        ));
    }
    if label != "PUBLIC KEY" && label != "RSA PUBLIC KEY" {
        return Err(format!("its PEM block is not a public key; {ACCEPTED}"));
    }
    match rest.split_once("-----END ") {
        Some((inside, _)) => Ok(inside),
        None => Err("its PEM block is cut: the line -----END PUBLIC KEY----- is missing".to_owned()),
    }
}

fn fingerprint(algorithm: AlgorithmIdentifierRef<'_>, key: &[u8]) -> Result<String, String> {
    let broken = |_| "its key is broken".to_owned();
    let subject_public_key = BitStringRef::from_bytes(key).map_err(broken)?;
    let info = SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der().map_err(broken)?;
    Ok(format!("SHA256:{}", hexadecimal(digest(&SHA256, &info).as_ref())))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
