//! Connections to PostgreSQL: plain, or by TLS with a certificate that is checked.
//!
//! There is nothing in between: encryption to whoever answers would only look like protection.

use db::Wire;
use db::server::{Connect, NoConnection, named};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// With `sslmode=require` in the address (or `verify-full`, which means the same here) the connection is encrypted and the
/// server's certificate must be of a known authority, or of one in the file `sslrootcert`, and of that name.
pub fn connect() -> Connect {
    Arc::new(|url| {
        let (url, authorities) = without_authorities(&url.replace("sslmode=verify-full", "sslmode=require"));
        let config = named(url.parse::<Config>()?);
        match (config.get_ssl_mode(), authorities) {
            (SslMode::Require, file) => Wire::connect(&config, checked_tls(file.as_deref())?),
            (_, None) => Wire::connect(&config, tokio_postgres::NoTls),
            (_, Some(_)) => Err("sslrootcert is only used with sslmode=require".into()),
        }
    })
}

fn checked_tls(authorities: Option<&str>) -> Result<MakeRustlsConnect, NoConnection> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = authorities {
        let unreadable =
            |why: &dyn std::fmt::Display| NoConnection::from(format!("the certificates in {path}: {why}"));
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))? {
            let certificate = certificate.map_err(|error| unreadable(&error))?;
            roots.add(certificate).map_err(|error| unreadable(&error))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// The address as the client understands it, and the file of authorities, which it does not know.
fn without_authorities(url: &str) -> (String, Option<String>) {
    let Some((address, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut file = None;
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let path = pair.strip_prefix("sslrootcert=");
            file = path.map(|path| path.replace("%2F", "/").replace("%20", " ")).or(file.take());
            path.is_none()
        })
        .collect();
    let sign = if kept.is_empty() { "" } else { "?" };
    (format!("{address}{sign}{}", kept.join("&")), file)
}

#[cfg(test)]
mod tests;
