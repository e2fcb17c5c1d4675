//! Assessments of the demo's past: a campaign that is closed and one that is open, certificates, and a skill check.

use super::Result;
use super::case::DAY_MS;
use super::history::History;
use super::truth;
use desk::assessments::{
    self, AddCertificate, AnswerCheck, Answered, AskedKind, Hardness, OpenCampaign, Question, SaveCheck,
    SayLevels, views,
};
use desk::{CampaignId, SkillId, UserId};
use rand::RngExt;

const SKILLS_ASKED: [&str; 4] = ["empathy", "de-escalation", "clear-communication", "product-knowledge"];
/// People look at colleagues with this error, in levels.
const PEER_SD_LEVELS: f64 = 0.8;

const CHECK_NAME: &str = "Calming an angry letter";
/// Question, choices with the right one first, how hard.
const QUESTIONS: [(&str, [&str; 3], Hardness); 6] = [
    (
        "A customer writes in capitals that this is the third time. What does the answer begin with?",
        [
            "That it is the third time, and that this should not have happened",
            "Our terms",
            "A request for the order number",
        ],
        Hardness::Easy,
    ),
    (
        "Which sentence makes it worse?",
        ["Please calm down", "I see it happened three times", "You will hear from me by four today"],
        Hardness::Easy,
    ),
    (
        "You cannot give what is asked. What comes first?",
        ["What you can do", "Why the rules forbid it", "Who decided so"],
        Hardness::Medium,
    ),
    (
        "They threaten to post about it. What do you write?",
        ["What will be done and by when", "That this is their right", "That it would be untrue"],
        Hardness::Medium,
    ),
    (
        "A promise of yours will not be kept in time. When do you write?",
        ["Before the time is over", "When it is done", "When they ask"],
        Hardness::Medium,
    ),
    (
        "After your second answer they are just as angry. What is most likely?",
        ["Something they fear has not been named yet", "They want money", "They did not read it"],
        Hardness::Hard,
    ),
];

impl History {
    /// Once, late in the past: what a visitor finds under Assessments.
    pub(super) fn assess(&mut self) -> Result<()> {
        let Some(lead) = (0..self.content.agents.len()).find(|n| self.content.agents[*n].role == "lead")
        else {
            return Ok(());
        };
        let closed = self.ask(lead, "Spring: how we treat people")?;
        self.answer(closed, 0.95)?;
        let by = self.staff.members[lead].actor();
        self.write(by, move |tx| Ok(assessments::close_campaign(tx, closed)?))?;
        let open = self.ask(lead, "Summer: how we treat people")?;
        self.answer(open, 0.4)?;
        self.check(lead)?;
        self.certificates()?;
        self.hire(lead)
    }

    fn ask(&mut self, lead: usize, name: &str) -> Result<CampaignId> {
        let command = OpenCampaign {
            name: name.to_owned(),
            skills: SKILLS_ASKED.iter().filter_map(|key| self.staff.skills.get(*key).copied()).collect(),
            people: self.staff.members.iter().map(|it| it.user).collect(),
            asks_self: true,
            asks_lead: true,
            peers_each: 4,
            due_at: self.clock.now() + 14 * DAY_MS,
        };
        self.write(self.staff.members[lead].actor(), move |tx| Ok(assessments::open_campaign(tx, &command)?))
    }

    /// Each question is answered with this probability, close to the truth; of themselves people think a little better.
    fn answer(&mut self, campaign: CampaignId, share: f64) -> Result<()> {
        for n in 0..self.staff.members.len() {
            let me = self.staff.members[n].actor();
            let tasks = self.desk.db.read_now(me, views::desk)?.tasks;
            for row in tasks.into_iter().filter(|it| it.task.campaign == campaign) {
                if self.dice.random::<f64>() > share {
                    continue;
                }
                let sd = match row.task.kind {
                    AskedKind::Themself => truth::SELF_RATING_SD_LEVELS,
                    AskedKind::Lead => truth::LEAD_RATING_SD_LEVELS,
                    AskedKind::Peer => PEER_SD_LEVELS,
                };
                let levels = SKILLS_ASKED
                    .iter()
                    .filter_map(|key| {
                        Some((*self.staff.skills.get(*key)?, self.truth_of(row.task.subject, key)))
                    })
                    .collect::<Vec<(SkillId, f64)>>();
                let levels: Vec<Answered> = levels
                    .into_iter()
                    .map(|(skill, level)| Answered {
                        skill,
                        level: Some(truth::stated(level, sd, &mut self.dice)),
                    })
                    .collect();
                let command = SayLevels { task: row.task.id, levels };
                self.write(me, move |tx| Ok(assessments::say_levels(tx, &command)?))?;
            }
        }
        Ok(())
    }

    pub(super) fn truth_of(&self, user: UserId, key: &str) -> f64 {
        let found = self.staff.members.iter().position(|it| it.user == user);
        found.and_then(|n| self.content.agents[n].skills.get(key).copied()).unwrap_or(2.5)
    }

    fn check(&mut self, lead: usize) -> Result<()> {
        let Some(skill) = self.staff.skills.get("de-escalation").copied() else { return Ok(()) };
        let questions = QUESTIONS.iter().enumerate().map(|(nth, (text, choices, hardness))| {
            // The right one stands in another place each time.
            let mut choices: Vec<String> = choices.iter().map(|it| (*it).to_owned()).collect();
            let right = nth % choices.len();
            choices.rotate_right(right);
            Question { text: (*text).to_owned(), choices, right, hardness: *hardness }
        });
        let command = SaveCheck { skill, name: CHECK_NAME.to_owned(), questions: questions.collect() };
        let by = self.staff.members[lead].actor();
        let check = self.write(by, move |tx| Ok(assessments::create_check(tx, &command)?))?;
        for n in (0..self.staff.members.len()).filter(|n| n % 3 == 1) {
            let level = self.truth_of(self.staff.members[n].user, "de-escalation");
            let mut chosen = Vec::new();
            for (nth, (_, choices, hardness)) in QUESTIONS.iter().enumerate() {
                let hard = match hardness {
                    Hardness::Easy => -1.0,
                    Hardness::Medium => 0.0,
                    Hardness::Hard => 1.0,
                };
                let knows = 1.0 / (1.0 + (-1.2 * (skills::logits_of(level) - hard)).exp());
                let right = nth % choices.len();
                let known = self.dice.random::<f64>() < knows;
                chosen.push(Some(if known { right } else { self.dice.random_range(0..choices.len()) }));
            }
            let command = AnswerCheck { check, version: 1, chosen };
            self.write(self.staff.members[n].actor(), move |tx| {
                Ok(assessments::answer_check(tx, &command).map(|_| ())?)
            })?;
        }
        Ok(())
    }

    fn certificates(&mut self) -> Result<()> {
        let now = self.clock.now();
        let library = skills::library();
        for (n, shipped) in (0..self.staff.members.len()).step_by(4).zip(library.certificates.iter().cycle())
        {
            let months = i64::from(shipped.valid_months.unwrap_or(36));
            // One is about to end.
            let left = if n == 0 { 20 } else { 30 * (months / 2) };
            let command = AddCertificate {
                user: self.staff.members[n].user,
                name: shipped.name.clone(),
                issuer: shipped.issuer.clone(),
                link: String::new(),
                skills: shipped
                    .skills
                    .iter()
                    .filter_map(|key| self.staff.skills.get(key).copied())
                    .take(4)
                    .collect(),
                issued_at: now + (left - 30 * months) * DAY_MS,
                expires_at: Some(now + left * DAY_MS),
            };
            self.write(self.staff.members[n].actor(), move |tx| {
                Ok(assessments::add_certificate(tx, &command).map(|_| ())?)
            })?;
        }
        Ok(())
    }
}
