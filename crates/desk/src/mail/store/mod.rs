//! Every statement on the tables of e-mail, by table.

mod mail_in;
mod mail_out;
mod threads;

pub(super) use mail_in::*;
pub(super) use mail_out::*;
pub(super) use threads::*;

pub(super) fn corrupt(error: serde_json::Error) -> db::Error {
    db::Error::Corrupt(error.to_string())
}
