//! What a row can say, and the names under which exports in the product's four languages say it.

macro_rules! fields {
    ($($field:ident / $name:literal : $($usual:literal),+;)+) => {
        /// What a row can say.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Field { $($field),+ }

        impl Field {
            pub const ALL: [Field; FIELDS] = [$(Field::$field),+];

            /// The name in a mapping.
            pub fn name(self) -> &'static str {
                match self { $(Field::$field => $name),+ }
            }

            /// Names under which exports have it, folded; the first that a file has counts.
            pub(super) fn usual(self) -> &'static [&'static str] {
                match self { $(Field::$field => &[$name, $($usual),+]),+ }
            }
        }
    };
}

pub(super) const FIELDS: usize = 17;
fields! {
    Ticket / "ticket": "ticket_id", "id", "case_number", "conversation_id", "ticket_number", "number",
        "ticketnummer", "ticketnr", "ticket_nr", "vorgangsnummer", "vorgangsnr", "vorgang", "fallnummer", "nummer",
        "número_de_ticket", "número", "numéro_de_ticket", "numéro_du_ticket", "numéro";
    Person / "person": "assignee_email", "agent_email", "assignee", "agent", "assigned_to", "assignee_name",
        "bearbeiter_e_mail", "e_mail_des_bearbeiters", "bearbeiter", "zuständig", "mitarbeiter",
        "correo_del_agente", "agente", "asignado_a", "e_mail_de_l_agent", "assigné_à";
    Name / "name": "person_name", "agent_name", "full_name",
        "name_des_bearbeiters", "nombre_del_agente", "nom_de_l_agent";
    OpenedAt / "opened_at": "created_at", "created", "opened", "requested_at", "ticket_created",
        "eröffnet_am", "eröffnet", "erstellt_am", "erstellt", "eingegangen_am",
        "fecha_de_creación", "creado_el", "creado", "date_de_création", "créé_le", "ouvert_le";
    SolvedAt / "solved_at": "resolved_at", "closed_at", "solved", "resolved", "ticket_solved", "completed_at", "closed", "completed",
        "gelöst_am", "gelöst", "erledigt_am", "abgeschlossen_am", "geschlossen_am",
        "fecha_de_resolución", "resuelto_el", "resuelto", "cerrado_el", "date_de_résolution", "résolu_le", "fermé_le";
    UpdatedAt / "updated_at": "updated", "last_update", "modified_at",
        "geändert_am", "aktualisiert_am", "actualizado_el", "modificado_el", "modifié_le", "mis_à_jour_le";
    Topic / "topic": "category", "reason", "contact_reason", "ticket_topic", "about",
        "thema", "kategorie", "anliegen", "kontaktgrund", "tema", "categoría", "motivo", "thème", "catégorie", "motif";
    Tags / "tags": "labels", "tag", "ticket_tags", "schlagwörter", "schlagworte", "etiquetas", "étiquettes";
    Skills / "skills": "skill", "required_skills", "needed_skills",
        "fähigkeiten", "kompetenzen", "habilidades", "competencias", "compétences";
    Channel / "channel": "via", "ticket_channel", "source_channel", "medium", "kanal", "canal";
    Priority / "priority": "ticket_priority", "urgency",
        "priorität", "dringlichkeit", "prioridad", "urgencia", "priorité", "urgence";
    Rating / "rating": "satisfaction", "csat", "satisfaction_score", "satisfaction_rating", "ticket_satisfaction_rating",
        "bewertung", "zufriedenheit", "valoración", "satisfacción", "évaluation";
    Reopened / "reopened": "reopens", "reopen_count", "was_reopened",
        "wiedereröffnet", "wieder_geöffnet", "reabierto", "rouvert";
    Escalated / "escalated": "escalations", "was_escalated", "eskaliert", "eskalationen", "escalado", "escaladé";
    Replies / "replies": "agent_replies", "public_replies", "reply_count", "antworten", "respuestas", "réponses";
    HandleS / "handle_s": "handle_time_s", "handle_time", "time_spent_s", "handle_seconds", "total_time_spent_sec",
        "bearbeitungszeit_s", "bearbeitungszeit_in_sekunden", "tiempo_de_gestión_s", "temps_de_traitement_s";
    Subject / "subject": "title", "summary", "ticket_subject", "betreff", "asunto", "objet", "sujet";
}
