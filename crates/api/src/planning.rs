//! `/coverage`, `/gaps`, `/investments`, `/shifts`: planning, for leads.

use crate::call::{Answer, Call, Id, Reply};
use crate::problem::Problem;
use crate::shapes::{
    AbsenceShape, InvestmentSimulationShape, InvestmentsShape, ShiftShape, ShiftsBody, SkillRiskShape,
    SkillWeekShape, SuggestionsShape, TeamShape,
};
use desk::floor::runs::{self, Answer as Found, Run, RunKind};
use desk::skills::planning::{self, Breaks, Order, Shift};
use desk::{SkillId, UserId};

pub async fn team(call: Call) -> Answer {
    call.read(|tx, _| Ok(Reply::one("coverage", TeamShape::of(&planning::team(tx)?)))).await
}

pub async fn week(Id(skill): Id<SkillId>, call: Call) -> Answer {
    let hour = call.query("hour").map(str::parse::<usize>).transpose();
    let hour = hour.map_err(|_| Problem::invalid("hour", "an hour of the week lies between 0 and 167"))?;
    call.read(move |tx, _| {
        Ok(Reply::one("coverage", SkillWeekShape::of(&planning::skill_week(tx, skill, hour)?)))
    })
    .await
}

pub async fn gaps(call: Call) -> Answer {
    call.read(|tx, _| {
        let page = planning::team(tx)?;
        let gaps: Vec<SkillRiskShape> = page.gaps().into_iter().map(SkillRiskShape::of).collect();
        Ok(Reply::one("gaps", gaps))
    })
    .await
}

pub async fn absence(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, _| Ok(Reply::one("absence", AbsenceShape::of(&planning::absence(tx, user)?)))).await
}

pub async fn invest(call: Call) -> Answer {
    call.read(|tx, _| {
        let page = planning::invest(tx, Order::PerHour)?;
        let simulation = match runs::last_done(tx, RunKind::Worth)? {
            Some(Run { result: Some(Found::Worth(told)), finished_at, .. }) => {
                let choices = runs::choices(tx, &told, Order::PerHour)?;
                Some(InvestmentSimulationShape::of(finished_at, &told, &choices))
            }
            _ => None,
        };
        Ok(Reply::one("investments", InvestmentsShape::of(&page, simulation)))
    })
    .await
}

pub async fn suggestions(call: Call) -> Answer {
    call.read(|tx, _| Ok(Reply::one("suggestions", SuggestionsShape::of(&planning::suggestions(tx)?)))).await
}

pub async fn shifts(call: Call) -> Answer {
    call.read(|tx, _| {
        let all: Vec<ShiftShape> = planning::list_shifts(tx)?.iter().map(ShiftShape::of).collect();
        Ok(Reply::one("shifts", all))
    })
    .await
}

pub async fn set_shifts(Id(user): Id<UserId>, call: Call) -> Answer {
    let body = call.body::<ShiftsBody>()?;
    let wrong = || {
        Problem::invalid("shifts", "use a weekday, two times such as 08:30, and breaks that lie between them")
    };
    let week: Vec<(Shift, Breaks)> =
        body.shifts.iter().map(|it| it.read().ok_or_else(wrong)).collect::<Result<_, _>>()?;
    call.write(move |tx, _| {
        planning::set_week(tx, user, &week)?;
        let all = planning::list_shifts(tx)?;
        let theirs: Vec<ShiftShape> = all.iter().filter(|it| it.user == user).map(ShiftShape::of).collect();
        Ok(Reply::one("shifts", theirs))
    })
    .await
}
