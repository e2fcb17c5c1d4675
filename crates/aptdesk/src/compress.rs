//! Answers in fewer bytes. Pages are whole when they leave, so each is compressed in one go by a compressor that its
//! thread keeps: a stream of pieces, with a new compressor for each page, cost more than making the page.

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::{Compress, Compression, FlushCompress, Status};
use std::cell::RefCell;

/// Smaller answers fit into one packet anyway.
const BODY_BYTES_MIN: u64 = 600;
/// Larger ones are files; they leave as they are.
const BODY_BYTES_MAX: u64 = 4 << 20;
/// Below it, pages grow by a third and the desk's processor time does not shrink measurably.
const ZSTD_LEVEL: i32 = 1;
const GZIP_WINDOW_BITS: u8 = 15;
/// What a gzip stream needs beside the bytes that it could not make smaller.
const GZIP_MARGIN_BYTES: usize = 1_024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Zstd,
    Gzip,
}

thread_local! {
    static ZSTD: RefCell<Option<zstd::bulk::Compressor<'static>>> = RefCell::new(zstd::bulk::Compressor::new(ZSTD_LEVEL).ok());
    static GZIP: RefCell<Compress> = RefCell::new(Compress::new_gzip(Compression::fast(), GZIP_WINDOW_BITS));
}

pub async fn compress(request: Request, next: Next) -> Response {
    let coding = accepted(request.headers());
    let is_head = request.method() == Method::HEAD;
    let response = next.run(request).await;
    let size = response.body().size_hint().exact().unwrap_or_default();
    let fits = (BODY_BYTES_MIN..=BODY_BYTES_MAX).contains(&size);
    if is_head || !fits || !is_text(&response) || response.headers().contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let Some(coding) = coding else { return Response::from_parts(parts, body) };
    let Ok(bytes) = to_bytes(body, BODY_BYTES_MAX as usize).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Some(smaller) = coding.shorten(&bytes) else { return Response::from_parts(parts, Body::from(bytes)) };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(Bytes::from(smaller)))
}

/// The best that the other side takes; `q=0` means never.
fn accepted(headers: &HeaderMap) -> Option<Coding> {
    let words = headers.get_all(header::ACCEPT_ENCODING);
    let taken = |wanted: &str| {
        words.iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(',')).any(|it| {
            let (name, weight) = it.split_once(';').unwrap_or((it, ""));
            let never = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
            name.trim().eq_ignore_ascii_case(wanted) && !never
        })
    };
    [Coding::Zstd, Coding::Gzip].into_iter().find(|coding| taken(coding.name()))
}

fn is_text(response: &Response) -> bool {
    let kind =
        response.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    (kind.starts_with("text/") && kind != "text/event-stream")
        || matches!(kind, "application/json" | "application/javascript" | "image/svg+xml")
}

impl Coding {
    fn name(self) -> &'static str {
        match self {
            Coding::Zstd => "zstd",
            Coding::Gzip => "gzip",
        }
    }

    /// Nothing if it would not become smaller.
    fn shorten(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let smaller = match self {
            Coding::Zstd => ZSTD.with_borrow_mut(|kept| kept.as_mut()?.compress(bytes).ok())?,
            Coding::Gzip => GZIP.with_borrow_mut(|kept| {
                kept.reset();
                let mut out = Vec::with_capacity(bytes.len() + GZIP_MARGIN_BYTES);
                let ended = kept.compress_vec(bytes, &mut out, FlushCompress::Finish).ok()?;
                (ended == Status::StreamEnd).then_some(out)
            })?,
        };
        (smaller.len() < bytes.len()).then_some(smaller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn asking(words: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(words).unwrap())])
    }

    #[test]
    fn the_best_coding_that_is_taken_is_used() {
        assert_eq!(accepted(&asking("gzip, deflate, br, zstd")), Some(Coding::Zstd));
        assert_eq!(accepted(&asking("gzip, zstd;q=0")), Some(Coding::Gzip));
        assert_eq!(accepted(&asking("GZIP;q=0.5")), Some(Coding::Gzip));
        assert_eq!(accepted(&asking("br, identity")), None);
        assert_eq!(accepted(&HeaderMap::new()), None);
    }

    #[test]
    fn what_was_shortened_twice_by_one_thread_reads_as_it_was() {
        for text in ["a page ".repeat(9_000), "another one, shorter ".repeat(50)] {
            let packed = Coding::Gzip.shorten(text.as_bytes()).unwrap();
            let mut read = String::new();
            flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
            let packed = Coding::Zstd.shorten(text.as_bytes()).unwrap();
            assert_eq!(zstd::decode_all(packed.as_slice()).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn what_does_not_become_smaller_stays() {
        let mut state = 1_u64;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .take(4_000)
        .collect();
        assert_eq!((Coding::Zstd.shorten(&noise), Coding::Gzip.shorten(&noise)), (None, None));
    }
}
