//! What customers write in the world to look at: name, language, subject, letter.

pub const LETTERS: &[(&str, &str, &str, &str)] = &[
    (
        "Marta Reyes",
        "en",
        "Charged twice for March",
        "Hello,\n\nmy card shows two payments of €49 on 3 March and I only have one subscription. I wrote about this last week and was told it would be gone “within two days”. It is not.\n\nPlease send the second payment back and tell me it won’t happen again in April.",
    ),
    (
        "Jonas Weber",
        "de",
        "Anmeldung dreht sich im Kreis",
        "Guten Tag,\n\nseit dem Update auf 3.2 lande ich nach jeder Anmeldung wieder im Formular. SAML über unseren Server, Firefox und Chrome gleich. Ich kann nicht arbeiten, bitte dringend.\n\nMit freundlichen Grüßen\nJonas Weber",
    ),
    (
        "Lucía Fernández",
        "es",
        "No me llega la factura de abril",
        "Buenos días:\n\nnecesito la factura de abril para cerrar el trimestre y no aparece en mi cuenta. ¿Pueden enviármela hoy?\n\nGracias,\nLucía",
    ),
    (
        "ليلى منصور",
        "ar",
        "لم تصل الدراجة بعد",
        "مرحبا،\n\nطلبت الدراجة قبل أسبوعين ولم تصل حتى الآن. رقم الطلب NR-20391. متى ستصل؟\n\nشكرا",
    ),
    (
        "Sam Okoye",
        "en",
        "Where is my parcel?",
        "This is my third message today. The tracking has said “in transit” since Monday. If it is not here tomorrow I want my money back.",
    ),
    (
        "Chloé Martin",
        "fr",
        "Annuler mon abonnement",
        "Bonjour,\n\nje souhaite annuler mon abonnement à la fin du mois. Je n’ai pas trouvé le bouton dans l’application.\n\nMerci d’avance,\nChloé Martin",
    ),
    (
        "Dev Patel",
        "en",
        "Export stops at 10,000 rows",
        "Hi team, the CSV export is cut after exactly 10,000 rows. Reproducible with the sample account; log attached. The API returns a 500 with `cursor expired`.",
    ),
    (
        "Petra Lang",
        "de",
        "Rechnung fehlt",
        "Hallo,\n\nbitte die Rechnung für Mai senden, die Buchhaltung fragt.\n\nViele Grüße\nPetra Lang",
    ),
    (
        "Lin Zhao",
        "en",
        "Add five seats",
        "Please add five seats to our plan from the first of next month. Purchase order attached. Does the yearly discount apply?",
    ),
    (
        "Aino Virtanen",
        "en",
        "Battery gets warm while charging",
        "The battery of my Rider 2 gets so warm that I cannot touch it after an hour of charging. Is that dangerous?",
    ),
    (
        "Miguel Santos",
        "es",
        "Cobro duplicado",
        "Me han cobrado dos veces la misma reserva. Quiero la devolución. Es la segunda vez que pasa y nadie contesta al teléfono.",
    ),
];

pub const LONG: &str = "Re: Re: Fwd: Bluetooth pairing between the display of my Rider 2 and the telephone still fails after the third firmware update, as described in all my previous letters";

pub const QUOTED: &str = "Marta Reyes\nTaller Reyes\n\nOn 3 March Nordlicht wrote:\n> It will be gone within two days.\n> Best wishes, Tomás";

pub const NEWSLETTER: &str = "<table width=\"600\"><tr><td><h2>مرحبا</h2><p>لم تصل <b>الدراجة</b> بعد.</p></td></tr><tr><td><img data-remote-src=\"https://tracker.example/open.png\" alt=\"logo\"> <a href=\"https://shop.example\">NR-20391</a></td></tr></table>";
