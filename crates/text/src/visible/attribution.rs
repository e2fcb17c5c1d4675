//! The line above a quote: "On Monday, Ana wrote:", in many languages and over several lines.

use super::lines::Line;
use super::phrases::{MONTHS, OPENERS, VERB_PIECES, VERBS};

const ATTRIBUTION_LINES_MAX: usize = 5;
const ATTRIBUTION_BYTES_MAX: usize = 420;
const ATTRIBUTION_WORDS_MAX: usize = 32;

pub struct Attribution {
    /// How many lines it takes.
    pub lines: usize,
    /// So plain that all that follows is the quote, even without `>`.
    pub certain: bool,
}

/// The attribution that starts at line `at`, if one does.
pub fn attribution_at(lines: &[Line<'_>], at: usize) -> Option<Attribution> {
    let found = ending_from(lines, at)?;
    // "I called on 8 Dec.\nOn 9 Dec Ana wrote:" starts at its second line.
    let starts_later = (at + 1..at + found.lines).any(|later| {
        ending_from(lines, later)
            .is_some_and(|it| later + it.lines == at + found.lines && it.certain >= found.certain)
    });
    (!starts_later).then_some(found)
}

fn ending_from(lines: &[Line<'_>], at: usize) -> Option<Attribution> {
    let mut bytes = 0;
    for end in at..lines.len().min(at + ATTRIBUTION_LINES_MAX) {
        let line = &lines[end];
        bytes += line.plain.len() + 1;
        if !line.is_text() || bytes > ATTRIBUTION_BYTES_MAX {
            return None;
        }
        // Zoho writes "---- On Monday Ana wrote ----".
        let colon = line.ends_with_colon() || (line.plain.starts_with("--") && line.plain.ends_with("--"));
        let quote_follows =
            lines[end + 1..].iter().find(|next| !next.is_blank()).is_some_and(|next| next.quoted);
        if !colon && !quote_follows {
            continue;
        }
        let signs = Signs::of(&lines[at..=end]);
        if signs.is_two_sentences || signs.words > ATTRIBUTION_WORDS_MAX {
            continue;
        }
        let certain = colon && signs.certain();
        if certain || (quote_follows && signs.likely(colon)) {
            return Some(Attribution { lines: end + 1 - at, certain });
        }
    }
    None
}

/// What speaks for an attribution.
struct Signs {
    verb: bool,
    date: bool,
    time: bool,
    address: bool,
    opener: bool,
    words: usize,
    is_two_sentences: bool,
}

impl Signs {
    fn of(lines: &[Line<'_>]) -> Signs {
        let mut folded = String::with_capacity(ATTRIBUTION_BYTES_MAX);
        let mut written = String::with_capacity(ATTRIBUTION_BYTES_MAX);
        for line in lines {
            folded.push_str(&line.folded);
            folded.push(' ');
            written.push_str(line.plain);
            written.push(' ');
        }
        let tokens =
            || folded.split(|letter: char| !letter.is_alphanumeric()).filter(|token| !token.is_empty());
        let verb =
            tokens().any(|token| VERBS.contains(&token)) || VERB_PIECES.iter().any(|it| folded.contains(it));
        let digits = folded.chars().any(char::is_numeric);
        let month = || tokens().any(|token| MONTHS.iter().any(|month| token.starts_with(month)));
        Signs {
            verb,
            date: digits && (has_numeric_date(&folded) || month()),
            time: has_time(&folded),
            address: folded.contains('@') || folded.contains("mailto:"),
            opener: tokens()
                .next()
                .is_some_and(|token| OPENERS.contains(&token) || token.parse::<u32>().is_ok()),
            words: written.split_whitespace().count(),
            is_two_sentences: is_two_sentences(&written),
        }
    }

    fn certain(&self) -> bool {
        if self.verb {
            (self.date && (self.time || self.address)) || (self.opener && self.address)
        } else {
            self.date && self.time && self.address
        }
    }

    /// Enough when quoted lines follow.
    fn likely(&self, colon: bool) -> bool {
        (self.verb && colon)
            || (self.date && self.address)
            || (self.opener && self.date && (colon || self.verb))
    }
}

/// A full stop, question or exclamation mark inside, followed by a capital: somebody's prose.
fn is_two_sentences(text: &str) -> bool {
    const ABBREVIATION_CHARS_MAX: usize = 5;
    let mut word = 0;
    let mut ended = false;
    let mut spaced = false;
    for letter in text.chars() {
        match letter {
            '.' if word > ABBREVIATION_CHARS_MAX => (ended, spaced, word) = (true, false, 0),
            '?' | '!' if word > 0 => (ended, spaced, word) = (true, false, 0),
            _ if letter.is_whitespace() => (spaced, word) = (ended, 0),
            _ if ended && spaced && letter.is_uppercase() => return true,
            _ => (ended, spaced, word) = (false, false, word + usize::from(letter.is_alphanumeric())),
        }
    }
    false
}

/// A year, or three numbers with the same sort of sign between them.
fn has_numeric_date(folded: &str) -> bool {
    let bytes = folded.as_bytes();
    let mut at = 0;
    let mut chained = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            chained = 0;
            continue;
        }
        let from = at;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            at += 1;
        }
        if at - from == 4 && (folded[from..at].starts_with("19") || folded[from..at].starts_with("20")) {
            return true;
        }
        chained = if at - from <= 2 || chained > 0 { chained + 1 } else { 0 };
        if chained >= 3 {
            return true;
        }
        if at < bytes.len() && matches!(bytes[at], b'.' | b'/' | b'-') {
            at += 1;
            // "18. 4. 2017"
            if bytes.get(at) == Some(&b' ') {
                at += 1;
            }
        } else {
            chained = 0;
        }
    }
    // Arabic and other digits
    folded.chars().filter(|letter| letter.is_numeric() && !letter.is_ascii()).count() >= 6
}

/// 13:09, 13.09, 13h09.
fn has_time(folded: &str) -> bool {
    let bytes = folded.as_bytes();
    bytes.windows(4).any(|window| {
        window[0].is_ascii_digit()
            && matches!(window[1], b':' | b'.' | b'h')
            && window[2].is_ascii_digit()
            && window[3].is_ascii_digit()
    }) || folded.chars().any(|letter| letter.is_numeric() && !letter.is_ascii()) && folded.contains(':')
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines_of;
    use super::*;

    fn certain(text: &str) -> bool {
        let lines = lines_of(text);
        attribution_at(&lines, 0).is_some_and(|it| it.certain && it.lines == lines.len())
    }

    #[test]
    fn attributions_of_many_clients_and_languages_are_known() {
        for line in [
            "On Mon, Apr 2, 2012 at 6:26 PM, Megan One <xxx@gmail.com> wrote:",
            "On 04/02/2012 06:26 PM, Megan One wrote:",
            "On Dec 16, 2011, at 12:47 PM, Corey Donohoe\n<reply@reply.github.com>\nwrote:",
            "On Tue, Sep 25, 2012 at 8:59 AM, Chris Wanstrath\n<notifications@github.com>wrote:",
            "On Thu, Aug 19, 2021 at 2:07 PM Tejaswini from Email sender test <\ntejaswini@chatwoot.com> wrote:",
            "--- On Wed, 4/4/12, xxx@example.com <xxx@example.com> wrote:",
            "Am 07.05.2012 08:10, schrieb Martin Edenhofer via Znuny Team:",
            "Am Mi., 18. Apr. 2018 um 13:09 Uhr schrieb Ana Lopez <ana@example.com>:",
            "Ana Lopez <ana@example.com> schrieb am 18.04.2018 um 13:09:",
            "Le mar. 18 avr. 2017 à 13:09, Ana Lopez <ana@example.com> a écrit :",
            "El mar., 18 abr. 2017 a las 13:09, Ana Lopez (<ana@example.com>) escribió:",
            "Em ter., 18 de abr. de 2017 às 13:09, Ana <ana@example.com> escreveu:",
            "Il giorno mar 18 apr 2017 alle ore 13:09 Ana <ana@example.com> ha scritto:",
            "Op di 18 apr. 2017 om 13:09 schreef Ana <ana@example.com>:",
            "Den tis 18 apr. 2017 kl 13:09 skrev Ana <ana@example.com>:",
            "tir. 18. apr. 2017 kl. 13:09 skrev Ana <ana@example.com>:",
            "ti 18. huhtik. 2017 klo 13.09 Ana (ana@example.com) kirjoitti:",
            "wt., 18 kwi 2017 o 13:09 Ana <ana@example.com> napisał(a):",
            "W dniu 18.04.2017 o 13:09, Ana pisze:",
            "út 18. 4. 2017 v 13:09 odesílatel Ana <ana@example.com> napsal:",
            "Ana <ana@example.com>, 18 Nis 2017 Sal, 13:09 tarihinde şunu yazdı:",
            "вт, 18 апр. 2017 г. в 13:09, Ана <ana@example.com>:",
            "02.04.2012 14:20 пользователь \"bob@xxx.mailgun.org\" <\nbob@xxx.mailgun.org> написал:",
            "26.06.2014, 14:41, \"Alexander L\" <abc@example.com>:",
            "Thu, 26 Jun 2014 14:00:51 +0400 от Alexander L <abc@example.com>:",
            "2017年4月18日(火) 13:09 Ana <ana@example.com>:",
            "Ana <ana@example.com> 于2017年4月18日周二 13:09写道：",
            "Ana <ana@example.com> 於 2017年4月18日 週二 下午1:09寫道：",
            "في الثلاثاء، 18 أبريل 2017 في 1:09 م تمت كتابة ما يلي بواسطة Ana <ana@example.com>:",
            "2014-11-17 19:59 GMT+01:00 Ana <ana@example.com>:",
            "---- On Wed, 24 Feb 2021 14:02:50 +0530 ana@example.com wrote ----",
            "Ana Lopez <ana@example.com> schrieb am So., 23.\nJuni 2024, 21:08:",
            "pe 20. lokakuuta 2017 klo 17.50 Ana Lopez\n<ana@example.com> kirjoitti:",
            "On Jun 17, 2017, at 14:15, Ana Lopez <ana@example.com<\nmailto:ana@example.com>> wrote:",
        ] {
            assert!(certain(line), "{line}");
        }
    }

    #[test]
    fn prose_is_not_an_attribution() {
        for line in [
            "On your remote host you can run:",
            "One outstanding question I had:",
            "On 3 May I bought three lamps. They arrived broken. Ana wrote:",
            "My order of 18.04.2017 has these problems:",
            "Please call me at 13:09 or write to ana@example.com:",
        ] {
            assert!(!certain(line), "{line}");
        }
    }
}
