//! The rules of public keys: which are read, and which are refused.

use super::*;

#[test]
fn a_second_spelling_of_a_signature_is_refused() {
    // The vector of BoringSSL: the same signature with the group's order added to its second half.
    let key = hex("7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa");
    let key = given(&BASE64.encode(&key)).unwrap();
    let first = "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab0";
    let second = "7a9155711ecfaf7f99f277bad0c6ae7e39d4eef676573336a5c51eb6f946b30d";
    let beyond = "67654bce3832c2d76f8f6f5dafc08d9339d4eef676573336a5c51eb6f946b31d";
    assert!(key.verifies(b"Test", &hex(&format!("{first}{second}"))));
    assert!(!key.verifies(b"Test", &hex(&format!("{first}{beyond}"))));
}

#[test]
fn a_key_of_small_order_is_refused_because_anyone_can_sign_for_it() {
    let neutral = [&[1][..], &[0; 31]].concat();
    let signature = [neutral.as_slice(), &[0; 32]].concat();
    let anyone_signs = |key: &[u8]| {
        let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
        // The equation holds if the message's hash is a multiple of the key's order, eight at most.
        (0u16..400).any(|message| key.verify(&message.to_le_bytes(), &signature).is_ok())
    };
    for y in key::SMALL_ORDER {
        for sign in [0, 0x80] {
            let mut bytes = hex(y);
            bytes[31] |= sign;
            // x is 0 on four of these, and has no second sign there.
            assert!(sign > 0 || anyone_signs(&bytes), "{y}");
            let error = given(&BASE64.encode(&bytes)).unwrap_err();
            assert!(error.starts_with("its Ed25519 key is a point of small order"), "{error}");
        }
    }
    assert!(!anyone_signs(pair().public_key().as_ref()));
}

#[test]
fn every_key_of_a_file_is_tried_and_named() {
    let stale = include_str!("../../../tests/signature/ed25519.pem");
    let digits = BASE64.encode([&hex("302a300506032b6570032100")[..], pair().public_key().as_ref()].concat());
    let right = format!("-----BEGIN PUBLIC KEY-----\n{digits}\n-----END PUBLIC KEY-----\n");
    let headers = |value: &str| headers(&[ghl(value), wh(&rsa(BODY))]);
    let verify = |text: &str, value: &str| {
        let keys = Keys::only(PublicKey::read_all(text, "k.pem").unwrap());
        let headers = headers(value);
        let body = Body { bytes: BODY, headers: &headers, fidelity: Fidelity::Raw };
        let verdict = Verdict::of(&body, Sent::of(&headers, None), &keys);
        (outcome(&verdict), verdict.key.map(|key| key.name().to_string()).unwrap_or_default())
    };
    let (good, bad) = (ed25519(BODY), ed25519(b"{}"));
    for (text, number) in [([stale, &right].concat(), 2), ([&right, RSA_PEM, stale].concat(), 1)] {
        let count = text.matches("BEGIN").count();
        let name = |number: usize| format!("key {number} of {count} in k.pem, all of which are tried");
        assert_eq!(verify(&text, &good), ("raw".to_owned(), name(number)));
    }
    let all = [stale, &right].concat();
    let first = "key 1 of 2 in k.pem, all of which are tried".to_owned();
    assert_eq!(verify(&all, &bad), ("changed-body other-key".to_owned(), first));
    // A key that is too small for the signature does not hide a suitable one.
    let sizes = [include_str!("../../../tests/signature/rsa-2048.pem"), RSA_PEM].concat();
    assert_eq!(verify(&sizes, "").1, "key 2 of 2 in k.pem, all of which are tried");
    // Nothing in the file is skipped silently.
    let broken = [stale, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"].concat();
    let error = given(&broken).unwrap_err();
    assert!(
        error.starts_with("of its 2 PEM blocks, number 2 cannot be used: it is not a public key"),
        "{error}"
    );
    let error = given(&stale.repeat(17)).unwrap_err();
    assert_eq!(error, "it holds 17 PEM blocks, and at most 16 are tried; leave some out");
}

#[test]
fn a_key_is_the_same_in_every_form_it_comes_in() {
    let digits = |pem: &str| -> String { pem.lines().filter(|line| !line.starts_with("--")).collect() };
    let pkcs1 = include_str!("../../../tests/signature/rsa-pkcs1.pem");
    let key = given(RSA_PEM).unwrap();
    let one_line = format!("-----BEGIN PUBLIC KEY-----{}-----END PUBLIC KEY-----", digits(RSA_PEM));
    let indented = RSA_PEM.replace('\n', "\r\n   ");
    let after_words = format!("key of 2026:\n{RSA_PEM}");
    for text in [pkcs1, &digits(RSA_PEM), &digits(pkcs1), &one_line, &indented, &after_words] {
        assert_eq!(given(text).as_ref(), Ok(&key), "{text}");
    }
    let pem = include_str!("../../../tests/signature/ed25519.pem");
    let raw = &digits(pem)[16..];
    for text in [&digits(pem), raw] {
        assert_eq!(given(text), given(pem));
    }
    assert_eq!(BASE64.decode(raw).unwrap().len(), 32);
}

#[test]
fn a_text_that_is_not_a_public_key_is_refused_with_the_reason() {
    for (text, expected) in [
        ("", "there is no key in it"),
        ("not a key", "it is neither PEM nor base64"),
        ("AAAA", "it is not a public key of a supported kind"),
        (
            include_str!("../../../tests/signature/p256.pem"),
            "it holds a key of another algorithm (1.2.840.10045.2.1)",
        ),
        (
            include_str!("../../../tests/signature/rsa-1024.pem"),
            "its RSA key has 1024 bits; 2048 to 8192 are accepted",
        ),
        (include_str!("../../../tests/signature/rsa-private-test-only.pem"), "it holds a private key"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "its PEM block is not a public key"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n", "its PEM block is cut"),
        ("-----BEGIN PUBLIC KEY", "its PEM block is cut"),
    ] {
        let error = given(text).unwrap_err();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn the_published_keys_are_those_that_the_vendor_prints() {
    let fingerprint = |scheme| key::published(scheme).fingerprint().to_owned();
    // The output of `openssl pkey -pubin -outform DER | sha256sum`.
    assert_eq!(
        fingerprint(Scheme::Ed25519),
        "SHA256:5a2c1b2749d3efcc233fb27d4ab43d56b8d20818c42cd226f6c9a3ff20d3097c"
    );
    assert_eq!(
        fingerprint(Scheme::RsaSha256),
        "SHA256:2f62045d413b1b7747e26770ce7f57840cbf86288cd20ceb90d299a62501fd25"
    );
    assert_eq!(key::published(Scheme::RsaSha256).signature_bytes(), 512);
}
