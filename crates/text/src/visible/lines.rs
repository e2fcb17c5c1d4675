//! A message as lines, each looked at once.

use crate::folding::{fold_text, is_invisible};

/// Only the start of a very long line is looked at.
const LINE_BYTES_LOOKED_AT_MAX: usize = 400;

pub struct Line<'a> {
    /// As it stands in the message, with its line end.
    pub raw: &'a str,
    /// Without white space and invisible signs around it.
    pub plain: &'a str,
    /// The start of `plain` in lower case without diacritics; empty for quoted lines.
    pub folded: String,
    pub quoted: bool,
}

impl Line<'_> {
    pub fn is_blank(&self) -> bool {
        self.plain.is_empty()
    }

    pub fn is_text(&self) -> bool {
        !self.quoted && !self.plain.is_empty()
    }

    pub fn ends_with_colon(&self) -> bool {
        self.plain.ends_with([':', '：'])
    }

    pub fn word_count(&self) -> usize {
        self.plain.split_whitespace().count()
    }
}

pub fn lines_of(text: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = text.split_inclusive('\n').map(line).collect();
    unquote_what_no_mail_client_wrote(&mut lines);
    lines
}

fn line(raw: &str) -> Line<'_> {
    let plain = raw.trim_matches(|letter: char| letter.is_whitespace() || is_invisible(letter));
    // "> On sale today! <" is decoration.
    let quoted = plain.starts_with('>') && !(plain.len() > 2 && plain.ends_with(" <"));
    let folded = if quoted { String::new() } else { folded_start(plain) };
    Line { raw, plain, folded, quoted }
}

fn folded_start(plain: &str) -> String {
    fold_text(&plain[..plain.floor_char_boundary(LINE_BYTES_LOOKED_AT_MAX)])
}

/// `>>> prompt` of a pasted console and `>From` of a mailbox file are the writer's own, unless there are real quotes.
fn unquote_what_no_mail_client_wrote(lines: &mut [Line<'_>]) {
    let own = |line: &Line<'_>| line.plain.starts_with(">>> ") || line.plain.starts_with(">From ");
    let real = |line: &Line<'_>| line.quoted && !own(line);
    if lines.iter().any(own) && !lines.iter().any(real) {
        for line in lines.iter_mut().filter(|line| line.quoted) {
            line.quoted = false;
            line.folded = folded_start(line.plain);
        }
    }
}
