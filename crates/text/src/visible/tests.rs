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
    for rule in [
        "",
        "________________________________\n",
        "-----Original Message-----\n",
        " ------------------------------\n\n",
    ] {
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
    assert!(
        visible(&format!("Best regards\nAna Lopez\n\n{bare}")).contains("You owe us"),
        "only a signature above"
    );
    assert!(visible(&format!("FYI\n\n{bare}")).contains("You owe us"));
    let hints = Hints { subject: Some("WG: Invoice"), ..Hints::default() };
    assert!(
        fold_with(&format!("Stimmt das so? Bitte prüfen Sie es für mich nach.\n\n{bare}"), &hints)
            .visible
            .contains("You owe us")
    );
}

#[test]
fn an_empty_answer_is_empty_and_not_our_own_mail() {
    assert_eq!(visible("On 3 May 2021 at 10:00, Desk <desk@example.com> wrote:\n> Which lamp?\n"), "");
    assert_eq!(
        visible(
            "\n\nSent from my iPhone\n\n> On 3 May 2021, at 10:00, Desk <desk@example.com> wrote:\n> \n> Which lamp?"
        ),
        "> On 3 May 2021, at 10:00, Desk <desk@example.com> wrote:\n>\n> Which lamp?"
    );
}

#[test]
fn device_lines_are_folded_in_many_languages() {
    for line in [
        "Sent from my iPhone",
        "Sent from my Verizon Wireless BlackBerry",
        "Sent from Mail for Windows 10",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Envoyé de mon iPhone",
        "Envoyé depuis mon mobile Orange",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "iPhone'umdan gönderildi",
        "Отправлено с iPhone",
        "iPhoneから送信",
        "发自我的 iPhone",
        "أرسلت من الـ iPhone",
        "Sent with Proton Mail secure email.",
        "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
        "Sent from my Verizon, Samsung Galaxy smartphone",
        "Sent from Yahoo Mail on Android",
        "Holen Sie sich Outlook für Android<https://aka.ms/AAb9ysg>",
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
    for closing in [
        "Thanks,",
        "Kind regards",
        "Mit freundlichen Grüßen",
        "Viele Grüße aus Bonn",
        "Cordialement,",
        "Un saludo,",
        "С уважением,",
        "Met vriendelijke groet,",
    ] {
        let text = format!(
            "The lamp is broken.\n\n{closing}\nAna Lopez\n\nLamps & Co.\nTel.: +49 30 1234567\nwww.example.com\n"
        );
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
    (prop::collection::vec(line, 0..24), prop_oneof![Just("\n"), Just("\r\n")])
        .prop_map(|(lines, end)| lines.join(end))
}

#[test]
fn titles_and_rules_of_further_clients_are_known() {
    for below in [
        "---- On Wed, 24 Feb 2021 14:02:50 +0530 desk@example.com wrote ----\n\nTry again",
        "-------- Oprindelig besked --------\nFra: Desk <desk@example.com>\nDato: 04.07.2024  17.45  (GMT+01:00)\nTil: ana@example.com\nEmne: Lampe\n\nPrøv igen",
        "-------- Message d'origine --------\nDe : Desk <desk@example.com>\nDate : 23/06/24  10:46  (GMT+01:00)\nÀ : ana@example.com Objet : Lampe\n\nRéessayez",
        "----- Original Message -----\n\nTry again",
        "Télécharger Outlook pour Android<https://aka.ms/x>\n\n________________________________\nFrom: Desk <d@example.com>\nSent: Monday\nTo: Ana\nSubject: Lamp\n\nHello",
        "**From:** Desk <desk@example.com>\n**Sent:** 28 July 2025 15:46\n**To:** Ana\n**Subject:** Lamp\n\nTry again",
        "---\n\n**From:** Desk <desk@example.com> on behalf of Desk\n**Sent:** Monday, July 28, 2025 15:45\n**To:** Ana <a@example.com>\n**Subject:** Lamp\n\nTry again",
        "From: Desk \n<desk@example.com> \nSent: Monday, August 26, 2019 4:37 PM\nTo: Ana <a@example.com>\nSubject: Lamp\n\nTry again",
        "2013/7/20 Desk via Lamps <desk@example.com>\n\n> Try again",
        "> Le 29 avr. 2025 à 11:11, Desk <desk@example.com> a écrit :\n> Réessayez",
        "Sent from TypeApp<http://www.example.com/r>\nOn Jun 17, 2017, at 14:15, Desk <desk@example.com<\nmailto:desk@example.com>> wrote:\nTry again",
        "From: \"Desk\" <desk@example.com>\nTo: \"Ana\" <ana@example.com>\nSent: Monday, 3 May\nSubject: Lamp\n\nTry again",
        "Desk/Berlin/Lamps wrote on 05/03/2012 02:30:55 PM:\n\n> Try again",
        "Von:    Desk <desk@example.com>\nAn:     Ana <ana@example.com>\nDatum:  03.05.2012 11:51\nBetreff:        Lampe\n\nBitte erneut versuchen",
        "------- Original Message -------\nOn Wednesday, May 4th, 2022 at 10:11, Desk <desk@example.com> wrote:\n\n> Try again",
        "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Wednesday, May 4th, 2022 10:11, Desk <desk@example.com> wrote:\n\n> Try again",
        "De: \"Desk\" <desk@example.com>\nÀ: \"Ana\" <ana@example.com>\nEnvoyé: Lundi 3 Mai 2021 10:00:00\nObjet: Lampe\n\nRéessayez",
        "-----Ursprüngliche Nachricht-----\nVon: Desk <desk@example.com> \nGesendet: Montag, 3. Mai 2021 10:00\nAn: Ana\nBetreff: Lampe\n\nBitte erneut versuchen",
    ] {
        assert_eq!(visible(&format!("It is still dark.\n\n{below}")), "It is still dark.", "{below}");
    }
}

#[test]
fn further_device_lines_are_folded_together() {
    let text = "It is still dark ;)\n\nSomeone from mobile\nFrom My Iphone 6\nSent via mobile\nSent with Airmail\nSent from Mailbox for iPad\nSent from my TI-85\nSent from my cell, please excuse any typos.\n<<sent by galaxy>>\n(sent from a phone)\n(Sent from mobile device)\n從我的 iPhone 傳送\n";
    assert_eq!(visible(text), "It is still dark ;)");
}

#[test]
fn what_only_looks_like_mail_stays_whole() {
    for text in [
        "I am writing because of:\n-- first point\n-- second point\n\nI hope you can check it\n\nThanks!",
        "The notification was sent from my iPhone app to all users.\n\nAll messages are sent from the main server.",
        "I need to read mails that come from: ana@example.com and from: bob@example.com\n\nThe data comes From: our database, not From: elsewhere.",
        "Here are the formats:\n\n2024-01-15 14:30:25\n15.01.2024 14:30\nJan 15, 2024 at 14:30\n\nAll of these are examples.",
        "Here is my analysis:\n\n## Key Points\n----\n\n1. Faster\n2. Smaller\n\n----\n\nThe dashes above are not signatures.\n\n====\n\nNor are these.",
        "The first part.\n\n________________________________________\n\nThe second part.",
        "Here is the code:\n\n```\n  // Sent from my custom mailer\n  signature: '--\\nAna'\n```\n\nWhy does it fail?",
        "I write with regards to the payment of Monday.\n\nWhere is it?",
        "> On sale today: the red lamp! <\n\nDear customer, the red lamp is cheaper.",
        "Name: Ana\nEmail: ana@example.com\nSubject: Lamp\nMessage: It is dark.",
    ] {
        assert_eq!(visible(text), text);
    }
}

#[test]
fn two_signatures_and_a_drawn_one_are_folded() {
    assert_eq!(
        visible(
            "Thanks for your help!\n\nBest regards,\nJohn\n\n--\nJohn Doe\nSenior Developer\n\nSent from my iPhone\n"
        ),
        "Thanks for your help!"
    );
    assert_eq!(
        visible(
            "Thanks for the update!\n\nCheers 🎉\nSarah\n\n—————\nSarah Johnson\nProduct Manager\n📧 sarah@example.com\n"
        ),
        "Thanks for the update!"
    );
    assert_eq!(
        visible(
            "It is dark.\n\nYours sincerely\n\n![A logo](https://example.com/logo.png)\n\n**Amy Bancroft**\n\nThe People Hub\n"
        ),
        "It is dark."
    );
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
    for line in [
        "--\n",
        "From: a@b.c\n",
        "Thanks,\nAna\n",
        "On 3 May 2021 10:00 a@b.c:\n",
        "________\n\n",
        "Sent from my iPhone\n\n",
        ">a\nb\n",
        "> \n",
        "x: ",
    ] {
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
