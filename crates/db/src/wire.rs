//! A connection to PostgreSQL that the calling thread drives, and on which a request can leave before the answer to the one
//! before it is there.
//!
//! The blocking `postgres` client waits for each answer: a read of one statement would take three journeys, for `begin`, the
//! statement and `commit`. On a [`Wire`] `begin` can leave together with the first statement, and nobody waits for the end of what only
//! read. What has not come when a request is sent off is taken in with the answer to the next one.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config, Error, Notification, Row, Socket, Statement};

type Params<'a> = [&'a (dyn ToSql + Sync)];
type Poller = Box<dyn FnMut(&mut Context<'_>) -> Poll<Option<Result<AsyncMessage, Error>>> + Send>;

/// One connection. To be used, and dropped, on a thread that may block.
pub struct Wire {
    client: Client,
    line: Line,
    runtime: Runtime,
}

/// The side of the connection that moves bytes. Without a poller it has ended, and whoever waits for an answer learns it.
struct Line {
    poller: Option<Poller>,
    heard: VecDeque<Notification>,
}

impl Wire {
    /// Connects to the server that `config` names.
    pub fn connect<T>(config: &Config, tls: T) -> Result<Self, super::server::NoConnection>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (client, mut connection) = runtime.block_on(config.connect(tls))?;
        let poller: Poller = Box::new(move |cx| connection.poll_message(cx));
        Ok(Wire { client, line: Line { poller: Some(poller), heard: VecDeque::new() }, runtime })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) fn prepare(&mut self, sql: &str) -> Result<Statement, Error> {
        drive(&self.runtime, &mut self.line, self.client.prepare(sql))
    }

    /// The rows of `statement`; `first`, if given, is sent before it in the same breath.
    pub(crate) fn query(
        &mut self,
        first: Option<&str>,
        statement: &Statement,
        params: &Params<'_>,
    ) -> Result<Vec<Row>, Error> {
        let asked = self.client.query(statement, params);
        drive(&self.runtime, &mut self.line, both(&self.client, first, asked))
    }

    /// How many rows `statement` touched; `first` as with [`Wire::query`].
    pub(crate) fn execute(
        &mut self,
        first: Option<&str>,
        statement: &Statement,
        params: &Params<'_>,
    ) -> Result<u64, Error> {
        let asked = self.client.execute(statement, params);
        drive(&self.runtime, &mut self.line, both(&self.client, first, asked))
    }

    /// Several statements in one text, without parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        drive(&self.runtime, &mut self.line, self.client.batch_execute(sql))
    }

    /// Sends `sql` and does not wait for what becomes of it.
    pub(crate) fn send_off(&mut self, sql: &str) {
        let mut request = pin!(self.client.batch_execute(sql));
        let line = &mut self.line;
        self.runtime.block_on(poll_fn(|cx| {
            let _ = request.as_mut().poll(cx);
            let _ = line.turn(cx);
            Poll::Ready(())
        }));
    }

    /// What `listen` has brought, as soon as there is something, or nothing when `patience` is over or the connection ended.
    pub(crate) fn hear(&mut self, patience: Duration) -> Result<Vec<Notification>, Error> {
        let line = &mut self.line;
        self.runtime.block_on(async {
            let mut over = pin!(tokio::time::sleep(patience));
            poll_fn(|cx| match line.turn(cx) {
                Some(error) => Poll::Ready(Err(error)),
                None if !line.heard.is_empty() || line.poller.is_none() => Poll::Ready(Ok(())),
                None => over.as_mut().poll(cx).map(Ok),
            })
            .await
        })?;
        Ok(self.line.heard.drain(..).collect())
    }
}

impl Line {
    /// Sends what waits and takes in what has come; the error that ended the connection.
    fn turn(&mut self, cx: &mut Context<'_>) -> Option<Error> {
        while let Some(poller) = &mut self.poller {
            match poller(cx) {
                Poll::Ready(Some(Ok(AsyncMessage::Notification(news)))) => self.heard.push_back(news),
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(error))) => {
                    self.poller = None;
                    return Some(error);
                }
                Poll::Ready(None) => self.poller = None,
                Poll::Pending => break,
            }
        }
        None
    }
}

fn drive<T>(
    runtime: &Runtime,
    line: &mut Line,
    request: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut request = pin!(request);
    runtime.block_on(poll_fn(|cx| {
        if let Poll::Ready(outcome) = request.as_mut().poll(cx) {
            return Poll::Ready(outcome);
        }
        let ended = line.turn(cx);
        match (request.as_mut().poll(cx), ended) {
            (Poll::Pending, Some(error)) => Poll::Ready(Err(error)),
            (outcome, _) => outcome,
        }
    }))
}

async fn both<T>(
    client: &Client,
    first: Option<&str>,
    then: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(first) = first else { return then.await };
    let (before, outcome) = tokio::join!(biased; client.batch_execute(first), then);
    before.and(outcome)
}
