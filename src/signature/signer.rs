//! Makes signatures, for receivers under test: with a key of their own, never the platform's.
//!
//! In: a private key's text from a file, and bodies. Out: the header's value, and the public key to verify it with.
//! Invariants: only keys that ring can use become a [`Signer`]; its public key verifies its signatures.

use super::Scheme;
use super::key::{KeyName, PublicKey, decode};
use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use std::fmt;

/// A private key.
pub struct Signer {
    pair: KeyPair,
    public: PublicKey,
}

enum KeyPair {
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl fmt::Debug for Signer {
    /// Without the key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signer({})", self.public.fingerprint())
    }
}

impl Signer {
    /// Reads the private key for signatures of `scheme` from the text of the file named `name`: one PEM block.
    ///
    /// # Errors
    /// A sentence about the fault, and how to make a key.
    pub fn read(scheme: Scheme, text: &str, name: &str) -> Result<Self, String> {
        let broken = |why: String| format!("{why}; {}", how_to_make(scheme));
        let (label, digits) =
            pem_block(text).ok_or_else(|| broken("it does not hold a PEM block".to_owned()))?;
        let der = decode(digits).map_err(|_| broken("its PEM block is not base64".to_owned()))?;
        let pair = match (scheme, label) {
            (_, "PUBLIC KEY" | "RSA PUBLIC KEY") => {
                return Err(broken("it holds a public key, and only a private one can sign".to_owned()));
            }
            (_, "ENCRYPTED PRIVATE KEY") => {
                return Err(broken("its key is encrypted; decrypt it with openssl pkey".to_owned()));
            }
            (Scheme::Ed25519, _) => Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map(KeyPair::Ed25519),
            (Scheme::RsaSha256, "RSA PRIVATE KEY") => RsaKeyPair::from_der(&der).map(KeyPair::Rsa),
            (Scheme::RsaSha256, _) => RsaKeyPair::from_pkcs8(&der).map(KeyPair::Rsa),
        };
        let pair =
            pair.map_err(|why| broken(format!("it is not a private {} key: {why}", scheme.title())))?;
        Self::of(pair, name)
    }

    /// A new Ed25519 key, for one run.
    ///
    /// # Panics
    /// Only if the system has no random numbers.
    pub fn random() -> Self {
        let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
        let made = made.expect("internal error: the system gives random numbers");
        let pair = Ed25519KeyPair::from_pkcs8(made.as_ref());
        let pair = pair.expect("internal error: ring reads what it has made");
        Self::of(KeyPair::Ed25519(pair), "").expect("internal error: a new key is a good one")
    }

    fn of(pair: KeyPair, name: &str) -> Result<Self, String> {
        let name = KeyName::Given { file: name.to_owned(), number: 1, of: 1 };
        let public = match &pair {
            KeyPair::Ed25519(pair) => {
                let bytes = pair.public_key().as_ref().try_into();
                PublicKey::ed25519(bytes.expect("internal error: such a key has 32 bytes"), name)
            }
            KeyPair::Rsa(pair) => PublicKey::rsa(pair.public_key().as_ref(), name),
        }?;
        Ok(Self { pair, public })
    }

    /// The key with which receivers verify.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The header that carries its signatures.
    pub fn header(&self) -> &'static str {
        self.public.scheme().header()
    }

    /// The signature over exactly these bytes, in base64.
    ///
    /// # Panics
    /// Only if the system has no random numbers.
    pub fn sign(&self, body: &[u8]) -> String {
        STANDARD.encode(self.signature(body))
    }

    /// The same, not encoded.
    pub fn signature(&self, body: &[u8]) -> Vec<u8> {
        match &self.pair {
            KeyPair::Ed25519(pair) => pair.sign(body).as_ref().to_vec(),
            KeyPair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), body, &mut signature)
                    .expect("internal error: the system gives random numbers");
                signature
            }
        }
    }
}

/// The label and the digits of the first PEM block.
fn pem_block(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.split_once("-----BEGIN ")?.1.split_once("-----")?;
    Some((label, rest.split_once("-----END ")?.0))
}

fn how_to_make(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Ed25519 => "make one: openssl genpkey -algorithm ed25519 -out key.pem",
        Scheme::RsaSha256 => {
            "make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out key.pem"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED25519: &str = include_str!("../../tests/signature/ed25519-private-test-only.pem");
    const RSA: &str = include_str!("../../tests/signature/rsa-private-test-only.pem");

    #[test]
    fn a_signature_verifies_with_the_public_key_of_the_same_file() {
        for (scheme, text, public) in [
            (Scheme::Ed25519, ED25519, include_str!("../../tests/signature/ed25519.pem")),
            (Scheme::RsaSha256, RSA, include_str!("../../tests/signature/rsa.pem")),
        ] {
            let signer = Signer::read(scheme, text, "key.pem").unwrap();
            let public = PublicKey::read_all(public, "key.pem").unwrap().remove(0);
            assert_eq!(signer.public_key(), &public);
            for body in [&b""[..], b"{}", b"\xff\n"] {
                let signature = STANDARD.decode(signer.sign(body)).unwrap();
                assert!(public.verifies(body, &signature));
                assert!(!public.verifies(b"other", &signature));
            }
        }
        assert_ne!(Signer::random().public_key(), Signer::random().public_key());
    }

    #[test]
    fn a_key_that_cannot_sign_says_why_and_how_to_make_one() {
        for (scheme, text, why) in [
            (Scheme::Ed25519, "", "it does not hold a PEM block"),
            (Scheme::Ed25519, include_str!("ed25519.pem"), "it holds a public key"),
            (Scheme::Ed25519, RSA, "it is not a private Ed25519 key"),
            (Scheme::RsaSha256, ED25519, "it is not a private RSA-SHA256 key"),
            (Scheme::RsaSha256, "-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----", "not base64"),
        ] {
            let found = Signer::read(scheme, text, "key.pem").unwrap_err();
            assert!(found.contains(why) && found.contains("openssl genpkey"), "{found}");
        }
        let signer = format!("{:?}", Signer::read(Scheme::Ed25519, ED25519, "key.pem").unwrap());
        assert!(signer.starts_with("Signer(SHA256:"), "{signer}");
    }
}
