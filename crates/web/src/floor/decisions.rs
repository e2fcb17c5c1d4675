//! `/floor/decisions`: every decision of routing, by who got it, where, by which rule, and what became of it; each opens
//! its record, and what was said against it is answered there.

use super::only_leads;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::people::{self, AgentName, Group};
use desk::routing::{
    self, AnswerContest, Contest, DECISIONS_PER_PAGE_MAX, DecisionCounts, DecisionFilter, DecisionRecord,
    DecisionRow, Fate, LeftBy, Lots, OfferEnd, Rule, Shown,
};
use desk::{DecisionId, Kind, RoutingContestId, Tx, UserId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

const ROWS: usize = 50;
/// Days that are shown unless others are asked for.
const USUAL_DAYS: i32 = 7;

/// As the filter was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Days, such as 2026-03-05.
    pub from: String,
    pub until: String,
    pub person: String,
    pub group: String,
    pub rule: String,
    pub lots: String,
    pub shown: String,
    pub before: Option<DecisionId>,
}

#[derive(askama::Template)]
#[template(path = "floor/decisions.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub asked: Asked,
    pub agents: Vec<AgentName>,
    pub groups: Vec<Group>,
    pub counts: DecisionCounts,
    /// Objections that nobody has answered, whenever they were made.
    pub unanswered: i64,
    pub rows: Vec<DecisionRow>,
    pub next: Option<DecisionId>,
}

#[derive(askama::Template)]
#[template(path = "floor/decision.html")]
pub struct Show {
    pub shell: Shell,
    pub now: i64,
    pub record: DecisionRecord,
    pub contests: Vec<Contest>,
    pub me: Option<UserId>,
    pub problem: Option<Problem>,
}

const SHOWN: [(&str, Shown, &str); 6] = [
    ("", Shown::All, "All"),
    ("taken", Shown::Taken, "Given, and kept"),
    ("returned", Shown::Returned, "Not taken, or left their hands"),
    ("waits", Shown::Waits, "Given to nobody"),
    ("contested", Shown::Contested, "Contested"),
    ("unanswered", Shown::Unanswered, "Contested, not answered"),
];

const LOTS: [(&str, Lots, &str); 3] = [
    ("", Lots::All, "By lot or not"),
    ("only", Lots::Only, "Only by lot"),
    ("without", Lots::Without, "Not by lot"),
];

impl Asked {
    /// What it asks for, with the days that were meant written into it.
    fn settle(&mut self, tx: &mut Tx) -> Result<DecisionFilter, Problem> {
        let zone = desk::settings::company(tx)?.time_zone;
        let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
        let now = Timestamp::from_millisecond(tx.now()).unwrap_or_default();
        let today = now.to_zoned(zone.clone()).date();
        let until: Date = self.until.trim().parse().unwrap_or(today);
        let usual = until.saturating_sub((USUAL_DAYS - 1).days());
        let from: Date = self.from.trim().parse().unwrap_or(usual);
        (self.from, self.until) = (from.to_string(), until.to_string());
        let start = |day: Date| {
            let start = day.to_zoned(zone.clone()).map(|it| it.timestamp().as_millisecond());
            start.map_err(|_| Problem::invalid("These days are out of reach."))
        };
        Ok(DecisionFilter {
            from: start(from)?,
            until: start(until.saturating_add(1.day()))?,
            person: self.person.parse().ok(),
            group: self.group.parse().ok(),
            rule: crate::admin::rule_of(&self.rule),
            lots: LOTS.iter().find(|it| it.0 == self.lots).map_or(Lots::All, |it| it.1),
            shown: SHOWN.iter().find(|it| it.0 == self.shown).map_or(Shown::All, |it| it.1),
        })
    }

    /// The same question as a query, without a page.
    fn query(&self) -> String {
        let fields = [
            ("from", &self.from),
            ("until", &self.until),
            ("person", &self.person),
            ("group", &self.group),
            ("rule", &self.rule),
            ("lots", &self.lots),
            ("shown", &self.shown),
        ];
        let plain = |text: &str| text.chars().all(|it| it.is_ascii_alphanumeric() || "-_".contains(it));
        let given = fields.into_iter().filter(|(_, value)| !value.is_empty() && plain(value));
        given.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

impl Index {
    fn shown(&self) -> [(&'static str, Shown, &'static str); 6] {
        SHOWN
    }

    fn lots(&self) -> [(&'static str, Lots, &'static str); 3] {
        LOTS
    }

    fn rules(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        crate::admin::rule_names()
    }

    fn is_person(&self, agent: &AgentName) -> bool {
        self.asked.person == agent.id.to_string()
    }

    fn is_group(&self, group: &Group) -> bool {
        self.asked.group == group.id.to_string()
    }

    fn query(&self) -> String {
        self.asked.query()
    }

    /// Of what was given to somebody.
    fn lot_percent(&self) -> String {
        match self.counts.given {
            0 => "–".to_owned(),
            given => format!("{:.1} %", 100.0 * self.counts.by_lot as f64 / given as f64),
        }
    }
}

impl Show {
    fn may_answer(&self, contest: &Contest) -> bool {
        self.me.is_some_and(|me| me != contest.by)
    }
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Index>, Problem> {
    only_leads(actor)?;
    let page = web.desk.read(actor, move |tx| {
        let mut asked = asked.clone();
        let filter = asked.settle(tx)?;
        let mut rows = routing::decision_rows(tx, &filter, asked.before, ROWS + 1)?;
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let next = rows.last().filter(|_| more).and_then(|row| row.why.decision);
        Ok::<_, Problem>(Index {
            counts: routing::decision_counts(tx, &filter)?,
            unanswered: routing::count_open_contests(tx)?,
            agents: people::list_agent_names(tx)?,
            groups: people::list_groups(tx)?,
            shell: Shell::load(tx)?,
            now: tx.now(),
            asked,
            rows,
            next,
        })
    });
    Ok(Html(page.await?))
}

/// `/floor/decisions.csv`: all of them, not only a page.
pub async fn csv(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    only_leads(actor)?;
    let text = web.desk.read(actor, move |tx| {
        let filter = asked.clone().settle(tx)?;
        let mut text = String::from(CSV_HEAD);
        let mut before = None;
        loop {
            let rows = routing::decision_rows(tx, &filter, before, DECISIONS_PER_PAGE_MAX)?;
            rows.iter().for_each(|row| text.push_str(&csv_line(row)));
            before = rows.last().and_then(|row| row.why.decision);
            if rows.len() < DECISIONS_PER_PAGE_MAX {
                return Ok::<_, Problem>(text);
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"decisions.csv\""),
    ];
    Ok((headers, text.await?).into_response())
}

const CSV_HEAD: &str = "decision,at,ticket,subject,group,rule,cause,chosen_id,chosen,by_lot,chance_of_success,sentence,\
     became,left_at,contests\r\n";

fn csv_line(row: &DecisionRow) -> String {
    use crate::skills::csv_field as field;
    let why = &row.why;
    let chance = why.candidates.iter().find(|it| it.chosen).and_then(|it| it.p_success);
    let left_at = match row.fate {
        Fate::Left { at, .. } | Fate::NotTaken { at, .. } => crate::when::iso(at),
        Fate::Waits | Fate::Holds | Fate::Solved | Fate::Asked => String::new(),
    };
    format!(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{left_at},{}\r\n",
        why.decision.map_or(0, |it| it.0),
        crate::when::iso(why.at),
        row.ticket,
        field(&row.subject),
        field(row.group.as_deref().unwrap_or_default()),
        row.rule.map_or("", |rule| crate::admin::rule_word(rule)),
        why.cause.name(),
        why.chosen.as_ref().map_or(String::new(), |it| it.user.to_string()),
        field(why.chosen.as_ref().map_or("", |it| it.name.as_str())),
        i32::from(why.explored),
        chance.map_or(String::new(), |it| format!("{it:.3}")),
        field(&why.sentence),
        field(&fate_words(row)),
        row.contests,
    )
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<DecisionId>,
) -> Result<Html<Show>, Problem> {
    only_leads(actor)?;
    let page = web.desk.read(actor, move |tx| page(tx, id));
    Ok(Html(page.await?))
}

fn page(tx: &mut Tx, id: DecisionId) -> Result<Show, Problem> {
    let record = routing::decision_record(tx, id)?;
    Ok(Show {
        shell: Shell::load(tx)?,
        now: tx.now(),
        contests: record.contests.clone(),
        record,
        me: tx.actor().user(),
        problem: None,
    })
}

pub async fn answer(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(contest): Path<RoutingContestId>,
    form: Fields,
) -> Result<Response, Problem> {
    only_leads(actor)?;
    let is_right = match form.text("is_right") {
        "1" => true,
        "0" => false,
        _ => return Err(Problem::invalid("Say whether the decision was wrong or stands.")),
    };
    let command = AnswerContest { contest, is_right, answer: form.owned("answer") };
    let decision = web
        .desk
        .read(actor, move |tx| Ok::<_, Problem>(routing::contest_by_id(tx, contest)?.decision))
        .await?;
    let answered = web.desk.write(actor, move |tx| routing::answer_contest(tx, &command));
    match answered.await.map_err(Problem::from) {
        Ok(()) => Ok(Said::new("Answered. Whoever said it reads it on the ticket.")
            .then(&format!("/floor/decisions/{decision}"))),
        Err(problem) if problem.kind == Kind::Invalid => {
            let mut shown = web.desk.read(actor, move |tx| page(tx, decision)).await?;
            shown.problem = Some(Problem { field: None, ..problem });
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(shown)).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// What became of it, in a few words.
pub fn fate_words(row: &DecisionRow) -> String {
    match &row.fate {
        Fate::Waits => "waited".to_owned(),
        Fate::Holds => "has it".to_owned(),
        Fate::Solved => "solved it".to_owned(),
        Fate::Asked => "is asked".to_owned(),
        Fate::NotTaken { set_away_after: Some(missed), .. } => {
            format!("did not answer in time, the {} in a row, and was set away", crate::words::nth(missed))
        }
        Fate::NotTaken { how, .. } => offer_words(how).to_owned(),
        Fate::Left { by: LeftBy::Themselves, .. } => "put it back".to_owned(),
        Fate::Left { by: LeftBy::TheDesk, .. } => "taken back by the desk".to_owned(),
        Fate::Left { by: LeftBy::Somebody(who), .. } => format!("moved by {}", who.name),
    }
}

/// The class of its sign.
pub fn fate_class(row: &DecisionRow) -> &'static str {
    match row.fate {
        Fate::Waits => "new",
        Fate::Holds => "open",
        Fate::Solved => "solved",
        Fate::Left { .. } | Fate::NotTaken { .. } => "pending",
        Fate::Asked => "hold",
    }
}

/// How an offer ended.
pub fn offer_words(how: &OfferEnd) -> &'static str {
    match how {
        OfferEnd::Accepted => "took it",
        OfferEnd::Declined => "let it pass",
        OfferEnd::TimedOut => "did not answer in time",
        OfferEnd::Withdrawn => "was asked no more",
    }
}

pub fn rule_name(rule: &Option<Rule>) -> &'static str {
    rule.map_or("not noted", crate::admin::rule_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{group, renders, shell};
    use crate::tickets::why::samples::{contest, why};
    use desk::TicketId;
    use desk::routing::views::Named;

    fn row(fate: Fate) -> DecisionRow {
        let mut why = why(true);
        why.decision = Some(DecisionId(41));
        DecisionRow {
            ticket: TicketId(12),
            subject: format!("=SUM(A1) <i> {}", "طويل جدا ".repeat(40)),
            group: Some("Tier 2".into()),
            rule: Some(Rule::LongestIdle),
            why,
            fate,
            contests: 2,
            open_contests: 1,
        }
    }

    fn index_of(rows: Vec<DecisionRow>, next: Option<DecisionId>) -> String {
        let counts = DecisionCounts { decided: 40, given: 30, by_lot: 3, contested: 2 };
        let asked = Asked { shown: "returned".into(), from: "2026-01-05".into(), ..Asked::default() };
        let agents = vec![AgentName { id: UserId(1), name: "Ana".into() }];
        let groups = vec![group(1, "Tier 2")];
        renders(&Index {
            shell: shell(),
            now: 9,
            unanswered: rows.len() as i64,
            asked,
            agents,
            groups,
            counts,
            rows,
            next,
        })
    }

    #[test]
    fn decisions_stand_with_their_rule_their_fate_and_the_share_of_lots() {
        let somebody = LeftBy::Somebody(Named { user: UserId(3), name: "Lea".into() });
        let rows = vec![
            row(Fate::Left { at: 5, by: somebody }),
            row(Fate::Solved),
            row(Fate::NotTaken { at: 5, how: OfferEnd::TimedOut, set_away_after: None }),
            row(Fate::NotTaken { at: 5, how: OfferEnd::TimedOut, set_away_after: Some(3) }),
        ];
        let html = index_of(rows, Some(DecisionId(41)));
        for words in [
            "/floor/decisions/41",
            "moved by Lea",
            "the 3rd in a row, and was set away",
            "did not answer in time",
            "10.0 %",
            "Longest idle",
            "shown=returned",
        ] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
        assert!(html.contains("before=41") && html.contains("4 objections wait for an answer"));
    }

    #[test]
    fn nothing_that_fits_says_so() {
        assert!(index_of(vec![], None).contains("Nothing fits"));
    }

    #[test]
    fn the_record_is_answered_by_somebody_else_than_whoever_contested() {
        let show = |me, problem| {
            let contests = vec![contest(1, true), contest(2, false)];
            let record = DecisionRecord { row: row(Fate::Holds), contests: contests.clone() };
            renders(&Show { shell: shell(), now: 9, record, contests, me: Some(UserId(me)), problem })
        };
        let html = show(1, Some(Problem::invalid("An answer has words.")));
        assert!(html.contains("/routing_contests/2/answer") && html.contains("An answer has words."));
        assert!(!html.contains("/routing_contests/1/answer"), "it is answered");
        assert!(!show(2, None).contains("/routing_contests/2/answer"), "it is their own");
    }

    #[test]
    fn a_line_of_a_spreadsheet_runs_no_formula() {
        let line = csv_line(&row(Fate::Left { at: 0, by: LeftBy::TheDesk }));
        assert!(line.starts_with("41,1970-01-01T"), "{line}");
        assert!(line.contains(",'=SUM") && line.contains(",1,0.820,"), "{line}");
        assert!(line.ends_with("taken back by the desk,1970-01-01T00:00:00Z,2\r\n"), "{line}");
    }
}
