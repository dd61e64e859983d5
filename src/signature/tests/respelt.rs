//! Signatures in other notations, bodies in other forms, and causes that are ruled out.

use super::*;

/// The notations of a verified signature, both in a header and given separately.
fn notations(value: &str) -> String {
    let headers = headers(&[ghl(value)]);
    let body = Body { bytes: BODY, headers: &headers, fidelity: Fidelity::Raw };
    let verdict = |sent| Verdict::of(&body, sent, &keys());
    let by_header = verdict(Sent::of(&headers, None));
    let given = verdict(Some(Sent::given(value, None).unwrap()));
    assert_eq!(by_header.outcome, given.outcome, "{value}");
    let matched = by_header.matched().unwrap_or_else(|| panic!("{value}: {}", outcome(&by_header)));
    assert_eq!(by_header.is_verified(), matched.undone.is_empty());
    assert!(by_header.is_verified_as(&[Form::Raw]) && !by_header.is_verified_as(&[Form::Compact]));
    matched.undone.iter().map(|notation| notation.code()).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_spelling_of_the_same_bytes_is_tried_and_named() {
    let good = ed25519(BODY);
    let bytes = BASE64.decode(&good).unwrap();
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let url = good.replace('+', "-").replace('/', "_");
    let (start, end) = good.split_at(40);
    for (value, expected) in [
        (good.clone(), ""),
        (hex.concat(), "hex"),
        (hex.concat().to_lowercase(), "hex"),
        (hex.join(":"), "hex"),
        (hex.join(" "), "hex"),
        (format!("0x{}", hex.concat()), "hex"),
        (format!("ed25519={}", hex.concat()), "more-than-signature hex"),
        (url.clone(), "base64url"),
        (url.trim_end_matches('=').to_owned(), "base64url unpadded"),
        (good.trim_end_matches('=').to_owned(), "unpadded"),
        (format!("\"{good}\""), "quoted"),
        (format!("'{good}',"), "quoted"),
        (format!("b'{good}'"), "quoted"),
        (format!("\u{201c}{good}\u{201d}"), "quoted"),
        (format!("{start}\r\n  {end}"), "wrapped"),
        (good.replace('+', " "), "plus-lost"),
        (good.replace('+', "%2B").replace('/', "%2F").replace('=', "%3d"), "percent-encoded"),
        (good.replace('/', "\\/").replace('=', "\\u003d"), "escaped"),
        (format!("v1,{good}"), "more-than-signature"),
        (format!("v1={good}"), "more-than-signature"),
        (format!("v1=\"{good}\""), "more-than-signature"),
        (format!("Signature {good}"), "more-than-signature"),
        (format!("t=1739450173,v1={good}"), "more-than-signature"),
        (format!("{good}, {}", ed25519(b"{}")), "more-than-signature"),
    ] {
        assert_eq!(notations(&value), expected, "{value}");
    }
    let header = format!("x-ghl-signature: {good}");
    assert_eq!(Sent::given(&header, None), Sent::given(&good, None));
}

#[test]
fn a_legacy_signature_in_hex_is_no_longer_one_in_base64() {
    let hex: String = BASE64.decode(rsa(BODY)).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    let verdict = verdict(BODY, &[wh(&hex)]);
    assert_eq!(verdict.matched().unwrap().undone, [Notation::Hex]);
}

#[test]
fn the_digest_of_a_shared_secret_is_named() {
    let digest = [0xa5_u8; 32];
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let (base64, double) = (BASE64.encode(digest), format!("sha512={hex}{hex}"));
    let stripe = format!("t=1739450173,v1={hex}");
    for value in [&format!("sha256={hex}"), &hex, &base64, &format!("v1,{base64}"), &stripe, &double] {
        assert!(outcome(&verdict(BODY, &[ghl(value)])).contains("HMAC"), "{value}");
        assert!(Sent::given(value, None).unwrap_err().contains("no shared secret"), "{value}");
    }
}

#[test]
fn a_receiver_accepts_the_bytes_that_were_signed_and_no_others() {
    let text = std::str::from_utf8(BODY).unwrap();
    let signature = ed25519(BODY);
    for body in [format!("{text}\n"), text.replace(',', ", ")] {
        let verdict = verdict(body.as_bytes(), &[ghl(&signature)]);
        assert!(!verdict.is_verified() && !verdict.is_verified_as(&[Form::Raw]));
        assert!(verdict.is_verified_as(&Form::ALL));
    }
    assert!(verdict(BODY, &[ghl(&signature)]).is_verified());
}

#[test]
fn a_legacy_match_after_its_announced_end_is_worth_a_note() {
    let note = |name: &str, time: &str, signature: fn(&[u8]) -> String| {
        let body = format!(r#"{{"timestamp":"{time}"}}"#);
        let verdict = verdict(body.as_bytes(), &[(name, &signature(body.as_bytes()))]);
        Note::of(&verdict, &Sending::of(body.as_bytes(), jiff::Timestamp::UNIX_EPOCH))
    };
    assert_eq!(note("X-WH-Signature", "2026-09-01T00:00:00Z", rsa), [Note::LegacyEnded]);
    assert_eq!(note("X-WH-Signature", "2026-08-31T23:59:59.999Z", rsa), []);
    assert_eq!(note("X-GHL-Signature", "2026-09-02T00:00:00Z", ed25519), []);
}

#[test]
fn a_tried_form_is_not_a_cause() {
    let text = std::str::from_utf8(BODY).unwrap();
    let signature = ed25519(BODY);
    let other = text.replace("698f", "798f");
    let length = other.len().to_string();
    let causes = |body: &str, length: &str| {
        outcome(&verdict(body.as_bytes(), &[ghl(&signature), ("Content-Length", length)]))
    };
    // Without its white space the body has its original length.
    assert_eq!(causes(&other.replace(',', ",\n"), &length), "changed-body other-key");
    assert_eq!(causes(&other.replace(',', ", "), &length), "changed-body other-key");
    assert_eq!(causes(&format!("{other}\n"), &length), "changed-body other-key");
    // It was sent with its white space.
    let spaced = other.replace(',', ", ");
    assert_eq!(causes(&spaced, &spaced.len().to_string()), "changed-body other-key");
    assert_eq!(causes(&other.replace(',', ", "), "70"), "longer-body spaced-body other-key");
}
