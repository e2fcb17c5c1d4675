//! What the help centre says, in the four languages of the desk's own letters.

pub struct HelpWords {
    pub title: &'static str,
    pub intro: &'static str,
    pub look: &'static str,
    pub search: &'static str,
    /// Nothing is published yet.
    pub none: &'static str,
    /// Nothing holds these words.
    pub nothing_found: &'static str,
    pub changed: &'static str,
    pub all: &'static str,
    /// Before the link that leads to a form.
    pub not_helped: &'static str,
    pub gone_title: &'static str,
    pub gone: &'static str,
    /// `{count}` is how many are shown.
    pub more: &'static str,
    /// The link that leads here from other pages.
    pub answers: &'static str,
    /// Before it, where somebody is about to write to us, has heard from us, or looks at openings.
    pub perhaps_answered: &'static str,
    pub another_question: &'static str,
    pub here_for_help: &'static str,
}

pub fn of(code: &str) -> &'static HelpWords {
    match code {
        "es" => &ES,
        "de" => &DE,
        "fr" => &FR,
        _ => &EN,
    }
}

static EN: HelpWords = HelpWords {
    title: "Help",
    intro: "Answers to what we are often asked.",
    look: "What are you looking for?",
    search: "Search",
    none: "Nothing is written here yet. Write to us, and one of us answers.",
    nothing_found: "Nothing is found with these words. Try fewer, or write to us.",
    changed: "Last changed on",
    all: "All articles",
    not_helped: "It is still not clear?",
    gone_title: "This article is not here",
    gone: "Perhaps it has been put away, or the address was cut in two. Look for it in our help.",
    more: "These are the first {count}. Look for words to find others.",
    answers: "Answers to what we are often asked",
    perhaps_answered: "Perhaps it is answered already:",
    another_question: "Another question?",
    here_for_help: "Looking for help instead?",
};

static ES: HelpWords = HelpWords {
    title: "Ayuda",
    intro: "Respuestas a lo que nos preguntan a menudo.",
    look: "¿Qué busca?",
    search: "Buscar",
    none: "Aquí todavía no hay nada escrito. Escríbanos y una persona le responderá.",
    nothing_found: "No se ha encontrado nada con estas palabras. Pruebe con menos, o escríbanos.",
    changed: "Última modificación:",
    all: "Todos los artículos",
    not_helped: "¿Aún tiene dudas?",
    gone_title: "Este artículo no está aquí",
    gone: "Quizá se ha retirado, o la dirección está incompleta. Búsquelo en nuestra ayuda.",
    more: "Estos son los primeros {count}. Busque palabras para encontrar otros.",
    answers: "Respuestas a lo que nos preguntan a menudo",
    perhaps_answered: "Quizá ya tengamos la respuesta:",
    another_question: "¿Tiene otra pregunta?",
    here_for_help: "¿Lo que busca es ayuda?",
};

static DE: HelpWords = HelpWords {
    title: "Hilfe",
    intro: "Antworten auf das, was wir oft gefragt werden.",
    look: "Wonach suchen Sie?",
    search: "Suchen",
    none: "Hier steht noch nichts. Schreiben Sie uns, und jemand von uns antwortet.",
    nothing_found: "Mit diesen Wörtern ist nichts zu finden. Versuchen Sie weniger, oder schreiben Sie uns.",
    changed: "Zuletzt geändert am",
    all: "Alle Artikel",
    not_helped: "Noch etwas unklar?",
    gone_title: "Dieser Artikel ist nicht hier",
    gone: "Vielleicht wurde er weggelegt, oder die Adresse ist unvollständig. Suchen Sie ihn in unserer Hilfe.",
    more: "Das sind die ersten {count}. Suchen Sie nach Wörtern, um andere zu finden.",
    answers: "Antworten auf das, was wir oft gefragt werden",
    perhaps_answered: "Vielleicht ist es schon beantwortet:",
    another_question: "Noch eine Frage?",
    here_for_help: "Suchen Sie eher Hilfe?",
};

static FR: HelpWords = HelpWords {
    title: "Aide",
    intro: "Des réponses à ce que l’on nous demande souvent.",
    look: "Que cherchez-vous ?",
    search: "Chercher",
    none: "Rien n’est encore écrit ici. Écrivez-nous, et l’un de nous répondra.",
    nothing_found: "Rien ne correspond à ces mots. Essayez avec moins de mots, ou écrivez-nous.",
    changed: "Dernière modification le",
    all: "Tous les articles",
    not_helped: "Ce n’est pas encore clair ?",
    gone_title: "Cet article n’est pas ici",
    gone: "Il a peut-être été retiré, ou l’adresse est incomplète. Cherchez-le dans notre aide.",
    more: "Voici les {count} premiers. Cherchez des mots pour en trouver d’autres.",
    answers: "Des réponses à ce que l’on nous demande souvent",
    perhaps_answered: "La réponse existe peut-être déjà :",
    another_question: "Une autre question ?",
    here_for_help: "Vous cherchez plutôt de l’aide ?",
};
