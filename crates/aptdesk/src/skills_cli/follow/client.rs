//! Reading another desk's API over HTTPS: nothing but GET, one call after the other, patient when it is told to wait.
//!
//! The address that is connected to is the one that was looked at: names that lead into private networks are refused
//! unless whoever typed the address allows it, and redirects are not followed.

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper::header::{ACCEPT, AUTHORIZATION, HOST, RETRY_AFTER, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

/// One answer; pages of a thousand tickets have a few MB.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
const CALL_TIMEOUT: Duration = Duration::from_secs(120);
/// The longest pause that a server may ask for.
const WAIT_S_MAX: u64 = 900;
/// Without a word from the server about how long.
const WAIT_S_USUAL: u64 = 60;
/// Tries of one call, with doubling pauses, while the server is in trouble.
const TRIES_MAX: u32 = 6;
/// Times in a row that a server may ask one call to wait.
const WAITS_MAX: u32 = 60;

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("{0:?} is not an address such as https://company.zendesk.com")]
    Url(String),
    #[error("{0} is not encrypted; --allow-private permits that for a desk in your own network")]
    NotEncrypted(String),
    #[error("{host} leads to {ip}, which is in a private network; --allow-private permits it")]
    Private { host: String, ip: IpAddr },
    #[error("{0} cannot be found")]
    NoSuchHost(String),
    #[error("{host} cannot be reached")]
    Unreachable {
        host: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the address and the token are not accepted")]
    NotAccepted,
    #[error("this account may not read {0}")]
    Forbidden(String),
    #[error("the other desk answered {status} to {path}")]
    Refused { status: StatusCode, path: String },
    #[error("the other desk asks to wait again and again")]
    NeverReady,
    #[error("the answer to {0} cannot be read")]
    Unreadable(String),
    #[error("the other desk does not answer")]
    Silent,
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

pub struct Client {
    host: String,
    port: u16,
    encrypted: bool,
    authorization: String,
    allow_private: bool,
    tls: TlsConnector,
    open: Option<SendRequest<Empty<Bytes>>>,
    /// Told of every pause, in seconds.
    pub on_wait: Box<dyn FnMut(u64) + Send>,
}

impl Client {
    /// `url` without a path; `email` and `token` as the other desk's API has them.
    pub fn new(url: &str, email: &str, token: &str, allow_private: bool) -> Result<Client, ClientError> {
        use base64::Engine;
        let wrong = || ClientError::Url(url.to_owned());
        let (scheme, rest) = url.trim().trim_end_matches('/').split_once("://").ok_or_else(wrong)?;
        let encrypted = match scheme {
            "https" => true,
            "http" if allow_private => false,
            "http" => return Err(ClientError::NotEncrypted(url.to_owned())),
            _ => return Err(wrong()),
        };
        let authority: hyper::http::uri::Authority = rest.parse().map_err(|_| wrong())?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(wrong());
        }
        let proof = base64::engine::general_purpose::STANDARD.encode(format!("{email}/token:{token}"));
        let mut roots = rustls::RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring has the usual versions of TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Client {
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(if encrypted { 443 } else { 80 }),
            encrypted,
            authorization: format!("Basic {proof}"),
            allow_private,
            tls: TlsConnector::from(Arc::new(config)),
            open: None,
            on_wait: Box::new(|_| {}),
        })
    }

    /// The JSON at `path`, which begins with a slash.
    pub async fn get(&mut self, path: &str) -> Result<serde_json::Value, ClientError> {
        let (mut tries, mut waits) = (0, 0);
        loop {
            let answer = match timeout(CALL_TIMEOUT, self.call(path)).await {
                Ok(answer) => answer,
                Err(_) => Err(ClientError::Silent),
            };
            let pause = match answer {
                Ok(Answer::Body(body)) => {
                    return serde_json::from_slice(&body)
                        .map_err(|_| ClientError::Unreadable(path.to_owned()));
                }
                Ok(Answer::Wait(seconds)) => {
                    waits += 1;
                    if waits > WAITS_MAX {
                        return Err(ClientError::NeverReady);
                    }
                    seconds
                }
                Ok(Answer::Trouble(status)) if tries + 1 < TRIES_MAX => {
                    tracing::debug!(%status, path, "the other desk is in trouble");
                    tries += 1;
                    1 << tries
                }
                Ok(Answer::Trouble(status)) => {
                    return Err(ClientError::Refused { status, path: path.to_owned() });
                }
                Err(ClientError::Http(_) | ClientError::Silent | ClientError::Unreachable { .. })
                    if tries + 1 < TRIES_MAX =>
                {
                    self.open = None;
                    tries += 1;
                    1 << tries
                }
                Err(error) => return Err(error),
            };
            if pause > 0 {
                (self.on_wait)(pause);
                sleep(Duration::from_secs(pause)).await;
            }
        }
    }

    async fn call(&mut self, path: &str) -> Result<Answer, ClientError> {
        let mut sender = match self.open.take().filter(|sender| !sender.is_closed()) {
            Some(sender) => sender,
            None => self.connect().await?,
        };
        let request = Request::get(path)
            .header(HOST, format!("{}:{}", self.host, self.port))
            .header(AUTHORIZATION, &self.authorization)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("aptdesk/", env!("CARGO_PKG_VERSION")))
            .body(Empty::new())
            .map_err(|_| ClientError::Unreadable(path.to_owned()))?;
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let asked_to_wait =
            response.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok()?.trim().parse().ok());
        let body = Limited::new(response.into_body(), BODY_BYTES_MAX)
            .collect()
            .await
            .map_err(|_| ClientError::Unreadable(path.to_owned()))?
            .to_bytes();
        self.open = Some(sender);
        match status {
            StatusCode::OK => Ok(Answer::Body(body)),
            StatusCode::TOO_MANY_REQUESTS => {
                Ok(Answer::Wait(asked_to_wait.unwrap_or(WAIT_S_USUAL).min(WAIT_S_MAX)))
            }
            StatusCode::SERVICE_UNAVAILABLE if asked_to_wait.is_some() => {
                Ok(Answer::Wait(asked_to_wait.unwrap_or(WAIT_S_USUAL).min(WAIT_S_MAX)))
            }
            status if status.is_server_error() => Ok(Answer::Trouble(status)),
            StatusCode::UNAUTHORIZED => Err(ClientError::NotAccepted),
            StatusCode::FORBIDDEN => Err(ClientError::Forbidden(path.to_owned())),
            status => Err(ClientError::Refused { status, path: path.to_owned() }),
        }
    }

    async fn connect(&self) -> Result<SendRequest<Empty<Bytes>>, ClientError> {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((self.host.as_str(), self.port))
            .await
            .map_err(|_| ClientError::NoSuchHost(self.host.clone()))?
            .collect();
        if !self.allow_private
            && let Some(it) = found.iter().find(|it| !is_public(it.ip()))
        {
            return Err(ClientError::Private { host: self.host.clone(), ip: it.ip() });
        }
        let unreachable = |source| ClientError::Unreachable { host: self.host.clone(), source };
        let tcp = TcpStream::connect(found.as_slice()).await.map_err(unreachable)?;
        if !self.encrypted {
            return handshake(tcp).await;
        }
        let name = ServerName::try_from(self.host.clone())
            .map_err(|_| ClientError::NoSuchHost(self.host.clone()))?;
        handshake(self.tls.connect(name, tcp).await.map_err(unreachable)?).await
    }
}

enum Answer {
    Body(Bytes),
    Wait(u64),
    Trouble(StatusCode),
}

async fn handshake<S>(stream: S) -> Result<SendRequest<Empty<Bytes>>, ClientError>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// On the open internet: neither this machine, nor a private network, nor many at once.
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let reserved = a == 0 || a >= 240 || (a == 192 && b == 0) || (a == 198 && (18..20).contains(&b));
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_multicast()
                || ip.is_broadcast()
                || ip.is_documentation()
                || shared
                || reserved)
        }
        IpAddr::V6(ip) => {
            let first = ip.segments()[0];
            let local = first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80;
            !(ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || local
                || first == 0x2001 && ip.segments()[1] == 0xdb8)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_addresses_without_a_path_or_a_name_are_taken() {
        let client =
            |url: &str, private: bool| Client::new(url, "a@b.c", "t", private).err().map(|it| it.to_string());
        assert_eq!(client("https://company.zendesk.com/", false), None);
        assert!(client("http://company.zendesk.com", false).unwrap().contains("not encrypted"));
        assert_eq!(client("http://127.0.0.1:8080", true), None);
        for wrong in ["company.zendesk.com", "ftp://x", "https://", "https://a@b.c", "https://a/b c"] {
            assert!(client(wrong, false).is_some(), "{wrong}");
        }
    }

    #[test]
    fn private_addresses_are_known() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "::",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "104.16.51.111", "2606:4700::6810:84e5", "192.1.2.3"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
