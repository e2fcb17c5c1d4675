//! What a client writes above a whole message that it appends: a rule, a title, a block of header lines.

use super::lines::Line;
use super::phrases::{FORWARD_OPENINGS, FORWARD_TITLES, ORIGINAL_TITLES};
use crate::folding::fold_text;

const HEADER_LABEL_BYTES_MAX: usize = 48;
const HEADER_BLOCK_LINES_MAX: usize = 30;
const HEADER_CONTINUATION_LINES_MAX: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Title {
    /// "-----Original Message-----"
    Original,
    /// "---------- Forwarded message ----------"
    Forwarded,
}

/// The title of an appended message that this line is.
pub fn title(line: &Line<'_>) -> Option<Title> {
    const TITLE_BYTES_MAX: usize = 120;
    if line.folded.len() > TITLE_BYTES_MAX || !line.is_text() {
        return None;
    }
    if line.ends_with_colon() {
        let words = line.folded.trim_end_matches([':', '：']).trim_end().trim_matches('*').trim();
        if FORWARD_OPENINGS.contains(&words) {
            return Some(Title::Forwarded);
        }
    }
    let core =
        line.folded.trim_matches(|letter: char| is_rule_sign(letter) || letter == ' ' || letter == ':');
    let dashes = line.folded.chars().take_while(|letter| is_rule_sign(*letter)).count();
    if dashes < 2 || core.is_empty() {
        return None;
    }
    if ORIGINAL_TITLES.contains(&core) {
        Some(Title::Original)
    } else if FORWARD_TITLES.iter().any(|title| core.starts_with(title)) {
        Some(Title::Forwarded)
    } else {
        None
    }
}

/// Words between dashes: perhaps a title in a language that is not known here.
pub fn may_be_title(line: &Line<'_>) -> bool {
    const TITLE_WORDS_MAX: usize = 7;
    line.is_text()
        && line.plain.starts_with("--")
        && line.plain.ends_with("--")
        && line.word_count() <= TITLE_WORDS_MAX
}

/// A line of nothing but dashes, underscores, stars or equal signs.
pub fn is_rule(line: &Line<'_>) -> bool {
    const RULE_SIGNS_MIN: usize = 3;
    line.is_text()
        && line.plain.chars().all(|letter| is_rule_sign(letter) || letter == ' ')
        && line.plain.chars().filter(|letter| *letter != ' ').count() >= RULE_SIGNS_MIN
}

fn is_rule_sign(letter: char) -> bool {
    matches!(letter, '-' | '_' | '=' | '*' | '~' | '\u{2010}'..='\u{2015}' | '\u{2500}' | '\u{2501}')
}

/// How many lines the block of header lines at `at` takes; `announced` when a rule or title stands above it.
pub fn header_block_at(lines: &[Line<'_>], at: usize, announced: bool) -> Option<usize> {
    let (first, _) = field(lines.get(at)?)?;
    if matches!(first, Field::Other | Field::Copy) {
        return None;
    }
    let bold = lines[at].plain.starts_with('*');
    let mut seen = Seen::default();
    let mut end = at;
    let mut since = 0;
    let mut blanks = 0;
    let mut spaced_out = false;
    for (offset, line) in lines[at..].iter().take(HEADER_BLOCK_LINES_MAX).enumerate() {
        if line.quoted {
            break;
        }
        if line.is_blank() {
            blanks += 1;
            // Some clients put a blank line after every header line: after the first, then everywhere.
            spaced_out |= offset == 1;
            if blanks > 1 || !spaced_out {
                break;
            }
            continue;
        }
        if let Some((field, address)) = field(line) {
            seen.add(field, address);
            end = at + offset;
            since = 0;
        } else {
            since += 1;
            if since > HEADER_CONTINUATION_LINES_MAX || (spaced_out && blanks > 0) {
                break;
            }
        }
        blanks = 0;
    }
    seen.is_block(announced || bold).then(|| end + 1 - at)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    From,
    Sent,
    Date,
    To,
    Copy,
    Subject,
    Other,
}

#[derive(Default)]
struct Seen {
    from: bool,
    sent: bool,
    date: bool,
    to: bool,
    subject: bool,
    address: bool,
}

impl Seen {
    fn add(&mut self, field: Field, address: bool) {
        match field {
            Field::From => self.from = true,
            Field::Sent => self.sent = true,
            Field::Date => self.date = true,
            Field::To => self.to = true,
            Field::Subject => self.subject = true,
            Field::Copy | Field::Other => {}
        }
        self.address |= address;
    }

    fn is_block(&self, announced: bool) -> bool {
        let when = self.sent || self.date;
        let count = [self.from, when, self.to, self.subject].iter().filter(|seen| **seen).count();
        self.from
            && match count {
                4 => true,
                3 => self.sent || self.address || (announced && self.subject),
                2 => announced && (when || self.subject),
                _ => false,
            }
    }
}

fn field(line: &Line<'_>) -> Option<(Field, bool)> {
    let text = line.plain.trim_start_matches(['*', '_', '|', ' ', '\u{a0}', '\t', '•']);
    let window = &text[..text.floor_char_boundary(HEADER_LABEL_BYTES_MAX)];
    let (at, _) = window.char_indices().find(|(_, letter)| matches!(letter, ':' | '：'))?;
    let label =
        window[..at].trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '*' | '_' | '|'));
    if label.is_empty() {
        return None;
    }
    let field = field_named(&fold_text(label))?;
    Some((field, line.plain.contains('@')))
}

fn field_named(label: &str) -> Option<Field> {
    Some(match label {
        "from" | "von" | "de" | "da" | "van" | "fran" | "fra" | "lahettaja" | "od" | "kimden"
        | "gonderen" | "от" | "от кого" | "від" | "差出人" | "送信者" | "发件人" | "寄件者" | "發件人"
        | "寄件人" | "من" | "felado" | "expediteur" | "mittente" | "remitente" | "remetente" | "absender"
        | "nadawca" | "odesilatel" | "avsandare" | "afzender" | "afsender" | "avsender" | "보낸 사람"
        | "보낸사람" | "from address" | "sender" | "de la" | "απο" => Field::From,
        "sent"
        | "gesendet"
        | "gesendet am"
        | "envoye"
        | "envoye le"
        | "enviado"
        | "enviado el"
        | "enviada em"
        | "enviado em"
        | "enviada el"
        | "inviato"
        | "inviato il"
        | "verzonden"
        | "skickat"
        | "sendt"
        | "lahetetty"
        | "wyslano"
        | "data wyslania"
        | "odeslano"
        | "gonderildi"
        | "gonderme tarihi"
        | "gonderilme tarihi"
        | "gonderim tarihi"
        | "отправлено"
        | "дата отправки"
        | "надіслано"
        | "送信日時"
        | "送信日"
        | "发送时间"
        | "发送日期"
        | "傳送時間"
        | "寄件日期"
        | "تاريخ الارسال"
        | "تم الارسال"
        | "ارسلت"
        | "elkuldve"
        | "보낸 날짜"
        | "sent at"
        | "trimis" => Field::Sent,
        "date"
        | "datum"
        | "data"
        | "fecha"
        | "dato"
        | "paivamaara"
        | "paivays"
        | "tarih"
        | "дата"
        | "日時"
        | "日付"
        | "日期"
        | "时间"
        | "التاريخ"
        | "date/time"
        | "on"
        | "날짜"
        | "ημερομηνια"
        | "datum/uhrzeit" => Field::Date,
        "to" | "an" | "a" | "para" | "aan" | "till" | "til" | "vastaanottaja" | "do" | "komu" | "kime"
        | "alici" | "кому" | "宛先" | "收件人" | "收件者" | "الى" | "cimzett" | "destinataire"
        | "destinatario" | "empfanger" | "받는 사람" | "προς" | "catre" => Field::To,
        "cc" | "kopie" | "copie" | "copie a" | "kopia" | "kopi" | "копия" | "抄送" | "副本" | "bcc"
        | "copia" | "kopio" | "dw" | "cc address" | "bilgi" | "참조" | "نسخة" => Field::Copy,
        "subject" | "betreff" | "objet" | "asunto" | "assunto" | "oggetto" | "onderwerp" | "amne"
        | "emne" | "aihe" | "temat" | "predmet" | "konu" | "тема" | "件名" | "主题" | "主旨" | "主題"
        | "الموضوع" | "targy" | "sujet" | "제목" | "re" | "subiect" | "θεμα" => Field::Subject,
        "reply-to" | "reply to" | "antwort an" | "repondre a" | "importance" | "wichtigkeit" | "priority"
        | "prioritat" | "attachments" | "anlagen" | "pieces jointes" | "attach" | "x-mailer"
        | "message-id" | "sensitivity" => Field::Other,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines_of;
    use super::*;

    fn block(text: &str) -> Option<usize> {
        header_block_at(&lines_of(text), 0, false)
    }

    #[test]
    fn header_blocks_of_many_languages_are_known() {
        for text in [
            "From: Ana [mailto:ana@example.com]\nSent: Thursday, February 09, 2012 1:36 PM\nTo: Bob\nSubject: Hi",
            "*From:* Ana\n*Sent:* Thursday\n*To:* Bob\n*Subject:* Hi",
            "Von: Ana <ana@example.com>\nGesendet: Montag, 3. Mai 2012 11:51\nAn: Bob\nBetreff: Re: Hallo",
            "De : Ana <ana@example.com>\nEnvoyé : lundi 3 mai 2012 11:51\nÀ : Bob\nObjet : Bonjour",
            "De: Ana\nEnviado el: lunes, 3 de mayo de 2012 11:51\nPara: Bob\nAsunto: Hola",
            "Da: Ana\nInviato: lunedì 3 maggio 2012\nA: Bob\nOggetto: Ciao",
            "Van: Ana\nVerzonden: maandag\nAan: Bob\nOnderwerp: Hoi",
            "Från: Ana\nSkickat: den 3 maj 2012 11:51\nTill: Bob\nÄmne: Hej",
            "От: Ана\nОтправлено: 3 мая 2012 г.\nКому: Боб\nТема: Привет",
            "差出人: Ana\n送信日時: 2012年5月3日\n宛先: Bob\n件名: こんにちは",
            "发件人: Ana\n发送时间: 2012年5月3日\n收件人: Bob\n主题: 你好",
            "من: Ana\nتاريخ الإرسال: 3 مايو\nإلى: Bob\nالموضوع: مرحبا",
        ] {
            assert_eq!(block(text), Some(4), "{text}");
        }
    }

    #[test]
    fn the_titles_are_folded() {
        for title in ORIGINAL_TITLES.iter().chain(FORWARD_TITLES).chain(FORWARD_OPENINGS) {
            assert_eq!(fold_text(title), **title);
        }
    }

    #[test]
    fn a_long_list_of_recipients_may_wrap() {
        let text = "From: Ana\nSent: Monday\nTo: bob@example.com;\n carol@example.com;\n dan@example.com\nSubject: Hi\n\nBody";
        assert_eq!(block(text), Some(6));
    }

    #[test]
    fn a_journey_is_not_a_mail_header() {
        assert_eq!(block("From: Berlin\nTo: Paris\nDate: 3 May"), None);
        assert_eq!(block("Subject: my order\nTo: whom it may concern"), None);
    }
}
