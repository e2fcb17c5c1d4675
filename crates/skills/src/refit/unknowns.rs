//! The difficulties, severities and biases that people share: each a number with a prior around 0.

use std::collections::BTreeMap;

use super::settings::RefitSettings;
use super::{CUSTOMER_RATINGS_MIN, Row, Source, Unknown};
use crate::observation::Observation;

/// In the order of [`Unknown`]: topics first, customers last.
#[derive(Debug, Default)]
pub(super) struct Unknowns {
    pub names: Vec<Unknown>,
    pub rows: Vec<u32>,
    pub precision: Vec<f64>,
    pub value: Vec<f64>,
    /// Customers begin here; intervals take their harshness as known.
    pub customers_from: usize,
    index: BTreeMap<Unknown, u32>,
}

impl Unknowns {
    pub fn find<'a>(rows: impl Iterator<Item = &'a Row>, settings: &RefitSettings) -> Unknowns {
        let mut counts: BTreeMap<Unknown, u32> = BTreeMap::new();
        for row in rows {
            for (unknown, _) in asked_by(row) {
                *counts.entry(unknown).or_default() += 1;
            }
        }
        counts.retain(|unknown, count| {
            !matches!(unknown, Unknown::Customer(_)) || *count >= CUSTOMER_RATINGS_MIN
        });
        let sd = |unknown: &Unknown| match unknown {
            Unknown::Topic(_) => settings.topic_sd,
            Unknown::Priority(_) => settings.priority_sd,
            Unknown::Channel(_) => settings.channel_sd,
            Unknown::Customer(_) => settings.customer_sd,
            Unknown::Rater(_) => settings.severity_sd,
            Unknown::Source(_) => settings.bias_sd,
        };
        let names: Vec<Unknown> = counts.keys().copied().collect();
        Unknowns {
            precision: names.iter().map(|it| sd(it).powi(-2)).collect(),
            value: vec![0.0; names.len()],
            rows: counts.into_values().collect(),
            customers_from: names.partition_point(|it| !matches!(it, Unknown::Customer(_))),
            index: names.iter().enumerate().map(|(at, it)| (*it, at as u32)).collect(),
            names,
        }
    }

    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// Places and coefficients of the unknowns in the predictor of a row.
    pub fn of<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (u32, f64)> + 'a {
        asked_by(row).filter_map(|(unknown, sign)| Some((*self.index.get(&unknown)?, sign)))
    }

    pub fn log_prior(&self) -> f64 {
        let squares = self.value.iter().zip(&self.precision).map(|(x, p)| x * x * p);
        -0.5 * squares.sum::<f64>()
    }
}

/// Difficulty, harshness and severity lower what is seen; a bias raises it.
fn asked_by(row: &Row) -> impl Iterator<Item = (Unknown, f64)> {
    let work = row.observation.depends_on_difficulty();
    let rating = matches!(row.observation, Observation::Satisfaction { .. });
    let source = match row.observation {
        Observation::SelfRating { .. } => Some(Source::OneSelf),
        Observation::LeadRating { .. } => Some(Source::Lead),
        Observation::PeerRating { .. } => Some(Source::Peer),
        _ => None,
    };
    let judged = source.is_some() || matches!(row.observation, Observation::Review { .. });
    // What people say of themselves has a bias of its own; nobody is their own rater.
    let rater = row.rater.filter(|_| judged && source != Some(Source::OneSelf));
    [
        row.topic.filter(|_| work).map(|it| (Unknown::Topic(it), -1.0)),
        row.priority.filter(|_| work).map(|it| (Unknown::Priority(it), -1.0)),
        row.channel.filter(|_| work).map(|it| (Unknown::Channel(it), -1.0)),
        row.customer.filter(|_| rating).map(|it| (Unknown::Customer(it), -1.0)),
        rater.map(|it| (Unknown::Rater(it), -1.0)),
        source.map(|it| (Unknown::Source(it), 1.0)),
    ]
    .into_iter()
    .flatten()
}
