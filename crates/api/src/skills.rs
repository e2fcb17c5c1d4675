//! `/skills`: the library of what people can do, and the matrix of who can do it.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{MatrixShape, SkillBody, SkillShape};
use desk::skills::views::{MatrixFilter, matrix as read_matrix};
use desk::skills::{self, CreateSkill, DecayClass, Skill, SkillKind, UpdateSkill};
use desk::{GroupId, SkillId, Tx};
use serde_json::{Value, json};

/// The skills in use, by kind and name; `kind=` for one kind.
pub async fn index(call: Call) -> Answer {
    let kind = kind_in(call.query("kind"))?;
    call.read(move |tx, call| {
        call.only_staff()?;
        let mut all = skills::list_skills(tx)?;
        all.retain(|skill| kind.is_none_or(|kind| skill.kind == kind));
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(all, &paging)?.map(|skill| SkillShape::of(&skill, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "skills", page))))
    })
    .await
}

pub async fn show(Id(skill): Id<String>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let skill = named(tx, &skill)?.ok_or(Problem::NotFound)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("skill", SkillShape::of(&skill, &urls)))
    })
    .await
}

pub async fn create(call: Call) -> Answer {
    let wanted = call.body::<SkillBody>()?.skill;
    let command = CreateSkill {
        name: wanted.name.unwrap_or_default(),
        kind: kind_in(wanted.kind.as_deref())?.ok_or_else(|| Problem::missing("kind"))?,
        meaning: wanted.meaning.unwrap_or_default(),
        anchors: wanted.anchors.unwrap_or_default(),
        decay: decay_in(wanted.decay.as_deref())?,
    };
    call.write(move |tx, _| {
        let skill = skills::create_skill(tx, &command)?;
        let shape = SkillShape::of(&skill, &Urls::of(tx)?);
        Ok(Reply::created(shape.url.clone(), json!({ "skill": shape })))
    })
    .await
}

pub async fn update(Id(skill): Id<SkillId>, call: Call) -> Answer {
    let wanted = call.body::<SkillBody>()?.skill;
    let command = UpdateSkill {
        skill,
        name: wanted.name,
        meaning: wanted.meaning,
        anchors: wanted.anchors,
        decay: decay_in(wanted.decay.as_deref())?,
    };
    call.write(move |tx, _| {
        skills::update_skill(tx, &command)?;
        match wanted.active {
            Some(true) => skills::restore_skill(tx, skill)?,
            Some(false) => skills::retire_skill(tx, skill)?,
            None => {}
        }
        let skill = skills::find_skill(tx, skill)?.ok_or(Problem::NotFound)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("skill", SkillShape::of(&skill, &urls)))
    })
    .await
}

/// People × skills; `group_id=`, `kind=`, `query=`, `all=true` for skills of which nothing is known.
pub async fn matrix(call: Call) -> Answer {
    let group = call.query("group_id").map(|id| id.parse::<GroupId>()).transpose();
    let filter = MatrixFilter {
        group: group.map_err(|_| Problem::BadRequest("group_id is not a number".into()))?,
        kind: kind_in(call.query("kind"))?,
        query: call.query("query").map(str::to_owned),
        all_skills: call.query("all").is_some_and(|it| it == "true"),
    };
    call.read(move |tx, _| Ok(Reply::one("matrix", MatrixShape::of(&read_matrix(tx, &filter)?)))).await
}

fn kind_in(word: Option<&str>) -> Result<Option<SkillKind>, Problem> {
    word.map(|word| {
        word.parse().map_err(|_| Problem::invalid("kind", format!("{word:?} is not a kind of skill")))
    })
    .transpose()
}

fn decay_in(word: Option<&str>) -> Result<Option<DecayClass>, Problem> {
    word.map(|word| word.parse().map_err(|_| Problem::invalid("decay", format!("{word:?} is not a decay"))))
        .transpose()
}

/// By id, or else by key.
pub fn named(tx: &mut Tx, name: &str) -> Result<Option<Skill>, db::Error> {
    match name.parse() {
        Ok(id) => skills::find_skill(tx, SkillId(id)),
        Err(_) => skills::find_skill_by_key(tx, name),
    }
}

/// The skill that a body names by `skill_id` or by the key `skill`.
pub fn wanted(tx: &mut Tx, id: Option<i64>, key: Option<&str>) -> Result<SkillId, Problem> {
    let found = match (id, key) {
        (Some(id), _) => skills::find_skill(tx, SkillId(id))?,
        (None, Some(key)) => named(tx, key)?,
        (None, None) => return Err(Problem::missing("skill_id")),
    };
    found.map(|skill| skill.id).ok_or_else(|| Problem::invalid("skill_id", "there is no such skill"))
}
