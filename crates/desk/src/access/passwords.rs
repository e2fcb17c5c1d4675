//! Passwords: argon2id, slow on purpose, and as slow for an address that nobody has.

use crate::{Kind, Refusal};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

/// NIST SP 800-63B asks for at least 8; length counts, forced mixtures of characters do not.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// More is no password but an attempt to keep us busy.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

/// Verified in place of the hash that an unknown address does not have. Same parameters, so the same time.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWlzLWhlcmUtLQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password as it is stored. There is no way back.
#[derive(Clone, PartialEq, Eq)]
pub struct HashedPassword(pub(super) String);

impl std::fmt::Debug for HashedPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashedPassword(…)")
    }
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("a password needs at least {PASSWORD_CHARS_MIN} characters; a few words make a good one")]
    TooShort,
    #[error("a password may be at most {PASSWORD_BYTES_MAX} bytes long")]
    TooLong,
    #[error("a password needs more than one or two different characters")]
    TooSimple,
    #[error("the password could not be hashed")]
    Failed,
}

impl Refusal for PasswordError {
    fn kind(&self) -> Kind {
        match self {
            PasswordError::Failed => Kind::Broken,
            _ => Kind::Invalid,
        }
    }

    fn field(&self) -> Option<&'static str> {
        Some("password")
    }
}

/// Tens of milliseconds of work: never inside a transaction, never on an async worker.
pub fn hash(password: &str) -> Result<HashedPassword, PasswordError> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(PasswordError::TooShort);
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordError::TooLong);
    }
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 3 {
        return Err(PasswordError::TooSimple);
    }
    let hashed: PasswordHash =
        Argon2::default().hash_password(password.as_bytes()).map_err(|_| PasswordError::Failed)?;
    Ok(HashedPassword(hashed.to_string()))
}

/// Takes the same time whether there is a hash or not. Tens of milliseconds of work.
pub fn verify(hash: Option<&str>, password: &str) -> bool {
    if password.len() > PASSWORD_BYTES_MAX {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODYS_HASH)) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_verifies() {
        let hashed = hash("a rather long sentence").unwrap();
        assert!(hashed.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(Some(&hashed.0), "a rather long sentence"));
        assert!(!verify(Some(&hashed.0), "a rather long sentence "));
        assert!(!verify(None, "a rather long sentence"));
        assert!(!verify(Some("no hash at all"), "a rather long sentence"));
    }

    #[test]
    fn nobodys_hash_costs_what_a_real_one_costs() {
        let nobody = PasswordHash::new(NOBODYS_HASH).expect("it is a hash");
        let real = hash("a rather long sentence").unwrap();
        let real = PasswordHash::new(&real.0).unwrap();
        assert_eq!(nobody.algorithm, real.algorithm);
        assert_eq!(nobody.params.to_string(), real.params.to_string());
        assert_eq!(nobody.hash.unwrap().len(), real.hash.unwrap().len());
        assert_eq!(nobody.salt.unwrap().len(), real.salt.unwrap().len());
    }

    #[test]
    fn weak_passwords_are_refused() {
        assert_eq!(hash("short"), Err(PasswordError::TooShort));
        assert_eq!(hash("aaaaaaaaaaaaa"), Err(PasswordError::TooSimple));
        assert_eq!(hash(&"long ".repeat(1_000)), Err(PasswordError::TooLong));
    }

    #[test]
    fn a_hash_is_never_shown() {
        assert_eq!(format!("{:?}", HashedPassword("secret".into())), "HashedPassword(…)");
    }
}
