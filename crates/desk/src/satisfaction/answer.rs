//! The customer's answer, given through the link in the mail.

use super::{BAD_SCORE_MAX, COMMENT_CHARS_MAX, REASONS, Rating, RatingPage, store};
use crate::access::token_hash;
use crate::events::{Event, record};
use crate::tickets::{self, Ticket};
use crate::{Kind, Refusal, Tx, mail, people, settings};

/// Longer words are no token of ours.
const TOKEN_CHARS_MAX: usize = 100;

#[derive(Clone, Debug)]
pub struct AnswerRating {
    pub token: String,
    /// 1 to 5.
    pub score: i64,
    /// One of [`REASONS`]; counts only with a bad score.
    pub reason: Option<String>,
    pub comment: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum RatingError {
    #[error("this link leads to no request for a rating")]
    NoSuchLink,
    #[error("the time for this rating is over")]
    Expired,
    #[error("this request is closed; what was said stands")]
    TicketIsClosed,
    #[error("ratings are given by customers, not by agents")]
    ByStaff,
    #[error("a rating is a whole number from 1 to 5")]
    ScoreOutOfRange,
    #[error("this is not a reason that can be chosen")]
    UnknownReason,
    #[error("the comment is longer than {COMMENT_CHARS_MAX} characters")]
    CommentTooLong,
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What the page behind the link shows. Looking records nothing.
pub fn by_token(tx: &mut Tx, token: &str) -> Result<RatingPage, RatingError> {
    let (rating, ticket) = find(tx, token)?;
    let agent = match rating.assignee {
        Some(agent) => people::find_user(tx, agent)?.map(|agent| agent.name),
        None => None,
    };
    Ok(RatingPage {
        rating: rating.id,
        ticket: ticket.id,
        agent,
        company: settings::company(tx)?.name,
        language: mail::language_of(tx, &ticket)?.code().to_owned(),
        score: rating.score,
        reason: rating.reason.clone(),
        comment: rating.comment.clone(),
        answered_at: rating.answered_at,
        expires_at: rating.expires_at,
        may_answer: rating.may_be_answered(&ticket, tx.now()).is_ok(),
        subject: ticket.subject,
    })
}

/// The deliberate act. The same answer again changes nothing and tells nobody.
pub fn answer(tx: &mut Tx, command: &AnswerRating) -> Result<Rating, RatingError> {
    let actor = *tx.actor();
    if actor.is_staff() && !actor.is_desk() {
        return Err(RatingError::ByStaff);
    }
    let (mut rating, ticket) = find(tx, &command.token)?;
    rating.may_be_answered(&ticket, tx.now())?;
    if !rating.take(command)? {
        return Ok(rating);
    }
    let score = rating.score.unwrap_or_default();
    rating.answered_at = Some(tx.now());
    store::save_answer(tx, rating.id, score, rating.reason.as_deref(), rating.comment.as_deref())?;
    record(tx, &Event::RatingGiven { ticket: ticket.id, rating: rating.id, score })?;
    Ok(rating)
}

fn find(tx: &mut Tx, token: &str) -> Result<(Rating, Ticket), RatingError> {
    let token = token.trim();
    if token.is_empty() || token.len() > TOKEN_CHARS_MAX {
        return Err(RatingError::NoSuchLink);
    }
    let rating = store::find_by_token_hash(tx, &token_hash(token))?.ok_or(RatingError::NoSuchLink)?;
    let ticket = tickets::find_ticket(tx, rating.ticket)?.ok_or(RatingError::NoSuchLink)?;
    Ok((rating, ticket))
}

impl Rating {
    fn may_be_answered(&self, ticket: &Ticket, now: i64) -> Result<(), RatingError> {
        if ticket.is_closed() {
            return Err(RatingError::TicketIsClosed);
        }
        if now >= self.expires_at {
            return Err(RatingError::Expired);
        }
        Ok(())
    }

    /// False if this is what had been said already.
    fn take(&mut self, command: &AnswerRating) -> Result<bool, RatingError> {
        if !(1..=5).contains(&command.score) {
            return Err(RatingError::ScoreOutOfRange);
        }
        let given = command.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        if given.is_some_and(|reason| !REASONS.contains(&reason)) {
            return Err(RatingError::UnknownReason);
        }
        let reason = given.filter(|_| command.score <= BAD_SCORE_MAX).map(str::to_owned);
        let comment =
            command.comment.as_deref().map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned);
        if comment.as_ref().is_some_and(|words| words.chars().count() > COMMENT_CHARS_MAX) {
            return Err(RatingError::CommentTooLong);
        }
        let before = (self.score, self.reason.clone(), self.comment.clone());
        (self.score, self.reason, self.comment) = (Some(command.score), reason, comment);
        Ok(before != (self.score, self.reason.clone(), self.comment.clone()))
    }
}

impl Refusal for RatingError {
    fn kind(&self) -> Kind {
        match self {
            RatingError::NoSuchLink => Kind::NotFound,
            RatingError::Expired | RatingError::TicketIsClosed => Kind::Conflict,
            RatingError::ByStaff => Kind::Forbidden,
            RatingError::ScoreOutOfRange | RatingError::UnknownReason => Kind::Invalid,
            RatingError::CommentTooLong => Kind::TooMuch,
            RatingError::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            RatingError::ScoreOutOfRange => Some("score"),
            RatingError::UnknownReason => Some("reason"),
            RatingError::CommentTooLong => Some("comment"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RatingId, TicketId, UserId};

    fn rating() -> Rating {
        Rating {
            id: RatingId(1),
            ticket: TicketId(1),
            requester: UserId(1),
            assignee: None,
            group: None,
            asked_at: 0,
            expires_at: 10,
            score: None,
            reason: None,
            comment: None,
            answered_at: None,
        }
    }

    fn says(score: i64, reason: Option<&str>, comment: Option<&str>) -> AnswerRating {
        let own = |text: Option<&str>| text.map(str::to_owned);
        AnswerRating { token: String::new(), score, reason: own(reason), comment: own(comment) }
    }

    #[test]
    fn only_one_to_five_is_a_score() {
        for score in [0, 6, -1, i64::MAX] {
            assert!(matches!(rating().take(&says(score, None, None)), Err(RatingError::ScoreOutOfRange)));
        }
    }

    #[test]
    fn a_reason_belongs_to_a_bad_score() {
        let mut it = rating();
        it.take(&says(1, Some("took_too_long"), None)).unwrap();
        assert_eq!(it.reason.as_deref(), Some("took_too_long"));
        it.take(&says(5, Some("took_too_long"), None)).unwrap();
        assert_eq!(it.reason, None);
        assert!(matches!(it.take(&says(1, Some("<b>"), None)), Err(RatingError::UnknownReason)));
    }

    #[test]
    fn the_same_answer_again_is_nothing_new() {
        let mut it = rating();
        assert!(it.take(&says(4, None, Some(" fine "))).unwrap());
        assert!(!it.take(&says(4, None, Some("fine"))).unwrap());
        assert!(it.take(&says(4, None, None)).unwrap());
    }
}
