//! What is a person's own: what they want to learn, what answering took, and what they can prove.

use crate::time::{iso, iso_if};
use desk::SkillId;
use desk::skills::portfolio::{Case, Choices, Portfolio, PortfolioArticle, PortfolioLevel};
use desk::wellbeing::{EffortPage, EffortRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct InterestsBody {
    /// All of them: what is not named is wanted no more.
    pub interests: Vec<InterestBody>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct InterestBody {
    pub skill_id: Option<i64>,
    /// Id or key, in place of `skill_id`.
    pub skill: Option<String>,
}

/// What one answer took.
#[derive(Serialize, ToSchema)]
pub struct EffortShape {
    pub ticket_id: i64,
    pub subject: String,
    /// The customer's, 0 to 3.
    pub anger: i64,
    pub is_hostile: bool,
    /// All of it, with what every answer takes.
    pub points: f64,
    pub hostility_points: f64,
    pub length_points: f64,
    pub difficulty_points: f64,
    pub created_at: String,
}

impl EffortShape {
    pub fn of(it: &EffortRow) -> EffortShape {
        EffortShape {
            ticket_id: it.ticket.0,
            subject: it.subject.clone(),
            anger: it.anger,
            is_hostile: it.is_hostile(),
            points: it.effort.points(),
            hostility_points: it.effort.hostility,
            length_points: it.effort.length,
            difficulty_points: it.effort.difficulty,
            created_at: iso(it.at),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct WellbeingShape {
    pub user_id: i64,
    /// Since when their leads see it; null: nobody but the person does.
    pub shared_since: Option<String>,
    pub rest: RestShape,
}

#[derive(Serialize, ToSchema)]
pub struct RestShape {
    /// Hostile contacts in a row, answered or in hand.
    pub in_a_row: usize,
    /// After so many there is a rest; null: no limit.
    pub limit: Option<usize>,
    /// No hostile ticket comes before then, unless another contact lies between.
    pub until: Option<String>,
}

impl WellbeingShape {
    pub fn of(it: &EffortPage) -> WellbeingShape {
        WellbeingShape {
            user_id: it.user.0,
            shared_since: iso_if(it.shared_since),
            rest: RestShape {
                in_a_row: it.rest.in_a_row,
                limit: it.rest.limit,
                until: iso_if(it.rest.until),
            },
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct WellbeingChange {
    /// Whether one's leads see it.
    pub shared: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct WellbeingBody {
    pub wellbeing: WellbeingChange,
}

/// What an agent can prove, as it would be handed on now.
#[derive(Serialize, ToSchema)]
pub struct PortfolioShape {
    pub name: String,
    pub company: String,
    pub as_of: String,
    /// Freed of names, addresses, links and numbers of customers.
    pub introduction: String,
    /// The highest level first; only what is surely known.
    pub levels: Vec<PortfolioLevelShape>,
    /// Ratings of the last year, if they are to be shown.
    pub ratings: Option<PortfolioRatingsShape>,
    pub cases: Vec<CaseShape>,
    /// What they wrote and everybody may read.
    pub articles: Vec<PortfolioArticleShape>,
    /// What could be told, the hardest first.
    pub offered: Vec<CaseShape>,
    pub choices: PortfolioChoicesShape,
}

#[derive(Serialize, ToSchema)]
pub struct PortfolioLevelShape {
    pub skill_id: i64,
    pub name: String,
    pub level: f64,
    /// Holds the truth with a probability of 80 %.
    pub interval: [f64; 2],
    /// Probability of level 3 or more.
    pub p_independent: f64,
    pub evidence_count: i64,
    /// What can be seen at that level.
    pub anchor: String,
    /// False: left out of what is handed on.
    pub shown: bool,
}

#[derive(Serialize, ToSchema)]
pub struct PortfolioRatingsShape {
    /// How many ones, twos, threes, fours and fives.
    pub by_score: [i64; 5],
    pub good_share: Option<f64>,
}

#[derive(Serialize, ToSchema)]
pub struct PortfolioArticleShape {
    /// Freed of names, addresses, links and numbers of customers.
    pub title: String,
    pub written_at: String,
}

/// A solved ticket without its customer.
#[derive(Serialize, ToSchema)]
pub struct CaseShape {
    pub ticket_id: i64,
    pub skills: Vec<String>,
    pub channel: String,
    pub priority: Option<String>,
    /// In logits; 0 is usual.
    pub difficulty: f64,
    pub solved_at: String,
    /// From the first word to the solution.
    pub took_seconds: f64,
    pub answers: i64,
    /// 1 to 5.
    pub rating: Option<i64>,
    /// The agent's own words, freed of what names a customer.
    pub words: String,
}

/// What the agent has chosen, in their own words.
#[derive(Serialize, ToSchema)]
pub struct PortfolioChoicesShape {
    pub introduction: String,
    pub ratings: bool,
    pub without_skill_ids: Vec<i64>,
    pub cases: Vec<CaseChoice>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct CaseChoice {
    /// One of those that are offered.
    pub ticket_id: i64,
    #[serde(default)]
    pub words: String,
}

/// What is missing stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct PortfolioChange {
    pub introduction: Option<String>,
    pub ratings: Option<bool>,
    /// Skills that are left out: all of them.
    pub without_skill_ids: Option<Vec<i64>>,
    /// Cases that are told: all of them.
    pub cases: Option<Vec<CaseChoice>>,
}

impl PortfolioChange {
    pub fn put_on(&self, before: Choices) -> Choices {
        let cases = self.cases.as_ref();
        Choices {
            introduction: self.introduction.clone().unwrap_or(before.introduction),
            without: match &self.without_skill_ids {
                Some(ids) => ids.iter().map(|id| SkillId(*id)).collect(),
                None => before.without,
            },
            ratings: self.ratings.unwrap_or(before.ratings),
            cases: match cases {
                Some(cases) => cases.iter().map(|it| (it.ticket_id, it.words.clone())).collect(),
                None => before.cases,
            },
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct PortfolioBody {
    pub portfolio: PortfolioChange,
}

impl PortfolioShape {
    pub fn of(it: &Portfolio) -> PortfolioShape {
        let level = |it: &PortfolioLevel| PortfolioLevelShape {
            skill_id: it.skill.0,
            name: it.name.clone(),
            level: it.level,
            interval: [it.interval.0, it.interval.1],
            p_independent: it.p_independent,
            evidence_count: it.evidence_count,
            anchor: it.anchor.clone(),
            shown: it.shown,
        };
        let article = |it: &PortfolioArticle| PortfolioArticleShape {
            title: it.title.clone(),
            written_at: iso(it.written_at),
        };
        let case = |it: &Case| CaseShape {
            ticket_id: it.ticket.0,
            skills: it.skills.clone(),
            channel: it.channel.clone(),
            priority: it.priority.clone(),
            difficulty: it.difficulty,
            solved_at: iso(it.solved_at),
            took_seconds: it.took_ms as f64 / 1_000.0,
            answers: it.answers,
            rating: it.rating,
            words: it.words.clone(),
        };
        let chosen =
            |(ticket, words): (&i64, &String)| CaseChoice { ticket_id: *ticket, words: words.clone() };
        PortfolioShape {
            name: it.name.clone(),
            company: it.company.clone(),
            as_of: iso(it.as_of),
            introduction: it.introduction.clone(),
            levels: it.levels.iter().map(level).collect(),
            ratings: it
                .ratings
                .as_ref()
                .map(|it| PortfolioRatingsShape { by_score: it.by_score, good_share: it.good_share() }),
            cases: it.cases.iter().map(case).collect(),
            articles: it.articles.iter().map(article).collect(),
            offered: it.offered.iter().map(case).collect(),
            choices: PortfolioChoicesShape {
                introduction: it.choices.introduction.clone(),
                ratings: it.choices.ratings,
                without_skill_ids: it.choices.without.iter().map(|id| id.0).collect(),
                cases: it.choices.cases.iter().map(chosen).collect(),
            },
        }
    }
}
