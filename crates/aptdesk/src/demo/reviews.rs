//! Reviews of the demo's past: every week the desk chooses, and the leads read, mark and score as they are: one of them
//! severe, one of them lenient.

use super::Result;
use super::case::DAY_MS;
use super::history::{History, Step};
use super::truth;
use desk::reviews::{
    self, Category, Contest, Finish, Mark, MarkSentences, OpenCalibration, SaveScores, SayToReview,
    ScoreGiven, Section, views,
};
use desk::{ReviewId, SkillId, UserId};
use rand::RngExt;
use std::collections::HashMap;

const WEEK_MS: i64 = 7 * DAY_MS;
/// Reviews stray this far from the truth, in levels.
const REVIEW_SD_LEVELS: f64 = 0.5;
/// What leads in their order give too little, in levels.
const SEVERITIES_LEVELS: [f64; 4] = [0.5, -0.4, 0.1, 0.0];
/// Below this many percent the reviewed person contests, and below the other they say something.
const CONTESTED_BELOW_PERCENT: f64 = 30.0;
const ANSWERED_BELOW_PERCENT: f64 = 60.0;

impl History {
    /// This week's choice, read by those who were asked; and in some weeks a calibration.
    pub(super) fn review_week(&mut self) -> Result<()> {
        self.later(self.clock.now() + WEEK_MS, Step::ReviewWeek);
        self.write(desk::Actor::desk(), |tx| Ok(reviews::plan_week(tx)?))?;
        self.write(desk::Actor::desk(), |tx| Ok(desk::coaching::find_moments(tx)?))?;
        let leads: Vec<usize> =
            (0..self.content.agents.len()).filter(|n| self.content.agents[*n].role == "lead").collect();
        let mut read = None;
        for (nth, lead) in leads.iter().enumerate() {
            let me = self.staff.members[*lead];
            let page = self.desk.db.read_now(me.actor(), views::desk)?;
            for it in page.assignments.iter().filter(|it| it.reviewer == me.user && it.review.is_none()) {
                // Nobody finds the time for all of them.
                if self.dice.random::<f64>() < 0.25 {
                    continue;
                }
                let begin = reviews::BeginReview { ticket: it.ticket, user: it.user, scorecard: None };
                let review = self.write(me.actor(), move |tx| Ok(reviews::begin(tx, &begin)?))?;
                self.score(me.actor(), review, it.user, SEVERITIES_LEVELS[nth % SEVERITIES_LEVELS.len()])?;
                self.reply_to_review(review, it.user)?;
                read = Some((it.ticket, it.user));
            }
        }
        let month = self.clock.now().div_euclid(WEEK_MS) % 4 == 0;
        match read.filter(|_| month && leads.len() > 1) {
            Some((ticket, user)) => self.calibrate(&leads, ticket, user),
            None => Ok(()),
        }
    }

    fn score(&mut self, by: desk::Actor, review: ReviewId, user: UserId, severity: f64) -> Result<()> {
        let page = self.desk.db.read_now(by, move |tx| views::review_page(tx, review))?;
        let levels = self.true_levels(user);
        let upset =
            page.letters.iter().any(|it| !it.by_staff && it.pieces.iter().any(|it| it.text.contains('!')));
        let mut scores = Vec::new();
        for (place, category) in page.scorecard.categories.iter().enumerate() {
            let points = match category.section {
                Section::Bonus => Some(1 + u8::from(self.dice.random::<f64>() < 0.3)),
                Section::AutoFail => Some(category.points),
                _ if category.name.starts_with("Calm") && !upset => None,
                _ => Some(self.points(category, &levels, severity)),
            };
            scores.push(ScoreGiven { category: place, points, note: String::new() });
        }
        let sentences = page.letters.iter().filter(|it| it.is_theirs && it.public).flat_map(|letter| {
            let spans = letter.pieces.iter().filter_map(|it| it.span);
            spans.map(|span| Mark { comment: letter.comment, span })
        });
        // The greeting is not worth a mark.
        let marks: Vec<Mark> = sentences.skip(1).take(1).collect();
        let good = scores.get(1).is_some_and(|it| it.points >= Some(3));
        let comment = match good {
            true => "The customer knows where they stand. Keep doing what is marked.",
            false => "Right in the matter. Let us talk about how it reads to somebody who is worried.",
        };
        self.write(by, move |tx| {
            let mark = MarkSentences { review, marks: marks.clone(), category: Some(1), good };
            reviews::mark_sentences(tx, &mark)?;
            let command = SaveScores { review, scores: scores.clone(), comment: comment.to_owned() };
            reviews::save_scores(tx, &command)?;
            reviews::finish(tx, &Finish { review })?;
            Ok(())
        })
    }

    fn points(&mut self, category: &Category, levels: &HashMap<SkillId, f64>, severity: f64) -> u8 {
        let weight: f64 = category.skills.iter().map(|it| it.1).sum();
        let known = |(skill, weight): &(SkillId, f64)| weight * levels.get(skill).copied().unwrap_or(2.5);
        let level = category.skills.iter().map(known).sum::<f64>() / weight.max(f64::MIN_POSITIVE);
        let seen = level - severity + REVIEW_SD_LEVELS * truth::normal(&mut self.dice);
        let most = f64::from(category.points);
        (seen / 5.0 * most + 0.5).round().clamp(1.0, most) as u8
    }

    fn true_levels(&self, user: UserId) -> HashMap<SkillId, f64> {
        let Some(n) = self.staff.members.iter().position(|it| it.user == user) else { return HashMap::new() };
        let skills = self.content.agents[n].skills.iter();
        skills.filter_map(|(key, level)| Some((*self.staff.skills.get(key)?, *level))).collect()
    }

    fn reply_to_review(&mut self, review: ReviewId, user: UserId) -> Result<()> {
        let Some(n) = self.staff.members.iter().position(|it| it.user == user) else { return Ok(()) };
        let me = self.staff.members[n].actor();
        let page = self.desk.db.read_now(me, move |tx| views::review_page(tx, review))?;
        let percent = page.review.percent.unwrap_or_default();
        // Some have not looked yet.
        let looks = self.dice.random::<f64>() < 0.8;
        self.write(me, move |tx| {
            if looks {
                reviews::see(tx, review)?;
            }
            if looks && percent < CONTESTED_BELOW_PERCENT {
                let reason =
                    "The refund had been promised by somebody else the day before; I could only pass it on.";
                reviews::contest(tx, &Contest { review, reason: reason.to_owned() })?;
            } else if looks && percent < ANSWERED_BELOW_PERCENT {
                let text = "Fair. I was in a hurry, and the next one will say when it arrives.";
                reviews::answer(tx, &SayToReview { review, text: text.to_owned() })?;
            }
            Ok(())
        })
    }

    fn calibrate(&mut self, leads: &[usize], ticket: desk::TicketId, user: UserId) -> Result<()> {
        let raters: Vec<usize> =
            leads.iter().copied().filter(|n| self.staff.members[*n].user != user).collect();
        let Some(first) = raters.first() else { return Ok(()) };
        let opener = self.staff.members[*first].actor();
        let open = OpenCalibration { ticket, user, scorecard: None };
        let id = self.write(opener, move |tx| Ok(reviews::open_calibration(tx, &open)?))?;
        for (nth, lead) in raters.iter().enumerate() {
            let actor = self.staff.members[*lead].actor();
            let review = self.write(actor, move |tx| Ok(reviews::join_calibration(tx, id)?))?;
            self.score(actor, review, user, SEVERITIES_LEVELS[nth % SEVERITIES_LEVELS.len()])?;
        }
        self.write(opener, move |tx| Ok(reviews::close_calibration(tx, id)?))
    }
}
