-- Skills in other languages. What is empty is read in the original.
create table skill_words (
  skill_id bigint not null references skills (id),
  language text not null,          -- two or three letters: de, es, fr
  name text not null,
  meaning text not null,
  anchors text not null,           -- JSON: five sentences, levels 1 to 5
  updated_at bigint not null,
  behind_at bigint,                -- since when the original says something else
  primary key (skill_id, language)
);
