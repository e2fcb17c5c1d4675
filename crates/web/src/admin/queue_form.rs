//! The form of a queue: from what is written to what is meant, and back. Things are named as people name them.

use crate::fields::Fields;
use crate::{Problem, admin};
use desk::people::{self, Group};
use desk::routing::{
    CONDITIONS_MAX, Condition, Conditions, Field, HELP_AFTER_MINUTES_MAX, Helper, NONE, OpeningHours,
    Operator, PROMISE_MINUTES_MAX, PolicyPreview, Promise, QUEUE_NAME_CHARS_MAX, QueuePolicy, QueueTurn,
    SHARE_MAX, WEEKDAYS, WEIGHT_MAX,
};
use desk::{GroupId, Tx, settings, skills};

/// Rows of conditions that are empty and can be filled in.
const EMPTY_ROWS: usize = 2;
/// Groups that may help out.
const HELPER_SLOTS: usize = 2;

/// As it stands in the fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    pub name: String,
    pub all: Vec<Row>,
    pub any: Vec<Row>,
    pub groups: Vec<GroupId>,
    pub helpers: Vec<Option<Helper>>,
    pub turn: String,
    pub weight: String,
    pub share: String,
    pub minutes: String,
    pub percent: String,
    /// From Monday on.
    pub days: [String; 7],
    pub holidays: String,
}

/// One condition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub field: String,
    pub operator: String,
    pub values: String,
}

/// What the desk calls what conditions name by number.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub groups: Vec<Group>,
    brands: Vec<(i64, String)>,
    skills: Vec<(i64, String)>,
}

impl Names {
    pub fn load(tx: &mut Tx) -> Result<Names, Problem> {
        Ok(Names {
            groups: people::list_groups(tx)?,
            brands: settings::list_brands(tx)?.into_iter().map(|it| (it.id.0, it.name)).collect(),
            skills: skills::list_skill_names(tx)?.into_iter().map(|it| (it.id.0, it.name)).collect(),
        })
    }

    pub fn group(&self, id: GroupId) -> &str {
        self.groups.iter().find(|it| it.id == id).map_or("a group that is gone", |it| &it.name)
    }

    /// What has numbers, by its names; `None` for what has words.
    fn of(&self, field: Field) -> Option<Vec<(i64, &str)>> {
        match field {
            Field::Group => Some(self.groups.iter().map(|it| (it.id.0, it.name.as_str())).collect()),
            Field::Brand => Some(self.brands.iter().map(|it| (it.0, it.1.as_str())).collect()),
            Field::Skill => Some(self.skills.iter().map(|it| (it.0, it.1.as_str())).collect()),
            Field::Channel | Field::Tags | Field::Priority | Field::Language => None,
        }
    }

    fn told(&self, field: Field, value: &str) -> String {
        let named = self.of(field).unwrap_or_default();
        let found = named.iter().find(|it| value.parse() == Ok(it.0));
        found.map_or(value, |it| it.1).to_owned()
    }

    /// Each by its number if it has one; what nobody knows stays as it is written, and is refused.
    fn meant(&self, field: Field, text: &str) -> Vec<String> {
        let Some(named) = self.of(field) else { return pieces(text).map(str::to_lowercase).collect() };
        let number = |name: &str| {
            named.iter().find(|it| it.1.to_lowercase() == name.to_lowercase()).map(|it| it.0.to_string())
        };
        // A name may have a comma in it.
        match number(text.trim()) {
            Some(whole) => vec![whole],
            None => pieces(text).map(|name| number(name).unwrap_or_else(|| name.to_owned())).collect(),
        }
    }

    /// `tag is vip and group is not Billing, and priority is high or urgent`
    pub fn conditions(&self, conditions: &Conditions) -> String {
        let told = |it: &Condition| {
            let values: Vec<String> = it.values.iter().map(|value| self.told(it.field, value)).collect();
            let is = if it.operator == Operator::Is { "is" } else { "is not" };
            format!("{} {is} {}", field_name(it.field), values.join(" or "))
        };
        let all = conditions.all.iter().map(told).collect::<Vec<_>>().join(" and ");
        let any = conditions.any.iter().map(told).collect::<Vec<_>>().join(", or ");
        match (all.is_empty(), any.is_empty()) {
            (_, true) => all,
            (true, false) => any,
            (false, false) => format!("{all}, and {any}"),
        }
    }
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '\n']).map(str::trim).filter(|it| !it.is_empty())
}

pub fn field_name(field: Field) -> &'static str {
    match field {
        Field::Channel => "channel",
        Field::Brand => "brand",
        Field::Tags => "tag",
        Field::Priority => "priority",
        Field::Language => "language",
        Field::Group => "group",
        Field::Skill => "needed skill",
    }
}

/// Of a queue that nobody has described yet.
pub fn new_policy() -> QueuePolicy {
    QueuePolicy::named("")
}

impl Form {
    pub fn of(policy: &QueuePolicy, names: &Names) -> Form {
        let row = |it: &Condition| Row {
            field: it.field.name().to_owned(),
            operator: it.operator.name().to_owned(),
            values: it.values.iter().map(|value| names.told(it.field, value)).collect::<Vec<_>>().join(", "),
        };
        Form {
            name: policy.name.clone(),
            all: policy.conditions.all.iter().map(row).collect(),
            any: policy.conditions.any.iter().map(row).collect(),
            groups: policy.groups.clone(),
            helpers: policy.helpers.iter().copied().map(Some).collect(),
            turn: policy.turn.name().to_owned(),
            weight: policy.weight.to_string(),
            share: policy.share.to_string(),
            minutes: policy.promise.map_or(String::new(), |it| it.minutes.to_string()),
            percent: policy.promise.map_or(String::new(), |it| it.percent.to_string()),
            days: std::array::from_fn(|at| {
                policy.hours.as_ref().map_or(String::new(), |it| it.day_words(at))
            }),
            holidays: policy.hours.as_ref().map_or(String::new(), |it| it.holidays.join(" ")),
        }
    }

    pub fn read(fields: &Fields) -> Form {
        let rows = |part: &str| {
            let row = |at: usize| Row {
                field: fields.owned(&format!("{part}_field_{at}")),
                operator: fields.owned(&format!("{part}_operator_{at}")),
                values: fields.owned(&format!("{part}_values_{at}")),
            };
            // One more than may be, so that too many are refused and not cut off.
            (0..=CONDITIONS_MAX + EMPTY_ROWS).map(row).filter(|row| !row.values.is_empty()).collect()
        };
        let helper = |at: usize| {
            let group: GroupId = fields.parsed(&format!("helper_{at}"))?;
            let after_minutes = match fields.given(&format!("after_{at}")) {
                None => 0,
                Some(text) => text.parse().unwrap_or(-1),
            };
            Some(Helper { group, after_minutes })
        };
        Form {
            name: fields.owned("name"),
            all: rows("all"),
            any: rows("any"),
            groups: fields.list("group"),
            helpers: (0..HELPER_SLOTS.max(desk::routing::HELPERS_MAX)).map(helper).collect(),
            turn: fields.owned("turn"),
            weight: fields.owned("weight"),
            share: fields.owned("share"),
            minutes: fields.owned("minutes"),
            percent: fields.owned("percent"),
            days: WEEKDAYS.map(|day| fields.owned(day)),
            holidays: fields.owned("holidays"),
        }
    }

    /// What cannot be read is refused by the command, which says what is wrong with it.
    pub fn policy(&self, names: &Names) -> QueuePolicy {
        let condition = |row: &Row| {
            let field = Field::parse(&row.field).unwrap_or(Field::Tags);
            let operator = Operator::parse(&row.operator).unwrap_or(Operator::Is);
            Condition { field, operator, values: names.meant(field, &row.values) }
        };
        let promise = (!self.minutes.is_empty()).then(|| Promise {
            minutes: self.minutes.parse().unwrap_or(0),
            percent: if self.percent.is_empty() { 90 } else { self.percent.parse().unwrap_or(0) },
        });
        QueuePolicy {
            name: self.name.clone(),
            conditions: Conditions {
                all: self.all.iter().map(condition).collect(),
                any: self.any.iter().map(condition).collect(),
            },
            groups: self.groups.clone(),
            helpers: self.helpers.iter().flatten().copied().collect(),
            turn: QueueTurn::parse(&self.turn).unwrap_or_default(),
            weight: self.weight.parse().unwrap_or(0.0),
            share: self.share.parse().unwrap_or(0.0),
            promise,
            hours: Some(OpeningHours::read(&self.days, &self.holidays))
                .filter(|it| *it != OpeningHours::default()),
        }
    }
}

/// A list of conditions: its word in the form, its name, and its rows by their place.
type List = (&'static str, &'static str, Vec<(usize, Row)>);

/// What the template asks.
impl admin::queues::Edit {
    pub(super) fn place(&self) -> String {
        match &self.queue {
            None => "/admin/queues".to_owned(),
            Some(queue) => format!("/admin/queues/{}", queue.id),
        }
    }

    /// Where it is tried out.
    pub(super) fn trial(&self) -> String {
        match &self.queue {
            None => "/admin/queues/new".to_owned(),
            Some(_) => self.place(),
        }
    }

    pub(super) fn is_default(&self) -> bool {
        self.queue.as_ref().is_some_and(|it| it.is_default)
    }

    pub(super) fn title(&self) -> String {
        self.queue.as_ref().map_or("New queue".to_owned(), |it| it.policy.name.clone())
    }

    /// With empty rows behind those that are written.
    pub(super) fn lists(&self) -> [List; 2] {
        let rows = |rows: &[Row]| {
            let empty = Row::default();
            let all = rows.iter().chain(std::iter::repeat_n(&empty, EMPTY_ROWS));
            all.cloned().enumerate().collect::<Vec<_>>()
        };
        [
            ("all", "All of these hold", rows(&self.form.all)),
            ("any", "… and at least one of these, if there are any", rows(&self.form.any)),
        ]
    }

    pub(super) fn fields(&self) -> Vec<(&'static str, &'static str)> {
        Field::ALL.into_iter().map(|it| (it.name(), field_name(it))).collect()
    }

    pub(super) fn operators(&self) -> [(&'static str, &'static str); 2] {
        [(Operator::Is.name(), "is one of"), (Operator::IsNot.name(), "is none of")]
    }

    pub(super) fn turns(&self) -> [(&'static str, &'static str); 3] {
        [
            (QueueTurn::First.name(), "first"),
            (QueueTurn::Usual.name(), "as usual"),
            (QueueTurn::Last.name(), "last"),
        ]
    }

    /// Each weekday's field, its name, and what stands in it.
    pub(super) fn days(&self) -> Vec<(&'static str, &'static str, &str)> {
        const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let words = self.form.days.iter().map(String::as_str);
        WEEKDAYS
            .into_iter()
            .zip(NAMES)
            .zip(words)
            .map(|((field, name), words)| (field, name, words))
            .collect()
    }

    pub(super) fn has_group(&self, group: &Group) -> bool {
        self.form.groups.contains(&group.id)
    }

    pub(super) fn helper_slots(&self) -> Vec<(usize, Option<Helper>)> {
        let count = HELPER_SLOTS.max(self.form.helpers.iter().flatten().count());
        (0..count).map(|at| (at, self.form.helpers.get(at).copied().flatten())).collect()
    }

    pub(super) fn helped_by(&self, helper: &Option<Helper>, group: &Group) -> bool {
        helper.is_some_and(|it| it.group == group.id)
    }

    pub(super) fn after(&self, helper: &Option<Helper>) -> String {
        helper.filter(|it| it.after_minutes != 0).map_or(String::new(), |it| it.after_minutes.to_string())
    }

    pub(super) fn limits(&self) -> (usize, f64, f64, i64, i64) {
        (QUEUE_NAME_CHARS_MAX, WEIGHT_MAX, SHARE_MAX, HELP_AFTER_MINUTES_MAX, PROMISE_MINUTES_MAX)
    }

    pub(super) fn none_word(&self) -> &'static str {
        NONE
    }

    pub(super) fn columns(&self) -> (&'static str, &'static str) {
        ("As it is", "As tried")
    }

    pub(super) fn tried_name(&self) -> &'static str {
        "This queue"
    }

    pub(super) fn shows_queues(&self, preview: &PolicyPreview) -> bool {
        preview.tried > 0
    }
}

#[cfg(test)]
impl Names {
    pub fn sample() -> Names {
        let group = crate::samples::group;
        Names {
            groups: vec![group(1, "Tier <1>"), group(2, "Billing"), group(3, "Research, and more")],
            brands: vec![(1, "Default".into())],
            skills: vec![(9, "Refunds".into())],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_what_is_meant() {
        let names = Names::sample();
        assert_eq!(names.meant(Field::Group, "billing, Tier <1>"), ["2", "1"]);
        assert_eq!(names.meant(Field::Group, "Research, and more"), ["3"], "a name may have a comma");
        assert_eq!(names.meant(Field::Skill, "Refunds; none"), ["9", "none"]);
        assert_eq!(names.meant(Field::Group, "Nobody"), ["Nobody"], "it is refused by its name");
        assert_eq!(names.meant(Field::Priority, "High, urgent"), ["high", "urgent"]);
    }

    #[test]
    fn a_form_says_again_what_it_was_made_from() {
        let names = Names::sample();
        let policy = QueuePolicy {
            conditions: Conditions {
                all: vec![Condition::is(Field::Group, [2]), Condition::is_not(Field::Tags, ["spam", "vip"])],
                any: vec![Condition::is(Field::Skill, ["9"])],
            },
            groups: vec![GroupId(1)],
            helpers: vec![Helper { group: GroupId(2), after_minutes: 15 }],
            turn: QueueTurn::Last,
            weight: 2.5,
            share: 3.0,
            promise: Some(Promise { minutes: 30, percent: 95 }),
            hours: Some(OpeningHours::read(&["9:00-12:00, 13:00-18:00", "22:00-6:00"], "2026-12-25")),
            ..QueuePolicy::named("Refunds")
        };
        assert_eq!(Form::of(&policy, &names).policy(&names), policy);
    }
}
