//! The letters of job alerts and of applications, in the languages that the desk speaks. What a stranger typed stands in none of them.

use super::alerts::Alert;
use super::{APPLICATION_CONFIRM_DAYS, Application, Opening};
use crate::mail::{Address, Lang, MailOutKind, NewMailOut, Outgoing, mailboxes};
use crate::{Tx, settings};

/// "Was it you?"
pub(super) fn confirm(tx: &mut Tx, alert: &Alert, link: &str) -> Result<NewMailOut, db::Error> {
    let company = settings::company(tx)?.name;
    let (subject, text) = match Lang::parse(&alert.language).unwrap_or_default() {
        Lang::En => (
            format!("Do you want to hear of openings at {company}?"),
            format!(
                "Hello,\n\nsomebody entered this address to hear of new openings at {company}. If it was you, open this \
                 page and confirm:\n\n{link}\n\nIf it was not, do nothing: the address is deleted in a week.\n\n{company}"
            ),
        ),
        Lang::Es => (
            format!("¿Quiere recibir las vacantes de {company}?"),
            format!(
                "Hola:\n\nAlguien ha indicado esta dirección para recibir las nuevas vacantes de {company}. Si ha sido \
                 usted, abra esta página y confírmelo:\n\n{link}\n\nSi no, no haga nada: la dirección se borrará en una \
                 semana.\n\n{company}"
            ),
        ),
        Lang::De => (
            format!("Möchten Sie von Stellen bei {company} erfahren?"),
            format!(
                "Guten Tag,\n\njemand hat diese Adresse angegeben, um von neuen Stellen bei {company} zu erfahren. Waren \
                 Sie es, bestätigen Sie es bitte auf dieser Seite:\n\n{link}\n\nWaren Sie es nicht, brauchen Sie nichts zu \
                 tun: Die Adresse wird in einer Woche gelöscht.\n\n{company}"
            ),
        ),
        Lang::Fr => (
            format!("Souhaitez-vous recevoir les offres de {company} ?"),
            format!(
                "Bonjour,\n\nquelqu'un a indiqué cette adresse pour recevoir les nouvelles offres de {company}. Si c'était \
                 vous, confirmez-le sur cette page :\n\n{link}\n\nSinon, ne faites rien : l'adresse sera effacée dans une \
                 semaine.\n\n{company}"
            ),
        ),
    };
    letter(tx, &alert.email, subject, text, Some(format!("{link}/stop")))
}

/// "There is a new opening."
pub(super) fn opening(
    tx: &mut Tx,
    alert: &Alert,
    opening: &Opening,
    link: &str,
) -> Result<NewMailOut, db::Error> {
    let company = settings::company(tx)?;
    let page = format!("{}/jobs/{}", company.public_url.trim_end_matches('/'), opening.id);
    let (title, company) = (&opening.title, company.name);
    let place = if opening.place.is_empty() { String::new() } else { format!(", {}", opening.place) };
    let (subject, text) = match Lang::parse(&alert.language).unwrap_or_default() {
        Lang::En => (
            format!("{company}: {title}"),
            format!(
                "Hello,\n\nthere is a new opening at {company}: {title}{place}.\n\n{page}\n\nNo more of these: {link}"
            ),
        ),
        Lang::Es => (
            format!("{company}: {title}"),
            format!(
                "Hola:\n\nHay una nueva vacante en {company}: {title}{place}.\n\n{page}\n\nNo recibir más: {link}"
            ),
        ),
        Lang::De => (
            format!("{company}: {title}"),
            format!(
                "Guten Tag,\n\nbei {company} gibt es eine neue Stelle: {title}{place}.\n\n{page}\n\nNichts mehr davon: {link}"
            ),
        ),
        Lang::Fr => (
            format!("{company} : {title}"),
            format!(
                "Bonjour,\n\nil y a une nouvelle offre chez {company} : {title}{place}.\n\n{page}\n\nNe plus en recevoir : {link}"
            ),
        ),
    };
    letter(tx, &alert.email, subject, text, Some(format!("{link}/stop")))
}

/// What the letter about an application is called, which budgets of mail ask before it is written.
pub(super) fn application_subject(
    tx: &mut Tx,
    language: &str,
    opening: &Opening,
) -> Result<String, db::Error> {
    let (company, title) = (settings::company(tx)?.name, &opening.title);
    Ok(match Lang::parse(language).unwrap_or_default() {
        Lang::En => format!("Your application at {company}: {title}"),
        Lang::Es => format!("Su candidatura en {company}: {title}"),
        Lang::De => format!("Ihre Bewerbung bei {company}: {title}"),
        Lang::Fr => format!("Votre candidature chez {company} : {title}"),
    })
}

/// "Was it you who applied?" Of what was written into the form nothing stands in it.
pub(super) fn confirm_application(
    tx: &mut Tx,
    application: &Application,
    opening: &Opening,
    link: &str,
) -> Result<NewMailOut, db::Error> {
    let subject = application_subject(tx, &application.language, opening)?;
    let (company, title, days) = (settings::company(tx)?.name, &opening.title, APPLICATION_CONFIRM_DAYS);
    let text = match Lang::parse(&application.language).unwrap_or_default() {
        Lang::En => format!(
            "Hello,\n\nsomebody applied with this address at {company}: {title}. If it was you, open this page and \
                 confirm:\n\n{link}\n\nOn the same page you can delete all that you sent, now and later: keep this mail. If \
                 it was not you, do nothing: it is deleted in {days} days.\n\n{company}"
        ),
        Lang::Es => format!(
            "Hola:\n\nAlguien ha presentado una candidatura con esta dirección en {company}: {title}. Si ha sido usted, \
                 abra esta página y confírmelo:\n\n{link}\n\nEn la misma página puede borrar todo lo que ha enviado, ahora y \
                 más adelante: conserve este correo. Si no ha sido usted, no haga nada: se borrará en {days} \
                 días.\n\n{company}"
        ),
        Lang::De => format!(
            "Guten Tag,\n\nmit dieser Adresse hat sich jemand bei {company} beworben: {title}. Waren Sie es, bestätigen \
                 Sie es bitte auf dieser Seite:\n\n{link}\n\nAuf derselben Seite können Sie alles löschen, was Sie geschickt \
                 haben, jetzt und später: Bewahren Sie diese E-Mail auf. Waren Sie es nicht, brauchen Sie nichts zu tun: Es \
                 wird in {days} Tagen gelöscht.\n\n{company}"
        ),
        Lang::Fr => format!(
            "Bonjour,\n\nquelqu'un a postulé avec cette adresse chez {company} : {title}. Si c'était vous, \
                 confirmez-le sur cette page :\n\n{link}\n\nSur la même page, vous pouvez effacer tout ce que vous avez \
                 envoyé, maintenant et plus tard : gardez ce courriel. Sinon, ne faites rien : tout sera effacé dans {days} \
                 jours.\n\n{company}"
        ),
    };
    letter(tx, &application.email, subject, text, None)
}

fn letter(
    tx: &mut Tx,
    to: &str,
    subject: String,
    text: String,
    list_unsubscribe: Option<String>,
) -> Result<NewMailOut, db::Error> {
    let company = settings::company(tx)?;
    let sender = mailboxes::find_default(tx)?;
    let address = sender.as_ref().map_or(company.support_address.clone(), |it| it.address.clone());
    let content = Outgoing {
        from: Address { name: Some(company.name), address },
        to: vec![Address::bare(to.to_owned())],
        subject,
        text,
        list_unsubscribe,
        ..Outgoing::default()
    };
    Ok(NewMailOut {
        kind: MailOutKind::Notification,
        ticket: None,
        comment: None,
        user: None,
        mailbox: sender.map(|it| it.id),
        content,
    })
}
