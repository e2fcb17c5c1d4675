//! The words that mail clients, companies and people use around their messages, folded: lower case, no diacritics.

/// What help desks write on top of their mails.
pub const REPLY_ABOVE: &[&str] = &[
    "reply above this line", "type your reply above", "write your reply above", "reply above here", "above this line to reply",
    "oberhalb dieser linie", "uber dieser linie", "oberhalb dieser zeile", "au-dessus de cette ligne", "encima de esta linea",
    "acima desta linha", "sopra questa riga", "sopra questa linea", "boven deze regel", "ovanfor denna rad", "ovenfor denne linje",
    "ovenfor denne linjen", "powyzej tej linii", "nad timto radkem", "bu satirin ustune", "выше этой строки",
];

pub const FORWARD_PREFIXES: &[&str] = &[
    "fwd", "fw", "wg", "tr", "rv", "enc", "i", "vs", "vb", "vl", "pd", "ilt", "doorst", "转发", "轉寄", "転送", "пересл", "fs", "w.", "w",
];

pub const POINTERS: &[&str] = &[
    "see below", "below", "fyi", "siehe unten", "s. u.", "s.u.", "zur info", "zur kenntnis", "z.k.", "ci-dessous", "pour info",
    "pour information", "vease abajo", "ver abajo", "mas abajo", "vedi sotto", "qui sotto", "abaixo", "zie onder", "zie hieronder",
    "ter info", "se nedan", "se nedenfor", "weiter unten", "ponizej", "см. ниже", "ниже",
];

pub const VERBS: &[&str] = &[
    "wrote", "writes", "written", "schrieb", "schreibt", "geschrieben", "ecrit", "ecrivait", "ecrivit", "escribio", "escribe", "escrito",
    "escreveu", "escreve", "scritto", "scrive", "scriveva", "schreef", "schrijft", "geschreven", "skrev", "skriver", "kirjoitti", "napisal",
    "napisala", "napisao", "napisano", "pisze", "pise", "napsal", "napsala", "yazdi", "yazmis", "yazan", "пишет", "написал", "написала",
    "писал", "писала", "пише", "написав", "написа", "irta", "scris", "εγραψε", "كتب", "كتبت", "كتابة", "viet", "menulis", "escriure",
    "napisala", "rasa", "kirjutas", "rase",
];

pub const VERB_PIECES: &[&str] = &[
    "写道", "寫道", "写到", "書きました", "のメール", "のメッセージ", "wrote:", "작성", "님이", "さんから", "כתב", "เขียน",
];

pub const OPENERS: &[&str] = &[
    "on", "am", "le", "el", "em", "il", "op", "den", "pa", "dne", "dnia", "w", "στις", "vao", "pada", "в", "mon", "tue", "wed", "thu",
    "fri", "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "في", "at", "in", "a",
    "tir", "ons", "tor", "fre", "lor", "son", "man", "вт", "пн", "ср", "чт", "пт", "сб", "вс",
];

pub const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mai", "maj", "okt", "dez", "fev", "avr", "juin",
    "juil", "aou", "ene", "abr", "ago", "dic", "set", "out", "mag", "giu", "lug", "ott", "gen", "sty", "lut", "kwi", "cze", "lip", "sie",
    "wrz", "paz", "lis", "gru", "янв", "фев", "мар", "апр", "мая", "маи", "июн", "июл", "авг", "сен", "окт", "ноя", "дек", "oca", "sub",
    "nis", "haz", "tem", "agu", "eyl", "eki", "kas", "ara", "tammi", "helmi", "maalis", "huhti", "touko", "kesa", "heina", "elo", "syys",
    "loka", "marras", "joulu",
];

pub const ORIGINAL_TITLES: &[&str] = &[
    "original message", "original e-mail", "original email", "original mail", "reply message", "original appointment", "original-nachricht",
    "originalnachricht", "original nachricht", "ursprungliche nachricht", "ursprungliche mail", "ursprungliche e-mail",
    "ursprungliche email", "ursprungl. nachricht", "original-mail", "message d'origine", "message original", "mail original",
    "message initial", "message precedent", "mensaje original", "correo original", "mensagem original", "messaggio originale",
    "messaggio originario", "oorspronkelijk bericht", "oorspronkelijke bericht", "origineel bericht", "ursprungligt meddelande",
    "originalmeddelande", "ursprungligt mail", "oprindelig meddelelse", "oprindelig besked", "original meddelelse", "original besked",
    "opprinnelig melding", "original melding", "alkuperainen viesti", "oryginalna wiadomosc", "wiadomosc oryginalna", "puvodni zprava",
    "puvodni e-mail", "orijinal mesaj", "ozgun ileti", "orjinal mesaj", "исходное сообщение", "оригинальное сообщение",
    "original message header", "元のメッセージ", "オリジナルメッセージ", "原始邮件", "原始郵件", "原邮件", "原件", "الرسالة الاصلية", "eredeti uzenet", "원본 메시지", "원본 메일",
    "mesaj original", "eredeti level", "originalni zprava", "original text", "αρχικο μηνυμα",
];

pub const FORWARD_TITLES: &[&str] = &[
    "forwarded message", "forwarded by", "forwarded email", "forwarded mail", "begin forwarded message", "weitergeleitete nachricht",
    "weitergeleitet von", "weitergeleitete mail", "message transfere", "message transmis", "courriel transfere", "mail transfere",
    "message reexpedie", "mensaje reenviado", "mensagem encaminhada", "mensagem reencaminhada", "messaggio inoltrato",
    "doorgestuurd bericht", "vidarebefordrat meddelande", "videresendt meddelelse", "videresendt melding", "videresendt besked",
    "valitetty viesti", "edelleenlahetetty viesti", "wiadomosc przekazana", "przekazana wiadomosc", "tresc przekazanej wiadomosci",
    "preposlana zprava", "iletilen mesaj", "iletilmis mesaj", "пересылаемое сообщение", "пересланное сообщение",
    "перенаправленное сообщение", "転送メッセージ", "転送されたメッセージ", "转发邮件", "转发的邮件", "轉寄郵件", "已轉寄的郵件", "الرسالة المعاد توجيهها",
    "رسالة معاد توجيهها", "전달된 메시지", "tovabbitott uzenet",
];

/// Apple Mail writes these without a rule.
pub const FORWARD_OPENINGS: &[&str] = &[
    "begin forwarded message", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail", "debut du message reexpedie",
    "debut du message transfere", "inicio del mensaje reenviado", "inizio messaggio inoltrato", "inicio da mensagem encaminhada",
    "inicio da mensagem reencaminhada", "begin doorgestuurd bericht", "vidarebefordrat brev", "start pa videresendt besked",
    "start pa videresendt melding", "videresendt melding", "valitetty viesti", "poczatek przekazywanej wiadomosci",
    "zacatek preposilane zpravy", "iletilen iletinin baslangici", "начало переадресованного сообщения", "начало переадресуемого сообщения",
    "転送されたメッセージ", "下面是被转发的邮件", "以下是轉寄的郵件",
];

pub const NAME_PARTICLES: &[&str] = &[
    "von", "van", "de", "der", "den", "del", "la", "le", "du", "da", "dos", "di", "zu", "&", "and", "und", "et", "y", "e", "-", "|", "/",
    "from", "aus", "of", "the", "at", "i.A.", "i.V.", "ppa.", "il", "al", "bin", "ter", "ten", "och", "og",
];

pub const NOT_NAMES: &[&str] = &[
    "yes", "no", "ok", "okay", "ja", "nein", "oui", "non", "si", "sim", "nao", "done", "fixed", "hello",
];

pub const PHONE_LABELS: &[&str] = &[
    "tel", "t:", "t.", "t ", "m:", "m.", "m ", "f:", "f.", "f ", "p:", "p.", "p ", "fax", "phone", "mob", "cell", "fon", "handy", "telefon",
    "telefono", "direct", "office", "c:", "o:", "d:", "w:", "тел", "電話", "电话",
];

pub const CLOSINGS: &[&str] = &[
    "thanks", "thank you", "thanks again", "thanks in advance", "thank you in advance", "many thanks", "thanks a lot", "thanks so much",
    "thank you so much", "thank you very much", "thanks very much", "thx", "ty", "cheers", "best", "all the best", "take care", "sincerely",
    "yours sincerely", "yours truly", "yours faithfully", "sincerely yours", "yours", "love", "respectfully", "cordially", "talk soon",
    "rgds", "br", "kr", "danke", "vielen dank", "danke im voraus", "vielen dank im voraus", "danke schon", "besten dank", "herzlichen dank",
    "mfg", "lg", "vg", "bg", "hochachtungsvoll", "ihr", "ihre", "gruss", "merci", "merci d'avance", "merci beaucoup", "bien a vous",
    "cordialement", "bien cordialement", "tres cordialement", "bonne journee", "bonne reception", "cdt", "cdlt", "sinceres salutations",
    "gracias", "muchas gracias", "gracias de antemano", "un saludo", "saludos", "atentamente", "atte", "un abrazo", "obrigado", "obrigada",
    "muito obrigado", "muito obrigada", "desde ja obrigado", "atenciosamente", "att", "abracos", "abs", "cumprimentos", "grazie",
    "grazie mille", "grazie in anticipo", "distinti saluti", "cordiali saluti", "saluti", "cordialmente", "bedankt", "alvast bedankt",
    "dank u", "dank je wel", "bvd", "groet", "groeten", "mvg", "tack", "tack pa forhand", "mvh", "hilsen", "hej hej", "pa forhand tak",
    "mange tak", "tak", "takk", "pa forhand takk", "vh", "bh", "kiitos", "kiitos etukateen", "terveisin", "t", "yst terv", "dziekuje",
    "z gory dziekuje", "pozdrawiam", "z powazaniem", "dekuji", "predem dekuji", "s pozdravem", "s uctou", "diky", "tesekkurler",
    "tesekkur ederim", "saygilarimla", "saygilar", "iyi calismalar", "спасибо", "заранее спасибо", "с уважением", "благодарю",
    "всего доброго", "с наилучшими пожеланиями", "よろしくお願いします", "よろしくお願いいたします", "よろしくお願い致します", "宜しくお願いします", "宜しくお願い致します", "敬具", "谢谢", "謝謝",
    "此致", "祝好", "顺祝商祺", "شكرا", "شكرا لك", "شكرا جزيلا", "مع تحياتي", "تحياتي", "مع اطيب التحيات", "감사합니다",
];

pub const CLOSING_WORDS: &[&str] = &[
    "regards", "wishes", "greetings", "grusse", "grussen", "gruss", "gruessen", "gruesse", "gruse", "saludos", "saludo", "saluti",
    "salutations", "cordialement", "abracos", "abraco", "cumprimentos", "atenciosamente", "atentamente", "groet", "groeten", "halsning",
    "halsningar", "hilsen", "hilsner", "terveisin", "terveisia", "pozdrawiam", "pozdravem", "saygilarimla", "уважением",
];

pub const DEVICE_STARTS: &[&str] = &[
    "sent from ", "sent with ", "from my ", "someone from mobile", "sent via ", "sent using ", "sent by ", "get outlook for",
    "get bluemail", "get the all new aol", "via mobile", "typed on my", "yahoo mail:", "von meinem ", "vom iphone", "von unterwegs",
    "gesendet mit ", "gesendet von ", "gesendet uber ", "diese nachricht wurde von mein", "diese e-mail wurde von mein", "outlook fur ",
    "holen sie sich outlook", "laden sie outlook", "envoye de mon", "envoye depuis", "envoye a partir", "envoye avec", "obtenir outlook",
    "obtenez outlook", "telecharger outlook", "provenance : courrier", "enviado desde", "enviado con", "obtener outlook",
    "descargar outlook", "enviado do meu", "enviado via", "enviado pelo", "enviado de meu", "enviado a partir do", "obter o outlook",
    "obtenha o outlook", "baixar outlook", "inviato da", "inviato dal", "inviato con", "ottieni outlook", "scarica outlook",
    "verstuurd vanaf", "verzonden vanaf", "verzonden met", "verstuurd met", "outlook voor ", "download outlook", "skickat fran",
    "skickades fran", "hamta outlook", "skaffa outlook", "sendt fra", "sendt med", "hent outlook", "skaff deg outlook", "last ned outlook",
    "lahetetty ", "hanki outlook", "wyslane z", "wyslano z", "pobierz aplikacj", "pobierz program outlook", "odeslano z", "odeslano pomoci",
    "ziskat outlook", "ziskejte outlook", "отправлено с", "отправлено из", "отправлено от", "скачать outlook", "получить outlook", "发自",
    "來自我的", "从我的", "從我的", "傳送自", "寄自我的", "获取 outlook", "مرسل من", "ارسلت من", "تم الارسال من", "나의 ", "outlook for ", "iphone から",
    "poslano z", "kuldve ", "trimis de pe", "надіслано з",
];

pub const DEVICE_ENDS: &[&str] = &[
    "gonderildi", "から送信", "から送信されました", "에서 보냄", "傳送", "k-9 mail gesendet",
];

pub const DEVICES: &[&str] = &[
    "iphon", "ipad", "android", "samsung", "galaxy", "outlook", "windows", "e-mail", "gmail", "blackberry", "mobil", "handy", "tablet",
    "smartphone", "k-9", "huawei", "xiaomi", "device", "movil", "celular", "portable", "telefon", "proton", "sparrow", "spark", "nokia",
    "google pixel", "mailspring", "airmail", "mailbox", "typeapp", "ipod",
];

pub const DEVICE_EXCUSES: &[&str] = &[
    "excuse", "brevity", "typos", "kurze", "tippfehler", "brievete", "brevedad", "brevita", "autocorrect", "fat fingers", "краткость",
];

pub const OUTSIDE_NOTICES: &[&str] = &[
    "originated from outside", "originated outside", "email is from an external", "came from outside", "external email:", "[external",
    "external sender", "externe e-mail:", "von einem externen absender", "von ausserhalb", "expediteur externe", "provient de l'exterieur",
    "correo externo", "mittente esterno", "you don't often get email from", "sie erhalten nicht haufig e-mails von",
    "vous n'obtenez pas souvent",
];

pub const OUTSIDE_WARNINGS: &[&str] = &[
    "caution", "warning", "attention", "achtung", "vorsicht", "do not click", "learn why", "erfahren sie", "important", "external email:",
    "externe e-mail:", "precaucion", "attenzione", "decouvrez",
];

pub const CERTAIN_NOTICES: &[&str] = &[
    "consider the environment before printing", "don't print this e", "do not print this e", "think before you print",
    "before printing this e", "virus-free", "checked for viruses by", "auf viren gepruft", "sans virus.", "libre de virus.",
    "garantita priva di virus", "umwelt zuliebe", "an die umwelt, bevor sie", "pensez a l'environnement", "antes de imprimir este",
    "prima di stampare questa", "non contiene virus", "не содержит вирусов", "проверено на отсутствие вирусов",
];

/// Of these a notice has at least one.
pub const LEGAL_PHRASES: &[&str] = &[
    "intended recipient", "intended solely", "intended only", "intended for the", "addressee", "dissemination", "received this e",
    "received this message", "received this communication", "bestimmungsgemas", "richtige adressat", "adressaten bestimmt",
    "irrtumlich erhalten", "empfanger bestimmt", "destinataire", "received it by mistake", "received it in error", "not the intended",
    "mail is confidential", "message is confidential", "contains confidential", "contain confidential", "solely for the use", "divulgation",
    "destinatario", "divulgacion", "divulgazione", "riservat", "geadresseerde", "avsedd for", "fortrolig", "adresat", "duvern", "omylem",
    "gizli", "адресат",
];

pub const LEGAL_WORDS: &[&str] = &[
    "confidential", "privileged", "in error", "unauthorized", "unauthorised", "disclaimer", "strictly prohibited", "immediately notify",
    "notify the sender", "delete it", "vertraulich", "rechtlich geschutzt", "unbefugt", "vernichten sie", "nicht gestattet", "confidentiel",
    "par erreur", "detruire", "confidencial", "por error", "eliminarlo", "notifique", "per errore", "distruggere", "cancellare",
    "por engano", "sigilos", "vertrouwelijk", "ten onrechte", "konfidentiell", "av misstag", "ved en fejl", "ved en feil", "poufn",
    "omylkowo", "odstran", "yanlislikla", "конфиденциальн", "по ошибке",
];

pub const LEGAL_OBJECTS: &[&str] = &[
    "message", "mail", "email", "communication", "nachricht", "information", "courriel", "mensaje", "correo", "messaggio", "mensagem",
    "bericht", "meddelande", "meddelelse", "besked", "melding", "wiadomosc", "zprav", "mesaj", "сообщен", "письм", "transmission",
];
