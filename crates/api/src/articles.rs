//! `/help_center/articles`: what is written down, for staff: looked for, written, published and put away.

use crate::call::{Answer, Call, Id, Ids, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{ArticleBody, ArticleChange, ArticleShape};
use desk::articles::views::{self, ArticleFilter};
use desk::articles::{self, ARTICLES_MAX, Article, ArticleError, ArticleState, UpdateArticle, WriteArticle};
use desk::{ArticleId, Language, SkillId, Tx, UserId};
use serde_json::{Value, json};
use std::str::FromStr;

pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        let filter = filter(call, call.query("query").unwrap_or_default())?;
        listed(tx, call, "articles", &filter)
    })
    .await
}

/// The language in the path: `en`, or a locale of which the first part counts.
#[derive(Clone, Copy)]
pub struct Locale(Language);

impl FromStr for Locale {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Locale, Problem> {
        let unknown = || Problem::invalid("locale", "it is a language, such as de or en-us");
        Language::of(text).map(Locale).ok_or_else(unknown)
    }
}

pub async fn index_in(Id(locale): Id<Locale>, call: Call) -> Answer {
    call.read(move |tx, call| {
        let asked = filter(call, call.query("query").unwrap_or_default())?;
        listed(tx, call, "articles", &ArticleFilter { language: Some(locale.0), ..asked })
    })
    .await
}

/// An article has one language: in any other it is not there.
pub async fn show_in(Ids(locale, id): Ids<Locale, ArticleId>, call: Call) -> Answer {
    call.read(move |tx, _| {
        if views::article(tx, id)?.language != locale.0 {
            return Err(Problem::NotFound);
        }
        shown(tx, id)
    })
    .await
}

pub async fn search(call: Call) -> Answer {
    call.read(|tx, call| {
        let words =
            call.query("query").ok_or_else(|| Problem::BadRequest("parameter missing: query".into()))?;
        listed(tx, call, "results", &filter(call, words)?)
    })
    .await
}

pub async fn show(Id(id): Id<ArticleId>, call: Call) -> Answer {
    call.read(move |tx, _| shown(tx, id)).await
}

pub async fn create(call: Call) -> Answer {
    let change = call.body::<ArticleBody>()?.article;
    let state = state_of(&change)?;
    let command = written(&change, None);
    call.write(move |tx, _| {
        let id = articles::create(tx, &command)?;
        if let Some(state) = state {
            articles::move_to(tx, id, state)?;
        }
        let shape = ArticleShape::of(&views::article(tx, id)?, &Urls::of(tx)?);
        Ok(Reply::created(shape.url.clone(), json!({ "article": shape })))
    })
    .await
}

pub async fn update(Id(id): Id<ArticleId>, call: Call) -> Answer {
    let change = call.body::<ArticleBody>()?.article;
    let state = state_of(&change)?;
    call.write(move |tx, _| {
        let before = views::article(tx, id)?;
        if change.version.is_some_and(|version| version != before.version) {
            return Err(ArticleError::ChangedMeanwhile.into());
        }
        let wanted = written(&change, Some(&before));
        articles::update(tx, &UpdateArticle { article: id, version: change.version, wanted })?;
        if let Some(state) = state {
            articles::move_to(tx, id, state)?;
        }
        shown(tx, id)
    })
    .await
}

/// Put away; nothing is lost.
pub async fn destroy(Id(id): Id<ArticleId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        articles::move_to(tx, id, ArticleState::Archived)?;
        Ok(Reply::nothing())
    })
    .await
}

fn shown(tx: &mut Tx, id: ArticleId) -> Answer {
    let shape = ArticleShape::of(&views::article(tx, id)?, &Urls::of(tx)?);
    Ok(Reply::one("article", shape))
}

fn listed(tx: &mut Tx, call: &Call, key: &str, filter: &ArticleFilter) -> Answer {
    let (paging, urls) = (call.paging()?, Urls::of(tx)?);
    let rows = views::list(tx, filter, ARTICLES_MAX)?;
    let page = Paged::of_all(rows, &paging)?;
    let mut shapes = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        shapes.push(ArticleShape::of(&views::article(tx, row.id)?, &urls));
    }
    let mut shapes = shapes.into_iter();
    let page = page.map(|_| shapes.next());
    Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, key, page))))
}

fn filter(call: &Call, words: &str) -> Result<ArticleFilter, Problem> {
    let number = |name: &str| {
        let text = call.query(name);
        text.map(|it| it.parse::<i64>().map_err(|_| Problem::invalid(name, "it is a number"))).transpose()
    };
    Ok(ArticleFilter {
        words: words.to_owned(),
        skill: number("skill_id")?.map(SkillId),
        author: number("author_id")?.map(UserId),
        state: call.query("state").map(parsed).transpose()?,
        language: call.query("locale").map(Locale::from_str).transpose()?.map(|it| it.0),
    })
}

fn parsed(state: &str) -> Result<ArticleState, Problem> {
    ArticleState::parse(state)
        .ok_or_else(|| Problem::invalid("state", "it is draft, internal, published or archived"))
}

fn state_of(change: &ArticleChange) -> Result<Option<ArticleState>, Problem> {
    let said = change.state.as_deref().map(parsed).transpose()?;
    let drafted = change.draft.map(|it| if it { ArticleState::Draft } else { ArticleState::Published });
    Ok(said.or(drafted))
}

/// The article as it shall be: what the body leaves out stays.
fn written(change: &ArticleChange, before: Option<&Article>) -> WriteArticle {
    let stays = |text: Option<&String>, before: Option<&String>| {
        text.cloned().or_else(|| before.cloned()).unwrap_or_default()
    };
    let skills = match (&change.skill_ids, before) {
        (Some(ids), _) => ids.iter().copied().map(SkillId).collect(),
        (None, Some(before)) => before.skills.iter().map(|it| it.id).collect(),
        (None, None) => Vec::new(),
    };
    let language = before.map(|it| it.language.to_string());
    WriteArticle {
        title: stays(change.title.as_ref(), before.map(|it| &it.title)),
        body: stays(change.markdown.as_ref().or(change.body.as_ref()), before.map(|it| &it.body)),
        language: stays(change.locale.as_ref(), language.as_ref()),
        skills,
    }
}
