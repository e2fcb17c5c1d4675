//! Small tables that people bring as text: who works here, their shifts, candidates, skills.

/// What parts the columns: commas, or where the first line has none, tabs or semicolons.
pub(crate) fn delimiter_of(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    [b',', b'\t', b';'].into_iter().find(|sign| head.contains(char::from(*sign))).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_go_before_other_signs_that_part_columns() {
        assert_eq!(delimiter_of("Ana,ana@x.org,Care;Billing;Chat;Mail,lead\n"), b',');
        assert_eq!(delimiter_of("Name;E-Mail;Gruppen\nAna,x;;\n"), b';');
        assert_eq!(delimiter_of("name\temail\n"), b'\t');
        assert_eq!(delimiter_of(""), b',');
    }
}
