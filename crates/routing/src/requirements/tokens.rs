//! What the text of requirements is made of: words, names, numbers and signs.

const KEYWORDS: [&str; 14] = [
    "and", "or", "not", "prefer", "in", "is", "anyone", "weight", "to", "after", "drop", "if", "nobody",
    "then",
];

pub(super) const SIGNS: [&str; 9] = [">=", "<=", "(", ")", "[", "]", ",", ";", ":"];

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    Quoted(String),
    /// Of a skill, pool or person.
    Number(i64),
    Level(f64),
    Sign(&'static str),
    End,
}

pub(super) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || "_-./&'+#@".contains(c)
}

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// Whether a bare word would be read as a name.
pub(super) fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(is_of_word)
        && !is_keyword(name)
        && matches!(word(name), Token::Word(_))
}

pub(super) fn word(word: &str) -> Token<'_> {
    if let Some(number) = word.strip_prefix('#').and_then(|it| it.parse::<i64>().ok()) {
        return Token::Number(number);
    }
    match word.parse::<f64>() {
        Ok(level) if word.starts_with(|c: char| c.is_ascii_digit()) => Token::Level(level),
        _ => Token::Word(word),
    }
}

/// The content of the quotation that the text begins with, and its length with the marks.
pub(super) fn quoted(text: &str) -> Option<(Token<'static>, usize)> {
    let mut content = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((Token::Quoted(content), at + 1)),
            '\\' => content.push(chars.next()?.1),
            c => content.push(c),
        }
    }
    None
}
