//! What a refit assumes before it has seen anything.

use crate::decay::DecayClass;
use crate::evidence::{SkillId, TICKET_DIFFICULTY_SD_LOGITS};

/// Time constants by decay class, in days: a lead over the person's own mean fades to 1/e in that time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taus {
    pub product: f64,
    pub technical: f64,
    pub human: f64,
    pub language: f64,
}

impl Default for Taus {
    fn default() -> Taus {
        Taus {
            product: DecayClass::Product.tau_days(),
            technical: DecayClass::Technical.tau_days(),
            human: DecayClass::Human.tau_days(),
            language: DecayClass::Language.tau_days(),
        }
    }
}

impl Taus {
    /// The same for every class.
    pub fn all(days: f64) -> Taus {
        Taus { product: days, technical: days, human: days, language: days }
    }

    pub fn days(&self, class: DecayClass) -> f64 {
        match class {
            DecayClass::Product => self.product,
            DecayClass::Technical => self.technical,
            DecayClass::Human => self.human,
            DecayClass::Language => self.language,
        }
    }
}

/// A product changed: what was known of a skill before counts only in part afterwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Release {
    pub skill: SkillId,
    pub at_ms: i64,
    /// 0–1: the share of a person's lead that is left.
    pub kept: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RefitSettings {
    /// The moment for which the answer holds; later rows are left out.
    pub as_of_ms: i64,
    pub taus: Taus,
    pub releases: Vec<Release>,
    /// Share of a skill's starting variance that a person's skills have in common, 0–1.
    pub general_share: f64,
    /// Standard deviations in logits, of what is to be found.
    pub topic_sd: f64,
    pub priority_sd: f64,
    pub channel_sd: f64,
    pub customer_sd: f64,
    pub severity_sd: f64,
    pub bias_sd: f64,
    /// How far one ticket's difficulty strays from that of its topic, priority and channel, in logits.
    pub ticket_sd: f64,
    /// Learn how noisy each source is, and where customers put the cut points of satisfaction.
    pub learn_noise: bool,
    /// More threads are faster and change nothing else.
    pub threads: usize,
}

impl RefitSettings {
    pub fn as_of(as_of_ms: i64) -> RefitSettings {
        RefitSettings {
            as_of_ms,
            taus: Taus::default(),
            releases: Vec::new(),
            general_share: 0.4,
            topic_sd: 0.8,
            priority_sd: 0.3,
            channel_sd: 0.3,
            customer_sd: 0.5,
            severity_sd: 0.4,
            bias_sd: 0.4,
            ticket_sd: TICKET_DIFFICULTY_SD_LOGITS,
            learn_noise: true,
            threads: 1,
        }
    }

    /// The same, with every number put where it can be counted with.
    pub(super) fn made_safe(&self) -> RefitSettings {
        const SD_MIN: f64 = 1e-3;
        const SD_MAX: f64 = 10.0;
        const TAU_DAYS_MIN: f64 = 0.01;
        const TAU_DAYS_MAX: f64 = 1e7;
        const THREADS_MAX: usize = 64;
        let within = |x: f64, low: f64, high: f64, usual: f64| {
            if x.is_finite() { x.clamp(low, high) } else { usual }
        };
        let sd = |x: f64| within(x, SD_MIN, SD_MAX, 0.5);
        let tau = |x: f64| within(x, TAU_DAYS_MIN, TAU_DAYS_MAX, TAU_DAYS_MAX);
        let mut releases = self.releases.clone();
        releases.retain(|it| it.kept.is_finite());
        for release in &mut releases {
            release.kept = release.kept.clamp(0.0, 1.0);
        }
        RefitSettings {
            as_of_ms: self.as_of_ms,
            taus: Taus {
                product: tau(self.taus.product),
                technical: tau(self.taus.technical),
                human: tau(self.taus.human),
                language: tau(self.taus.language),
            },
            releases,
            general_share: within(self.general_share, 0.0, 0.95, 0.4),
            topic_sd: sd(self.topic_sd),
            priority_sd: sd(self.priority_sd),
            channel_sd: sd(self.channel_sd),
            customer_sd: sd(self.customer_sd),
            severity_sd: sd(self.severity_sd),
            bias_sd: sd(self.bias_sd),
            ticket_sd: within(self.ticket_sd, 0.0, SD_MAX, 0.5),
            learn_noise: self.learn_noise,
            threads: self.threads.clamp(1, THREADS_MAX),
        }
    }
}
