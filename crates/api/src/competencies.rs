//! `/competencies`: skills that are used together, and how far people have them.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{
    CompetencyBody, CompetencyChange, CompetencyOfShape, CompetencyReadingShape, CompetencyShape,
};
use crate::skills::wanted;
use desk::skills::competencies::{self, Competency, WriteCompetency, views};
use desk::{CompetencyId, Tx, UserId};
use serde_json::{Value, json};

pub async fn index(call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let all = competencies::list_competencies(tx)?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(all, &paging)?.map(|it| CompetencyShape::of(&it, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "competencies", page))))
    })
    .await
}

pub async fn show(Id(id): Id<CompetencyId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let it = found(tx, id)?;
        Ok(Reply::one("competency", CompetencyShape::of(&it, &Urls::of(tx)?)))
    })
    .await
}

pub async fn create(call: Call) -> Answer {
    let change = call.body::<CompetencyBody>()?.competency;
    call.write(move |tx, _| {
        let command = written(tx, &change, None)?;
        let made = competencies::create_competency(tx, &command)?;
        let shape = CompetencyShape::of(&made, &Urls::of(tx)?);
        Ok(Reply::created(shape.url.clone(), json!({ "competency": shape })))
    })
    .await
}

pub async fn update(Id(id): Id<CompetencyId>, call: Call) -> Answer {
    let change = call.body::<CompetencyBody>()?.competency;
    call.write(move |tx, _| {
        let before = found(tx, id)?;
        let named = change.name.is_some() || change.behaviour.is_some();
        if named || change.anchors.is_some() || change.skills.is_some() {
            let command = written(tx, &change, Some(&before))?;
            competencies::update_competency(tx, id, &command)?;
        }
        match change.active {
            Some(true) => competencies::restore_competency(tx, id)?,
            Some(false) => competencies::retire_competency(tx, id)?,
            None => before,
        };
        let it = found(tx, id)?;
        Ok(Reply::one("competency", CompetencyShape::of(&it, &Urls::of(tx)?)))
    })
    .await
}

pub async fn destroy(Id(id): Id<CompetencyId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        competencies::retire_competency(tx, id)?;
        Ok(Reply::nothing())
    })
    .await
}

/// People of whom the caller sees enough, the likeliest first.
pub async fn readings(Id(id): Id<CompetencyId>, call: Call) -> Answer {
    call.read(move |tx, _| {
        let page = views::competency_page(tx, id)?;
        let all: Vec<CompetencyReadingShape> = page.people.iter().map(CompetencyReadingShape::of).collect();
        Ok(Reply::one("readings", all))
    })
    .await
}

/// Of one person, as far as the caller sees enough.
pub async fn of_person(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, _| {
        let all = views::competencies_of(tx, user)?;
        let all: Vec<CompetencyOfShape> = all.iter().map(CompetencyOfShape::of).collect();
        Ok(Reply::one("competencies", all))
    })
    .await
}

fn found(tx: &mut Tx, id: CompetencyId) -> Result<Competency, Problem> {
    competencies::find_competency(tx, id)?.ok_or(Problem::NotFound)
}

/// The competency as it shall be: what the body leaves out stays.
fn written(
    tx: &mut Tx,
    change: &CompetencyChange,
    before: Option<&Competency>,
) -> Result<WriteCompetency, Problem> {
    let stays = |text: &Option<String>, before: Option<&String>| {
        text.clone().or_else(|| before.cloned()).unwrap_or_default()
    };
    let mut skills = Vec::new();
    match (&change.skills, before) {
        (Some(all), _) => {
            for it in all {
                skills.push((wanted(tx, it.skill_id, it.skill.as_deref())?, it.weight));
            }
        }
        (None, Some(before)) => {
            skills.extend(before.skills.iter().map(|(skill, weight)| (skill.id, *weight)))
        }
        (None, None) => {}
    }
    let anchors = match (&change.anchors, before) {
        (Some(all), _) => <[String; 5]>::try_from(all.clone())
            .map_err(|_| Problem::invalid("anchors", "five texts, one for each level"))?,
        (None, Some(before)) => before.anchors.clone(),
        (None, None) => Default::default(),
    };
    Ok(WriteCompetency {
        name: stays(&change.name, before.map(|it| &it.name)),
        behaviour: stays(&change.behaviour, before.map(|it| &it.behaviour)),
        anchors,
        skills,
    })
}
