//! What exports in the product's four languages write for yes and no, for a priority and for a rating.

use crate::skills::difficulty::key_name;

/// Yes, no, or how often. `None`: it is none of these.
pub(super) fn is_yes(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "" | "no" | "false" | "n" | "f" | "nein" | "falsch" | "falso" | "non" | "faux" => Some(false),
        "yes" | "true" | "y" | "t" | "ja" | "j" | "wahr" | "sí" | "si" | "s" | "verdadero" | "oui" | "o"
        | "vrai" => Some(true),
        number => number.parse::<f64>().ok().map(|it| it > 0.0),
    }
}

pub(super) fn priority_number(word: &str) -> Option<i64> {
    Some(match key_name(word).as_str() {
        "low" | "niedrig" | "gering" | "baja" | "bajo" | "basse" | "faible" => 1,
        "normal" | "medium" | "mittel" | "media" | "medio" | "normale" | "moyenne" => 2,
        "high" | "hoch" | "alta" | "alto" | "haute" | "élevée" => 3,
        "urgent" | "critical" | "dringend" | "kritisch" | "urgente" | "crítica" | "critique" => 4,
        _ => return None,
    })
}

/// 1 to 5, or `Some(None)` for a word that says there is no rating.
pub(super) fn rating_in(word: &str) -> Option<Option<u8>> {
    match word {
        "" | "offered" | "unoffered" | "not offered" | "none" | "-" | "n/a" | "keine" | "ninguna"
        | "aucune" => Some(None),
        "good" | "good_with_comment" | "good with comment" | "gut" | "buena" | "bueno" | "bonne" | "bon" => {
            Some(Some(5))
        }
        "bad" | "bad_with_comment" | "bad with comment" | "schlecht" | "mala" | "malo" | "mauvaise"
        | "mauvais" => Some(Some(1)),
        _ => None,
    }
}
