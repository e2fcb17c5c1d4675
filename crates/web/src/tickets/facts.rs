//! The pane of facts: waiting times, who has it, what it needs and whether I can, who the customer is.

use desk::articles::ArticleState;
use desk::articles::views::{self as articles, ArticleRow};
use desk::people::views::{Requester, requester};
use desk::people::{self, Group, User};
use desk::routing::views::Why;
use desk::routing::{self, PresenceStatus, RunningPromise};
use desk::skills::{self, Proficiency, RequirementRow};
use desk::tickets::Status;
use desk::tickets::views::TicketPage;
use desk::{SkillId, Tx, UserId, settings};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const ARTICLES_SHOWN_MAX: usize = 3;

#[derive(Clone, Debug)]
pub struct Facts {
    pub agents: Vec<Agent>,
    pub groups: Vec<Group>,
    pub needs: Vec<Need>,
    /// What is written about such tickets.
    pub articles: Vec<ArticleRow>,
    /// Where customers read articles, without the number of one.
    pub help: String,
    pub card: Option<Requester>,
    /// Such as "10:46, Madrid".
    pub local_time: Option<String>,
    /// Why it is where it is, or what it waits for.
    pub why: Option<String>,
    /// Its queue, and what that promises.
    pub queue: RunningPromise,
    /// Who helps, if it was given to somebody to learn on.
    pub learning: Option<desk::coaching::LearningGiven>,
    /// It is solved, and the reader may review it.
    pub may_review: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    pub id: UserId,
    pub name: String,
    pub here: bool,
}

/// A skill that the ticket needs, and what is believed of the reader in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    pub skill: i64,
    pub name: String,
    pub asked: f64,
    pub must: bool,
    /// Mean and deviation, if anything is known.
    pub mine: Option<(f64, f64)>,
}

impl Facts {
    /// `decisions`: those made about it, the newest first.
    pub fn load(
        tx: &mut Tx,
        page: &TicketPage,
        needs: &[RequirementRow],
        decisions: &[Why],
    ) -> Result<Facts, crate::Problem> {
        let me = tx.actor().user();
        let mine = match me {
            Some(me) => skills::proficiencies_of(tx, me)?,
            None => Vec::new(),
        };
        let card = requester(tx, page.ticket.requester)?;
        let needed: Vec<SkillId> = needs.iter().map(|it| it.skill.id).collect();
        let articles = articles::for_ticket(tx, &page.ticket.subject, &needed, ARTICLES_SHOWN_MAX)?;
        Ok(Facts {
            agents: agents(tx, me)?,
            groups: people::list_groups(tx)?,
            needs: needs.iter().map(|need| Need::of(need, &mine)).collect(),
            help: help(tx, &articles)?,
            articles,
            local_time: card.as_ref().and_then(|card| local_time(&card.user, tx.now())),
            card,
            // Whoever waits hears what for as things are now, and not as they were at the last decision.
            why: match page.ticket.assignee {
                Some(_) => decisions.first().map(|why| why.sentence.clone()),
                None => routing::why(tx, page.ticket.id)?.map(|why| why.sentence),
            },
            queue: routing::standing_of(tx, page.ticket.id)?,
            learning: desk::coaching::given_on(tx, page.ticket.id)?,
            may_review: page.ticket.status >= Status::Solved && desk::reviews::may_review(tx)?,
        })
    }
}

/// What became of a queue's promise of the first answer: its class and its words. `None`: nothing was promised.
pub fn promise_words(it: &RunningPromise, now: &i64) -> Option<(&'static str, String)> {
    let due = it.due?;
    let span = |ms: i64| crate::when::span(ms);
    Some(match (it.answered_at, it.runs) {
        (Some(at), _) if at <= due => ("keep", "kept".to_owned()),
        (Some(at), _) => ("late", format!("answered {} late", span(at - due))),
        (None, false) => return None,
        (None, true) if *now > due => ("late", format!("{} late", span(now - due))),
        (None, true) => {
            let minutes = it.promise.map_or(0, |it| it.ms());
            (if (due - now) * 4 <= minutes { "due" } else { "keep" }, format!("in {}", span(due - now)))
        }
    })
}

impl Need {
    /// What stands behind my level.
    pub fn href(&self, me: &i64) -> String {
        format!("/skills/{}/people/{me}", self.skill)
    }

    fn of(need: &RequirementRow, mine: &[Proficiency]) -> Need {
        let known = mine.iter().find(|it| it.skill == need.skill.id);
        Need {
            skill: need.skill.id.0,
            name: need.skill.name.clone(),
            asked: need.level,
            must: need.hardness == skills::Hardness::Must,
            mine: known.map(|it| (it.belief.level(), it.belief.level_sd())),
        }
    }
}

/// Asked for only where an article may go to a customer.
fn help(tx: &mut Tx, articles: &[ArticleRow]) -> Result<String, crate::Problem> {
    if articles.iter().all(|it| it.state != ArticleState::Published) {
        return Ok(String::new());
    }
    Ok(format!("{}/help/articles", settings::company(tx)?.public_url.trim_end_matches('/')))
}

/// Me first, then who is here, then the others.
fn agents(tx: &mut Tx, me: Option<UserId>) -> Result<Vec<Agent>, crate::Problem> {
    let here: Vec<UserId> = routing::presences(tx)?
        .into_iter()
        .filter(|it| it.status == PresenceStatus::Online)
        .map(|it| it.user)
        .collect();
    let mut agents: Vec<Agent> = people::list_agent_names(tx)?
        .into_iter()
        .map(|user| Agent { id: user.id, here: here.contains(&user.id), name: user.name })
        .collect();
    agents.sort_by_key(|agent| (Some(agent.id) != me, !agent.here));
    Ok(agents)
}

fn local_time(user: &User, now: i64) -> Option<String> {
    let (_, city) = user.time_zone.rsplit_once('/')?;
    let zone = TimeZone::get(&user.time_zone).ok()?;
    let at = Timestamp::from_millisecond(now).ok()?.to_zoned(zone);
    Some(format!("{}, {}", at.strftime("%H:%M"), city.replace('_', " ")))
}
