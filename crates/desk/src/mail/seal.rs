//! Passwords of mailboxes at rest: ChaCha20-Poly1305 under a key that only the desk's own key gives.

use crate::settings::DeskKey;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// `about` names what is sealed, so that a sealed text moved to another row does not open there.
pub(super) fn seal(key: &DeskKey, about: &str, secret: &str) -> String {
    let mut nonce = [0_u8; NONCE_LEN];
    getrandom::fill(&mut nonce).expect("the system gives randomness");
    let mut sealed = secret.as_bytes().to_vec();
    cipher(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut sealed)
        .expect("a password is far shorter than the cipher's limit");
    format!("v1.{}.{}", STANDARD_NO_PAD.encode(nonce), STANDARD_NO_PAD.encode(sealed))
}

/// `None` when the text was changed, belongs elsewhere, or was sealed under another key.
pub(super) fn open(key: &DeskKey, about: &str, sealed: &str) -> Option<String> {
    let (nonce, sealed) = sealed.strip_prefix("v1.")?.split_once('.')?;
    let nonce: [u8; NONCE_LEN] = STANDARD_NO_PAD.decode(nonce).ok()?.try_into().ok()?;
    let mut sealed = STANDARD_NO_PAD.decode(sealed).ok()?;
    let opened =
        cipher(key).open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut sealed).ok()?;
    String::from_utf8(opened.to_vec()).ok()
}

fn cipher(key: &DeskKey) -> LessSafeKey {
    let bytes = key.sign("seal", "secrets of mailboxes");
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &bytes).expect("the cipher takes 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_where_it_was_sealed() {
        let key: DeskKey = serde_json::from_str("\"one\"").unwrap();
        let other: DeskKey = serde_json::from_str("\"two\"").unwrap();
        let sealed = seal(&key, "mailbox:1", "hunter2 ñ");
        assert!(!sealed.contains("hunter2"));
        assert_eq!(open(&key, "mailbox:1", &sealed).as_deref(), Some("hunter2 ñ"));
        assert_eq!(open(&key, "mailbox:2", &sealed), None);
        assert_eq!(open(&other, "mailbox:1", &sealed), None);
        assert_eq!(open(&key, "mailbox:1", "v1.x.y"), None);
        assert_ne!(seal(&key, "mailbox:1", "hunter2 ñ"), sealed, "never the same twice");
    }
}
