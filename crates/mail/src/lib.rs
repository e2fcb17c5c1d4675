//! The mail door: what comes in over SMTP and IMAP, what it says, and how answers leave.
//!
//! `parse` turns any bytes into a [`parse::Message`] and never fails; `smtp` and `imap` receive, `send` sends,
//! `auth` judges who a message really comes from. Storing and deciding are parameters (`smtp::Intake`, `imap::Sink`);
//! `intake` gives them to the desk.
//!
//! ```
//! let message = mail::parse::parse(b"From: Ana <ana@example.org>\r\nSubject: Hello\r\n\r\nNo sound.\r\n");
//! assert_eq!(message.from.as_ref().map(|from| from.address.as_str()), Some("ana@example.org"));
//! assert_eq!(message.text, "No sound.\n");
//! ```

pub mod auth;
pub mod imap;
pub mod intake;
pub mod json;
pub mod parse;
pub mod send;
pub mod smtp;
