//! One opening of the demo: it came from a gap, a colleague wants it, and three people were interviewed.

use super::Result;
use super::history::History;
use super::truth;
use desk::SkillId;
use desk::hiring::{self, AddCandidate, OpeningState, SaveScorecard, Score, Stage, WriteNeed, WriteOpening};
use rand::RngExt;

/// What the opening asks: skill, level, weight.
const ASKED: [(&str, f64, f64); 5] = [
    ("de-escalation", 3.5, 1.0),
    ("product-knowledge", 2.5, 0.8),
    ("clear-communication", 3.0, 0.8),
    ("empathy", 3.0, 0.6),
    ("active-listening", 3.0, 0.5),
];
/// Name, where from, how able in levels beside what is asked.
const APPLICANTS: [(&str, &str, f64); 4] = [
    ("Nour Haddad", "Job fair", 1.1),
    ("Oliwia Nowak", "Recommended by a colleague", 0.2),
    ("Teun de Wit", "Feed", -1.0),
    ("Aiko Mori", "Alert by mail", 0.6),
];
const SUMMARY: &str = "You answer people whose lamp or loom does not do what it should, and those who are angry about it.\n\nYou \
    write to them the same day, say what happens next, and keep it. Four of us will teach you the products in the first six weeks.";

impl History {
    pub(super) fn hire(&mut self, lead: usize) -> Result<()> {
        let needs: Vec<WriteNeed> = ASKED
            .iter()
            .filter_map(|(key, level, weight)| {
                let skill = *self.staff.skills.get(*key)?;
                Some(WriteNeed { skill, level: *level, weight: *weight, question: String::new() })
            })
            .collect();
        let command = WriteOpening {
            title: "Support specialist, complaints".to_owned(),
            summary: SUMMARY.to_owned(),
            place: "Valencia, or anywhere in Europe".to_owned(),
            seats: 1,
            reason: "Angry letters wait longest on Mondays, and two people carry most of them.".to_owned(),
            role: None,
            needs: needs.clone(),
        };
        let by = self.staff.members[lead].actor();
        let opening = self.write(by, move |tx| {
            let id = hiring::create_opening(tx, &command)?;
            hiring::move_opening(tx, id, OpeningState::Inside)?;
            Ok(id)
        })?;
        if let Some(n) = (0..self.content.agents.len()).find(|n| self.content.agents[*n].role == "agent") {
            let me = self.staff.members[n].actor();
            let words = "I would like to do more of these, and can start after the summer.";
            self.write(me, move |tx| Ok(hiring::volunteer(tx, opening, words).map(|_| ())?))?;
        }
        self.write(by, move |tx| Ok(hiring::move_opening(tx, opening, OpeningState::Public)?))?;
        let interviewers: Vec<usize> = (0..self.content.agents.len())
            .filter(|n| self.content.agents[*n].role == "lead")
            .take(2)
            .collect();
        for (nth, (name, source, able)) in APPLICANTS.iter().enumerate() {
            let command = AddCandidate {
                name: (*name).to_owned(),
                email: format!("{}@people.example", name.to_lowercase().replace(' ', ".")),
                source: (*source).to_owned(),
                note: String::new(),
            };
            let candidate = self.write(by, move |tx| Ok(hiring::add_candidate(tx, opening, &command)?))?;
            // The last one has just come.
            if nth + 1 == APPLICANTS.len() {
                continue;
            }
            for n in &interviewers {
                let scores = self.scores(&needs, *able);
                let note = if *able > 0.0 { "Asks back before answering." } else { "Answers before asking." };
                let card = SaveScorecard { candidate, note: note.to_owned(), scores };
                self.write(self.staff.members[*n].actor(), move |tx| Ok(hiring::save_scorecard(tx, &card)?))?;
            }
            if *able < -0.5 {
                self.write(by, move |tx| Ok(hiring::move_candidate(tx, candidate, Stage::Declined)?))?;
            }
        }
        Ok(())
    }

    /// What an hour shows, with its error; now and then something does not come up.
    fn scores(&mut self, needs: &[WriteNeed], able: f64) -> Vec<Score> {
        let mut all = Vec::new();
        for it in needs {
            let seen = it.level + able + truth::normal(&mut self.dice);
            let skill: SkillId = it.skill;
            if all.is_empty() || self.dice.random::<f64>() < 0.85 {
                let level = ((seen * 2.0).round() / 2.0).clamp(0.0, 5.0);
                all.push(Score { skill, level, note: String::new() });
            }
        }
        all
    }
}
