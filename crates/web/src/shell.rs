//! What stands around every page: the rail with its counts, and who is signed in.

use crate::offers::Asked;
use desk::routing::{self, PresenceStatus, Said};
use desk::tickets::views;
use desk::{Kind, Refusal, Tx, mail, people};

/// Loaded in the same transaction as the page.
#[derive(Clone, Debug)]
pub struct Shell {
    /// When the page was read, in milliseconds since 1970: it listens for what has changed since.
    pub read_at: i64,
    pub name: String,
    pub initials: String,
    pub user_id: i64,
    pub is_lead: bool,
    pub is_admin: bool,
    /// online, away, offline
    pub presence: String,
    /// The name of the status that they chose of the desk's own, and its id.
    pub status: Option<(i64, String)>,
    /// Those that they may choose from.
    pub statuses: Vec<(i64, String)>,
    /// What they are asked to take now, the oldest first.
    pub offers: Vec<Asked>,
    /// They were set away for letting so many offers in a row run out.
    pub set_away_after: Option<i64>,
    /// These three are counted for badges: see [`badge`].
    pub mine: i64,
    pub unassigned: i64,
    pub suspended: i64,
    /// Reviews about the person that they have not seen, and reviews that they are asked for.
    pub reviews: i64,
    /// Questions about people that wait for an answer.
    pub assessments: i64,
    pub company: String,
    /// Tickets stay at another desk: what is for tickets is not offered.
    pub only_skills: bool,
}

impl Shell {
    pub fn load(tx: &mut Tx) -> Result<Shell, db::Error> {
        let actor = *tx.actor();
        let user = match actor.user() {
            Some(id) => people::find_user(tx, id)?,
            None => None,
        };
        let name = user.as_ref().map_or_else(|| "The desk".to_owned(), |user| user.name.clone());
        let views = views::default_views(actor);
        let mine = views::count_for_badge(tx, &views[0].filter)?;
        let unassigned = views::count_for_badge(tx, &views[1].filter)?;
        let mut said = Said { status: PresenceStatus::Offline, chosen: None };
        let (mut suspended, mut statuses, mut offers) = (0, Vec::new(), Vec::new());
        let mut set_away = None;
        if let Some(user) = actor.user().filter(|_| actor.is_staff()) {
            said = store_error(routing::said_of(tx, user))?;
            suspended = store_error(mail::views::count_suspended(tx))?;
            statuses = store_error(routing::agent_statuses(tx))?;
            offers = store_error(routing::offers_to(tx, user))?;
            if said.status == PresenceStatus::Away {
                set_away = store_error(routing::set_away_of(tx, user))?;
            }
        }
        let now = tx.now();
        let here = said.status != PresenceStatus::Offline;
        Ok(Shell {
            read_at: now,
            initials: initials(&name),
            user_id: actor.user().map_or(0, |id| id.0),
            is_lead: actor.is_lead(),
            is_admin: actor.is_admin(),
            presence: said.status.as_str().to_owned(),
            status: said.chosen.filter(|_| here).map(|it| (it.id.0, it.name)),
            offers: offers.iter().map(|it| Asked::of(it, now)).collect(),
            set_away_after: set_away.map(|it| it.missed),
            statuses: statuses.into_iter().map(|it| (it.id.0, it.name)).collect(),
            mine,
            unassigned,
            suspended,
            reviews: desk::reviews::views::count_waiting(tx)?,
            assessments: desk::assessments::views::count_waiting(tx)?,
            company: desk::settings::company(tx)?.name,
            only_skills: desk::settings::only_skills(tx)?,
            name,
        })
    }
}

impl Shell {
    /// Whether the page that is shown is `place` or stands below it.
    pub fn is_at(&self, place: &str) -> bool {
        crate::around::is_at(place)
    }

    pub fn presence_word(&self) -> &str {
        if let Some((_, name)) = &self.status {
            return name;
        }
        match self.presence.as_str() {
            "online" => "Here",
            "away" => "Away",
            _ => "Gone",
        }
    }

    /// Plainly so, without a status of the desk's own.
    pub fn is_plainly(&self, presence: &str) -> bool {
        self.status.is_none() && self.presence == presence
    }

    pub fn chose(&self, status: &i64) -> bool {
        self.status.as_ref().is_some_and(|it| it.0 == *status)
    }

    /// The class of the dot beside a face.
    pub fn presence_class(&self) -> &'static str {
        match self.presence.as_str() {
            "online" => "here",
            "away" => "busy",
            _ => "",
        }
    }
}

/// Staff are never refused these; what is left is the database.
fn store_error<T, E: Refusal>(outcome: Result<T, E>) -> Result<T, db::Error> {
    outcome.map_err(|error| match error.kind() {
        Kind::Busy => db::Error::Busy,
        _ => db::Error::Corrupt(error.to_string()),
    })
}

/// `12`, or `99+`.
pub fn badge(count: impl crate::words::Given<i64>) -> String {
    let count = count.given();
    if count >= views::BADGE_COUNT_MAX { "99+".to_owned() } else { count.to_string() }
}

/// The first letters of the first and the last name.
pub fn initials(name: impl AsRef<str>) -> String {
    let words: Vec<&str> = name.as_ref().split_whitespace().collect();
    let letters = [words.first(), words.last().filter(|_| words.len() > 1)];
    letters
        .into_iter()
        .flatten()
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_the_first_and_the_last() {
        assert_eq!(initials("Ana Maria Novak"), "AN");
        assert_eq!(initials("Cher"), "C");
        assert_eq!(initials(""), "");
    }
}
