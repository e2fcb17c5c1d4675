//! `/admin/about`: which version runs, under which licence, and whose work it stands on.

use super::must_be_admin;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;

const LOCK_FILE: &str = include_str!("../../../../Cargo.lock");

#[derive(askama::Template)]
#[template(path = "admin/about.html")]
pub struct About {
    pub shell: Shell,
    pub version: &'static str,
    pub packages: Vec<Package>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    pub name: &'static str,
    pub version: &'static str,
}

pub async fn show(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<About>, Problem> {
    must_be_admin(actor)?;
    let shell = web.desk.read(actor, Shell::load).await?;
    Ok(Html(About { shell, version: env!("CARGO_PKG_VERSION"), packages: packages(LOCK_FILE) }))
}

/// The packages of others that are built in: those that come from a registry.
fn packages(lock: &'static str) -> Vec<Package> {
    let value = |block: &'static str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key))?;
        Some(line.trim_matches([' ', '=', '"']))
    };
    let blocks = lock.split("[[package]]").skip(1).filter(|block| block.contains("\nsource = "));
    blocks
        .filter_map(|block| Some(Package { name: value(block, "name")?, version: value(block, "version")? }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::shell;
    use askama::Template;

    #[test]
    fn whose_work_it_stands_on_is_read_from_the_lock_file() {
        let packages = packages(LOCK_FILE);
        assert!(packages.iter().any(|package| package.name == "axum"));
        assert!(packages.iter().all(|package| package.name != "desk"));
        let page = About { shell: shell(), version: "0.1.0", packages };
        assert!(page.render().unwrap().contains("Apache-2.0"));
    }
}
