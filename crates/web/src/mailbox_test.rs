//! The live test of a mailbox: what the servers answered, in their own words.
//!
//! Reaching them needs the mail door, which this door does not know: the binary joins the two.

use desk::MailboxId;
use futures_util::future::BoxFuture;

/// One line of the talk with a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestLine {
    /// `None` where nothing can be said yet: a question, a word between.
    pub is_good: Option<bool>,
    pub words: String,
}

impl TestLine {
    /// The class of the line in a `log`.
    pub fn class(&self) -> &'static str {
        match self.is_good {
            Some(true) => "good",
            Some(false) => "bad",
            None => "out",
        }
    }
}

/// Tries a mailbox both ways, now.
pub trait MailboxTest: Send + Sync {
    fn test(&self, mailbox: MailboxId) -> BoxFuture<'_, Vec<TestLine>>;
}
