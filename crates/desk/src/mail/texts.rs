//! The few sentences that the desk writes by itself, in the languages it speaks.

use crate::tickets::Ticket;
use crate::{TicketId, Tx, people, settings};

/// Those languages, by their letters.
pub const LANGUAGES: [&str; 4] = ["en", "es", "de", "fr"];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lang {
    #[default]
    En,
    Es,
    De,
    Fr,
}

impl Lang {
    /// "de", "de-AT", "DE_at".
    pub fn parse(locale: &str) -> Option<Lang> {
        match locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" => Some(Lang::En),
            "es" => Some(Lang::Es),
            "de" => Some(Lang::De),
            "fr" => Some(Lang::Fr),
            _ => None,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Es => "es",
            Lang::De => "de",
            Lang::Fr => "fr",
        }
    }

    /// The line above a quoted message.
    pub fn wrote(self, when: &str, who: &str) -> String {
        match self {
            Lang::En => format!("On {when}, {who} wrote:"),
            Lang::Es => format!("El {when}, {who} escribió:"),
            Lang::De => format!("Am {when} schrieb {who}:"),
            Lang::Fr => format!("Le {when}, {who} a écrit :"),
        }
    }

    /// Subject and text.
    pub fn acknowledgement(self, ticket: TicketId, company: &str) -> (String, String) {
        match self {
            Lang::En => (
                format!("We have your message ({ticket})"),
                format!(
                    "Hello,\n\nyour message has reached us under the number {ticket}. One of us will read it and \
                     answer you.\n\nTo add something, simply answer this mail.\n\n{company}"
                ),
            ),
            Lang::Es => (
                format!("Hemos recibido su mensaje ({ticket})"),
                format!(
                    "Hola:\n\nSu mensaje nos ha llegado con el número {ticket}. Una persona de nuestro equipo lo \
                     leerá y le responderá.\n\nSi quiere añadir algo, responda a este correo.\n\n{company}"
                ),
            ),
            Lang::De => (
                format!("Wir haben Ihre Nachricht erhalten ({ticket})"),
                format!(
                    "Guten Tag,\n\nIhre Nachricht ist unter der Nummer {ticket} bei uns angekommen. Jemand von uns \
                     wird sie lesen und Ihnen antworten.\n\nMöchten Sie etwas ergänzen, antworten Sie einfach auf \
                     diese E-Mail.\n\n{company}"
                ),
            ),
            Lang::Fr => (
                format!("Nous avons bien reçu votre message ({ticket})"),
                format!(
                    "Bonjour,\n\nvotre message nous est parvenu sous le numéro {ticket}. Une personne de notre \
                     équipe le lira et vous répondra.\n\nPour ajouter quelque chose, répondez simplement à ce \
                     courriel.\n\n{company}"
                ),
            ),
        }
    }

    /// Subject and text. The link opens a page; only what is chosen there counts.
    pub fn rating(
        self,
        ticket_subject: &str,
        agent: Option<&str>,
        company: &str,
        link: &str,
    ) -> (String, String) {
        match self {
            Lang::En => (
                "How did we do?".into(),
                format!(
                    "Hello,\n\nyour request \"{ticket_subject}\" is solved{}. How was it for you? One click and, if \
                     you like, a word:\n\n{link}\n\nThank you!\n{company}",
                    agent.map(|name| format!(", {name} took care of it")).unwrap_or_default()
                ),
            ),
            Lang::Es => (
                "¿Qué tal lo hemos hecho?".into(),
                format!(
                    "Hola:\n\nSu solicitud «{ticket_subject}» está resuelta{}. ¿Cómo fue para usted? Un clic y, si \
                     quiere, unas palabras:\n\n{link}\n\n¡Gracias!\n{company}",
                    agent.map(|name| format!("; la atendió {name}")).unwrap_or_default()
                ),
            ),
            Lang::De => (
                "Wie waren wir?".into(),
                format!(
                    "Guten Tag,\n\nIhre Anfrage „{ticket_subject}“ ist gelöst{}. Wie war es für Sie? Ein Klick und, \
                     wenn Sie mögen, ein Wort dazu:\n\n{link}\n\nVielen Dank!\n{company}",
                    agent.map(|name| format!("; {name} hat sich darum gekümmert")).unwrap_or_default()
                ),
            ),
            Lang::Fr => (
                "Comment avons-nous fait ?".into(),
                format!(
                    "Bonjour,\n\nvotre demande « {ticket_subject} » est résolue{}. Comment cela s'est-il passé pour \
                     vous ? Un clic et, si vous le souhaitez, un mot :\n\n{link}\n\nMerci !\n{company}",
                    agent.map(|name| format!(", {name} s'en est occupé")).unwrap_or_default()
                ),
            ),
        }
    }

    /// Subject and text: an agent's answer by mail was kept back.
    pub fn unsent(self, ticket: TicketId, link: &str) -> (String, String) {
        match self {
            Lang::En => (
                format!("Your answer on ticket {ticket} was not sent"),
                format!(
                    "Something newer had come on ticket {ticket} before your answer. It is kept there as an internal \
                     comment; read what is new, then send or change it:\n\n{link}"
                ),
            ),
            Lang::Es => (
                format!("Su respuesta en el ticket {ticket} no se ha enviado"),
                format!(
                    "Antes de su respuesta había llegado algo nuevo al ticket {ticket}. La respuesta se guarda allí \
                     como comentario interno; lea lo nuevo y luego envíela o cámbiela:\n\n{link}"
                ),
            ),
            Lang::De => (
                format!("Ihre Antwort zu Ticket {ticket} wurde nicht gesendet"),
                format!(
                    "Vor Ihrer Antwort war zu Ticket {ticket} etwas Neues gekommen. Sie liegt dort als interner \
                     Kommentar; lesen Sie das Neue und senden oder ändern Sie sie dann:\n\n{link}"
                ),
            ),
            Lang::Fr => (
                format!("Votre réponse au ticket {ticket} n'a pas été envoyée"),
                format!(
                    "Quelque chose de plus récent était arrivé sur le ticket {ticket} avant votre réponse. Elle y est \
                     conservée comme commentaire interne ; lisez ce qui est nouveau, puis envoyez-la ou \
                     modifiez-la :\n\n{link}"
                ),
            ),
        }
    }
}

/// The ticket's language, else its requester's, else the company's.
pub(crate) fn language_of(tx: &mut Tx, ticket: &Ticket) -> Result<Lang, db::Error> {
    if let Some(lang) = ticket.language.as_deref().and_then(Lang::parse) {
        return Ok(lang);
    }
    if let Some(lang) = people::find_user(tx, ticket.requester)?.and_then(|user| Lang::parse(&user.locale)) {
        return Ok(lang);
    }
    Ok(Lang::parse(&settings::company(tx)?.locale).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_first_letters() {
        assert_eq!(Lang::parse("de-AT"), Some(Lang::De));
        assert_eq!(Lang::parse("ES_mx"), Some(Lang::Es));
        assert_eq!(Lang::parse("tlh"), None);
        assert_eq!(LANGUAGES, [Lang::En, Lang::Es, Lang::De, Lang::Fr].map(Lang::code));
        for lang in [Lang::En, Lang::Es, Lang::De, Lang::Fr] {
            assert_eq!(Lang::parse(lang.code()), Some(lang));
            let (subject, text) = lang.acknowledgement(TicketId(4821), "Acme");
            assert!(subject.contains("4821") && text.contains("Acme"));
            assert!(
                lang.rating("No sound", Some("Ana"), "Acme", "https://x/rate/y")
                    .1
                    .contains("https://x/rate/y")
            );
        }
    }
}
