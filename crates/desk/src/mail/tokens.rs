//! Signed words that leave the desk in a mail and must come back unchanged.
//!
//! `support+t4821.k3j5h7q2mz@example.org` in the address, `Ref: 4821-k3j5h7q2mz` at the end of the text. A ticket
//! number alone is never enough: the ten characters are 50 bits of an HMAC under the desk's key.

use crate::TicketId;
use crate::settings::DeskKey;
use subtle::ConstantTimeEq;

/// Characters of a signature, five bits each.
const SIGNATURE_CHARS: usize = 10;
/// Marks in one text that are verified; further ones are not looked at.
const MARKS_READ_MAX: usize = 50;
/// The header by which the desk knows its own automatic mail.
pub const LOOP_HEADER: &str = "X-Aptdesk-Loop";
/// What stands before the mark at the end of a mail.
pub const MARK_LABEL: &str = "Ref: ";

/// `support+t12.abcdefghij@example.org`; `None` when `mailbox` has no `@`.
pub fn plus_address(key: &DeskKey, mailbox: &str, ticket: TicketId) -> Option<String> {
    let (local, domain) = mailbox.rsplit_once('@')?;
    Some(format!("{local}+t{ticket}.{}@{domain}", signature(key, ticket)))
}

/// The ticket that a plus-address of ours names, if its signature holds. Letters may have changed their case.
pub fn ticket_in_address(key: &DeskKey, address: &str) -> Option<TicketId> {
    let (local, _) = address.trim().rsplit_once('@')?;
    let (_, tag) = local.rsplit_once('+')?;
    let (number, signed) = tag.strip_prefix(['t', 'T'])?.split_once('.')?;
    verified(key, number, signed)
}

/// `4821-abcdefghij`, the mark at the end of our mails.
pub fn mark(key: &DeskKey, ticket: TicketId) -> String {
    format!("{ticket}-{}", signature(key, ticket))
}

/// The tickets that marks in `text` name, in their order, without those whose signature does not hold.
pub fn tickets_in_text(key: &DeskKey, text: &str) -> Vec<TicketId> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut looked_at = 0;
    for dash in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'-').map(|(at, _)| at) {
        let digits = bytes[..dash].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let end = dash + 1 + SIGNATURE_CHARS;
        if digits == 0 || digits > 18 || end > bytes.len() || !bytes[dash + 1..end].is_ascii() {
            continue;
        }
        looked_at += 1;
        if looked_at > MARKS_READ_MAX {
            break;
        }
        // The ranges are ASCII, so they lie on character borders.
        if let Some(ticket) = verified(key, &text[dash - digits..dash], &text[dash + 1..end])
            && !found.contains(&ticket)
        {
            found.push(ticket);
        }
    }
    found
}

/// `support+anything@example.org` → `support@example.org`, in lower case.
pub fn without_plus(address: &str) -> String {
    let address = address.trim().to_lowercase();
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let local = local.split_once('+').map_or(local, |(before, _)| before);
            format!("{local}@{domain}")
        }
        None => address,
    }
}

/// The value of [`LOOP_HEADER`] on this desk's automatic mail.
pub fn loop_value(key: &DeskKey) -> String {
    base32(&key.sign("mail-loop", "desk"), 16)
}

pub fn is_our_loop(key: &DeskKey, value: &str) -> bool {
    value.trim().as_bytes().ct_eq(loop_value(key).as_bytes()).into()
}

fn signature(key: &DeskKey, ticket: TicketId) -> String {
    base32(&key.sign("mail-thread", &ticket.to_string()), SIGNATURE_CHARS)
}

fn verified(key: &DeskKey, number: &str, signed: &str) -> Option<TicketId> {
    if number.is_empty() || number.len() > 18 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let ticket: TicketId = number.parse().ok()?;
    let holds: bool = signed.to_ascii_lowercase().as_bytes().ct_eq(signature(key, ticket).as_bytes()).into();
    holds.then_some(ticket)
}

/// The first `chars` characters of base32 (RFC 4648) in lower case.
fn base32(bytes: &[u8], chars: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    (0..chars)
        .map(|n| {
            let bit = n * 5;
            let pair =
                u16::from_be_bytes([bytes[bit / 8], bytes.get(bit / 8 + 1).copied().unwrap_or_default()]);
            ALPHABET[usize::from(pair >> (11 - bit % 8)) & 31] as char
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(words: &str) -> DeskKey {
        serde_json::from_value(serde_json::Value::String(words.into())).unwrap()
    }

    #[test]
    fn base32_is_the_one_of_the_standard() {
        assert_eq!(base32(b"foobar", 8), "mzxw6ytb");
    }

    #[test]
    fn a_number_without_its_signature_means_nothing() {
        let key = key("k");
        assert_eq!(ticket_in_address(&key, "support+t12@example.org"), None);
        assert_eq!(ticket_in_address(&key, "support+t12.aaaaaaaaaa@example.org"), None);
        assert_eq!(tickets_in_text(&key, "Ref: 12-aaaaaaaaaa, ticket #12, 12-"), vec![]);
    }

    #[test]
    fn plus_parts_fall_away_from_an_address() {
        assert_eq!(without_plus(" Support+T1.x@Example.ORG "), "support@example.org");
        assert_eq!(without_plus("nobody"), "nobody");
    }

    #[test]
    fn a_desk_knows_its_own_loop_header_and_no_other() {
        assert!(is_our_loop(&key("a"), &format!(" {}", loop_value(&key("a")))));
        assert!(!is_our_loop(&key("a"), &loop_value(&key("b"))));
        assert!(!is_our_loop(&key("a"), ""));
    }

    proptest! {
        #[test]
        fn what_was_signed_is_found_again_in_any_case(id in 1_i64..i64::MAX / 10, upper in any::<bool>()) {
            let key = key("desk");
            let mut address = plus_address(&key, "support@example.org", TicketId(id)).unwrap();
            if upper {
                address = address.to_uppercase();
            }
            prop_assert_eq!(ticket_in_address(&key, &address), Some(TicketId(id)));
        }

        #[test]
        fn a_mark_is_found_in_the_midst_of_any_text(id in 1_i64..i64::MAX / 10, before in "\\PC{0,60}", after in "\\PC{0,60}") {
            let key = key("desk");
            let text = format!("{before}\n> {MARK_LABEL}{}\n{after}", mark(&key, TicketId(id)));
            prop_assert!(tickets_in_text(&key, &text).contains(&TicketId(id)));
        }

        #[test]
        fn one_changed_character_breaks_the_signature(id in 1_i64..1_000_000_000, at in 0_usize..10, letter in 0_usize..32) {
            let key = key("desk");
            let mut mark = mark(&key, TicketId(id)).into_bytes();
            let place = mark.len() - 10 + at;
            let new = b"abcdefghijklmnopqrstuvwxyz234567"[letter];
            prop_assume!(mark[place] != new);
            mark[place] = new;
            prop_assert_eq!(tickets_in_text(&key, &String::from_utf8(mark).unwrap()), vec![]);
        }

        #[test]
        fn no_text_makes_it_stumble(text in "\\PC*", address in "\\PC*") {
            let key = key("desk");
            let _ = tickets_in_text(&key, &text);
            let _ = ticket_in_address(&key, &address);
            let _ = without_plus(&address);
        }

        #[test]
        fn another_desks_signature_is_worth_nothing(id in 1_i64..1_000_000) {
            let text = mark(&key("theirs"), TicketId(id));
            prop_assert_eq!(tickets_in_text(&key("ours"), &text), vec![]);
        }
    }
}
