//! What a ticket must be like to fall into a queue: all of some conditions, and one of others.

use crate::tickets::{Channel, Priority};
use crate::{BrandId, GroupId, SkillId};
use serde::{Deserialize, Serialize};

/// The value of a field that is empty.
pub const NONE: &str = "none";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// Every one of these holds …
    #[serde(default)]
    pub all: Vec<Condition>,
    /// … and at least one of these, if there are any.
    #[serde(default)]
    pub any: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub field: Field,
    pub operator: Operator,
    /// Words of the field, ids as their digits; one that fits is enough.
    pub values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Channel,
    Brand,
    Tags,
    Priority,
    Language,
    Group,
    /// A skill that the ticket needs.
    Skill,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    Is,
    IsNot,
}

impl Field {
    pub const ALL: [Field; 7] = [
        Field::Channel,
        Field::Brand,
        Field::Tags,
        Field::Priority,
        Field::Language,
        Field::Group,
        Field::Skill,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Field::Channel => "channel",
            Field::Brand => "brand",
            Field::Tags => "tags",
            Field::Priority => "priority",
            Field::Language => "language",
            Field::Group => "group",
            Field::Skill => "skill",
        }
    }

    pub fn parse(word: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|it| it.name() == word)
    }
}

impl Operator {
    pub const ALL: [Operator; 2] = [Operator::Is, Operator::IsNot];

    pub fn name(self) -> &'static str {
        match self {
            Operator::Is => "is",
            Operator::IsNot => "is_not",
        }
    }

    pub fn parse(word: &str) -> Option<Operator> {
        Operator::ALL.into_iter().find(|it| it.name() == word)
    }
}

/// What conditions look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub channel: Channel,
    pub brand: BrandId,
    /// Joined by blanks.
    pub tags: &'a str,
    pub priority: Option<Priority>,
    pub language: Option<&'a str>,
    pub group: Option<GroupId>,
    /// That it needs.
    pub skills: &'a [SkillId],
}

impl Conditions {
    /// All of these.
    pub fn all_of(conditions: impl IntoIterator<Item = Condition>) -> Conditions {
        Conditions { all: conditions.into_iter().collect(), any: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty()
    }

    pub fn each(&self) -> impl Iterator<Item = &Condition> {
        self.all.iter().chain(&self.any)
    }

    pub(super) fn ask_for(&self, field: Field) -> bool {
        self.each().any(|it| it.field == field)
    }

    /// Without any, never.
    pub(super) fn hold(&self, facts: &Facts<'_>) -> bool {
        !self.is_empty()
            && self.all.iter().all(|it| it.holds(facts))
            && (self.any.is_empty() || self.any.iter().any(|it| it.holds(facts)))
    }
}

impl Condition {
    pub fn is<V: ToString>(field: Field, values: impl IntoIterator<Item = V>) -> Condition {
        let values = values.into_iter().map(|it| it.to_string()).collect();
        Condition { field, operator: Operator::Is, values }
    }

    pub fn is_not<V: ToString>(field: Field, values: impl IntoIterator<Item = V>) -> Condition {
        Condition { operator: Operator::IsNot, ..Condition::is(field, values) }
    }

    fn holds(&self, facts: &Facts<'_>) -> bool {
        let fits = self.values.iter().any(|value| facts.fit(self.field, value));
        fits == (self.operator == Operator::Is)
    }
}

impl Facts<'_> {
    fn fit(&self, field: Field, value: &str) -> bool {
        let is_id = |id: i64| value.parse() == Ok(id);
        match field {
            Field::Channel => self.channel.name() == value,
            Field::Brand => is_id(self.brand.0),
            Field::Tags if value == NONE => self.tags.is_empty(),
            Field::Tags => self.tags.split(' ').any(|tag| tag == value),
            Field::Priority => self.priority.map_or(NONE, Priority::name) == value,
            Field::Language => self.language.unwrap_or(NONE).eq_ignore_ascii_case(value),
            Field::Group => self.group.map_or(value == NONE, |group| is_id(group.0)),
            Field::Skill if value == NONE => self.skills.is_empty(),
            Field::Skill => self.skills.iter().any(|skill| is_id(skill.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts<'static> {
        Facts {
            channel: Channel::Email,
            brand: BrandId(1),
            tags: "refund vip",
            priority: None,
            language: Some("de"),
            group: Some(GroupId(12)),
            skills: &[SkillId(4)],
        }
    }

    fn hold(all: &[Condition], any: &[Condition]) -> bool {
        Conditions { all: all.to_vec(), any: any.to_vec() }.hold(&facts())
    }

    #[test]
    fn all_of_some_and_one_of_others_must_hold() {
        let (mail, vip) = (Condition::is(Field::Channel, ["email"]), Condition::is(Field::Tags, ["vip"]));
        let (urgent, french) =
            (Condition::is(Field::Priority, ["urgent"]), Condition::is(Field::Language, ["fr"]));
        assert!(hold(&[mail.clone(), vip.clone()], &[]));
        assert!(hold(std::slice::from_ref(&mail), &[urgent.clone(), vip.clone()]));
        assert!(!hold(&[mail.clone(), urgent.clone()], &[vip]));
        assert!(!hold(&[mail], &[urgent, french]), "none of the others holds");
        assert!(!hold(&[], &[]), "without conditions nothing falls into it");
    }

    #[test]
    fn each_field_is_looked_at_in_its_own_words() {
        for (field, fits, other) in [
            (Field::Channel, "email", "chat"),
            (Field::Brand, "1", "2"),
            (Field::Tags, "refund", "fund"),
            (Field::Priority, NONE, "low"),
            (Field::Language, "DE", "en"),
            (Field::Group, "12", "1"),
            (Field::Skill, "4", NONE),
        ] {
            assert!(hold(&[Condition::is(field, [fits])], &[]), "{field:?}");
            assert!(hold(&[Condition::is(field, [other, fits])], &[]), "{field:?}: one that fits is enough");
            assert!(!hold(&[Condition::is(field, [other])], &[]), "{field:?}");
            assert!(hold(&[Condition::is_not(field, [other])], &[]), "{field:?}");
            assert!(!hold(&[Condition::is_not(field, [other, fits])], &[]), "{field:?}");
        }
    }

    #[test]
    fn an_empty_field_has_a_value_of_its_own() {
        let empty = Facts {
            tags: "",
            group: None,
            language: None,
            skills: &[],
            priority: Some(Priority::Low),
            ..facts()
        };
        for field in [Field::Tags, Field::Group, Field::Language, Field::Skill] {
            assert!(Condition::is(field, [NONE]).holds(&empty), "{field:?}");
        }
        assert!(!Condition::is(Field::Priority, [NONE]).holds(&empty));
    }
}
