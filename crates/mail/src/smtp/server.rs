//! Listening: one task for each connection, and an orderly end.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::limits::Limits;
use super::session::{Next, Session};
use super::{Intake, SmtpConfig};

/// What all connections share.
pub struct Server<I> {
    pub config: SmtpConfig,
    pub intake: Arc<I>,
    pub limits: Limits,
    pub shutdown: watch::Receiver<bool>,
}

/// Serves until `shutdown` becomes true or its sender is gone. Then nobody new is let in, idle connections are told
/// 421, and messages that are being stored are still answered.
pub async fn serve<I: Intake>(
    listener: TcpListener,
    config: SmtpConfig,
    intake: Arc<I>,
    shutdown: watch::Receiver<bool>,
) -> io::Result<()> {
    let drain_timeout = config.drain_timeout;
    let limits = Limits::new(&config);
    let server = Arc::new(Server { config, intake, limits, shutdown: shutdown.clone() });
    let mut shutdown = shutdown;
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping(&mut shutdown) => break,
        };
        while connections.try_join_next().is_some() {}
        let (stream, remote) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file handles, mostly: a short rest lets connections end.
                tracing::warn!(%error, "an SMTP connection could not be taken");
                tokio::time::sleep(ACCEPT_REST).await;
                continue;
            }
        };
        let ip = remote.ip().to_canonical();
        match server.limits.admit(ip) {
            Ok(()) => {
                let server = server.clone();
                connections.spawn(async move {
                    let place = Place { server: &server, ip };
                    if let Err(error) = converse(&server, stream, ip).await {
                        tracing::debug!(%error, "an SMTP connection broke");
                    }
                    drop(place);
                });
            }
            Err(refusal) => {
                connections.spawn(refuse(stream, refusal));
            }
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(drain_timeout, drained).await.is_err() {
        tracing::warn!("some SMTP connections were cut off at the end");
    }
    Ok(())
}

/// One conversation over any stream, as if it came from this machine; STARTTLS is not offered. For tests and tools.
pub async fn converse_over<I: Intake, S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    config: SmtpConfig,
    intake: Arc<I>,
) -> io::Result<()> {
    let limits = Limits::new(&config);
    let (_never, shutdown) = watch::channel(false);
    let server = Server { config: SmtpConfig { tls: None, ..config }, intake, limits, shutdown };
    let mut session = Session::new(&server, IpAddr::from([127, 0, 0, 1]));
    session.greet();
    session.talk(stream).await?;
    stream.shutdown().await
}

/// Waits for the order to stop, or for the one who could give it to be gone.
pub async fn stopping(shutdown: &mut watch::Receiver<bool>) {
    let _ = shutdown.wait_for(|stop| *stop).await;
}

const ACCEPT_REST: Duration = Duration::from_millis(50);
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(5);

/// Gives the place back even when the conversation panics.
struct Place<'a, I> {
    server: &'a Server<I>,
    ip: IpAddr,
}

impl<I> Drop for Place<'_, I> {
    fn drop(&mut self) {
        self.server.limits.leave(self.ip);
    }
}

async fn refuse(mut stream: TcpStream, refusal: &'static str) {
    let _ = tokio::time::timeout(REFUSAL_TIMEOUT, async {
        let _ = stream.write_all(refusal.as_bytes()).await;
        let _ = stream.shutdown().await;
    })
    .await;
}

async fn converse<I: Intake>(server: &Server<I>, mut stream: TcpStream, ip: IpAddr) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut session = Session::new(server, ip);
    session.greet();
    match session.talk(&mut stream).await? {
        Next::Close => stream.shutdown().await,
        Next::StartTls => {
            let Some(config) = server.config.tls.clone() else { return Ok(()) };
            let handshake = TlsAcceptor::from(config).accept(stream);
            let mut stream = tokio::time::timeout(server.config.tls_timeout, handshake)
                .await
                .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the TLS handshake took too long"))??;
            session.begin_again_encrypted();
            session.talk(&mut stream).await?;
            stream.shutdown().await
        }
    }
}
