//! The vocabulary of a ticket: status, priority, type, channel.

use db::{Column, FromColumn, Param, ToParam};
use serde::{Deserialize, Serialize};

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $number:literal $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant = $number),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

/// Stored as its number, so that order is a comparison.
macro_rules! stored_as_number {
    ($name:ident) => {
        impl ToParam for $name {
            fn to_param(&self) -> Param<'_> {
                Param::Int(*self as i64)
            }
        }
        impl FromColumn for $name {
            const WANTED: &'static str = stringify!($name);
            fn from_column(column: Column<'_>) -> Option<Self> {
                let number = i64::from_column(column)?;
                Self::ALL.iter().copied().find(|value| *value as i64 == number)
            }
        }
    };
}

macro_rules! stored_as_word {
    ($name:ident) => {
        impl ToParam for $name {
            fn to_param(&self) -> Param<'_> {
                Param::Text(self.name())
            }
        }
        impl FromColumn for $name {
            const WANTED: &'static str = stringify!($name);
            fn from_column(column: Column<'_>) -> Option<Self> {
                match column {
                    Column::Text(word) => Self::parse(word),
                    _ => None,
                }
            }
        }
    };
}

vocabulary! {
    Status { New = 0 "new", Open = 1 "open", Pending = 2 "pending", Hold = 3 "hold", Solved = 4 "solved", Closed = 5 "closed" }
}
stored_as_number!(Status);

vocabulary! { Priority { Low = 1 "low", Normal = 2 "normal", High = 3 "high", Urgent = 4 "urgent" } }
stored_as_number!(Priority);

vocabulary! { Type { Question = 0 "question", Incident = 1 "incident", Problem = 2 "problem", Task = 3 "task" } }
stored_as_word!(Type);

vocabulary! {
    /// The way a message came.
    Channel { Email = 0 "email", Web = 1 "web", Api = 2 "api", Chat = 3 "chat", Voice = 4 "voice", Rule = 5 "rule", System = 6 "system", Message = 7 "message" }
}
stored_as_word!(Channel);

impl Channel {
    /// An answer given here also goes to the requester by mail.
    pub fn reaches_by_mail(self) -> bool {
        matches!(self, Channel::Web | Channel::Api | Channel::Rule | Channel::Email)
    }
}
