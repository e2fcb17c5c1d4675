-- Scorecards in other languages, version by version. What is empty is read in the original.
create table scorecard_words (
  version_id bigint not null references scorecard_versions (id),
  language text not null,          -- two or three letters: de, es, fr
  name text not null,
  about text not null,
  categories text not null,        -- JSON: name, question and points, in the order of the version
  behind_at bigint,                -- since when the original says something else
  primary key (version_id, language)
);
