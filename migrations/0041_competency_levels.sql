-- A competency says what can be seen at each level, and which shipped one it came from.
alter table competencies add column anchors text not null default '[]';  -- JSON: levels 1 to 5; empty: nothing is said
alter table competencies add column shipped_key text;                    -- null: written here
