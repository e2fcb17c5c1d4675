//! One form for each address, number, name and domain, so that equal things are found equal.

use super::{ADDRESS_BYTES_MAX, NAME_CHARS_MAX, PeopleError, TEXT_BYTES_MAX};

/// Lower case without blanks around it; `None` if it cannot be an address. Plus-tags stay: they are other addresses.
pub fn fold_address(address: &str) -> Option<String> {
    let address = address.trim().to_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    let wrong =
        |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':');
    let holds = !local.is_empty()
        && address.len() <= ADDRESS_BYTES_MAX
        && !local.contains(wrong)
        && !local.contains('@')
        && is_domain(domain);
    holds.then_some(address)
}

/// Lower case, without a leading `@`; `None` if it cannot be a domain.
pub(crate) fn fold_domain(domain: &str) -> Option<String> {
    let domain = domain.trim().trim_start_matches('@').trim_end_matches('.').to_lowercase();
    (is_domain(&domain) && domain.contains('.')).then_some(domain)
}

fn is_domain(domain: &str) -> bool {
    let literal = domain.starts_with('[') && domain.ends_with(']');
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    !domain.is_empty()
        && domain.len() <= 253
        && match literal {
            true => domain[1..domain.len() - 1]
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':')),
            false => domain.split('.').all(label),
        }
}

/// Digits, with a leading `+` if there was one; `None` with fewer than three or more than twenty digits.
pub fn fold_phone(phone: &str) -> Option<String> {
    let phone = phone.trim();
    let known =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/' | '\u{a0}');
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let holds = phone.chars().all(known) && (3..=20).contains(&digits.len());
    holds.then(|| if phone.starts_with('+') { format!("+{digits}") } else { digits })
}

/// "marta.diaz@example.org" is probably Marta Diaz.
pub fn name_from_address(address: &str) -> String {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    let untagged = local.split('+').next().filter(|rest| !rest.is_empty()).unwrap_or(local);
    let words = untagged.split(['.', '_', '-']).filter(|word| !word.is_empty()).map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        first + letters.as_str()
    });
    let name = words.collect::<Vec<_>>().join(" ");
    if name.is_empty() { address.to_owned() } else { name }
}

/// A language tag: `en`, `pt-BR`, `zh-Hant-TW`.
pub fn is_locale(locale: &str) -> bool {
    let mut parts = locale.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        && locale.len() <= 35
}

/// A name of the IANA time zone database.
pub fn is_time_zone(name: &str) -> bool {
    !name.is_empty() && jiff::tz::TimeZone::get(name).is_ok()
}

/// One line without control characters and doubled blanks.
pub(super) fn clean_name(name: &str) -> Result<String, PeopleError> {
    let visible: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let holds = !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX;
    holds.then_some(name).ok_or(PeopleError::NameIsWrong)
}

/// Like [`clean_name`], for names that a stranger's mail claims: shortened instead of refused.
pub(super) fn claimed_name(name: Option<&str>, address: &str) -> String {
    let short: String = name.unwrap_or_default().chars().take(NAME_CHARS_MAX).collect();
    match clean_name(&short) {
        Ok(name) if name.to_lowercase() != address => name,
        _ => clean_name(&name_from_address(address)).unwrap_or_else(|_| address.to_owned()),
    }
}

pub(super) fn limited_text(text: &str) -> Result<String, PeopleError> {
    match text.len() <= TEXT_BYTES_MAX {
        true => Ok(text.trim_end().to_owned()),
        false => Err(PeopleError::TextIsTooLong),
    }
}

/// The form under which an organization's name is unique.
pub(super) fn name_key(name: &str) -> String {
    let folded = text::folding::fold_text(name);
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the full-text index holds of these words.
pub(super) fn search_terms(words: &str) -> String {
    text::search_terms(words, None)
}

/// What to ask the full-text index for.
pub(super) fn query_terms(words: &str) -> Vec<String> {
    text::query_terms(words, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_equal_without_case_and_keep_their_tags() {
        assert_eq!(fold_address("  Marta@Example.ORG ").as_deref(), Some("marta@example.org"));
        assert_eq!(fold_address("marta+shop@example.org").as_deref(), Some("marta+shop@example.org"));
        assert_eq!(fold_address("GRÜẞE@münchen.example").as_deref(), Some("grüße@münchen.example"));
        assert_eq!(fold_address("root@localhost").as_deref(), Some("root@localhost"));
        assert_eq!(fold_address("ana@[192.0.2.1]").as_deref(), Some("ana@[192.0.2.1]"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in [
            "",
            "@",
            "ana",
            "ana@",
            "@example.org",
            "a b@example.org",
            "ana@exa mple.org",
            "<ana@example.org>",
        ] {
            assert_eq!(fold_address(wrong), None, "{wrong}");
        }
        assert_eq!(fold_address("a@b@example.org"), None);
        assert_eq!(fold_address("ana@example..org"), None);
        assert_eq!(fold_address(&format!("{}@example.org", "a".repeat(ADDRESS_BYTES_MAX))), None);
    }

    #[test]
    fn a_name_is_guessed_from_an_address() {
        assert_eq!(name_from_address("marta.diaz@example.org"), "Marta Diaz");
        assert_eq!(name_from_address("info+shop@example.org"), "Info");
        assert_eq!(name_from_address("_@example.org"), "_@example.org");
    }

    #[test]
    fn a_claimed_name_is_cleaned_and_never_the_bare_address() {
        assert_eq!(claimed_name(Some(" Marta\t\u{7}Díaz "), "marta@example.org"), "Marta Díaz");
        assert_eq!(claimed_name(Some("Marta@Example.org"), "marta@example.org"), "Marta");
        assert_eq!(claimed_name(None, "marta@example.org"), "Marta");
        assert_eq!(claimed_name(Some(&"x".repeat(5_000)), "m@example.org").chars().count(), NAME_CHARS_MAX);
    }

    #[test]
    fn numbers_are_equal_without_their_dress() {
        assert_eq!(fold_phone("+49 (30) 123-456").as_deref(), Some("+4930123456"));
        assert_eq!(fold_phone("call me"), None);
        assert_eq!(fold_phone("12"), None);
    }

    #[test]
    fn languages_and_domains_have_their_form() {
        assert!(is_locale("en") && is_locale("pt-BR") && is_locale("zh-Hant-TW"));
        assert!(!is_locale("") && !is_locale("e") && !is_locale("english") && !is_locale("en_US"));
        assert_eq!(fold_domain("@Example.ORG.").as_deref(), Some("example.org"));
        assert_eq!(fold_domain("localhost"), None);
        assert_eq!(name_key("  Café   ACME "), "cafe acme");
    }
}
