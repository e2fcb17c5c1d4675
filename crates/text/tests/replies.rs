//! Real replies from many clients: how much of the new text stays, how much of the old is folded away.
#![allow(clippy::print_stdout, reason = "the score is for the reader of the test")]

use std::path::PathBuf;
use text::{fold, split_html};

/// The folder with real mail, if this machine has it.
fn data(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/mail").join(folder);
    if !path.is_dir() {
        println!("no data at {}: nothing to compare with", path.display());
        return None;
    }
    Some(path)
}

fn read(path: &std::path::Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).expect("the file is there")).into_owned()
}

/// The words of a text on one line.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tagless(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    let body = html.find("<body").or_else(|| html.find("<BODY")).unwrap_or(0);
    for letter in html[body..].chars() {
        match letter {
            '<' => {
                inside = true;
                text.push(' ');
            }
            '>' if inside => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    words(&text.replace("&nbsp;", " "))
}

/// Each case that failed, in words.
#[derive(Default)]
struct Score {
    cases: usize,
    failed: Vec<String>,
}

impl Score {
    fn same(&mut self, name: &str, found: &str, wanted: &str) {
        self.cases += 1;
        if words(found) != words(wanted) {
            self.failed.push(format!("{name}\n  wanted {:?}\n  found  {:?}", words(wanted), words(found)));
        }
    }

    fn finish(self, what: &str) {
        println!("{what}: {} of {}", self.cases - self.failed.len(), self.cases);
        assert!(self.failed.is_empty(), "{what}:\n{}", self.failed.join("\n"));
    }
}

#[test]
fn plain_replies_show_exactly_their_new_text() {
    let Some(folder) = data("replies-1/emails") else { return };
    let mut score = Score::default();
    for (name, wanted) in [
        (
            "email_1_1",
            "Hi folks What is the best way to clear a Riak bucket of all key, values after running a test? I am currently using the Java HTTP API.",
        ),
        ("email_1_3", "Oh thanks. Having the function would be great."),
        ("email_1_4", "Awesome! I haven't had another problem with it."),
        ("email_1_6", "I get proper rendering as well. Sent from a magnificent torch of pixels"),
        ("email_1_7", ":+1:"),
        ("email_1_8", "I will reply under this one and under this."),
        ("email_2_1", "Outlook with a reply"),
        ("email_2_2", "Outlook with a reply directly above line"),
        ("email_2_3", "Outlook with a reply directly above line"),
        ("email_BlackBerry", "Here is another email"),
        ("email_iPhone", "Here is another email"),
        ("email_multi_word_sent_from_my_mobile_device", "Here is another email"),
        (
            "email_sent_from_my_not_signature",
            "Here is another email Sent from my desk, is much easier then my mobile phone.",
        ),
        (
            "email_sig_delimiter_in_middle_of_line",
            "Hi there! Stuff happened. And here is a fix -- this is not a signature. kthxbai",
        ),
        ("correct_sig", "this is an email with a correct -- signature."),
        (
            "email_one_is_not_on",
            "Thank, this is really helpful. One outstanding question I had: Locally (on development), when I run...",
        ),
        (
            "email_bullets",
            "test 2 this should list second and have spaces and retain this formatting - how about bullets - and another",
        ),
        (
            "greedy_on",
            "On your remote host you can run: telnet 127.0.0.1 52698 This should connect to TextMate (on your Mac, via the tunnel). If that fails, the tunnel is not working.",
        ),
        (
            "pathological",
            "I think you're onto something. I will try to fix the problem as soon as I get back to a computer.",
        ),
    ] {
        score.same(name, &fold(&read(&folder.join(format!("{name}.txt")))).visible, wanted);
    }
    let all = read(&folder.join("email_1_5.txt"));
    score.same("email_1_5", &fold(&all).visible, &all);
    let mixed = fold(&read(&folder.join("email_1_2.txt"))).visible;
    let ends = mixed.starts_with("Hi,\n\nYou can list the keys")
        && mixed.ends_with("delete them all individually.\"");
    score.same("email_1_2", if ends { "answers only" } else { &mixed }, "answers only");
    let long = fold(&read(&folder.join("email_long_quote.txt"))).visible;
    let ends = long.starts_with("Hi folks") && long.ends_with("using the Java HTTP API.");
    score.same("email_long_quote", if ends { "ends" } else { &long[..200.min(long.len())] }, "ends");
    score.finish("plain replies");
}

#[test]
fn replies_of_known_clients_show_exactly_their_new_text() {
    let Some(folder) = data("replies-2/fixtures") else { return };
    let mut score = Score::default();
    for client in [
        "android",
        "aol",
        "apple_mail",
        "apple_mail_2",
        "comcast",
        "gmail",
        "hotmail",
        "iphone",
        "outlook",
        "sparrow",
        "thunderbird",
        "yahoo",
    ] {
        let raw =
            std::fs::read(folder.join(format!("standard_replies/{client}.eml"))).expect("the file is there");
        let message = mail_parser::MessageParser::default().parse(&raw).expect("a message");
        let text = message.body_text(0).unwrap_or_default();
        score.same(client, &fold(&text).visible, "Hello");
        let html_part = message.html_body.first().and_then(|part| message.part(*part));
        if let Some(html) = html_part.filter(|part| part.is_text_html()).and_then(|part| part.text_contents())
        {
            let wanted = if client == "outlook" { "Allo! Follow up MIME!" } else { "Hello" };
            score.same(&format!("{client}, HTML"), &tagless(&split_html(html).visible(html)), wanted);
        }
    }
    let raw = std::fs::read(folder.join("reply-quotations-share-block.eml")).expect("the file is there");
    let message = mail_parser::MessageParser::default().parse(&raw).expect("a message");
    let visible = fold(&message.body_text(0).unwrap_or_default()).visible;
    let ends = visible.starts_with("Hi Katharine")
        && !visible.contains("wrote:")
        && !visible.contains("New Booking");
    score.same("share-block", if ends { "new only" } else { &visible }, "new only");
    for client in [
        "gmail",
        "hotmail",
        "mail_ru",
        "ms_outlook_2003",
        "ms_outlook_2007",
        "ms_outlook_2010",
        "thunderbird",
        "windows_mail",
        "yandex_ru",
    ] {
        let html = read(&folder.join(format!("html_replies/{client}.html")));
        score.same(client, &tagless(&split_html(&html).visible(&html)), "Hi. I am fine. Thanks, Alex");
    }
    for (name, wanted) in [("OLK_SRC_BODY_SECTION", "Reply"), ("reply-separated-by-hr", "Hi there Bob")] {
        let html = read(&folder.join(format!("{name}.html")));
        score.same(name, &tagless(&split_html(&html).visible(&html)), wanted);
    }
    score.finish("replies of known clients");
}

#[test]
fn signatures_are_folded_and_nothing_else() {
    let Some(folder) = data("replies-2/fixtures/signature/emails") else { return };
    let mut score = Score::default();
    for name in ["camel_case", "jeff", "johndoeexamplecom", "long", "short_url", "sparse"] {
        let plain = |part: &str| read(&folder.join(format!("stripped/{name}_{part}"))).replace("#sig#", "");
        let (body, signature) = (plain("body"), plain("signature"));
        let wanted = body.trim_end().strip_suffix(signature.trim()).unwrap_or(&body).to_owned();
        score.same(name, &fold(&body).visible, &wanted);
    }
    let usenet = read(&folder.join("P/102682_R_S")).replace("#sig#", "").replace("#reply#", "");
    let body = usenet.split_once("\n\n").map_or("", |(_, body)| body);
    let wanted = "I like the xxx a lot, but my heart belongs to the xxx...You can imagine my frustration when I saw the xxx nabbing xxx...ARHGGHRGHH!";
    score.same("usenet", &fold(body).visible, wanted);
    let russian = read(&folder.join("P/unicode_msg"));
    let body = russian.split_once('\n').map_or("", |(_, body)| body);
    let wanted = body.split_once("С уважением").map_or("", |(above, _)| above);
    score.same("unicode", &fold(body).visible, wanted);
    score.finish("signatures");
}

#[test]
fn help_desk_mail_shows_exactly_its_new_text() {
    let (Some(desk), Some(expected)) = (data("helpdesk"), data("expected")) else { return };
    let mut score = Score::default();
    let text_of = |path: PathBuf| {
        let raw = std::fs::read(path).expect("the file is there");
        let message = mail_parser::MessageParser::default().parse(&raw).expect("a message");
        message.body_text(0).unwrap_or_default().into_owned()
    };
    for (name, wanted) in [
        ("mail_with_quote", "Yes, I am providing you step how to reproduce this issue"),
        ("reply_cc", "Hello, Find the related inbox."),
        ("only_text", "text only mail"),
    ] {
        score.same(name, &fold(&text_of(desk.join(format!("{name}.eml")))).visible, wanted);
    }
    let starts_and_ends = |text: &str, start: &str, end: &str| {
        let text = words(text);
        if text.starts_with(start) && text.ends_with(end) { "as it should".to_owned() } else { text }
    };
    for (name, start, end) in [
        ("mail001", "Hallo Martin,", "sag mir Bescheid."),
        ("mail003", "Hallo Fritz,", "unter XXXX 2.4 anmelden."),
        ("mail005", "Hallo Martin, John und ich", "einfach kurz ne Rückmeldung...;-)"),
        ("mail009", "Enjoy!", "Enjoy!"),
        ("mail057", "----- Original Nachricht ----", "Bob Smith"),
        ("mail059", "äöüß ad asd", "äöüß ad asd"),
        ("mail013", "JA", "JA"),
    ] {
        let visible = fold(&text_of(expected.join(format!("{name}.box")))).visible;
        score.same(name, &starts_and_ends(&visible, start, end), "as it should");
    }
    score.finish("help desk mail");
}

#[test]
fn all_mail_at_hand_can_be_read_without_loss() {
    let Some(folder) = data(".") else { return };
    let mut folders = vec![folder];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let raw = std::fs::read(&path).unwrap_or_default();
            let Some(message) = mail_parser::MessageParser::default().parse(&raw) else { continue };
            let text = message.body_text(0).unwrap_or_default();
            let folded = fold(&text);
            let whole: String = folded.parts.iter().map(|part| part.text.as_str()).collect();
            assert_eq!(whole, text, "{}", path.display());
            let html = message.body_html(0).unwrap_or_default();
            let split = split_html(&html);
            let whole: String = split.pieces(&html).into_iter().map(|(_, piece)| piece).collect();
            assert_eq!(whole, html, "{}", path.display());
            text::identify(&folded.visible);
            text::tone("", &folded.visible);
            text::search_terms(&folded.visible, None);
            count += 1;
        }
    }
    println!("{count} messages read without loss");
    assert!(count > 300);
}
