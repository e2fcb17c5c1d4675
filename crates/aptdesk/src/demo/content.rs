//! The invented company of the demo, as it stands in `demo/*.toml`: who works there, who writes, and what about.

use desk::articles::ArticleState;
use serde::Deserialize;
use std::collections::BTreeMap;

const COMPANY: &str = include_str!("../../demo/company.toml");
const SITUATIONS: &str = include_str!("../../demo/situations.toml");
const ARTICLES: &str = include_str!("../../demo/articles.toml");
const NOTES: &str = include_str!("../../demo/internal_notes.toml");
const PHRASES: &str = include_str!("phrases.toml");

/// Everything the demo says, read once.
pub struct Content {
    pub company: Company,
    pub groups: Vec<Group>,
    pub agents: Vec<Agent>,
    pub organizations: Vec<Organization>,
    pub customers: Vec<Customer>,
    pub situations: Vec<Situation>,
    pub notes: Vec<Note>,
    pub articles: Vec<Article>,
    pub phrases: BTreeMap<String, Phrases>,
}

#[derive(Deserialize)]
pub struct Company {
    pub name: String,
    pub address: String,
    pub time_zone: String,
    pub language: String,
}

#[derive(Deserialize)]
pub struct Group {
    pub name: String,
    pub about: String,
}

#[derive(Deserialize)]
pub struct Agent {
    pub name: String,
    pub email: String,
    pub role: String,
    pub title: String,
    /// The key of the role profile that they have.
    pub profile: String,
    pub groups: Vec<String>,
    pub time_zone: String,
    pub interests: Vec<String>,
    pub about: String,
    /// What they can really do, 0 to 5, by skill key. The desk never reads it: it learns from their work.
    pub skills: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
pub struct Organization {
    pub name: String,
    pub domains: Vec<String>,
}

#[derive(Deserialize)]
pub struct Customer {
    pub name: String,
    pub email: String,
    pub locale: String,
}

#[derive(Deserialize)]
pub struct Situation {
    pub key: String,
    pub language: String,
    pub topic: String,
    pub group: String,
    /// Logits; 0 is usual.
    pub difficulty: f64,
    pub skills: Vec<Need>,
    /// Only this customer writes it.
    pub customer: Option<String>,
    /// The day that the letter names, counted from the day on which it is written.
    #[serde(default)]
    pub date_days: i64,
    pub subject: String,
    pub opening: String,
    pub answer: String,
    pub follow_up_happy: String,
    pub follow_up_unhappy: String,
    pub rating_comment_good: String,
    pub rating_comment_bad: String,
}

/// A skill that a situation really takes, and its share.
#[derive(Deserialize)]
pub struct Need {
    pub key: String,
    pub weight: f64,
}

/// What colleagues write to each other on a ticket.
#[derive(Deserialize)]
pub struct Note {
    pub group: String,
    /// Empty: any topic of the group.
    pub topics: Vec<String>,
    pub text: String,
}

/// What somebody has written down, and who may read it.
#[derive(Deserialize)]
pub struct Article {
    /// An agent's address.
    pub author: String,
    pub language: String,
    pub state: ArticleState,
    /// How long before the visitor comes.
    pub days: i64,
    /// Keys.
    pub skills: Vec<String>,
    pub title: String,
    pub body: String,
}

/// What an agent of the demo says after the first answer, in one language.
#[derive(Deserialize)]
pub struct Phrases {
    /// To a customer for whom the first answer did not do it.
    pub second: Vec<String>,
    /// To a customer who said thank you.
    pub closing: Vec<String>,
    /// Between the answer and what it quotes, with {date} and {who}.
    pub quote: String,
}

#[derive(Deserialize)]
struct CompanyFile {
    company: Company,
    group: Vec<Group>,
    agent: Vec<Agent>,
    organization: Vec<Organization>,
    customer: Vec<Customer>,
}

#[derive(Deserialize)]
struct SituationsFile {
    situation: Vec<Situation>,
}

#[derive(Deserialize)]
struct NotesFile {
    note: Vec<Note>,
}

#[derive(Deserialize)]
struct ArticlesFile {
    article: Vec<Article>,
}

impl Content {
    pub fn load() -> Result<Content, toml::de::Error> {
        let company: CompanyFile = toml::from_str(COMPANY)?;
        let situations: SituationsFile = toml::from_str(SITUATIONS)?;
        let notes: NotesFile = toml::from_str(NOTES)?;
        let articles: ArticlesFile = toml::from_str(ARTICLES)?;
        Ok(Content {
            company: company.company,
            groups: company.group,
            agents: company.agent,
            organizations: company.organization,
            customers: company.customer,
            situations: situations.situation,
            notes: notes.note,
            articles: articles.article,
            phrases: toml::from_str(PHRASES)?,
        })
    }

    /// The person whom the visitor stands in for.
    pub fn lead(&self) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.role == "lead")
    }

    pub fn notes_for<'a>(&'a self, situation: &'a Situation) -> impl Iterator<Item = &'a Note> {
        self.notes.iter().filter(move |note| {
            note.group == situation.group
                && (note.topics.is_empty() || note.topics.contains(&situation.topic))
        })
    }

    pub fn phrases_in(&self, language: &str) -> Option<&Phrases> {
        self.phrases.get(language).or_else(|| self.phrases.get("en"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_company_is_as_large_as_promised() {
        let content = Content::load().expect("the content is read");
        let zones: BTreeSet<&str> = content.agents.iter().map(|it| it.time_zone.as_str()).collect();
        let languages: BTreeSet<&str> = content.situations.iter().map(|it| it.language.as_str()).collect();
        assert_eq!((content.agents.len(), content.groups.len(), zones.len()), (24, 4, 3));
        assert!(content.situations.len() >= 60, "{} situations", content.situations.len());
        assert_eq!(languages.into_iter().collect::<Vec<_>>(), ["de", "en", "es", "fr"]);
        assert!(content.lead().is_some());
    }

    #[test]
    fn everything_refers_to_something_that_is_there() {
        let content = Content::load().expect("the content is read");
        let library = skills::library();
        for agent in &content.agents {
            for key in agent.skills.keys().chain(&agent.interests) {
                assert!(library.skill(key).is_some(), "{}: {key}", agent.name);
            }
            assert!(library.roles.iter().any(|role| role.key == agent.profile), "{}", agent.name);
            assert!(agent.skills.values().all(|level| (0.0..=5.0).contains(level)), "{}", agent.name);
            assert!(agent.groups.iter().all(|name| content.groups.iter().any(|group| group.name == *name)));
        }
        for article in &content.articles {
            assert!(article.skills.iter().all(|key| library.skill(key).is_some()), "{}", article.title);
            assert!(content.agents.iter().any(|agent| agent.email == article.author), "{}", article.title);
        }
        for situation in &content.situations {
            let weights: f64 = situation.skills.iter().map(|need| need.weight).sum();
            assert!((weights - 1.0).abs() < 1e-6, "{} weighs {weights}", situation.key);
            for need in &situation.skills {
                assert!(library.skill(&need.key).is_some(), "{}: {}", situation.key, need.key);
            }
            assert!(content.groups.iter().any(|group| group.name == situation.group), "{}", situation.key);
            assert!(content.phrases.contains_key(&situation.language), "{}", situation.language);
            let known = |email: &String| content.customers.iter().any(|customer| customer.email == *email);
            assert!(
                situation.customer.as_ref().is_none_or(known),
                "{}: {:?}",
                situation.key,
                situation.customer
            );
        }
    }
}
