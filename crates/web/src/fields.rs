//! The fields of a posted form or of a query, by name; a name may come more than once.

use crate::Problem;
use axum::Form;
use axum::extract::{FromRequest, Request};
use std::str::FromStr;

#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// What was written, without blanks around it; empty when the field is missing.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    pub fn owned(&self, name: &str) -> String {
        self.text(name).to_owned()
    }

    /// `None` when nothing was written.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    pub fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    /// The form had this field, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// A box that was ticked.
    pub fn is_on(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    /// Every value of a name that can be read as such.
    pub fn list<T: FromStr>(&self, name: &str) -> Vec<T> {
        self.0
            .iter()
            .filter(|(key, _)| key == name)
            .filter_map(|(_, value)| value.trim().parse().ok())
            .collect()
    }

    /// One entry for each line, or for each word between commas.
    pub fn lines(&self, name: &str) -> Vec<String> {
        let pieces = self.text(name).split(['\n', ',', ';']).map(str::trim).filter(|piece| !piece.is_empty());
        pieces.map(str::to_owned).collect()
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|_| Problem::invalid("This form could not be read."))?;
        // Browsers end lines as in mail.
        Ok(Fields(pairs.into_iter().map(|(key, value)| (key, value.replace("\r\n", "\n"))).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_is_blank_is_not_given() {
        let form = fields(&[("name", "  "), ("group", "3"), ("group", "x"), ("group", "5")]);
        assert_eq!(form.given("name"), None);
        assert_eq!(form.list::<i64>("group"), [3, 5]);
        assert!(!form.is_on("absent"));
    }

    #[test]
    fn phrases_stand_on_lines_or_between_commas() {
        assert_eq!(fields(&[("phrases", "refund, money back\n\ncharged twice")]).lines("phrases").len(), 3);
    }
}
