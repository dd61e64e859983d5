//! The rules of signatures, with keys made for the tests. There is no published test vector of the event.

use super::*;
use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use std::sync::OnceLock;

mod keys;
mod respelt;

const BODY: &[u8] = br#"{"type":"AssociationCreate","id":"698f1a2b3c4d5e6f70819203","x":[1.0,2]}"#;
const RFC_8032: &str = include_str!("../../../tests/signature/rfc8032.txt");
const RSA_PEM: &str = include_str!("../../../tests/signature/rsa.pem");

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn hex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn ed25519_key() -> PublicKey {
    given(&BASE64.encode(pair().public_key().as_ref())).unwrap()
}

fn given(text: &str) -> Result<PublicKey, String> {
    PublicKey::read_all(text, "key.pem").map(|mut keys| keys.remove(0))
}

fn ed25519(body: &[u8]) -> String {
    BASE64.encode(pair().sign(body).as_ref())
}

fn rsa(body: &[u8]) -> String {
    static PAIR: OnceLock<RsaKeyPair> = OnceLock::new();
    let pair = PAIR.get_or_init(|| {
        let pem = include_str!("../../../tests/signature/rsa-private-test-only.pem");
        let digits: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        RsaKeyPair::from_pkcs8(&BASE64.decode(digits.as_bytes()).unwrap()).unwrap()
    });
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), body, &mut signature).unwrap();
    BASE64.encode(&signature)
}

fn headers(pairs: &[(&str, &str)]) -> Headers {
    let mut headers = Headers::default();
    pairs.iter().for_each(|(name, value)| headers.push(*name, *value));
    headers
}

fn keys() -> Keys {
    Keys { list: vec![ed25519_key(), given(RSA_PEM).unwrap()], replaced: Vec::new() }
}

fn verdict(bytes: &[u8], pairs: &[(&str, &str)]) -> Verdict {
    Verdict::of(
        &Body { bytes, headers: &headers(pairs), fidelity: Fidelity::Raw },
        Sent::of(&headers(pairs), None),
        &keys(),
    )
}

/// The form that matched, or the codes of the causes, or another outcome.
fn outcome(verdict: &Verdict) -> String {
    match &verdict.outcome {
        Outcome::Verified(matched) => matched.form.code().to_owned(),
        Outcome::Mismatch { causes, .. } => causes.iter().map(Cause::code).collect::<Vec<_>>().join(" "),
        Outcome::Malformed(why) => why.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn only_the_vectors_of_rfc_8032_hold() {
    let blocks: Vec<&str> = RFC_8032.trim_end_matches('\n').split("\n\nTEST").collect();
    assert_eq!(blocks.len(), 5);
    for block in blocks {
        let lines: Vec<Vec<u8>> = block.lines().skip(1).map(hex).collect();
        let [secret, public, message, signature] = lines.as_slice() else { unreachable!("four lines") };
        let pair = Ed25519KeyPair::from_seed_and_public_key(secret, public).unwrap();
        assert_eq!(pair.sign(message).as_ref(), signature);
        let key = given(&BASE64.encode(public)).unwrap();
        assert!(key.verifies(message, signature));
        assert!(!key.verifies(&[message.as_slice(), b"\n"].concat(), signature));
        for index in 0..64 {
            let mut changed = signature.clone();
            changed[index] ^= 1;
            assert!(!key.verifies(message, &changed), "{index}");
        }
        assert!(!key.verifies(message, &signature[..63]));
        assert!(!key.verifies(message, &[signature.as_slice(), b"\0"].concat()));
    }
}

#[test]
fn a_hundred_thousand_headers_cost_little_and_hide_nothing() {
    let signature = ed25519(BODY);
    let commas = ",".repeat(1 << 20);
    let mut pairs = vec![("\0", "\0"); 100_000];
    pairs.extend([ghl(&commas), ghl("N/A"), ghl(&signature)]);
    assert_eq!(outcome(&verdict(BODY, &pairs)), "raw");
}

#[test]
fn every_change_of_one_byte_is_refused() {
    for (name, signature) in [("X-GHL-Signature", ed25519(BODY)), ("X-WH-Signature", rsa(BODY))] {
        assert!(verdict(BODY, &[(name, &signature)]).is_verified());
        for index in 0..BODY.len() {
            let mut body = BODY.to_vec();
            body[index] ^= 1;
            assert!(!verdict(&body, &[(name, &signature)]).is_verified(), "{name} {index}");
        }
        for end in 0..BODY.len() {
            assert!(!verdict(&BODY[..end], &[(name, &signature)]).is_verified(), "{name} {end}");
        }
        for index in 0..signature.len() {
            let mut changed = signature.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(!verdict(BODY, &[(name, &changed)]).is_verified(), "{name} {index}");
        }
    }
}

proptest! {
    #[test]
    fn no_other_body_is_verified(bytes in proptest::collection::vec(any::<u8>(), 0..80), value in "\\PC{0,100}") {
        let signature = ed25519(BODY);
        prop_assert!(!verdict(&bytes, &[ghl(&signature)]).is_verified());
        prop_assert!(!verdict(BODY, &[("X-GHL-Signature", &value)]).is_verified());
    }
}

#[test]
fn each_form_matches_and_says_so() {
    let text = std::str::from_utf8(BODY).unwrap();
    let spaced = text.replace(':', " : ").replace(',', ",\r\n\t");
    let marked = format!("\u{feff}{text}\n");
    let lf = format!("{text}\n");
    let crlf = format!("{text}\r\n");
    for (body, expected) in [
        (text, "raw"),
        (&lf, "without-line-end"),
        (&crlf, "without-line-end"),
        (&format!("{text}\n\n"), "compact"),
        (&spaced, "compact"),
        (&marked, "compact"),
    ] {
        for (name, signature) in [("X-GHL-Signature", ed25519(BODY)), ("X-WH-Signature", rsa(BODY))] {
            assert_eq!(outcome(&verdict(body.as_bytes(), &[(name, &signature)])), expected, "{body:?}");
        }
    }
    // A body that was sent with a line end or with white space is verified as it is.
    for body in [&lf, &crlf, &spaced, &marked] {
        let signature = ed25519(body.as_bytes());
        assert_eq!(outcome(&verdict(body.as_bytes(), &[ghl(&signature)])), "raw");
    }
}

#[test]
fn the_compact_form_keeps_order_duplicates_numbers_and_escapes() {
    let laid_out = br#" { "b" : 1.0e+05 , "a" : [ ] , "b" : "\u00e9 , : \" " } "#;
    let compact = br#"{"b":1.0e+05,"a":[],"b":"\u00e9 , : \" "}"#;
    let signature = ed25519(compact);
    assert_eq!(outcome(&verdict(laid_out, &[ghl(&signature)])), "compact");
}

#[test]
fn a_body_that_was_parsed_is_tried_in_its_compact_form_alone() {
    let signature = ed25519(BODY);
    let headers = headers(&[("x-ghl-signature", &signature)]);
    let verify = |bytes: &[u8]| {
        Verdict::of(
            &Body { bytes, headers: &headers, fidelity: Fidelity::Parsed },
            Sent::of(&headers, None),
            &keys(),
        )
    };
    assert_eq!(outcome(&verify(BODY)), "compact");
    let text = std::str::from_utf8(BODY).unwrap();
    let respelled = text.replace("1.0", "1");
    let Outcome::Mismatch { tried, causes, .. } = verify(respelled.as_bytes()).outcome else {
        unreachable!()
    };
    assert_eq!((tried, causes), (vec![Form::Compact], vec![Cause::Parsed, Cause::OtherKey]));
}

fn ghl(value: &str) -> (&str, &str) {
    ("X-GHL-Signature", value)
}

fn wh(value: &str) -> (&str, &str) {
    ("X-WH-Signature", value)
}

#[test]
fn the_current_header_decides_alone_if_it_is_there() {
    let (good, legacy, bad) = (ed25519(BODY), rsa(BODY), ed25519(b"{}"));
    let (good, legacy, bad) = (good.as_str(), legacy.as_str(), bad.as_str());
    let list = format!(" {bad} , {good}");
    for (pairs, expected) in [
        (vec![ghl(good), wh(legacy)], "raw"),
        (vec![ghl(good), wh("N/A")], "raw"),
        (vec![ghl(good), wh("rubbish")], "raw"),
        (vec![ghl(bad), wh(legacy)], "other-header-matches"),
        (vec![ghl("N/A"), wh(legacy)], "Unsigned"),
        (vec![ghl("??"), wh(legacy)], "not base64, from its byte 0 on"),
        (vec![ghl(legacy)], "512 bytes long instead of 64"),
        (vec![wh(good)], "64 bytes long instead of 512"),
        (vec![ghl(&good[..85])], "cut: the number of its base64 digits, 85, is not a multiple of four"),
        // A header without a value counts as absent.
        (vec![ghl(" "), wh(legacy)], "raw"),
        (vec![wh("N/A")], "Unsigned"),
        (vec![wh("n/a")], "cut: the number of its base64 digits, 3, is not a multiple of four"),
        (vec![], "NoSignature"),
        // Lists, repetitions, and repeated headers.
        (vec![ghl(&list)], "raw"),
        (vec![ghl(bad), ("x-ghl-SIGNATURE", good)], "raw"),
        (vec![ghl("N/A"), ghl(good)], "raw"),
        (vec![ghl("??"), ghl(good)], "raw"),
        (vec![ghl("??"), ghl(bad)], "changed-body other-key"),
        (
            vec![ghl("1"), ghl("2"), ghl("3"), ghl("4"), ghl(good)],
            "cut: the number of its base64 digits, 1, is not a multiple of four",
        ),
        (vec![ghl("1"), ghl("1"), ghl("1"), ghl("1"), ghl(good)], "raw"),
    ] {
        assert_eq!(outcome(&verdict(BODY, &pairs)), expected, "{pairs:?}");
    }
}

#[test]
fn a_signature_that_is_given_is_of_the_scheme_of_its_length() {
    let body =
        Body { bytes: BODY, headers: &headers(&[("X-GHL-Signature", "N/A")]), fidelity: Fidelity::Raw };
    for signature in [ed25519(BODY), rsa(BODY)] {
        let sent = Sent::given(&format!(" {signature}\n"), None).unwrap();
        assert_eq!(outcome(&Verdict::of(&body, Some(sent), &keys())), "raw");
    }
    let error = |text: &str| Sent::given(text, None).unwrap_err();
    assert!(error("AAAA").starts_with("it has 3 bytes; an Ed25519 signature has 64"), "{}", error("AAAA"));
    assert!(error("a b").starts_with("it is not base64, from its byte 1 on"), "{}", error("a b"));
    assert!(error(&ed25519(BODY)[..85]).starts_with("it is cut"));
    assert!(Sent::given(&ed25519(BODY), Some(Scheme::RsaSha256)).is_err());
    assert!(Sent::given(&rsa(BODY), Some(Scheme::Ed25519)).is_err());
    assert!(Sent::given(" N/A ", None).unwrap().is_unsigned());
}

#[test]
fn causes_are_named_the_likeliest_first() {
    let text = std::str::from_utf8(BODY).unwrap();
    let signature = ed25519(BODY);
    let causes = |body: &str, others: &[(&str, &str)]| {
        outcome(&verdict(body.as_bytes(), &[&[ghl(&signature)], others].concat()))
    };
    let other = text.replace("698f", "798f");
    assert_eq!(causes(&other, &[]), "changed-body other-key");
    assert_eq!(causes("", &[]), "empty-body other-key");
    assert_eq!(causes(&text[..20], &[("content-length", "74")]), "cut-body not-json other-key");
    assert_eq!(causes(&text[..20], &[]), "not-json other-key");
    assert_eq!(causes(&format!("{text}{text}"), &[]), "not-json other-key");
    assert_eq!(causes(&other, &[("Content-Length", "9")]), "longer-body other-key");
    let encoded = [("Content-Length", "9"), ("Content-Encoding", "gzip")];
    assert_eq!(causes(&other, &encoded), "changed-body other-key");
    assert_eq!(causes(&other, &[("Content-Length", "seven")]), "changed-body other-key");
    assert_eq!(causes(&other.replace(',', ",\n"), &[]), "laid-out-body other-key");
    assert_eq!(causes(&other.replace(',', ", "), &[]), "spaced-body other-key");
    assert_eq!(causes(&other.replace("Create", "Cr\\u00e9ate"), &[]), "escaped-body other-key");
    assert_eq!(causes(&other.replace("Create", "\\/"), &[]), "escaped-body other-key");
    assert_eq!(causes(&other.replace("Create", "\\n\\u001b\\\\u00e9"), &[]), "changed-body other-key");
}

#[test]
fn a_key_that_is_not_the_signer_s_is_found_out_if_that_can_be() {
    let headers = headers(&[("X-WH-Signature", &rsa(BODY))]);
    let body = Body { bytes: BODY, headers: &headers, fidelity: Fidelity::Raw };
    let sent = || Sent::of(&headers, None);
    let small = given(include_str!("../../../tests/signature/rsa-2048.pem")).unwrap();
    let verdict = Verdict::of(&body, sent(), &Keys::only(vec![small]));
    let Outcome::Mismatch { causes, .. } = verdict.outcome else { unreachable!() };
    assert_eq!(causes, [Cause::KeySize { signature: 4096, key: 2048 }]);
    let other = Verdict::of(&body, sent(), &Keys::only(vec![ed25519_key()]));
    assert_eq!((other.is_tried(), other.outcome), (false, Outcome::OtherScheme));
    // The published keys made none of these.
    let published = Verdict::of(&body, sent(), &Keys::default());
    assert_eq!(outcome(&published), "changed-body other-key");
}

#[test]
fn a_given_key_that_hides_the_right_one_is_found_out() {
    let signature = ed25519(BODY);
    let headers = headers(&[ghl(&signature)]);
    let body = Body { bytes: BODY, headers: &headers, fidelity: Fidelity::Raw };
    let stale = given(include_str!("../../../tests/signature/ed25519.pem")).unwrap();
    let keys = Keys { list: vec![stale], replaced: vec![ed25519_key()] };
    let verdict = Verdict::of(&body, Sent::of(&headers, None), &keys);
    let Outcome::Mismatch { causes, .. } = verdict.outcome else { unreachable!() };
    assert_eq!(causes, [Cause::PublishedKey(Form::Raw)]);
}

#[test]
fn one_line_says_it_all() {
    let signature = ed25519(BODY);
    let line = |pairs: &[(&str, &str)]| verdict(BODY, pairs).one_line();
    let header = "X-GHL-Signature";
    assert_eq!(
        line(&[(header, &signature)]),
        "X-GHL-Signature: verified (Ed25519, the key in key.pem, raw bytes)"
    );
    assert_eq!(line(&[]), "none");
    assert_eq!(line(&[(header, "N/A")]), "X-GHL-Signature: N/A, the delivery is not signed");
    assert_eq!(
        line(&[(header, "\u{1b}[31m")]),
        "X-GHL-Signature: not verified: the value is not base64, from its byte 0 on"
    );
    assert_eq!(
        line(&[(header, &ed25519(b""))]),
        "X-GHL-Signature: not verified (Ed25519, the key in key.pem); for the likely cause: assoclens verify"
    );
}
