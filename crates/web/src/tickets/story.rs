//! What happened on a ticket, in the order in which it happened: letters, and lines between them.

use super::letters::{LetterView, Notice};
use desk::mail::MailOutState;
use desk::people::Group;
use desk::routing::views::Why;
use desk::skills::RequirementRow;
use desk::tickets::views::TicketPage;
use desk::tickets::{Audit, AuditEvent, THE_DESK};
use desk::{CommentId, GroupId, UserId};
use serde_json::Value;
use std::collections::HashMap;

/// Letters that a ticket's page shows at first; those between the first and the latest wait behind a link.
const LETTERS_SHOWN_MAX: usize = 24;
/// Of these, the latest.
const LETTERS_LATEST: usize = 20;
/// Reasons that one line names.
const REASONS_SHOWN_MAX: usize = 4;

#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    Letter(Box<LetterView>),
    Happened(Happened),
    /// So many letters and lines are not shown.
    Folded(usize),
}

/// A line between letters.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    pub pieces: Vec<Piece>,
    pub at: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub text: String,
    pub href: Option<String>,
}

/// What the story is told from.
pub struct Sources<'a> {
    pub page: &'a TicketPage,
    pub mails: &'a [MailOutState],
    /// Why a letter that came by mail stands where it stands.
    pub notices: &'a HashMap<CommentId, String>,
    pub needs: &'a [RequirementRow],
    /// The newest first.
    pub decisions: &'a [Why],
    pub names: &'a HashMap<UserId, String>,
    pub groups: &'a [Group],
    /// The letter whose foreign pictures the reader wants to see.
    pub remote_images_of: Option<i64>,
    pub all: bool,
    pub me: Option<UserId>,
}

impl Sources<'_> {
    pub fn story(&self) -> Vec<Entry> {
        let mut told: Vec<(i64, u8, Entry)> = Vec::new();
        let requester = &self.page.requester.name;
        for letter in &self.page.letters {
            let remote = self.remote_images_of == Some(letter.comment.id.0);
            let mut view = LetterView::of(letter, requester, self.mails, remote);
            view.notice = self.notices.get(&letter.comment.id).map(|words| Notice::of(words));
            // Somebody of us may ask for something too.
            let by_requester = letter.comment.author == self.page.ticket.requester;
            if by_requester && letter.comment.public {
                view.how = "to support".to_owned();
            }
            if letter.comment.ticket != self.page.ticket.id {
                view.of_ticket = Some(letter.comment.ticket.0);
                if letter.comment.public && view.face.is_empty() {
                    view.how = "to the customer".to_owned();
                }
            }
            told.push((view.at, 0, Entry::Letter(Box::new(view))));
        }
        told.extend(self.arrival().map(|line| (line.at, 1, Entry::Happened(line))));
        for why in self.decisions.iter().rev().skip(1) {
            told.extend(
                self.came_to(why).map(|pieces| (why.at, 2, Entry::Happened(Happened { pieces, at: why.at }))),
            );
        }
        for audit in &self.page.audits {
            told.extend(self.changes(audit).map(|line| (line.at, 3, Entry::Happened(line))));
        }
        told.sort_by_key(|(at, rank, _)| (*at, *rank));
        let story: Vec<Entry> = told.into_iter().map(|(_, _, entry)| entry).collect();
        if self.all { story } else { folded(story) }
    }

    /// What it needs, and to whom it came first.
    fn arrival(&self) -> Option<Happened> {
        let mut pieces = self.needed();
        let mut at = self.page.ticket.created_at;
        if let Some(first) = self.decisions.last()
            && let Some(came) = self.came_to(first)
        {
            if !pieces.is_empty() {
                pieces.push(text(" · "));
            }
            pieces.extend(came);
            at = first.at;
        }
        (!pieces.is_empty()).then_some(Happened { pieces, at })
    }

    fn needed(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (nth, need) in self.needs.iter().enumerate() {
            pieces.push(text(if nth == 0 { "Needs " } else { ", " }));
            let words = format!("{} {}", need.skill.name, crate::words::short_level(need.level));
            pieces.push(link(words, format!("/skills/{}", need.skill.id)));
        }
        let because: Vec<String> = self
            .needs
            .iter()
            .flat_map(|need| &need.because)
            .take(REASONS_SHOWN_MAX)
            .map(|it| format!("“{it}”"))
            .collect();
        if !because.is_empty() {
            pieces.push(text(&format!(" because of {}", because.join(", "))));
        }
        pieces
    }

    fn came_to(&self, why: &Why) -> Option<Vec<Piece>> {
        let chosen = why.chosen.as_ref()?;
        let me = self.me == Some(chosen.user);
        let name = if me { "you".to_owned() } else { chosen.name.clone() };
        let question = if me { "why me?" } else { "why?" };
        Some(vec![
            text(&format!("came to {name} · ")),
            link(question.to_owned(), format!("/tickets/{}/why", self.page.ticket.id)),
        ])
    }

    fn changes(&self, audit: &Audit) -> Option<Happened> {
        // What a customer's letter does to the status is said by the letter.
        let by_customer = audit.author == self.page.ticket.requester;
        let is_merge = audit.events.iter().any(|event| event.is_change_of("merged_into"));
        let parts: Vec<String> = audit
            .events
            .iter()
            .filter_map(|event| match event {
                AuditEvent::Change { field_name, value, previous_value } => {
                    let quiet = by_customer && field_name == "status" && previous_value != "solved"
                        || is_merge && field_name != "merged_into";
                    (!quiet).then(|| self.change(audit.author, field_name, previous_value, value)).flatten()
                }
                _ => None,
            })
            .collect();
        if parts.is_empty() {
            return None;
        }
        let who = if self.me == Some(audit.author) { "You".to_owned() } else { self.name(audit.author) };
        Some(Happened { pieces: vec![text(&format!("{who} {}", listed(&parts)))], at: audit.created_at })
    }

    fn change(&self, author: UserId, field: &str, from: &Value, to: &Value) -> Option<String> {
        let word = to.as_str().unwrap_or_default();
        Some(match field {
            "status" if word == "solved" => "solved it".to_owned(),
            "status" if word == "closed" => "closed it".to_owned(),
            "status" if matches!(from.as_str(), Some("solved" | "closed")) => "opened it again".to_owned(),
            // Whoever takes or answers new work opens it.
            "status" if from == "new" && word == "open" => return None,
            "status" => format!("set it to {word}"),
            "assignee_id" => match to.as_i64().map(UserId) {
                // The decision says it better.
                Some(_) if author == THE_DESK => return None,
                Some(to) if to == author => "took it".to_owned(),
                Some(to) => format!("gave it to {}", self.name(to)),
                None => "put it back into the queue".to_owned(),
            },
            "group_id" => match to.as_i64().map(GroupId) {
                Some(group) => format!("moved it to {}", self.group(group)),
                None => "took it out of its group".to_owned(),
            },
            "priority" if to.is_null() => "removed the priority".to_owned(),
            "priority" => format!("set the priority to {word}"),
            "type" if to.is_null() => "removed the type".to_owned(),
            "type" if word.starts_with('i') => format!("called it an {word}"),
            "type" => format!("called it a {word}"),
            "subject" => format!("renamed it from “{}”", from.as_str().unwrap_or_default()),
            "requester_id" => format!("made {} the requester", self.name(UserId(to.as_i64()?))),
            "tags" => tagged(from, to)?,
            "email_cc_ids" => self.copied(from, to)?,
            "merged_tickets" => match numbers(to).as_slice() {
                [] => format!("took {} out of it again", hashes(&numbers(from))),
                merged => format!("merged {} into it", hashes(merged)),
            },
            "merged_into" => match to.as_i64() {
                Some(into) => format!("merged it into #{into}"),
                None => "made it a ticket of its own again".to_owned(),
            },
            _ => return None,
        })
    }

    fn copied(&self, from: &Value, to: &Value) -> Option<String> {
        let (from, to) = (numbers(from), numbers(to));
        let only_in = |these: &[i64], those: &[i64]| -> Vec<String> {
            these.iter().filter(|id| !those.contains(id)).map(|id| self.name(UserId(*id))).collect()
        };
        let (came, went) = (only_in(&to, &from), only_in(&from, &to));
        let mut parts = Vec::new();
        if !came.is_empty() {
            parts.push(format!("put {} in copy", listed(&came)));
        }
        if !went.is_empty() {
            parts.push(format!("took {} out of copy", listed(&went)));
        }
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    fn name(&self, user: UserId) -> String {
        match self.names.get(&user) {
            Some(name) => name.clone(),
            None if user == THE_DESK => "The desk".to_owned(),
            None => "Somebody".to_owned(),
        }
    }

    fn group(&self, group: GroupId) -> &str {
        self.groups.iter().find(|it| it.id == group).map_or("another group", |it| it.name.as_str())
    }
}

/// Everybody whom the audits name.
pub fn people_in(audits: &[Audit]) -> Vec<UserId> {
    let mut ids: Vec<UserId> = audits.iter().map(|audit| audit.author).collect();
    for event in audits.iter().flat_map(|audit| &audit.events) {
        let AuditEvent::Change { field_name, value, previous_value } = event else { continue };
        match field_name.as_str() {
            "assignee_id" | "requester_id" => ids.extend(value.as_i64().map(UserId)),
            "email_cc_ids" => {
                ids.extend(numbers(value).into_iter().chain(numbers(previous_value)).map(UserId))
            }
            _ => {}
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The first letter and the latest stay.
fn folded(story: Vec<Entry>) -> Vec<Entry> {
    let letters: Vec<usize> =
        story.iter().enumerate().filter(|(_, it)| matches!(it, Entry::Letter(_))).map(|(at, _)| at).collect();
    if letters.len() <= LETTERS_SHOWN_MAX {
        return story;
    }
    let start = letters[letters.len() - LETTERS_LATEST];
    let first = letters[LETTERS_SHOWN_MAX - LETTERS_LATEST - 1] + 1;
    let mut kept = story;
    let latest = kept.split_off(start);
    let hidden = kept.split_off(first);
    kept.push(Entry::Folded(hidden.iter().filter(|it| matches!(it, Entry::Letter(_))).count()));
    kept.extend(latest);
    kept
}

fn numbers(value: &Value) -> Vec<i64> {
    value.as_array().map(|all| all.iter().filter_map(Value::as_i64).collect()).unwrap_or_default()
}

/// `#12 and #14`
fn hashes(ids: &[i64]) -> String {
    listed(&ids.iter().map(|id| format!("#{id}")).collect::<Vec<_>>())
}

fn tagged(from: &Value, to: &Value) -> Option<String> {
    let words = |value: &Value| -> Vec<String> {
        value
            .as_array()
            .map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_default()
    };
    let (from, to) = (words(from), words(to));
    let added: Vec<String> = to.iter().filter(|tag| !from.contains(tag)).cloned().collect();
    let removed: Vec<String> = from.iter().filter(|tag| !to.contains(tag)).cloned().collect();
    let mut parts = Vec::new();
    if !added.is_empty() {
        parts.push(format!("tagged it {}", added.join(", ")));
    }
    if !removed.is_empty() {
        parts.push(format!("removed the tag {}", removed.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join(" and "))
}

fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn text(words: &str) -> Piece {
    Piece { text: words.to_owned(), href: None }
}

fn link(words: String, href: String) -> Piece {
    Piece { text: words, href: Some(href) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line() -> Entry {
        Entry::Happened(Happened { pieces: vec![], at: 0 })
    }

    fn letter() -> Entry {
        Entry::Letter(Box::new(super::super::letters::samples::letter()))
    }

    #[test]
    fn a_long_story_keeps_its_beginning_and_its_end() {
        let mut story = vec![letter(), line()];
        story.extend((0..LETTERS_SHOWN_MAX).map(|_| letter()));
        let kept = folded(story.clone());
        assert_eq!(kept.iter().filter(|it| matches!(it, Entry::Letter(_))).count(), LETTERS_SHOWN_MAX);
        assert!(kept.contains(&Entry::Folded(1)));
        assert!(!folded(story[..LETTERS_SHOWN_MAX].to_vec()).iter().any(|it| matches!(it, Entry::Folded(_))));
    }

    #[test]
    fn tags_say_what_came_and_what_went() {
        assert_eq!(tagged(&json!(["a"]), &json!(["a", "b"])).as_deref(), Some("tagged it b"));
        assert_eq!(
            tagged(&json!(["a"]), &json!(["b"])).as_deref(),
            Some("tagged it b and removed the tag a")
        );
        assert_eq!(tagged(&json!([]), &json!([])), None);
    }

    #[test]
    fn several_changes_are_one_sentence() {
        assert_eq!(listed(&["took it".into(), "solved it".into()]), "took it and solved it");
    }
}
