//! How pressing and how angry a message sounds, and which words say so.
//!
//! A hint for order and care, never a verdict on a person.

use crate::folding::Comparable;
use crate::needs::{ends_word, starts_word};
use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Only this much of a message is read for its tone.
const READ_BYTES_MAX: usize = 32 * 1024;
const REASONS_MAX: usize = 8;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tone {
    /// 0 none, 1 would like it soon, 2 urgent, 3 something is burning.
    pub urgency: u8,
    /// 0 none, 1 annoyed, 2 angry, 3 furious or threatening to leave or to sue.
    pub anger: u8,
    /// The words that say so, as written.
    pub because: Vec<String>,
}

/// The tone of a message's subject and new text, in any of the languages of the lists below.
pub fn tone(subject: &str, visible: &str) -> Tone {
    let mut heard = Heard::default();
    heard.read(subject);
    heard.read(visible);
    heard.loudness(subject, visible);
    heard.judged()
}

#[derive(Default)]
struct Heard {
    urgency: u32,
    anger: u32,
    friendly: bool,
    because: Vec<String>,
}

impl Heard {
    fn read(&mut self, original: &str) {
        let original = &original[..original.floor_char_boundary(READ_BYTES_MAX)];
        let folded = Comparable::of(original);
        for found in FINDER.find_iter(&folded.text) {
            let (start, end) = (found.start(), found.end());
            if !starts_word(&folded.text, start) || !ends_word(&folded.text, end) {
                continue;
            }
            let sign = SIGNS[found.pattern().as_usize()].1;
            match sign {
                Sign::Harmless => continue,
                Sign::Friendly => {
                    self.friendly = true;
                    continue;
                }
                Sign::Urgent(points) => {
                    self.urgency = self.urgency.max(points) + u32::from(self.urgency >= 2)
                }
                Sign::Angry(points) => self.anger += points,
            }
            self.say(folded.original(original, start, end));
        }
    }

    /// Capitals and rows of exclamation marks.
    fn loudness(&mut self, subject: &str, visible: &str) {
        const SHOUTED_WORDS_MIN: usize = 4;
        const LETTERS_OF_WORD_MIN: usize = 4;
        let visible = &visible[..visible.floor_char_boundary(READ_BYTES_MAX)];
        let (mut words, mut shouted) = (0, 0);
        for word in visible.split_whitespace() {
            let mut letters = 0;
            let mut upper = 0;
            for letter in word.chars().filter(|letter| letter.is_alphabetic()) {
                letters += 1;
                upper += usize::from(letter.is_uppercase());
            }
            if letters >= LETTERS_OF_WORD_MIN {
                words += 1;
                shouted += usize::from(upper == letters);
            }
        }
        if shouted >= SHOUTED_WORDS_MIN && shouted * 2 >= words {
            self.anger += 2;
            self.say("WRITTEN IN CAPITALS");
        }
        let row = [subject, visible]
            .iter()
            .any(|text| text.contains("!!") || text.contains("?!") || text.contains("！！"));
        if row {
            // "Thank you so much!!!" is joy.
            if self.anger > 0 {
                self.anger += 1;
                self.say("!!");
            } else if self.urgency > 0 {
                self.urgency += 1;
                self.say("!!");
            } else if !self.friendly {
                self.anger += 1;
                self.say("!!");
            }
        }
    }

    fn say(&mut self, words: &str) {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.because.len() < REASONS_MAX && !self.because.contains(&words) {
            self.because.push(words);
        }
    }

    fn judged(self) -> Tone {
        let anger = match self.anger {
            0 => 0,
            1..=2 => 1,
            3..=4 => 2,
            _ => 3,
        };
        Tone { urgency: self.urgency.min(3) as u8, anger, because: self.because }
    }
}

#[derive(Clone, Copy)]
enum Sign {
    /// Points of urgency, 1 to 3.
    Urgent(u32),
    /// Points of anger; they add up.
    Angry(u32),
    /// Looks like a sign and is none: the longer phrase wins over the shorter one inside it.
    Harmless,
    Friendly,
}

static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(SIGNS.iter().map(|(phrase, _)| phrase))
        .expect("the phrases are fixed and small")
});

use Sign::{Angry, Friendly, Harmless, Urgent};

/// Folded phrases: lower case, no diacritics.
const SIGNS: &[(&str, Sign)] = &[
    // English
    ("urgent", Urgent(2)),
    ("urgently", Urgent(2)),
    ("urgency", Urgent(2)),
    ("asap", Urgent(2)),
    ("as soon as possible", Urgent(1)),
    ("immediately", Urgent(2)),
    ("right away", Urgent(2)),
    ("right now", Urgent(1)),
    ("emergency", Urgent(3)),
    ("critical", Urgent(2)),
    ("time sensitive", Urgent(2)),
    ("time-sensitive", Urgent(2)),
    ("deadline", Urgent(1)),
    ("by tomorrow", Urgent(1)),
    ("before tomorrow", Urgent(2)),
    ("end of day", Urgent(1)),
    ("outage", Urgent(3)),
    ("system is down", Urgent(3)),
    ("site is down", Urgent(3)),
    ("website is down", Urgent(3)),
    ("everything is down", Urgent(3)),
    ("production is down", Urgent(3)),
    ("completely down", Urgent(3)),
    ("server is down", Urgent(3)),
    ("nobody can work", Urgent(3)),
    ("no one can work", Urgent(3)),
    ("cannot work", Urgent(2)),
    ("can't work", Urgent(2)),
    ("losing money", Urgent(3)),
    ("losing customers", Urgent(3)),
    ("hacked", Urgent(3)),
    ("security breach", Urgent(3)),
    ("data breach", Urgent(3)),
    ("stolen", Urgent(2)),
    ("blocking us", Urgent(2)),
    ("showstopper", Urgent(3)),
    ("high priority", Urgent(2)),
    ("top priority", Urgent(2)),
    ("not urgent", Harmless),
    ("nothing urgent", Harmless),
    ("isn't urgent", Harmless),
    ("is not urgent", Harmless),
    ("not an emergency", Harmless),
    ("no emergency", Harmless),
    ("no urgency", Harmless),
    ("no rush", Harmless),
    ("not critical", Harmless),
    ("not so urgent", Harmless),
    ("not very urgent", Harmless),
    ("not immediately", Harmless),
    ("urgent care", Harmless),
    ("emergency contact", Harmless),
    ("emergency contacts", Harmless),
    ("emergency exit", Harmless),
    ("emergency number", Harmless),
    ("emergency room", Harmless),
    ("emergency services", Harmless),
    ("critical thinking", Harmless),
    ("no deadline", Harmless),
    ("urgent care center", Harmless),
    ("not a high priority", Harmless),
    ("unacceptable", Angry(2)),
    ("ridiculous", Angry(2)),
    ("outrageous", Angry(3)),
    ("disgusting", Angry(3)),
    ("disgrace", Angry(3)),
    ("disgraceful", Angry(3)),
    ("pathetic", Angry(3)),
    ("terrible", Angry(1)),
    ("horrible", Angry(1)),
    ("awful", Angry(1)),
    ("worst", Angry(2)),
    ("useless", Angry(2)),
    ("incompetent", Angry(3)),
    ("furious", Angry(3)),
    ("angry", Angry(2)),
    ("fed up", Angry(3)),
    ("sick of", Angry(3)),
    ("sick and tired", Angry(3)),
    ("had enough", Angry(3)),
    ("frustrated", Angry(1)),
    ("frustrating", Angry(1)),
    ("very disappointed", Angry(2)),
    ("disappointed", Angry(1)),
    ("disappointing", Angry(1)),
    ("is a joke", Angry(2)),
    ("bad joke", Angry(2)),
    ("what a joke", Angry(2)),
    ("scam", Angry(2)),
    ("scammers", Angry(3)),
    ("fraud", Angry(1)),
    ("rip off", Angry(3)),
    ("rip-off", Angry(3)),
    ("ripoff", Angry(3)),
    ("lawyer", Angry(3)),
    ("legal action", Angry(4)),
    ("sue you", Angry(5)),
    ("take you to court", Angry(5)),
    ("small claims", Angry(4)),
    ("trading standards", Angry(3)),
    ("better business bureau", Angry(3)),
    ("never again", Angry(3)),
    ("waste of time", Angry(2)),
    ("waste of money", Angry(3)),
    ("third time", Angry(1)),
    ("fourth time", Angry(2)),
    ("fifth time", Angry(2)),
    ("how many times", Angry(2)),
    ("still no answer", Angry(2)),
    ("still no reply", Angry(2)),
    ("still no response", Angry(2)),
    ("nobody answers", Angry(2)),
    ("no one answers", Angry(2)),
    ("ignored", Angry(1)),
    ("ignoring me", Angry(2)),
    ("wtf", Angry(3)),
    ("bullshit", Angry(4)),
    ("shit", Angry(3)),
    ("fucking", Angry(4)),
    ("fuck", Angry(4)),
    ("damn", Angry(2)),
    ("idiots", Angry(4)),
    ("liars", Angry(4)),
    ("complaint", Angry(1)),
    ("switch to a competitor", Angry(3)),
    ("cancel everything", Angry(2)),
    ("bad review", Angry(2)),
    ("not angry", Harmless),
    ("not disappointed", Harmless),
    ("not frustrated", Harmless),
    ("no complaint", Harmless),
    ("no complaints", Harmless),
    ("worst case", Harmless),
    ("in the worst case", Harmless),
    ("fraud protection", Harmless),
    ("fraud prevention", Harmless),
    ("at worst", Harmless),
    ("i'm a lawyer", Harmless),
    ("i am a lawyer", Harmless),
    ("damn good", Friendly),
    ("not terrible", Harmless),
    ("not bad", Friendly),
    ("thank you so much", Friendly),
    ("thank you", Friendly),
    ("thanks", Friendly),
    ("great", Friendly),
    ("awesome", Friendly),
    ("love", Friendly),
    ("perfect", Friendly),
    ("amazing", Friendly),
    ("excellent", Friendly),
    ("wonderful", Friendly),
    ("congratulations", Friendly),
    ("happy", Friendly),
    ("hello", Friendly),
    ("hi", Friendly),
    ("yes", Friendly),
    ("works now", Friendly),
    // German
    ("dringend", Urgent(2)),
    ("dringende", Urgent(2)),
    ("dringender", Urgent(2)),
    ("eilt", Urgent(2)),
    ("eilig", Urgent(2)),
    ("sofort", Urgent(2)),
    ("sofortige", Urgent(2)),
    ("umgehend", Urgent(2)),
    ("unverzuglich", Urgent(2)),
    ("notfall", Urgent(3)),
    ("so schnell wie moglich", Urgent(1)),
    ("schnellstmoglich", Urgent(1)),
    ("schnellstens", Urgent(2)),
    ("bis morgen", Urgent(1)),
    ("noch heute", Urgent(2)),
    ("frist", Urgent(1)),
    ("ausfall", Urgent(2)),
    ("totalausfall", Urgent(3)),
    ("komplett ausgefallen", Urgent(3)),
    ("niemand kann arbeiten", Urgent(3)),
    ("nicht mehr arbeiten", Urgent(2)),
    ("gehackt", Urgent(3)),
    ("gestohlen", Urgent(2)),
    ("nicht dringend", Harmless),
    ("eilt nicht", Harmless),
    ("nicht eilig", Harmless),
    ("nicht so eilig", Harmless),
    ("nicht sofort", Harmless),
    ("kein notfall", Harmless),
    ("notfallkontakt", Harmless),
    ("nicht so dringend", Harmless),
    ("hat keine eile", Harmless),
    ("inakzeptabel", Angry(2)),
    ("unverschamt", Angry(3)),
    ("unverschamtheit", Angry(3)),
    ("frechheit", Angry(3)),
    ("unmoglich", Angry(1)),
    ("lacherlich", Angry(2)),
    ("skandal", Angry(3)),
    ("enttauscht", Angry(1)),
    ("sehr enttauscht", Angry(2)),
    ("enttauschend", Angry(1)),
    ("verargert", Angry(2)),
    ("wutend", Angry(3)),
    ("sauer", Angry(2)),
    ("stinksauer", Angry(3)),
    ("schnauze voll", Angry(3)),
    ("nase voll", Angry(3)),
    ("es reicht", Angry(3)),
    ("mir reicht es", Angry(3)),
    ("anwalt", Angry(3)),
    ("rechtsanwalt", Angry(3)),
    ("rechtliche schritte", Angry(4)),
    ("verbraucherzentrale", Angry(3)),
    ("betrug", Angry(2)),
    ("abzocke", Angry(3)),
    ("nie wieder", Angry(3)),
    ("zum dritten mal", Angry(2)),
    ("zum wiederholten mal", Angry(2)),
    ("immer noch keine antwort", Angry(2)),
    ("scheisse", Angry(3)),
    ("katastrophe", Angry(2)),
    ("saftladen", Angry(4)),
    ("beschwerde", Angry(1)),
    ("unfassbar", Angry(2)),
    ("schlimmsten fall", Harmless),
    ("nicht sauer", Harmless),
    ("danke", Friendly),
    ("vielen dank", Friendly),
    ("super", Friendly),
    ("toll", Friendly),
    ("klasse", Friendly),
    ("prima", Friendly),
    ("hallo", Friendly),
    // French
    ("urgence", Urgent(3)),
    ("urgente", Urgent(2)),
    ("urgemment", Urgent(2)),
    ("d'urgence", Urgent(2)),
    ("des que possible", Urgent(1)),
    ("au plus vite", Urgent(2)),
    ("immediatement", Urgent(2)),
    ("tout de suite", Urgent(2)),
    ("le plus rapidement possible", Urgent(1)),
    ("dans les plus brefs delais", Urgent(2)),
    ("avant demain", Urgent(2)),
    ("en panne", Urgent(2)),
    ("pirate", Urgent(2)),
    ("vole", Urgent(1)),
    ("pas urgent", Harmless),
    ("rien d'urgent", Harmless),
    ("pas d'urgence", Harmless),
    ("sans urgence", Harmless),
    ("contact d'urgence", Harmless),
    ("numero d'urgence", Harmless),
    ("inacceptable", Angry(2)),
    ("inadmissible", Angry(3)),
    ("scandaleux", Angry(3)),
    ("honteux", Angry(3)),
    ("ridicule", Angry(2)),
    ("decu", Angry(1)),
    ("decue", Angry(1)),
    ("tres decu", Angry(2)),
    ("tres decue", Angry(2)),
    ("furieux", Angry(3)),
    ("furieuse", Angry(3)),
    ("en colere", Angry(3)),
    ("ras le bol", Angry(3)),
    ("ras-le-bol", Angry(3)),
    ("marre", Angry(3)),
    ("avocat", Angry(3)),
    ("poursuites", Angry(3)),
    ("arnaque", Angry(3)),
    ("escroquerie", Angry(3)),
    ("jamais plus", Angry(3)),
    ("plus jamais", Angry(3)),
    ("troisieme fois", Angry(1)),
    ("toujours pas de reponse", Angry(2)),
    ("merde", Angry(3)),
    ("incompetents", Angry(3)),
    ("une honte", Angry(3)),
    ("reclamation", Angry(1)),
    ("nul", Angry(1)),
    ("merci", Friendly),
    ("parfait", Friendly),
    ("bonjour", Friendly),
    ("genial", Friendly),
    ("bravo", Friendly),
    // Spanish
    ("urgentemente", Urgent(2)),
    ("urgencia", Urgent(2)),
    ("lo antes posible", Urgent(1)),
    ("cuanto antes", Urgent(1)),
    ("inmediatamente", Urgent(2)),
    ("de inmediato", Urgent(2)),
    ("ahora mismo", Urgent(2)),
    ("emergencia", Urgent(3)),
    ("antes de manana", Urgent(2)),
    ("caido", Urgent(1)),
    ("hackeado", Urgent(3)),
    ("robado", Urgent(2)),
    ("no es urgente", Harmless),
    ("nada urgente", Harmless),
    ("sin prisa", Harmless),
    ("no hay prisa", Harmless),
    ("contacto de emergencia", Harmless),
    ("no urge", Harmless),
    ("inaceptable", Angry(2)),
    ("ridiculo", Angry(2)),
    ("verguenza", Angry(3)),
    ("vergonzoso", Angry(3)),
    ("indignado", Angry(3)),
    ("indignada", Angry(3)),
    ("indignante", Angry(3)),
    ("decepcionado", Angry(1)),
    ("decepcionada", Angry(1)),
    ("muy decepcionado", Angry(2)),
    ("muy decepcionada", Angry(2)),
    ("enfadado", Angry(2)),
    ("enfadada", Angry(2)),
    ("enojado", Angry(2)),
    ("harto", Angry(3)),
    ("harta", Angry(3)),
    ("furioso", Angry(3)),
    ("abogado", Angry(3)),
    ("denuncia", Angry(3)),
    ("denunciar", Angry(3)),
    ("estafa", Angry(3)),
    ("estafadores", Angry(4)),
    ("ladrones", Angry(4)),
    ("nunca mas", Angry(3)),
    ("tercera vez", Angry(1)),
    ("sigo sin respuesta", Angry(2)),
    ("nadie responde", Angry(2)),
    ("pesimo", Angry(2)),
    ("mierda", Angry(3)),
    ("queja", Angry(1)),
    ("una tomadura de pelo", Angry(3)),
    ("gracias", Friendly),
    ("perfecto", Friendly),
    ("hola", Friendly),
    ("estupendo", Friendly),
    // Portuguese
    ("o mais rapido possivel", Urgent(1)),
    ("o quanto antes", Urgent(1)),
    ("imediatamente", Urgent(2)),
    ("com urgencia", Urgent(2)),
    ("agora mesmo", Urgent(2)),
    ("fora do ar", Urgent(3)),
    ("invadida", Urgent(2)),
    ("roubado", Urgent(2)),
    ("nao e urgente", Harmless),
    ("sem pressa", Harmless),
    ("contato de emergencia", Harmless),
    ("inaceitavel", Angry(2)),
    ("vergonha", Angry(3)),
    ("absurdo", Angry(2)),
    ("palhacada", Angry(4)),
    ("decepcionado com", Angry(2)),
    ("indignado com", Angry(3)),
    ("irritado", Angry(2)),
    ("irritada", Angry(2)),
    ("farto", Angry(3)),
    ("farta", Angry(3)),
    ("advogado", Angry(3)),
    ("procon", Angry(4)),
    ("golpe", Angry(2)),
    ("fraude", Angry(1)),
    ("nunca mais", Angry(3)),
    ("terceira vez", Angry(1)),
    ("ninguem responde", Angry(2)),
    ("pessimo", Angry(2)),
    ("pessima", Angry(2)),
    ("reclame aqui", Angry(3)),
    ("merda", Angry(3)),
    ("obrigado", Friendly),
    ("obrigada", Friendly),
    ("perfeito", Friendly),
    ("ola", Friendly),
    // Italian
    ("urgenza", Urgent(2)),
    ("il prima possibile", Urgent(1)),
    ("al piu presto", Urgent(1)),
    ("subito", Urgent(1)),
    ("immediatamente", Urgent(2)),
    ("emergenza", Urgent(3)),
    ("entro domani", Urgent(1)),
    ("hackerato", Urgent(3)),
    ("rubato", Urgent(2)),
    ("non e urgente", Harmless),
    ("nessuna urgenza", Harmless),
    ("senza fretta", Harmless),
    ("non c'e fretta", Harmless),
    ("inaccettabile", Angry(2)),
    ("vergogna", Angry(3)),
    ("vergognoso", Angry(3)),
    ("ridicolo", Angry(2)),
    ("deluso", Angry(1)),
    ("delusa", Angry(1)),
    ("molto deluso", Angry(2)),
    ("molto delusa", Angry(2)),
    ("arrabbiato", Angry(2)),
    ("arrabbiata", Angry(2)),
    ("stufo", Angry(3)),
    ("stufa", Angry(2)),
    ("avvocato", Angry(3)),
    ("vie legali", Angry(4)),
    ("truffa", Angry(3)),
    ("truffatori", Angry(4)),
    ("mai piu", Angry(3)),
    ("terza volta", Angry(1)),
    ("nessuno risponde", Angry(2)),
    ("pessimo servizio", Angry(3)),
    ("schifo", Angry(3)),
    ("reclamo", Angry(1)),
    ("incompetenti", Angry(3)),
    ("grazie", Friendly),
    ("perfetto", Friendly),
    ("ciao", Friendly),
    ("buongiorno", Friendly),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(text: &str) -> (u8, u8) {
        let tone = tone("", text);
        (tone.urgency, tone.anger)
    }

    #[test]
    fn a_calm_and_polite_message_has_no_tone() {
        for text in [
            "Hello, could you please tell me your opening hours? Thank you very much in advance.",
            "Thank you so much, this is great!!!",
            "It is not urgent, no rush at all.",
            "Is there an urgent care center near your office, and who is my emergency contact?",
            "Danke, das eilt nicht.",
            "I would kindly ask you to change my address, if you would be so kind.",
            "Your invoice PDF shows USD and IBAN.",
        ] {
            assert_eq!(heard(text), (0, 0), "{text}");
        }
    }

    #[test]
    fn urgency_has_degrees_in_six_languages() {
        assert_eq!(heard("Please answer as soon as possible").0, 1);
        for text in [
            "This is urgent",
            "Es ist dringend",
            "C'est urgent",
            "Es urgente",
            "É urgente",
            "È una cosa urgente",
        ] {
            assert_eq!(heard(text).0, 2, "{text}");
        }
        assert_eq!(heard("Our site is down and nobody can work").0, 3);
    }

    #[test]
    fn anger_has_degrees_in_six_languages() {
        assert_eq!(heard("I am a bit disappointed").1, 1);
        for text in [
            "This is outrageous",
            "Eine Frechheit",
            "C'est inadmissible",
            "Es una vergüenza",
            "Que vergonha",
            "È una vergogna",
        ] {
            assert!(heard(text).1 >= 2, "{text}");
        }
        assert_eq!(heard("This is unacceptable, I will contact my lawyer!!").1, 3);
    }

    #[test]
    fn capitals_and_rows_of_marks_are_heard() {
        assert!(heard("WHERE DOES THIS MONEY GO, NOBODY CALLS BACK").1 >= 1);
        assert_eq!(heard("Where is my parcel?!!").1, 1);
        assert_eq!(heard("Where is my parcel?").1, 0);
    }

    #[test]
    fn the_words_are_shown_as_written() {
        let tone = tone("URGENT: no light", "This is Unacceptable!!");
        assert_eq!(tone.because, ["URGENT", "Unacceptable", "!!"]);
    }

    #[test]
    fn the_phrases_are_folded() {
        for (phrase, _) in SIGNS {
            assert_eq!(crate::folding::fold_text(phrase), **phrase);
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_tone(subject in any::<String>(), text in any::<String>()) {
            let tone = tone(&subject, &text);
            prop_assert!(tone.urgency <= 3 && tone.anger <= 3);
        }
    }
}
