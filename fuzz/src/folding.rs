//! Nothing that a letter says is lost by folding its quotes away, in text or in HTML, and what is shown cannot act.

use mail::parse::html::{clean_html, html_to_text};

pub fn run(bytes: &[u8]) {
    let words = String::from_utf8_lossy(bytes);
    let subjects = [None, Some("Re: No sound"), Some("Fwd: No sound")];
    let subject = subjects[bytes.len() % subjects.len()];
    let hints = text::Hints { subject, ..text::Hints::default() };

    let folded = text::fold_with(&words, &hints);
    let parts: String = folded.parts.iter().map(|part| part.text.as_str()).collect();
    assert_eq!(parts, words, "the parts are the text");

    let split = text::split_html_with(&words, &hints);
    let pieces: String = split.pieces(&words).into_iter().map(|(_, piece)| piece).collect();
    assert_eq!(pieces, words, "the pieces are the HTML");

    for html in [clean_html(&words), clean_html(&split.visible(&words)), clean_html(&split.quoted(&words))] {
        must_be_clean(&html);
        let _ = html_to_text(&html);
    }
    let language = text::identify(&words).map_or("en", |found| found.code);
    let _ = text::tone(&words, language);
}

pub fn must_be_clean(html: &str) {
    let html = html.to_ascii_lowercase();
    for act in ["<script", "<iframe", "<object", "<embed", "<form", "<meta", "<base", "<link"] {
        assert!(!html.contains(act), "{act} in {html}");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    crate::all(&[
        b"Thanks.\n\n-- \nAna\n\nOn Mon, 5 Jan 2026 at 12:00, Desk <d@x> wrote:\n> Hello\n>> Older\n",
        "Danke!\n\nAm 05.01.2026 um 12:00 schrieb Desk:\n> Hallo\n\nVon meinem iPhone gesendet\n".as_bytes(),
        b"FYI\n\n---------- Forwarded message ---------\nFrom: A <a@b>\nDate: Mon\nSubject: x\nTo: b\n\nWords\n",
        b"Yes\n\n-----Original Message-----\nFrom: A\nSent: Monday\nTo: B\nSubject: C\n\nOld\n\nThis e-mail is confidential.\n",
        b"<div dir=\"ltr\">New<br></div><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon A wrote:<br></div><blockquote>old</blockquote></div>",
        b"<p>New</p><div id=\"divRplyFwdMsg\"><b>From:</b> A<br><b>Sent:</b> B<br><b>To:</b> C<br><b>Subject:</b> D</div><p onclick=x>old</p><script>1</script>",
        b"<table><tr><td style=\"background:url(x)\"><a href=\"javascript:1\">x</a><img src=cid:a@b><!-- c --><svg><style>@import 'x'</style>",
    ])
}
