//! The words of hiring for templates.

use desk::hiring::{Fit, InterviewerError, OpeningState, SkillFit, Stage};

/// The class of a chip and its word.
pub fn state(it: &OpeningState) -> (&'static str, &'static str) {
    match it {
        OpeningState::Draft => ("hold", "Draft"),
        OpeningState::Inside => ("pending", "Colleagues first"),
        OpeningState::Public => ("solved", "Public"),
        OpeningState::Closed => ("closed", "Closed"),
    }
}

pub fn stage(it: &Stage) -> (&'static str, &'static str) {
    match it {
        Stage::New => ("new", "New"),
        Stage::Interviews => ("open", "Interviews"),
        Stage::Offer => ("pending", "Offer"),
        Stage::Hired => ("solved", "Hired"),
        Stage::Declined => ("closed", "Declined"),
        Stage::Withdrawn => ("closed", "Withdrawn"),
    }
}

/// `41 % (9–52)`, with its bounds.
pub fn chance(fit: &Fit) -> String {
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    format!("{} % ({}–{})", percent(fit.p), percent(fit.low), percent(fit.high))
}

/// For a reader who cannot see the scale.
pub fn scale_label(it: &SkillFit) -> String {
    format!("{:.1}, between {:.1} and {:.1}; asked {}", it.level, it.interval.0, it.interval.1, it.asked)
}

/// Scores of several interviewers that lie so far apart, in levels, are worth a talk.
const APART_LEVELS: f64 = 2.0;

pub fn is_apart(it: &SkillFit) -> bool {
    it.spread().is_some_and(|spread| spread >= APART_LEVELS)
}

/// `4 · 3.5`
pub fn scores(it: &SkillFit) -> String {
    let all: Vec<String> = it.scores.iter().map(|score| crate::words::short_level(*score)).collect();
    all.join(" · ")
}

/// A leaning that is smaller, in levels, is not worth a word.
const BIAS_SAID_LEVELS: f64 = 0.1;

/// How scores of an interviewer of whom something is known are read, and why.
pub fn error_words(it: &InterviewerError) -> String {
    let usual = InterviewerError::USUAL.sd_levels;
    let cases = crate::say::counted(it.pairs, "score", "scores");
    let mut words = format!(
        "{cases} of theirs could be compared with later work, and were off by about {:.1} levels ({usual:.1} is usual), \
         so a score of theirs weighs {:.1} times as much as usual",
        it.sd_levels,
        it.weight()
    );
    if it.bias_levels.abs() >= BIAS_SAID_LEVELS {
        let (by, way) = (it.bias_levels.abs(), if it.bias_levels > 0.0 { "high" } else { "low" });
        words += &format!("; as a rule {by:.1} too {way}, which is set right");
    }
    words + "."
}

#[cfg(test)]
pub(crate) mod samples {
    use desk::hiring::{
        Application, Candidate, Fit, InterviewerError, KnownError, Opening, OpeningNeed, OpeningState, Score,
        Scorecard, SkillFit, Stage,
    };
    use desk::skills::roles::views::{Measured, Missing};
    use desk::{ApplicationId, CandidateId, OpeningId, SkillId, UserId};

    pub fn opening(state: OpeningState) -> Opening {
        let need = |id: i64, name: &str, level: f64| OpeningNeed {
            skill: crate::samples::summary(id, name),
            level,
            weight: 0.5,
            question: String::new(),
        };
        Opening {
            id: OpeningId(5),
            title: "Support <specialist>: SAML".into(),
            summary: "You help people who cannot sign in.\n\nYou write to them the same day.".into(),
            place: "Lisbon or anywhere in Europe".into(),
            seats: 2,
            reason: "Only Leila is able: one absence, and nobody is left.".into(),
            role: None,
            state,
            needs: vec![need(1, "SAML login", 4.0), need(2, "Écoute active", 3.0), need(3, "German", 3.0)],
            created_at: 1_767_000_000_000,
            updated_at: 1_767_000_000_000,
            public_at: Some(1_767_000_000_000),
            closed_at: None,
        }
    }

    pub fn candidate(user: Option<i64>, stage: Stage) -> Candidate {
        Candidate {
            id: CandidateId(9),
            opening: OpeningId(5),
            name: "نور الهدى <Nour>".into(),
            email: if user.is_some() { String::new() } else { "nour@example.org".into() },
            user: user.map(UserId),
            source: "Job fair".into(),
            note: "Starts in May".into(),
            stage,
            created_at: 1_767_000_000_000,
            decided_at: stage.is_over().then_some(1_767_400_000_000),
        }
    }

    pub fn skill_fit(id: i64, name: &str, level: f64, scores: Vec<f64>) -> SkillFit {
        SkillFit {
            skill: crate::samples::summary(id, name),
            asked: 3.0,
            weight: 0.5,
            level,
            sd: 0.8,
            interval: (level - 1.0, level + 1.0),
            p_met: if level >= 3.0 { 0.8 } else { 0.2 },
            gap: (3.0 - level).max(0.1),
            scores,
            at_work: false,
        }
    }

    pub fn fit(seen: bool) -> Fit {
        let scores = |level: f64| if seen { vec![level, level - 2.5] } else { vec![] };
        Fit {
            p: 0.34,
            low: 0.09,
            high: 0.52,
            met_weight: 0.61,
            interviews: if seen { 2 } else { 0 },
            skills: vec![
                skill_fit(1, "SAML login", 3.9, scores(4.0)),
                skill_fit(2, "Écoute active", 2.1, scores(3.0)),
                skill_fit(3, "German", 0.5, vec![]),
            ],
            errors: if seen { vec![known_error()] } else { vec![] },
        }
    }

    pub fn application() -> Application {
        Application {
            id: ApplicationId(3),
            opening: OpeningId(5),
            candidate: Some(CandidateId(9)),
            name: "نور الهدى <Nour>".into(),
            email: "nour@example.org".into(),
            words: "I have <helped> people for six years.\n\nمرحبا".into(),
            language: "en".into(),
            consent: "I agree that Tillers & Sons keeps what I send here.".into(),
            file: Some("cv <1>.pdf".into()),
            created_at: 1_767_000_000_000,
            confirmed_at: Some(1_767_000_100_000),
        }
    }

    pub fn known_error() -> KnownError {
        let error = InterviewerError { bias_levels: 0.42, sd_levels: 1.13, pairs: 14 };
        KnownError { interviewer: UserId(1), name: "Rosa <Lind>".into(), error }
    }

    pub fn scorecard() -> Scorecard {
        let score = Score { skill: SkillId(1), level: 4.0, note: "Read the <trace> at once".into() };
        Scorecard {
            interviewer: UserId(1),
            interviewer_name: "Rosa Lind".into(),
            note: "Calm, asks back.".into(),
            scores: vec![score],
            updated_at: 1_767_100_000_000,
        }
    }

    pub fn measured(user: i64, seen: usize) -> Measured {
        let missing = Missing {
            skill: crate::samples::summary(3, "German"),
            asked: 3.0,
            level: 1.2,
            gap: 1.8,
            p_met: 0.1,
            seen: seen > 2,
        };
        Measured {
            user: UserId(user),
            name: "Tomás Ortiz".into(),
            p: 0.41,
            low: 0.2,
            high: 0.6,
            met_weight: 0.8,
            asked: 3,
            met: 2,
            seen,
            missing: vec![missing],
        }
    }
}
