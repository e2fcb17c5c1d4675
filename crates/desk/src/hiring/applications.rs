//! Applications from the page of a public opening: an address says that it was its owner, and becomes a candidate.
//!
//! What was written waits until the link in the mail is confirmed, and goes after [`APPLICATION_CONFIRM_DAYS`] days
//! otherwise. Behind the same link everything can be taken back at any time: words, file, and the candidate with what
//! interviewers scored. The link is signed with the desk's key, as those of alerts are.

use super::*;
use crate::events::{self, Event};
use crate::mail::{self, MailRules};
use crate::{ApplicationId, CandidateId, OpeningId, Tx, settings};
use serde::Serialize;
use subtle::ConstantTimeEq;

/// Mails whose application made room for newer ones count so long against further ones, longer than any budget looks back.
const LEFT_MAIL_KEPT_DAYS: i64 = 1;
/// Where candidates that came this way come from, as leads read it.
const SOURCE: &str = "The form on the opening's page";
/// Characters of a signature, four bits each.
const SIGNATURE_CHARS: usize = 32;
const TOKEN_CHARS_MAX: usize = 64;
const FILE_NAME_CHARS_MAX: usize = 120;

/// What somebody wrote into the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Apply {
    pub opening: OpeningId,
    pub name: String,
    pub email: String,
    pub words: String,
    /// Of the page, for the mail.
    pub language: String,
    /// The sentence that they agreed to.
    pub consent: String,
    pub file: Option<ApplicationFile>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ApplicationFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// An application without its file's bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Application {
    pub id: ApplicationId,
    pub opening: OpeningId,
    /// `None`: not confirmed.
    pub candidate: Option<CandidateId>,
    pub name: String,
    pub email: String,
    pub words: String,
    pub language: String,
    pub consent: String,
    pub file: Option<String>,
    pub created_at: i64,
    pub confirmed_at: Option<i64>,
}

/// What the page behind a link shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ApplicationState {
    pub language: String,
    /// The opening's title.
    pub title: String,
    pub confirmed: bool,
    /// Nobody can apply for it any more.
    pub is_over: bool,
    /// What was sent, so that whoever confirms it has seen it.
    pub name: String,
    pub words: String,
    pub file: Option<String>,
}

/// Keeps what was written and asks the address whether it was them. Written again before it is confirmed it replaces what
/// was there, as long as the address may be asked again: otherwise the link that it has would lead nowhere. Afterwards
/// nothing changes, and the answer never tells which.
pub fn apply(tx: &mut Tx, command: &Apply) -> Result<(), HiringError> {
    let opening = store::find_opening(tx, command.opening)?.ok_or(HiringError::NoSuchOpening)?;
    match (opening.state, opening.public_at) {
        (OpeningState::Public, _) => {}
        (OpeningState::Closed, Some(_)) => return Err(HiringError::OpeningIsClosed),
        _ => return Err(HiringError::NoSuchOpening),
    }
    let wanted = checked(command)?;
    // Before anything is known of the address, so that the refusal says nothing of it.
    let rules = MailRules::load(tx)?;
    if mail::hour_is_spent(tx, &rules)? {
        return Err(HiringError::TooManyApplications);
    }
    tx.lock(&format!("applications:{}", opening.id))?;
    let present = store::find_application_by_address(tx, opening.id, &wanted.email)?;
    if present.as_ref().is_some_and(|it| it.confirmed_at.is_some()) {
        return Ok(());
    }
    // No relay for mail bombs, as with alerts; and what cannot be asked for is not kept.
    let subject = letters::application_subject(tx, &wanted.language, &opening)?;
    if !mail::within_budget(tx, &rules, &wanted.email, &subject)? {
        return Ok(());
    }
    let application = store::save_application(tx, &wanted)?;
    events::record(tx, &Event::ApplicationChanged { application: application.id })?;
    for id in store::list_unconfirmed_applications_beyond(tx, opening.id, APPLICATIONS_UNCONFIRMED_MAX)? {
        store::delete_application_for_room(tx, id)?;
        events::record(tx, &Event::ApplicationChanged { application: id })?;
    }
    let link = link_of(tx, &application)?;
    let letter = letters::confirm_application(tx, &application, &opening, &link)?;
    let mail_out = mail::queue(tx, &letter)?;
    Ok(store::insert_application_mail(tx, application.id, mail_out)?)
}

pub fn application_state(tx: &mut Tx, token: &str) -> Result<ApplicationState, HiringError> {
    let it = find(tx, token)?;
    state_of(tx, &it)
}

/// It was them: from now on leads see it. Confirming again changes nothing.
pub fn confirm_application(tx: &mut Tx, token: &str) -> Result<ApplicationState, HiringError> {
    let it = find(tx, token)?;
    if it.confirmed_at.is_some() {
        return state_of(tx, &it);
    }
    let opening = candidates::open_opening(tx, it.opening)?;
    tx.lock(&format!("applications:{}", opening.id))?;
    // Written anew meanwhile, it has another link.
    let it = find(tx, token)?;
    let candidate = match store::find_candidate_by_address(tx, opening.id, &it.email)? {
        Some(known) => known.id,
        None => {
            let wanted = AddCandidate {
                name: it.name.clone(),
                email: it.email.clone(),
                source: SOURCE.into(),
                note: String::new(),
            };
            candidates::add(tx, opening.id, &wanted, None)?
        }
    };
    store::save_application_confirmed(tx, it.id, candidate)?;
    events::record(tx, &Event::ApplicationChanged { application: it.id })?;
    let state = state_of(tx, &it)?;
    Ok(ApplicationState { confirmed: true, ..state })
}

/// Deletes all of it, and the candidate that it became. Doing it twice is no error.
pub fn erase_application(tx: &mut Tx, token: &str) -> Result<Option<ApplicationState>, HiringError> {
    let it = match find(tx, token) {
        Ok(it) => it,
        Err(HiringError::NoSuchApplication) => return Ok(None),
        Err(error) => return Err(error),
    };
    let state = state_of(tx, &it)?;
    erase(tx, &it)?;
    Ok(Some(ApplicationState { confirmed: false, ..state }))
}

/// For leads, of one that was confirmed: deletes all of it as its sender can, with the candidate that it became.
pub fn discard_application(tx: &mut Tx, id: ApplicationId) -> Result<(), HiringError> {
    let it = views::application(tx, id)?;
    erase(tx, &it)
}

fn erase(tx: &mut Tx, it: &Application) -> Result<(), HiringError> {
    match it.candidate {
        Some(candidate) => {
            store::delete_candidate(tx, candidate)?;
            events::record(tx, &Event::CandidateForgotten { candidate })?;
        }
        None => store::delete_application(tx, it.id)?,
    }
    Ok(events::record(tx, &Event::ApplicationChanged { application: it.id })?)
}

/// For leads: the file that came with a candidate's application.
pub fn application_file(tx: &mut Tx, candidate: CandidateId) -> Result<ApplicationFile, HiringError> {
    error::only_leads(tx)?;
    store::find_application_file(tx, candidate)?.ok_or(HiringError::NoSuchCandidate)
}

/// Those that nobody confirmed in time.
pub(super) fn forget_unconfirmed(tx: &mut Tx) -> Result<(), HiringError> {
    let until = tx.now() - APPLICATION_CONFIRM_DAYS * DAY_MS;
    for id in store::list_unconfirmed_applications_before(tx, until)? {
        store::delete_application(tx, id)?;
        events::record(tx, &Event::ApplicationChanged { application: id })?;
    }
    let until = tx.now() - LEFT_MAIL_KEPT_DAYS * DAY_MS;
    Ok(store::forget_left_mails(tx, until)?)
}

fn checked(command: &Apply) -> Result<Apply, HiringError> {
    let person =
        AddCandidate { name: command.name.clone(), email: command.email.clone(), ..AddCandidate::default() };
    let AddCandidate { name, email, .. } = candidates::checked(&person)?;
    if email.is_empty() {
        return Err(HiringError::AddressIsWrong);
    }
    let words = command.words.trim().replace("\r\n", "\n");
    if words.chars().count() > APPLICATION_WORDS_CHARS_MAX {
        return Err(HiringError::WordsAreTooLong);
    }
    if command.consent.trim().is_empty() {
        return Err(HiringError::ConsentIsMissing);
    }
    let file = command.file.clone().filter(|it| !it.bytes.is_empty());
    if file.as_ref().is_some_and(|it| it.bytes.len() > APPLICATION_FILE_BYTES_MAX) {
        return Err(HiringError::ApplicationFileIsTooLarge);
    }
    let file = file.map(|it| ApplicationFile { name: plain_name(&it.name), ..it });
    Ok(Apply { name, email, words, file, ..command.clone() })
}

/// A name that cannot leave its folder or break a header.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = |letter: &char| !letter.is_control() && *letter != '"';
    let name: String = last.chars().filter(kept).take(FILE_NAME_CHARS_MAX).collect();
    let name = name.trim().trim_matches('.');
    if name.is_empty() { "application".into() } else { name.to_owned() }
}

fn state_of(tx: &mut Tx, it: &Application) -> Result<ApplicationState, HiringError> {
    let opening = store::find_opening(tx, it.opening)?.ok_or(HiringError::NoSuchApplication)?;
    Ok(ApplicationState {
        language: it.language.clone(),
        confirmed: it.confirmed_at.is_some(),
        is_over: opening.state == OpeningState::Closed,
        title: opening.title,
        name: it.name.clone(),
        words: it.words.clone(),
        file: it.file.clone(),
    })
}

fn link_of(tx: &mut Tx, it: &Application) -> Result<String, db::Error> {
    let signed = signature(tx, it)?;
    let company = settings::company(tx)?;
    Ok(format!("{}/jobs/applications/{}.{signed}", company.public_url.trim_end_matches('/'), it.id))
}

fn signature(tx: &mut Tx, it: &Application) -> Result<String, db::Error> {
    let key = settings::desk_key(tx)?;
    let bytes = key.sign("job-application", &format!("{}:{}:{}", it.id, it.created_at, it.email));
    Ok(crate::blobs::hex(&bytes)[..SIGNATURE_CHARS].to_owned())
}

fn find(tx: &mut Tx, token: &str) -> Result<Application, HiringError> {
    let token = token.trim();
    let parts = Some(token).filter(|it| it.len() <= TOKEN_CHARS_MAX).and_then(|it| it.split_once('.'));
    let (id, signed) = parts.ok_or(HiringError::NoSuchApplication)?;
    let id: ApplicationId = id.parse().map_err(|_| HiringError::NoSuchApplication)?;
    let it = store::find_application(tx, id)?.ok_or(HiringError::NoSuchApplication)?;
    let holds: bool = signature(tx, &it)?.as_bytes().ct_eq(signed.as_bytes()).into();
    holds.then_some(it).ok_or(HiringError::NoSuchApplication)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_stays_in_its_folder_and_in_its_header() {
        assert_eq!(plain_name("..\\..\\my \"cv\".pdf"), "my cv.pdf");
        assert_eq!(plain_name("/etc/\r\npasswd"), "passwd");
        assert_eq!(plain_name(".."), "application");
        assert_eq!(plain_name(&"x".repeat(500)).chars().count(), FILE_NAME_CHARS_MAX);
    }

    #[test]
    fn an_application_needs_a_name_an_address_and_consent_and_has_a_size() {
        let right = Apply {
            opening: OpeningId(1),
            name: " Nour  Haddad ".into(),
            email: "Nour@Example.org".into(),
            words: "Hello".into(),
            language: "en".into(),
            consent: "Yes.".into(),
            file: Some(ApplicationFile { name: "a/cv.pdf".into(), bytes: vec![1] }),
        };
        let kept = checked(&right).unwrap();
        assert_eq!((kept.name.as_str(), kept.email.as_str()), ("Nour Haddad", "nour@example.org"));
        assert_eq!(kept.file.unwrap().name, "cv.pdf");
        let refused = |it: Apply| checked(&it).unwrap_err();
        assert!(matches!(refused(Apply { name: " ".into(), ..right.clone() }), HiringError::NameIsWrong));
        assert!(matches!(refused(Apply { email: " ".into(), ..right.clone() }), HiringError::AddressIsWrong));
        assert!(matches!(
            refused(Apply { consent: "".into(), ..right.clone() }),
            HiringError::ConsentIsMissing
        ));
        let words = "x".repeat(APPLICATION_WORDS_CHARS_MAX + 1);
        assert!(matches!(refused(Apply { words, ..right.clone() }), HiringError::WordsAreTooLong));
        let bytes = vec![0; APPLICATION_FILE_BYTES_MAX + 1];
        let file = Some(ApplicationFile { name: "cv".into(), bytes });
        assert!(matches!(refused(Apply { file, ..right }), HiringError::ApplicationFileIsTooLarge));
    }
}
