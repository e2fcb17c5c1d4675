//! Reaching the server, encrypting, signing in.

use std::fmt;
use std::sync::Arc;

use async_imap::{Authenticator, Client, Session};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{COMMAND_TIMEOUT, ImapAccount, ImapAuth, ImapError, ImapTls, within, words};

/// A connection, encrypted or not.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug> Stream for T {}
pub type BoxedStream = Box<dyn Stream>;

pub async fn sign_in(account: &ImapAccount) -> Result<Session<BoxedStream>, ImapError> {
    let client = within(COMMAND_TIMEOUT, "connecting", greet(account)).await?;
    let refused =
        |(error, _): (async_imap::error::Error, Client<BoxedStream>)| ImapError::Refused(words(&error));
    within(COMMAND_TIMEOUT, "signing in", async {
        match &account.auth {
            ImapAuth::Password(password) => client.login(&account.user, password).await.map_err(refused),
            ImapAuth::XOAuth2 { token } => {
                let bearer =
                    Bearer { answer: Some(format!("user={}\x01auth=Bearer {token}\x01\x01", account.user)) };
                client.authenticate("XOAUTH2", bearer).await.map_err(refused)
            }
        }
    })
    .await
}

async fn greet(account: &ImapAccount) -> Result<Client<BoxedStream>, ImapError> {
    let unreachable = |error: std::io::Error| ImapError::Unreachable {
        host: account.host.clone(),
        port: account.port,
        reason: error.to_string(),
    };
    let tcp = TcpStream::connect((account.host.as_str(), account.port)).await.map_err(unreachable)?;
    tcp.set_nodelay(true).map_err(unreachable)?;
    match account.tls {
        ImapTls::Implicit => {
            let mut client = Client::new(encrypt(account, tcp).await?);
            read_greeting(&mut client).await?;
            Ok(client)
        }
        ImapTls::Plain => {
            let mut client: Client<BoxedStream> = Client::new(Box::new(tcp));
            read_greeting(&mut client).await?;
            Ok(client)
        }
        ImapTls::StartTls => {
            let mut client = Client::new(tcp);
            read_greeting(&mut client).await?;
            client.run_command_and_check_ok("STARTTLS", None).await?;
            Ok(Client::new(encrypt(account, client.into_inner()).await?))
        }
    }
}

async fn read_greeting<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug>(
    client: &mut Client<T>,
) -> Result<(), ImapError> {
    match client.read_response().await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(ImapError::Server("nothing; it hung up".to_owned())),
        Err(error) => Err(async_imap::error::Error::from(error).into()),
    }
}

async fn encrypt(account: &ImapAccount, tcp: TcpStream) -> Result<BoxedStream, ImapError> {
    let said = |error: &dyn fmt::Display| ImapError::Tls(error.to_string());
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(pem) = &account.ca_pem {
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.map_err(|error| said(&error))?).map_err(|error| said(&error))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| said(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(account.host.clone()).map_err(|error| said(&error))?;
    let stream =
        TlsConnector::from(Arc::new(config)).connect(name, tcp).await.map_err(|error| said(&error))?;
    Ok(Box::new(stream))
}

/// Gives the token once; a further challenge is the server's complaint, which an empty answer ends.
struct Bearer {
    answer: Option<String>,
}

impl Authenticator for Bearer {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        self.answer.take().unwrap_or_default()
    }
}
