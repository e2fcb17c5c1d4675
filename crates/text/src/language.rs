//! Which language a text is written in, and how sure that is.

use crate::folding::fold_text;
use crate::language_words::{STOP_WORDS, TELLING_WORDS};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;
use whichlang::{Lang, detect_language};

/// Below this many letters only well-known words can tell.
const LETTERS_MIN: usize = 20;
/// More text does not make it surer.
const LOOKED_AT_BYTES_MAX: usize = 1_200;

/// An ISO 639-1 code and a confidence from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Language {
    pub code: &'static str,
    pub confidence: f32,
}

/// The language of a text; none when there is too little to go by.
///
/// Links, addresses, code and log lines are set aside first.
pub fn identify(text: &str) -> Option<Language> {
    let prose = prose_of(text);
    if let Some(found) = by_script(&prose) {
        return Some(found);
    }
    // So many words must speak against the model where it knows both languages.
    const WORDS_AGAINST_MODEL_MIN: usize = 3;
    let letters = prose.chars().filter(|letter| letter.is_alphabetic()).count();
    let folded = fold_text(&prose);
    let mut votes = Votes::of(&folded);
    votes.count_letters(&prose);
    if letters < LETTERS_MIN || votes.words < 3 {
        return votes.short_answer();
    }
    let guess = code_of(detect_language(&prose));
    let (word_code, word_hits) = votes.best();
    let guess_hits = votes.of_code(guess);
    // The model knows 16 languages and names one of them for any other.
    let enough = if MODEL_CODES.contains(&word_code) {
        guess_hits + WORDS_AGAINST_MODEL_MIN
    } else {
        (guess_hits + 1).max(2)
    };
    if word_code != guess && word_hits >= enough {
        let share = (word_hits - guess_hits) as f32 / votes.words as f32;
        return Some(Language { code: word_code, confidence: (0.5 + share).min(0.95) });
    }
    let length = (letters as f32 / 120.0).min(1.0);
    let support = (guess_hits as f32 / votes.words as f32 * 3.0).min(1.0);
    let confidence = 0.3 + 0.25 * length + 0.44 * support;
    // Nothing but names, numbers and foreign words: better no answer than a guess.
    if guess_hits == 0 && votes.words < 6 {
        return None;
    }
    Some(Language { code: guess, confidence: confidence.clamp(0.0, 0.99) })
}

/// The text without links, addresses, code and log lines.
fn prose_of(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(LOOKED_AT_BYTES_MAX * 4)];
    let mut prose = String::with_capacity(text.len().min(LOOKED_AT_BYTES_MAX) + 1);
    for line in text.lines() {
        if prose.len() > LOOKED_AT_BYTES_MAX {
            break;
        }
        if is_machine_line(line) {
            continue;
        }
        for word in line.split_whitespace() {
            let address =
                word.contains('@') || word.contains("://") || word.starts_with("www.") || word.contains('_');
            if !address && !word.bytes().any(|byte| byte.is_ascii_digit()) {
                prose.push_str(word);
                prose.push(' ');
            }
        }
    }
    prose
}

/// More signs than letters, or the beginning of a log line, a stack trace, code.
fn is_machine_line(line: &str) -> bool {
    let line = line.trim();
    let starts = [
        "at ",
        "#",
        "$ ",
        "> ",
        "//",
        "{",
        "}",
        "<",
        "Traceback",
        "File \"",
        "Caused by",
        "import ",
        "INFO",
        "WARN",
        "ERROR",
        "DEBUG",
    ];
    let code_sign = line.ends_with([';', '{', '}'])
        || line.contains("::")
        || line.contains("()")
        || line.contains("=\"")
        || line.contains("->");
    if code_sign
        || (starts.iter().any(|start| line.starts_with(start)) && line.contains(['(', '{', '=', '<', '[']))
    {
        return true;
    }
    let (mut letters, mut signs) = (0usize, 0usize);
    for letter in line.chars() {
        if letter.is_alphabetic() {
            letters += 1;
        } else if !letter.is_whitespace() && !matches!(letter, '.' | ',' | '!' | '?' | '\'' | '’') {
            signs += 1;
        }
    }
    signs * 2 > letters && signs > 4
}

/// Scripts that one language (or nearly one) uses.
fn by_script(text: &str) -> Option<Language> {
    const LETTERS_OF_SCRIPT_MIN: usize = 2;
    let mut counts = [0usize; 10];
    let mut latin = 0;
    let (mut ukrainian, mut persian, mut bulgarian_or_russian) = (0, 0, 0);
    for letter in text.chars() {
        let slot = match letter {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                latin += 1;
                continue;
            }
            '\u{3040}'..='\u{30ff}' => 0,
            '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' => 1,
            '\u{ac00}'..='\u{d7af}' => 2,
            '\u{400}'..='\u{4ff}' => {
                ukrainian += usize::from(matches!(letter, 'і' | 'ї' | 'є' | 'ґ' | 'І' | 'Ї' | 'Є'));
                bulgarian_or_russian += usize::from(matches!(letter, 'ы' | 'э' | 'ё'));
                3
            }
            '\u{600}'..='\u{6ff}' => {
                persian += usize::from(matches!(letter, 'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی'));
                4
            }
            '\u{590}'..='\u{5ff}' => 5,
            '\u{370}'..='\u{3ff}' => 6,
            '\u{e00}'..='\u{e7f}' => 7,
            '\u{900}'..='\u{97f}' => 8,
            _ => continue,
        };
        counts[slot] += 1;
    }
    let cjk = counts[0] + counts[1];
    let (slot, count) = counts.iter().copied().enumerate().max_by_key(|(_, count)| *count)?;
    // One Chinese sign says about as much as three letters.
    let weight = if slot <= 2 { 3 } else { 1 };
    if count < LETTERS_OF_SCRIPT_MIN || count.max(cjk) * weight < latin {
        return None;
    }
    let code = match slot {
        0 => "ja",
        1 if counts[0] * 10 >= counts[1] => "ja",
        1 => "zh",
        2 => "ko",
        3 if ukrainian > bulgarian_or_russian && ukrainian > 0 => "uk",
        3 => "ru",
        4 if persian * 20 > count => "fa",
        4 => "ar",
        5 => "he",
        6 => "el",
        7 => "th",
        8 => "hi",
        _ => return None,
    };
    let share = count as f32 / (count + latin) as f32;
    let certain = if count * weight >= 10 { 0.6 } else { 0.4 };
    Some(Language { code, confidence: (certain + 0.39 * share).min(0.99) })
}

/// What one word says: a bit for each language of `STOP_WORDS`, and the language that it alone gives away.
#[derive(Default)]
struct Known {
    languages: u32,
    telling: Option<&'static str>,
}

static KNOWN_WORDS: LazyLock<HashMap<&'static str, Known>> = LazyLock::new(|| {
    let mut known: HashMap<&'static str, Known> = HashMap::new();
    for (slot, (_, words)) in STOP_WORDS.iter().enumerate() {
        for word in *words {
            known.entry(word).or_default().languages |= 1 << slot;
        }
    }
    for (word, code) in TELLING_WORDS {
        known.entry(word).or_default().telling = Some(code);
    }
    known
});

struct Votes {
    words: usize,
    hits: [usize; STOP_WORDS.len()],
    greeting: Option<&'static str>,
}

impl Votes {
    fn of(folded: &str) -> Votes {
        let mut votes = Votes { words: 0, hits: [0; STOP_WORDS.len()], greeting: None };
        for word in folded.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()) {
            votes.words += 1;
            let Some(known) = KNOWN_WORDS.get(word) else { continue };
            for (slot, hits) in votes.hits.iter_mut().enumerate() {
                *hits += usize::from(known.languages & (1 << slot) != 0);
            }
            votes.greeting = votes.greeting.or(known.telling);
        }
        votes
    }

    /// Letters that neighbours do not use.
    fn count_letters(&mut self, prose: &str) {
        let mut seen = 0u32;
        let mut previous = ' ';
        for letter in prose.chars().flat_map(char::to_lowercase) {
            let code = match letter {
                'ł' | 'ż' | 'ś' | 'ę' | 'ą' | 'ć' | 'ń' | 'ź' => "pl",
                'ř' | 'ě' | 'ů' => "cs",
                'ı' | 'ş' | 'ğ' => "tr",
                'ț' | 'ș' | 'ă' => "ro",
                'ő' | 'ű' => "hu",
                'ß' => "de",
                'ñ' | '¿' | '¡' => "es",
                'ã' | 'õ' => "pt",
                'ä' | 'ö' if previous == letter => "fi",
                'ơ' | 'ư' | 'ạ' | 'ả' | 'ế' | 'ộ' | 'ợ' | 'đ' => "vi",
                _ => "",
            };
            previous = letter;
            if code.is_empty() {
                continue;
            }
            if let Some(slot) = STOP_WORDS.iter().position(|(known, _)| *known == code) {
                seen |= 1 << slot;
            }
        }
        for (slot, hits) in self.hits.iter_mut().enumerate() {
            *hits += if seen & (1 << slot) != 0 { 2 } else { 0 };
        }
    }

    fn best(&self) -> (&'static str, usize) {
        let slot =
            (0..STOP_WORDS.len()).max_by_key(|&slot| (self.hits[slot], std::cmp::Reverse(slot))).unwrap_or(0);
        (STOP_WORDS[slot].0, self.hits[slot])
    }

    fn of_code(&self, code: &str) -> usize {
        STOP_WORDS.iter().position(|(known, _)| *known == code).map_or(0, |slot| self.hits[slot])
    }

    /// For a line like "Danke schön!": a telling word, or stop words of one language alone.
    fn short_answer(&self) -> Option<Language> {
        if let Some(code) = self.greeting {
            return Some(Language { code, confidence: 0.6 });
        }
        let (code, hits) = self.best();
        let rivals = self.hits.iter().filter(|other| **other == hits).count();
        (hits >= 2 && rivals == 1).then_some(Language { code, confidence: 0.55 })
    }
}

/// The Latin-written languages that the model knows.
const MODEL_CODES: &[&str] = &["de", "en", "es", "fr", "it", "nl", "pt", "sv", "tr", "vi"];

fn code_of(lang: Lang) -> &'static str {
    match lang {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> Option<&'static str> {
        identify(text).map(|language| language.code)
    }

    #[test]
    fn sentences_of_support_mail_are_told_apart() {
        for (wanted, text) in [
            (
                "en",
                "I was charged twice for my subscription this month, could you please refund one of the payments?",
            ),
            (
                "de",
                "Guten Tag, ich kann mich seit gestern nicht mehr anmelden und bekomme immer die gleiche Fehlermeldung.",
            ),
            (
                "fr",
                "Bonjour, je n'arrive plus à me connecter à mon compte depuis hier soir, pouvez-vous m'aider ?",
            ),
            ("es", "Hola, me han cobrado dos veces la suscripción y quiero que me devuelvan el dinero."),
            ("pt", "Olá, não consigo entrar na minha conta desde ontem, vocês podem me ajudar por favor?"),
            ("it", "Buongiorno, non riesco ad accedere al mio account da ieri, potete aiutarmi per favore?"),
            (
                "nl",
                "Hallo, ik kan sinds gisteren niet meer inloggen en ik krijg steeds dezelfde foutmelding.",
            ),
            ("sv", "Hej, jag kan inte logga in på mitt konto sedan igår och jag får samma felmeddelande."),
            (
                "da",
                "Hej, jeg kan ikke logge ind på min konto siden i går, og jeg får hele tiden den samme fejl. Hvad kan jeg gøre?",
            ),
            ("fi", "Hei, en voi kirjautua tililleni ja minulla on ongelma, mutta tilaus on jo maksettu."),
            (
                "pl",
                "Dzień dobry, nie mogę się zalogować na moje konto od wczoraj, proszę o pomoc, bo to jest pilne.",
            ),
            (
                "cs",
                "Dobrý den, od včerejška se nemohu přihlásit ke svému účtu, prosím o pomoc, co mám dělat.",
            ),
            ("tr", "Merhaba, dünden beri hesabıma giriş yapamıyorum, lütfen bana yardım eder misiniz?"),
            ("ru", "Здравствуйте, не могу войти в свой аккаунт со вчерашнего дня, помогите пожалуйста."),
            ("uk", "Добрий день, не можу увійти до свого облікового запису, допоможіть, будь ласка."),
            ("ja", "昨日からアカウントにログインできません。助けてください。"),
            ("zh", "从昨天开始我无法登录我的账户，请帮助我。"),
            ("ar", "أنظروا، أنا أحتاجها فقط لتقوم بالتدقيق في مقالتي الشخصية"),
            ("fi", "En pääse kirjautumaan sisään tililleni"),
            ("cs", "Nemohu se přihlásit"),
            ("tr", "Giriş yapamıyorum"),
            ("da", "Jeg kan ikke logge ind"),
            ("nb", "Jeg får ikke logget inn"),
            ("es", "Cobraron dos veces"),
            ("it", "Non riesco ad accedere"),
            ("en", "Search me, and find me here"),
            ("ko", "어제부터 계정에 로그인할 수 없습니다. 도와주세요."),
        ] {
            assert_eq!(code(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn short_texts_are_answered_by_telling_words_or_not_at_all() {
        assert_eq!(code("Danke!"), Some("de"));
        assert_eq!(code("merci"), Some("fr"));
        assert_eq!(code("ok"), None);
        assert_eq!(code(""), None);
        assert_eq!(code("A-1234 12.30"), None);
        assert_eq!(code("John Smith"), None);
    }

    #[test]
    fn links_and_logs_do_not_decide() {
        let text = "https://example.com/this/is/the/way/of/all\nERROR [main] com.example.TheThing: could not get the thing\nat com.example.Thing.run(Thing.java:12)\nDie Seite zeigt mir nur noch diese Meldung und ich komme nicht weiter.";
        assert_eq!(code(text), Some("de"));
    }

    #[test]
    fn a_surer_text_has_more_confidence() {
        let long = identify("I was charged twice for my subscription this month, could you please refund one of the payments to my card?").map(|it| it.confidence);
        let short = identify("Danke!").map(|it| it.confidence);
        assert!(long > short && long <= Some(1.0));
    }

    #[test]
    fn the_word_lists_are_sorted() {
        for (code, words) in STOP_WORDS {
            assert!(words.is_sorted(), "{code}");
            assert!(words.iter().all(|word| fold_text(word) == **word), "{code} is folded");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer_or_none(text in any::<String>()) {
            if let Some(language) = identify(&text) {
                prop_assert!((0.0..=1.0).contains(&language.confidence));
            }
        }
    }
}
