//! How people prove who they are: passwords, sessions, one-time links, API tokens.

use crate::Tx;

/// 256 random bits as 43 characters of URL-safe base64.
pub fn random_token() -> String {
    use base64::Engine;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).expect("the system gives randomness");
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// What a token is stored as.
pub fn token_hash(token: &str) -> String {
    use sha2::{Digest, Sha256};
    crate::blobs::hex(&Sha256::digest(token.as_bytes()))
}

/// Removes what is over: sessions and links past their end.
pub(crate) fn sweep(tx: &mut Tx) -> Result<(), db::Error> {
    let now = tx.now();
    tx.execute("delete from sessions where expires_at < $1", db::params![now])?;
    tx.execute("delete from one_time_links where expires_at < $1", db::params![now])?;
    Ok(())
}
