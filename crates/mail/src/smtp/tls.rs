//! Certificates for STARTTLS: read from PEM, or made on the spot for a host that has none.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the certificate cannot be read: {0}")]
    Certificate(String),
    #[error("the private key cannot be read: {0}")]
    Key(String),
    #[error("certificate and key do not work together")]
    Pair(#[from] rustls::Error),
    #[error("no certificate could be made")]
    Making(#[from] rcgen::Error),
}

/// The server side of TLS from PEM text, with the chain in order.
pub fn server_config(cert_pem: &str, key_pem: &str) -> Result<Arc<ServerConfig>, TlsError> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(cert_pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| TlsError::Certificate(error.to_string()))?;
    if chain.is_empty() {
        return Err(TlsError::Certificate("there is none in it".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes())
        .map_err(|error| TlsError::Key(error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_no_client_auth().with_single_cert(chain, key)?))
}

/// Certificate and key in PEM for a host that has none yet; the caller keeps them.
pub fn self_signed(hostname: &str) -> Result<(String, String), TlsError> {
    let made = rcgen::generate_simple_self_signed(vec![hostname.to_owned()])?;
    Ok((made.cert.pem(), made.signing_key.serialize_pem()))
}
