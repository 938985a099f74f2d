//! HKDF and PBKDF2, both with SHA-256.

use crate::{hex, is_valid, tests};
use hkdf::Hkdf;
use sha2::Sha256;

#[test]
fn wycheproof_hkdf_sha256() {
    for test in tests(include_str!("wycheproof-hkdf-sha256.json")) {
        let mut output = vec![0; usize::try_from(test["size"].as_u64().unwrap()).unwrap()];
        let expanded = Hkdf::<Sha256>::new(Some(&hex(&test["salt"])), &hex(&test["ikm"])).expand(&hex(&test["info"]), &mut output);
        assert_eq!(expanded.is_ok(), is_valid(&test), "{test}");
        if is_valid(&test) {
            assert_eq!(output, hex(&test["okm"]), "{test}");
        }
    }
}

#[test]
fn wycheproof_pbkdf2_hmacsha256() {
    for test in tests(include_str!("wycheproof-pbkdf2-hmacsha256.json")) {
        let mut output = vec![0; usize::try_from(test["dkLen"].as_u64().unwrap()).unwrap()];
        let rounds = u32::try_from(test["iterationCount"].as_u64().unwrap()).unwrap();
        pbkdf2::pbkdf2_hmac::<Sha256>(&hex(&test["password"]), &hex(&test["salt"]), rounds, &mut output);
        assert!(is_valid(&test), "{test}");
        assert_eq!(output, hex(&test["dk"]), "{test}");
    }
}
