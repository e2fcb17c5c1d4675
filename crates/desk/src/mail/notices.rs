//! What whoever reads a letter should know of how it came. It stands in the ledger; the rest that stands there is about
//! the form of the mail.

use super::take_in::Internal;

/// Followed by the number of a ticket.
pub(super) const MAY_BELONG: &str = "it may belong to ticket ";
pub(super) const MACHINE: &str = "a machine wrote it";

/// The notice in what the ledger says of a mail, if there is one. The ledger puts it first.
pub(super) fn notice_in(reason: &str) -> Option<&str> {
    let first = reason.split("; ").next()?;
    if first.starts_with(MACHINE) {
        return Some(MACHINE);
    }
    let keeps_internal = || Internal::ALL.iter().any(|it| it.words() == first);
    (first.starts_with(MAY_BELONG) || keeps_internal()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_letter_was_put_is_told_and_how_it_was_written_is_not() {
        let told = "it may belong to ticket 1, but its sender takes no part in that ticket";
        assert_eq!(notice_in(&format!("{told}; there is no date")), Some(told));
        assert_eq!(notice_in("a machine wrote it (Precedence: bulk); there is no date"), Some(MACHINE));
        assert_eq!(notice_in(Internal::NotVerified.words()), Some(Internal::NotVerified.words()));
        assert_eq!(notice_in("there is no Message-ID; there is no date"), None);
    }
}
