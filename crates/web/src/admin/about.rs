//! `/admin/about`: which version runs, under which licence, and whose work it stands on.

use super::must_be_admin;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

/// Made by `cargo xtask generate` from the lock files; a test there proves that it is fresh.
const LICENCES: &str = include_str!("../../licences.txt");

/// Gathered by the build script from the crates themselves.
const TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/licence-texts.txt"));

#[derive(askama::Template)]
#[template(path = "admin/about.html")]
pub struct About {
    pub shell: Shell,
    pub version: &'static str,
    pub parts: Vec<Part>,
}

const IN_THE_PAGES: &str = "In the pages";

/// The program, or its pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub title: &'static str,
    pub licences: Vec<Licence>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// As in the list of SPDX.
    pub name: &'static str,
    /// Names with versions.
    pub packages: Vec<&'static str>,
}

impl Part {
    fn count(&self) -> usize {
        self.licences.iter().map(|licence| licence.packages.len()).sum()
    }

    /// Where the texts of its licences are.
    fn texts(&self) -> &'static str {
        match self.title {
            IN_THE_PAGES => aptdesk_ui::url("licences.txt"),
            _ => "/admin/about/licences",
        }
    }
}

pub async fn show(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<About>, Problem> {
    must_be_admin(actor)?;
    let shell = web.desk.read(actor, Shell::load).await?;
    Ok(Html(About { shell, version: env!("CARGO_PKG_VERSION"), parts: parts(LICENCES) }))
}

/// `/admin/about/licences`: the texts of the licences of what the program is made of.
pub async fn texts(SignedIn(actor): SignedIn) -> Result<impl IntoResponse, Problem> {
    must_be_admin(actor)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], TEXTS))
}

/// The most used licence first.
fn parts(list: &'static str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in list.lines() {
        if let Some(kind) = line.strip_prefix("# ") {
            let title = if kind == "npm" { IN_THE_PAGES } else { "In the program" };
            parts.push(Part { title, licences: Vec::new() });
        } else if let (Some(part), Some((name, packages))) = (parts.last_mut(), line.split_once(": ")) {
            part.licences.push(Licence { name, packages: packages.split(", ").collect() });
        }
    }
    for part in &mut parts {
        part.licences.sort_by_key(|licence| std::cmp::Reverse(licence.packages.len()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};

    #[test]
    fn every_package_stands_under_its_licence() {
        let parts = parts(LICENCES);
        let has = |title: &str, name: &str| {
            let part = parts.iter().find(|part| part.title == title).expect("a part");
            part.licences.iter().any(|it| it.packages.iter().any(|package| package.starts_with(name)))
        };
        assert!(has("In the program", "axum ") && has("In the program", "rusqlite "));
        assert!(has("In the pages", "htmx.org ") && has("In the pages", "@tiptap/core "));
        assert!(!has("In the pages", "esbuild "), "tools are no part of the pages");
        let html = renders(&About { shell: shell(), version: "1", parts });
        assert!(html.contains("MIT") && html.contains("Apache-2.0"));
        assert!(html.contains("\"/admin/about/licences\"") && html.contains("\"/assets/licences"));
    }

    #[test]
    fn the_texts_name_every_package_of_the_program() {
        let parts = parts(LICENCES);
        let program = parts.iter().find(|it| it.title == "In the program").expect("a part");
        for package in program.licences.iter().flat_map(|it| &it.packages) {
            assert!(TEXTS.contains(*package), "{package}");
        }
    }
}
