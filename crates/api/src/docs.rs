//! `/api/v2/docs`: the route table as a page, without script and without anybody else's server.

use crate::routes;
use crate::table::{Gives, Route, Takes};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use std::fmt::Write;

const STYLE: &str = "
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; }
nav a { display: inline-block; margin: 0 .75rem .25rem 0; }
section { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); margin-top: 1.5rem; }
details { padding: .25rem 0; }
summary { cursor: pointer; }
code { font: 13px/1.5 ui-monospace, monospace; }
.method { display: inline-block; font-weight: 600; min-width: 4.5em; }
.meaning { opacity: .75; }
dt { font-weight: 600; }
";

pub async fn show() -> Response {
    let mut response = Html(page()).into_response();
    let policy =
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn page() -> String {
    let all = routes::all();
    let mut tags: Vec<&str> = all.iter().map(|route| route.tag).collect();
    tags.dedup();
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Aptdesk API</title><style>{STYLE}</style><h1>Aptdesk API</h1>\
         <p>The paths and shapes of the Zendesk Support API, below <code>/api/v2</code>. Prove who you are with \
         <code>email/token:TOKEN</code> (basic) or a bearer token. As a file for tools: \
         <a href=\"/api/v2/openapi.json\">openapi.json</a>.</p><nav aria-label=\"Sections\">"
    );
    for tag in &tags {
        let _ = write!(html, "<a href=\"#{}\">{tag}</a>", anchor(tag));
    }
    html.push_str("</nav>");
    for tag in &tags {
        let _ = write!(html, "<section><h2 id=\"{}\">{tag}</h2>", anchor(tag));
        for route in all.iter().filter(|route| route.tag == *tag) {
            html.push_str(&entry(route));
        }
        html.push_str("</section>");
    }
    html.push_str("</html>");
    html
}

fn entry(route: &Route) -> String {
    let mut html = format!(
        "<details><summary><code><span class=\"method\">{}</span> {}</code> <span class=\"meaning\">{}</span></summary><dl>",
        route.method_name(),
        route.path,
        route.summary
    );
    if !route.query.is_empty() {
        html.push_str("<dt>Query</dt>");
        for (name, meaning) in &route.query {
            let _ = write!(html, "<dd><code>{name}</code> {meaning}</dd>");
        }
    }
    let takes = match &route.takes {
        Takes::Nothing => None,
        Takes::Json(shape) => Some(format!("<code>{}</code>", (shape.name)())),
        Takes::Bytes => Some("the file's bytes".to_owned()),
    };
    if let Some(takes) = takes {
        let _ = write!(html, "<dt>Body</dt><dd>{takes}</dd>");
    }
    let gives = match &route.gives {
        Gives::Nothing => "204, nothing".to_owned(),
        Gives::One(key, shape, status) => format!("{status}, <code>{{ {key}: {} }}</code>", (shape.name)()),
        Gives::Many(key, shape, paged) => {
            format!(
                "200, <code>{{ {key}: [{}] }}</code>{}",
                (shape.name)(),
                if *paged { ", in pages" } else { "" }
            )
        }
        Gives::Refusal => "422, with the reason".to_owned(),
        Gives::Page(content_type) => format!("200, {content_type}"),
    };
    let _ = write!(html, "<dt>Answer</dt><dd>{gives}</dd></dl></details>");
    html
}

fn anchor(tag: &str) -> String {
    tag.to_lowercase().replace(' ', "-")
}
