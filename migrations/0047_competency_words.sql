-- Competencies in other languages. What is empty is read in the original.
create table competency_words (
  competency_id bigint not null references competencies (id),
  language text not null,          -- two or three letters: de, es, fr
  name text not null,
  behaviour text not null,
  anchors text not null,           -- JSON: five sentences, levels 1 to 5
  behind_at bigint,                -- since when the original says something else
  primary key (competency_id, language)
);
