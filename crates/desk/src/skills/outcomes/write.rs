//! Writing accepted rows: the ticket's last word, the evidence in it, and what that moves; many rows in few statements.

use super::OutcomesError;
use super::context::Needed;
use super::row::OutcomeRow;
use super::store::{self, NewEvidence};
use super::take::{Known, next_revision};
use super::tally::Tally;
use crate::skills::difficulty::{KeyKind, OfWork, keys};
use crate::skills::evidence::{Observed, lock_person};
use crate::skills::replay::{Held, Line};
use crate::skills::usual_times::{Lesson, save_lessons, usual_times};
use crate::skills::{Policy, learn, policy, store as skills_store};
use crate::tickets::Priority;
use crate::work::{self, Due, Work};
use crate::{EvidenceId, OutcomeId, OutcomeRunId, SkillId, Tx, UserId};
use ::skills::Observation;
use ::skills::handle_time::{Effort, HandleTimes};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Words of a customer's first message, where an export does not say how many they were.
const WORDS_ASSUMED: u32 = 50;

/// A row that is to be written.
pub(super) struct Accepted<'a> {
    pub row: &'a OutcomeRow,
    pub needed: Needed,
    /// With their shares, by id.
    pub people: Vec<(UserId, f64)>,
    pub digest: i64,
    /// The former word on this ticket.
    pub known: Option<Known>,
}

/// What is kept between the waves of one batch.
pub(super) struct Writer<'a> {
    run: OutcomeRunId,
    source: &'a str,
    policy: Policy,
    topics: HashMap<String, i64>,
    channels: HashMap<String, i64>,
    need_sets: HashMap<String, i64>,
    times: HandleTimes,
    /// What this batch has taught `times`.
    lessons: Vec<Lesson>,
}

impl<'a> Writer<'a> {
    pub fn load(tx: &mut Tx, run: OutcomeRunId, source: &'a str) -> Result<Writer<'a>, OutcomesError> {
        Ok(Writer {
            run,
            source,
            policy: policy(tx)?,
            topics: HashMap::new(),
            channels: HashMap::new(),
            need_sets: HashMap::new(),
            times: usual_times(tx)?,
            lessons: Vec::new(),
        })
    }

    /// Tickets are all different.
    pub fn write(
        &mut self,
        tx: &mut Tx,
        accepted: Vec<Accepted<'_>>,
        tally: &mut Tally,
    ) -> Result<(), OutcomesError> {
        if accepted.is_empty() {
            return Ok(());
        }
        self.name_everything(tx, &accepted)?;
        let people: BTreeSet<UserId> = accepted.iter().flat_map(|it| &it.people).map(|it| it.0).collect();
        for user in &people {
            lock_person(tx, *user)?;
        }
        self.strike_former(tx, &accepted)?;
        let ids = self.write_tickets(tx, &accepted)?;
        let mut lines: Vec<NewEvidence> = Vec::with_capacity(accepted.len() * 2);
        for it in &accepted {
            if let Some(id) = ids.get(it.row.ticket.as_str()) {
                self.evidence_in(it, *id, &mut lines, tally);
            }
        }
        let written = store::insert_evidence(tx, &lines)?;
        self.move_beliefs(tx, &lines, &written)
    }

    pub fn finish(&self, tx: &mut Tx) -> Result<(), OutcomesError> {
        if self.lessons.is_empty() {
            return Ok(());
        }
        Ok(save_lessons(tx, &self.times, Some(self.run), &self.lessons)?)
    }

    fn name_everything(&mut self, tx: &mut Tx, accepted: &[Accepted<'_>]) -> Result<(), OutcomesError> {
        let new = |known: &HashMap<String, i64>, names: &mut dyn Iterator<Item = &String>| {
            names.filter(|name| !known.contains_key(*name)).cloned().collect::<BTreeSet<String>>()
        };
        let topics = new(&self.topics, &mut accepted.iter().map(|it| &it.needed.topic));
        self.topics.extend(keys(tx, KeyKind::Topic, &topics)?);
        let channels = new(&self.channels, &mut accepted.iter().filter_map(|it| it.row.channel.as_ref()));
        self.channels.extend(keys(tx, KeyKind::Channel, &channels)?);
        for it in accepted {
            if !self.need_sets.contains_key(&it.needed.digest) {
                let id = store::need_set(tx, &it.needed.digest, &it.needed.needs)?;
                self.need_sets.insert(it.needed.digest.clone(), id);
            }
        }
        Ok(())
    }

    /// What corrected tickets had said before counts no more. Whoever it was about is computed anew.
    fn strike_former(&self, tx: &mut Tx, accepted: &[Accepted<'_>]) -> Result<(), OutcomesError> {
        let former: Vec<OutcomeId> =
            accepted.iter().filter_map(|it| it.known).filter(|it| !it.taken_back).map(|it| it.id).collect();
        if former.is_empty() {
            return Ok(());
        }
        store::undo::keep_former(tx, &former)?;
        for user in store::strike_evidence_of(tx, &former)? {
            skills_store::save_stale(tx, user, None)?;
            work::enqueue(tx, &Work::ReplayPerson { user }, Due::Now)?;
        }
        Ok(())
    }

    fn write_tickets(
        &self,
        tx: &mut Tx,
        accepted: &[Accepted<'_>],
    ) -> Result<HashMap<String, OutcomeId>, OutcomesError> {
        let mut ids = HashMap::with_capacity(accepted.len());
        let mut new = Vec::with_capacity(accepted.len());
        for it in accepted {
            let row = store::OutcomeToWrite {
                ticket: &it.row.ticket,
                revision: next_revision(it.known),
                digest: it.digest,
                need_set: self.need_sets[&it.needed.digest],
                topic: self.topics.get(&it.needed.topic).copied(),
                priority: it.row.priority,
                channel: it.row.channel.as_ref().and_then(|name| self.channels.get(name)).copied(),
                opened_at: it.row.opened_at,
                solved_at: it.row.solved_at,
                updated_at: it.row.updated_at,
            };
            match it.known {
                Some(known) => {
                    store::save_outcome(tx, self.run, known.id, &row)?;
                    ids.insert(it.row.ticket.clone(), known.id);
                }
                None => new.push(row),
            }
        }
        ids.extend(store::insert_outcomes(tx, self.run, self.source, &new)?);
        Ok(ids)
    }

    fn evidence_in(
        &mut self,
        it: &Accepted<'_>,
        id: OutcomeId,
        lines: &mut Vec<NewEvidence>,
        tally: &mut Tally,
    ) {
        let row = it.row;
        let revision = next_revision(it.known);
        let (topic, channel) = (
            self.topics.get(&it.needed.topic).copied(),
            row.channel.as_ref().and_then(|name| self.channels.get(name)).copied(),
        );
        let priority = row.priority.and_then(|it| Priority::ALL.iter().copied().find(|p| *p as i64 == it));
        let skills: Vec<(SkillId, f64)> =
            it.needed.needs.iter().map(|need| (need.skill, need.weight)).collect();
        let difficulty = learn::difficulty_of(priority, 0, skills.len());
        let mut observed = vec![Observed::Outcome { for_good: row.for_good() }];
        observed.extend(row.rating.map(|score| Observed::Satisfaction { score }));
        if let Some(seconds) = row.handle_s {
            let effort =
                Effort { customer_words: WORDS_ASSUMED, answers: row.replies.unwrap_or(1).max(1), files: 0 };
            let said = self.times.observation(topic, channel, effort, seconds, row.for_good());
            if let Some(Observation::HandleTime { ratio, for_good: true }) = said {
                observed.push(Observed::HandleTime { ratio });
            }
            self.times.learn(topic, channel, effort, seconds);
            self.lessons.push(Lesson::new(topic, channel, effort, seconds));
        }
        for (user, share) in &it.people {
            for observed in &observed {
                match observed {
                    Observed::Satisfaction { .. } => tally.ratings += 1,
                    Observed::HandleTime { .. } => tally.handle_times += 1,
                    _ => tally.outcomes += 1,
                }
                let kind = observed.stored().0;
                lines.push(NewEvidence {
                    key: format!("import:{}:{}:{revision}:{kind}:{user}", self.source, row.ticket),
                    user: *user,
                    observed: *observed,
                    difficulty,
                    at: row.solved_at,
                    of: OfWork { topic, priority: row.priority, channel, share: *share, imported: Some(id) },
                    skills: skills.clone(),
                });
            }
        }
    }

    /// In the order in which it was written down, as a replay does.
    fn move_beliefs(
        &self,
        tx: &mut Tx,
        lines: &[NewEvidence],
        written: &HashMap<String, EvidenceId>,
    ) -> Result<(), OutcomesError> {
        let mut of_person: BTreeMap<UserId, Vec<(EvidenceId, &NewEvidence)>> = BTreeMap::new();
        for line in lines {
            if let Some(id) = written.get(&line.key) {
                of_person.entry(line.user).or_default().push((*id, line));
            }
        }
        let mut moves = Vec::with_capacity(lines.len() * 2);
        for (user, mut lines) in of_person {
            lines.sort_by_key(|it| it.0);
            let skills: BTreeSet<SkillId> = lines.iter().flat_map(|it| &it.1.skills).map(|it| it.0).collect();
            let skills: Vec<SkillId> = skills.into_iter().collect();
            let mut held = Held::load(tx, user, &skills)?;
            for (id, line) in lines {
                let counts = self.policy.counts(line.observed.stored().0);
                let steps = held.apply(&Line {
                    evidence: id,
                    at: line.at,
                    skills: line.skills.clone(),
                    difficulty: line.difficulty,
                    observed: line.observed,
                    share: line.of.share,
                    counts,
                });
                moves.extend(line.skills.iter().zip(steps).map(|((_, weight), step)| (id, *weight, step)));
            }
            held.save(tx, user)?;
        }
        Ok(store::insert_moves(tx, &moves)?)
    }
}
