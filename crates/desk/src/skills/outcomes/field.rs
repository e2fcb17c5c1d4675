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

pub(super) const FIELDS: usize = 19;
fields! {
    Ticket / "ticket": "ticket_id", "id", "case_number", "conversation_id", "ticket_number", "number",
        "ticketnummer", "ticketnr", "ticket_nr", "vorgangsnummer", "vorgangsnr", "vorgang", "fallnummer", "nummer",
        "número_de_ticket", "número", "numéro_de_ticket", "numéro_du_ticket", "numéro";
    Person / "person": "assignee_email", "agent_email", "assignee_e_mail", "agent_e_mail", "assignee", "agent", "assigned_to", "assignee_name",
        "bearbeiter_e_mail", "e_mail_des_bearbeiters", "bearbeiter", "zuständig", "mitarbeiter",
        "correo_del_agente", "agente", "asignado_a", "e_mail_de_l_agent", "assigné_à";
    Name / "name": "person_name", "agent_name", "assignee_name", "full_name", "agent_full_name",
        "name_des_bearbeiters", "vollständiger_name", "nombre_del_agente", "nombre_completo", "nom_de_l_agent", "nom_complet",
        "assignee", "agent", "assigned_to", "bearbeiter", "zuständig", "mitarbeiter", "agente", "asignado_a", "assigné_à";
    FirstName / "first_name": "agent_first_name", "assignee_first_name", "given_name", "vorname", "prénom";
    LastName / "last_name": "agent_last_name", "assignee_last_name", "family_name", "surname",
        "nachname", "familienname", "apellido", "apellidos", "nom_de_famille";
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

#[cfg(test)]
mod tests {
    use super::super::Mapping;
    use super::*;

    fn name_in(head: &[&str], cells: &[&str]) -> Option<String> {
        let layout = Mapping::default().layout().unwrap();
        let places = layout.places(head).unwrap();
        layout.read(2, &places.map(|place| place.map_or("", |at| cells[at]))).unwrap().name
    }

    #[test]
    fn the_column_beside_the_address_names_whoever_did_the_work() {
        let at = "2026-01-05 12:00";
        for column in ["Name", "Full name", "Agent name", "Assignee name", "Assignee", "Bearbeiter", "Agente"]
        {
            let name =
                name_in(&["ID", "Solved at", "Assignee email", column], &["1", at, "an@x.org", "Ana Novak"]);
            assert_eq!(name.as_deref(), Some("Ana Novak"), "{column}");
        }
        let name =
            name_in(&["ID", "Solved at", "Agent", "Agent e-mail"], &["1", at, "Ana Novak", "an@x.org"]);
        assert_eq!(name.as_deref(), Some("Ana Novak"));
        let parted = ["Nummer", "Gelöst am", "E-Mail des Bearbeiters", "Nachname", "Vorname"];
        assert_eq!(name_in(&parted, &["1", at, "an@x.org", "Novak", "Ana"]).as_deref(), Some("Ana Novak"));
    }

    #[test]
    fn an_address_or_a_number_is_no_name() {
        let head = ["ID", "Solved at", "Assignee email", "Assignee"];
        for cell in ["ana@x.org", "4711", ""] {
            assert_eq!(name_in(&head, &["1", "2026-01-05", "ana@x.org", cell]), None, "{cell}");
        }
        let head = ["ID", "Solved at", "Assignee"];
        assert_eq!(
            name_in(&head, &["1", "2026-01-05", "Ana Novak"]),
            None,
            "it is the person's word already"
        );
        let layout = Mapping::default().layout().unwrap();
        assert_eq!(layout.place_of(Field::Name, &head), None);
    }
}
