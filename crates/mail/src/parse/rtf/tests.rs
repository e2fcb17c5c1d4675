//! Bodies as Outlook, WordPad and damaged disks write them.

use super::*;
use proptest::prelude::*;

fn text(rtf: &str) -> String {
    read(rtf.as_bytes()).expect("RTF").text.expect("some text")
}

fn html(rtf: &str) -> String {
    read(rtf.as_bytes()).expect("RTF").html.expect("some HTML")
}

#[test]
fn the_words_of_a_letter_come_out_without_its_fonts_and_pictures() {
    let rtf = concat!(
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Calibri;}{\f1\fswiss Arial;}}",
        r"{\colortbl ;\red0\green0\blue255;}{\*\generator Riched20 10.0;}{\info{\author Somebody}}",
        "\r\n",
        r"\pard\sa200\b Gr\'fc\'dfe\b0  aus K\u246?ln\par A\tab B\line {\pict\wmetafile8 0102ffd8}C\~D \{x\} \endash  1\par}",
        "\0trailing"
    );
    assert_eq!(text(rtf), "Grüße aus Köln\nA\tB\nC\u{a0}D {x} – 1\n");
}

#[test]
fn html_wrapped_in_rtf_is_given_back() {
    let rtf = concat!(
        r"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\*\htmltag19 <html>}",
        "\r\n",
        r"{\*\htmltag64 <p style=\'22x\'22>}\htmlrtf {\b\htmlrtf0 Hello {\*\htmltag84 <b>}\htmlrtf {\b \htmlrtf0 B\'e9a",
        r"{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0 \htmlrtf only for RTF\par\htmlrtf0 {\*\mhtmltag84 <img src='x'>}",
        r"{\*\htmltag84 <img src=\'22cid:a@b\'22>}\tab\lquote q\rquote{\*\htmltag72 </p>}\par}"
    );
    assert_eq!(
        html(rtf),
        "<html><p style=\"x\">Hello <b>Béa</b><img src=\"cid:a@b\">\t&lsquo;q&rsquo;</p>\n"
    );
}

#[test]
fn text_wrapped_in_rtf_keeps_its_lines() {
    let rtf =
        r"{\rtf1\ansi\fromtext \fbidi \deff0{\fonttbl{\f0 Courier;}}\f0\fs20 One\par\par Two \\ three\par}";
    assert_eq!(text(rtf), "One\n\nTwo \\ three\n");
}

#[test]
fn each_font_brings_its_character_set() {
    let rtf = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset128 B;}{\f2\fcharset204 C;}}\f1 \'93\'fa\'96\'7b\f2  \'cf\'f0\'e8\f0  \'e9}";
    assert_eq!(text(rtf), "日本 При é");
}

#[test]
fn letters_beyond_the_codepage_pass_over_their_stand_ins() {
    assert_eq!(
        text(r"{\rtf1\ansi\uc1 a\u8364?b\u-10179?\u-8704?c\uc2\u26085\'93\'fad\uc0\u233 e}"),
        "a€b😀c日dée"
    );
    assert_eq!(text(r"{\rtf1 a\u ?\u0?b}"), "ab", "a sign without a number is none");
    // A stand-in may be written as a sign of its own, and a brace ends it.
    assert_eq!(text(r"{\rtf1\uc3 {\u8364 ab}c}"), "€c");
}

#[test]
fn hidden_text_and_the_instructions_of_a_field_are_not_read() {
    let rtf =
        r#"{\rtf1 see {\field{\*\fldinst HYPERLINK "http://x.test"}{\fldrslt the page}}{\v secret} now}"#;
    assert_eq!(text(rtf), "see the page now");
}

#[test]
fn what_is_no_rtf_is_not_read_and_what_is_cut_is_read_as_far_as_it_goes() {
    assert_eq!(read(b"Hello"), None);
    assert_eq!(read(b""), None);
    assert_eq!(text(r"{\rtf1 Hello {\b wor"), "Hello wor");
    assert_eq!(text(r"{\rtf1 Hello\'"), "Hello");
    assert_eq!(text("{\\rtf1 a\\bin9999999999 b"), "a");
    assert_eq!(read(br"{\rtf1}"), Some(Rich::default()));
}

#[test]
fn groups_without_end_are_read_without_harm() {
    let deep = format!("{{\\rtf1 a{}b{}c}}", "{".repeat(200_000), "}".repeat(200_000));
    assert_eq!(text(&deep), "abc");
    let closed = format!("{{\\rtf1 a{}b", "}".repeat(100_000));
    assert_eq!(text(&closed), "a");
}

proptest! {
    #[test]
    fn any_words_and_braces_are_read(body in r"([\\{}*' \-]|\\(u|uc|f|fcharset|fonttbl|htmltag|htmlrtf|fromhtml|bin|par|'8)[0-9-]{0,11}|[a-zé\x00\r\n]){0,300}") {
        let rtf = format!("{{\\rtf1{body}}}");
        let read = read(rtf.as_bytes()).expect("it begins like RTF");
        let said = read.html.or(read.text).unwrap_or_default();
        // A short word may stand for an entity of seven letters, never for more.
        prop_assert!(said.len() <= rtf.len() * 8);
    }

    #[test]
    fn plain_words_come_out_as_they_went_in(words in "[a-zA-Z0-9 ,.:;äöüé€日😀\n]{1,200}") {
        let mut body = String::new();
        for letter in words.chars() {
            match letter {
                '\n' => body.push_str("\\par "),
                letter if letter.is_ascii() => body.push(letter),
                letter => {
                    let mut units = [0; 2];
                    for unit in letter.encode_utf16(&mut units) {
                        body.push_str(&format!("\\u{}?", *unit as i16));
                    }
                }
            }
        }
        let read = read(format!("{{\\rtf1\\ansi {body}}}").as_bytes()).expect("RTF");
        prop_assert_eq!(read.text.unwrap_or_default().trim().to_owned(), words.trim().to_owned());
    }
}
