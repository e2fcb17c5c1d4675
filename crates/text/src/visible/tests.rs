//! What stays visible, and what is folded, for mail from many clients.

use super::*;
use proptest::prelude::*;

fn visible(text: &str) -> String {
    fold(text).visible
}

fn kinds(text: &str) -> Vec<Kind> {
    fold(text).parts.iter().map(|part| part.kind).collect()
}

#[test]
fn a_plain_message_is_all_visible() {
    let text = "Hello,\n\nmy lamp is broken. On Monday I wrote to you: no answer.\n\nFrom: Berlin\nTo: Paris\n\nPlease help";
    assert_eq!(visible(text), text);
    assert_eq!(kinds(text), [Kind::New]);
}

#[test]
fn an_outlook_reply_ends_at_its_header_block() {
    for rule in ["", "________________________________\n", "-----Original Message-----\n", " ------------------------------\n\n"] {
        let text = format!(
            "It still fails.\n\n{rule}From: Desk <desk@example.com>\nSent: Monday, 3 May 2021 10:00\nTo: Ana\nSubject: RE: Lamp\n\nDear Ana,\nplease try again."
        );
        assert_eq!(visible(&text), "It still fails.", "{rule}");
    }
}

#[test]
fn answers_between_the_quotes_stay_in_order() {
    let text = "Hi,\n\nOn 3 May 2021, at 10:00, Desk <desk@example.com> wrote:\n> Which lamp?\n\nThe red one.\n\n> Since when?\n\nSunday.\n\n-- \nAna";
    let folded = fold(text);
    assert_eq!(folded.visible, "Hi,\n\nThe red one.\n\nSunday.");
    assert_eq!(kinds(text), [Kind::New, Kind::Quote, Kind::New, Kind::Quote, Kind::New, Kind::Signature]);
}

#[test]
fn an_answer_below_the_quote_is_found() {
    assert_eq!(visible("On 04/02/2012 06:26 PM, Megan One wrote:\n> Hi \nHello"), "Hello");
}

#[test]
fn a_forwarded_message_is_there_to_be_read() {
    let forward = "---------- Forwarded message ---------\nFrom: Shop <shop@example.com>\nDate: Mon, 3 May 2021\nSubject: Invoice\nTo: <ana@example.com>\n\nYou owe us 5 EUR.";
    assert_eq!(visible(forward), forward);
    assert!(visible(&format!("Is this right?\n\n{forward}")).contains("You owe us"));
    let bare = "From: Shop <shop@example.com>\nSent: Monday\nTo: Ana\nSubject: Invoice\n\nYou owe us 5 EUR.";
    assert!(visible(&format!("Best regards\nAna Lopez\n\n{bare}")).contains("You owe us"), "only a signature above");
    assert!(visible(&format!("FYI\n\n{bare}")).contains("You owe us"));
    let hints = Hints { subject: Some("WG: Invoice"), ..Hints::default() };
    assert!(fold_with(&format!("Stimmt das so? Bitte prüfen Sie es für mich nach.\n\n{bare}"), &hints).visible.contains("You owe us"));
}

#[test]
fn an_empty_answer_is_empty_and_not_our_own_mail() {
    assert_eq!(visible("On 3 May 2021 at 10:00, Desk <desk@example.com> wrote:\n> Which lamp?\n"), "");
    assert_eq!(visible("\n\nSent from my iPhone\n\n> On 3 May 2021, at 10:00, Desk <desk@example.com> wrote:\n> \n> Which lamp?"), "> On 3 May 2021, at 10:00, Desk <desk@example.com> wrote:\n>\n> Which lamp?");
}

#[test]
fn device_lines_are_folded_in_many_languages() {
    for line in [
        "Sent from my iPhone", "Sent from my Verizon Wireless BlackBerry", "Sent from Mail for Windows 10", "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Envoyé de mon iPhone", "Envoyé depuis mon mobile Orange", "Enviado desde mi iPhone", "Enviado do meu iPhone", "Inviato da iPhone", "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone", "Sendt fra min iPhone", "Lähetetty iPhonesta", "Wysłane z iPhone'a", "Odesláno z iPhonu", "iPhone'umdan gönderildi",
        "Отправлено с iPhone", "iPhoneから送信", "发自我的 iPhone", "أرسلت من الـ iPhone", "Sent with Proton Mail secure email.",
        "Sent from my Android device with K-9 Mail. Please excuse my brevity.", "Sent from my Verizon, Samsung Galaxy smartphone",
        "Sent from Yahoo Mail on Android", "Holen Sie sich Outlook für Android<https://aka.ms/AAb9ysg>",
    ] {
        let text = format!("It is broken.\n\n{line}\n");
        assert_eq!(visible(&text), "It is broken.", "{line}");
    }
}

#[test]
fn sentences_that_look_like_device_lines_stay() {
    for line in [
        "Sent from my desk, is much easier then my mobile phone.",
        "Von meinem Konto wurde zweimal abgebucht",
        "Ich habe die Mail gestern gesendet",
        "邮件无法发送",
        "Sent from the warehouse in Berlin on Monday",
    ] {
        let text = format!("Hello.\n\n{line}");
        assert_eq!(visible(&text), text, "{line}");
    }
}

#[test]
fn a_closing_with_name_and_letterhead_is_folded() {
    for closing in ["Thanks,", "Kind regards", "Mit freundlichen Grüßen", "Viele Grüße aus Bonn", "Cordialement,", "Un saludo,", "С уважением,", "Met vriendelijke groet,"] {
        let text = format!("The lamp is broken.\n\n{closing}\nAna Lopez\n\nLamps & Co.\nTel.: +49 30 1234567\nwww.example.com\n");
        assert_eq!(visible(&text), "The lamp is broken.", "{closing}");
    }
}

#[test]
fn a_postscript_and_questions_after_the_name_stay() {
    let text = "The lamp is broken.\n\nThanks,\nAna\n\nPS: the order is A-1234.";
    assert_eq!(visible(text), "The lamp is broken.\n\nPS: the order is A-1234.");
    let text = "The lamp is broken.\n\nThanks,\nAna\n\nCould you also tell me when the shop opens?";
    assert!(visible(text).contains("when the shop opens"));
}

#[test]
fn thanks_alone_and_details_that_were_asked_for_stay() {
    assert_eq!(visible("Thanks!"), "Thanks!");
    assert_eq!(visible("It works now, thanks\n\nThank you"), "It works now, thanks\n\nThank you");
    assert_eq!(visible("Thanks,\nAna"), "Thanks,\nAna");
    let text = "Please send it to:\n\nAna Lopez\nana@example.com\n+49 30 1234567";
    assert_eq!(visible(text), text);
    let list = "I tried:\n\n- restarting\n\n- Berlin";
    assert_eq!(visible(list), list);
}

#[test]
fn legal_notices_and_warnings_are_folded() {
    let notice = "This e-mail is confidential and intended solely for the addressee. If you have received this e-mail in error, please notify the sender and delete it.";
    assert_eq!(visible(&format!("It is broken.\n\n{notice}\n")), "It is broken.");
    let warning = "CAUTION: This email originated from outside of the organization. Do not click links.";
    assert_eq!(visible(&format!("{warning}\n\nIt is broken.")), "It is broken.");
    let complaint = "Hello,\n\nyou charged my card in error, and my confidential data was in the message that a stranger received last week!";
    assert_eq!(visible(complaint), complaint);
}

#[test]
fn our_own_marker_ends_the_new_text() {
    let marker = "##- Please type your reply above this line -##";
    let text = format!("Still broken\n\nAna's Desk\n{marker}\nYour request was updated");
    assert_eq!(fold_with_marker(&text, marker).visible, "Still broken\n\nAna's Desk");
    assert_eq!(fold_with_marker("Yes\n\n<!-- our line -->\nold", "<!-- our line -->").visible, "Yes");
    assert_eq!(visible(&text), "Still broken\n\nAna's Desk", "known without being told");
}

#[test]
fn a_pasted_console_is_no_quote() {
    let text = "This fails:\n>>> import lamp\n>>> lamp.on()\nError";
    assert_eq!(visible(text), text);
}

#[test]
fn windows_line_ends_change_nothing() {
    let text = ":+1:\r\n\r\nOn Tue, Sep 25, 2012 at 8:59 AM, Chris Wanstrath\r\n<notifications@github.com>wrote:\r\n\r\n> Steps 0-2 are in prod.\r\n";
    assert_eq!(visible(text), ":+1:");
}

/// Lines that look like mail, in any order, so that the rules meet each other.
fn mailish() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just(String::new()),
        Just("> quoted".to_owned()),
        Just("On Mon, Apr 2, 2012 at 6:26 PM, Ana <a@example.com> wrote:".to_owned()),
        Just("-- ".to_owned()),
        Just("--".to_owned()),
        Just("Thanks,".to_owned()),
        Just("Ana Lopez".to_owned()),
        Just("From: Ana <a@example.com>".to_owned()),
        Just("Sent: Monday".to_owned()),
        Just("Subject: Hi".to_owned()),
        Just("-----Original Message-----".to_owned()),
        Just("---------- Forwarded message ----------".to_owned()),
        Just("________________".to_owned()),
        Just("Sent from my iPhone".to_owned()),
        Just("www.example.com".to_owned()),
        Just("PS: one more thing".to_owned()),
        Just("My lamp is broken, please send another one.".to_owned()),
        "\\PC{0,40}",
    ];
    (prop::collection::vec(line, 0..24), prop_oneof![Just("\n"), Just("\r\n")]).prop_map(|(lines, end)| lines.join(end))
}

#[test]
fn an_answer_that_only_thanks_does_not_unfold_our_mail() {
    let ours = "________________________________\nFrom: Desk <desk@example.com>\nSent: Monday\nTo: Ana\nSubject: Lamp\n\nTry again";
    assert_eq!(visible(&format!("Thanks,\nAna\n\n{ours}")), "Thanks,\nAna");
    let hints = Hints { subject: Some("Re: Lamp"), ..Hints::default() };
    assert_eq!(fold_with(&format!("\n{ours}"), &hints).visible, "");
}

#[test]
fn a_long_hostile_message_takes_no_time_to_speak_of() {
    for line in ["--\n", "From: a@b.c\n", "Thanks,\nAna\n", "On 3 May 2021 10:00 a@b.c:\n", "________\n\n", "Sent from my iPhone\n\n", ">a\nb\n", "> \n", "x: "] {
        let text = line.repeat(40_000);
        let whole: usize = fold(&text).parts.iter().map(|part| part.text.len()).sum();
        assert_eq!(whole, text.len());
    }
}

proptest! {
    #[test]
    fn nothing_is_ever_lost(text in mailish()) {
        let folded = fold(&text);
        let whole: String = folded.parts.iter().map(|part| part.text.as_str()).collect();
        prop_assert_eq!(whole, text);
    }

    #[test]
    fn any_text_can_be_folded(text in any::<String>()) {
        let whole: String = fold(&text).parts.iter().map(|part| part.text.as_str()).collect();
        prop_assert_eq!(whole, text);
    }

    #[test]
    fn every_visible_line_was_written(text in mailish()) {
        for line in fold(&text).visible.lines() {
            prop_assert!(text.contains(line));
        }
    }
}
