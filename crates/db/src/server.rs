//! Where a PostgreSQL server is, and how it is spoken to: plainly, or by TLS with a certificate that is checked.
//!
//! There is nothing in between: encryption to whoever answers would only look like protection.

use crate::Error;
use postgres::Client;
use postgres::config::SslMode;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

#[derive(Clone)]
pub(crate) struct Server {
    config: postgres::Config,
    tls: Option<MakeRustlsConnect>,
}

impl Server {
    /// `postgres://…`. With `sslmode=require` (or `verify-full`, which means the same here) the connection is encrypted and the
    /// server's certificate must be of a known authority, or of one in the file `sslrootcert`, and of that name.
    pub(crate) fn parse(url: &str) -> Result<Server, Error> {
        let (url, authorities) = without_authorities(&url.replace("sslmode=verify-full", "sslmode=require"));
        let mut config: postgres::Config = url.parse().map_err(unusable)?;
        if config.get_application_name().is_none() {
            config.application_name("aptdesk");
        }
        let wanted = config.get_ssl_mode() == SslMode::Require;
        match authorities {
            Some(_) if !wanted => Err(unusable("sslrootcert is only used with sslmode=require")),
            authorities => {
                let tls = wanted.then(|| checked_tls(authorities.as_deref())).transpose()?;
                Ok(Server { config, tls })
            }
        }
    }

    pub(crate) fn connect(&self) -> Result<Client, postgres::Error> {
        match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(postgres::NoTls),
        }
    }
}

fn checked_tls(authorities: Option<&str>) -> Result<MakeRustlsConnect, Error> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = authorities {
        let readable = |why: &dyn std::fmt::Display| unusable(format!("the certificates in {path}: {why}"));
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| readable(&error))? {
            let certificate = certificate.map_err(|error| readable(&error))?;
            roots.add(certificate).map_err(|error| readable(&error))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
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

fn unusable(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Open(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_authorities_is_taken_out_of_the_address_and_nothing_else() {
        let of = |url: &str| without_authorities(url);
        assert_eq!(of("postgres://a@b/c"), ("postgres://a@b/c".into(), None));
        assert_eq!(
            of("postgres://a@b/c?sslmode=require&sslrootcert=%2Fetc%2Fca.pem&connect_timeout=3"),
            ("postgres://a@b/c?sslmode=require&connect_timeout=3".into(), Some("/etc/ca.pem".into()))
        );
        assert_eq!(
            of("postgres://a@b/c?sslrootcert=ca.pem"),
            ("postgres://a@b/c".into(), Some("ca.pem".into()))
        );
    }

    #[test]
    fn authorities_without_encryption_are_refused() {
        let refused =
            Server::parse("postgres://a@b/c?sslrootcert=ca.pem").err().map(|error| format!("{error:?}"));
        assert!(refused.is_some_and(|why| why.contains("sslmode=require")));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let refused = Server::parse("postgres://a@b/c?sslmode=require&sslrootcert=nowhere.pem").err();
        assert!(refused.is_some_and(|why| format!("{why:?}").contains("nowhere.pem")));
    }
}
