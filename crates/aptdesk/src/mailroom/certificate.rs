//! The certificate of the SMTP door: the given one, or one of our own making.

use super::Failure;
use crate::config::Config;
use mail::smtp;
use std::sync::Arc;

const CERTIFICATE_FILE: &str = "smtp-certificate.pem";
const KEY_FILE: &str = "smtp-key.pem";

/// The certificate that was given, or one of our own making that stays the same over restarts.
pub(super) fn tls(config: &Config) -> Result<Arc<rustls::ServerConfig>, Failure> {
    let (certificate, key) = match &config.tls {
        Some(paths) => paths.clone(),
        None => (config.data.join(CERTIFICATE_FILE), config.data.join(KEY_FILE)),
    };
    if config.tls.is_none() && !(certificate.exists() && key.exists()) {
        let (certificate_pem, key_pem) = smtp::self_signed(&config.hostname)?;
        write_private(&key, &key_pem)?;
        std::fs::write(&certificate, certificate_pem)?;
    }
    let read = |path: &std::path::Path| {
        std::fs::read_to_string(path)
            .map_err(|error| format!("{} could not be read: {error}", path.display()))
    };
    Ok(smtp::server_config(&read(&certificate)?, &read(&key)?)?)
}

fn write_private(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}
