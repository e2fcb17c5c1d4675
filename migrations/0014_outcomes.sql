-- Work that was done at another desk, as its export tells it; and what made work hard, by name, so that a refit can
-- tell topics, priorities and channels apart.

create table difficulty_keys (
  id {{id}},
  kind text not null,              -- topic, channel
  name text not null,
  unique (kind, name)
);

-- Evidence of work says what kind of work it was, and how much of it was theirs.
alter table evidence add column imported_id bigint;           -- an imported outcome; null: this desk's own
alter table evidence add column topic_id bigint;
alter table evidence add column priority bigint;
alter table evidence add column channel_id bigint;
alter table evidence add column share double precision not null default 1;
create index evidence_of_import on evidence (imported_id) where imported_id is not null;

-- Many tickets need the same: the skills of a piece of imported work are kept once.
create table need_sets (
  id {{id}},
  digest text not null unique
);
create table need_set_skills (
  need_set_id bigint not null references need_sets (id),
  skill_id bigint not null references skills (id),
  level double precision not null,
  weight double precision not null,
  primary key (need_set_id, skill_id)
);

-- One reading of a file, or one round of following another desk.
create table outcome_runs (
  id {{id}},
  source text not null,
  name text not null,              -- the file's name, or the other desk's address
  file_hash text not null,         -- of the file and of what it is read by; empty: no file
  started_at bigint not null,
  finished_at bigint,
  by_user_id bigint,
  position bigint not null,        -- rows that are done; a reading that broke off goes on from here
  taken bigint not null default 0,
  duplicates bigint not null default 0,
  superseded bigint not null default 0,
  rejected bigint not null default 0,
  tally text not null              -- JSON: the whole account
);
create index outcome_runs_unfinished on outcome_runs (source, file_hash) where finished_at is null;

-- The last word on each ticket of another desk.
create table imported_outcomes (
  id {{id}},
  source text not null,
  ticket text not null,
  revision bigint not null,
  digest bigint not null,          -- of what the row says: the same again changes nothing
  run_id bigint not null references outcome_runs (id),
  need_set_id bigint not null references need_sets (id),
  topic_id bigint,
  priority bigint,
  channel_id bigint,
  opened_at bigint not null,
  solved_at bigint not null,
  updated_at bigint,               -- by the other desk's clock, where the export tells it
  unique (source, ticket)
);
create index imported_outcomes_by_opening on imported_outcomes (opened_at);
create index imported_outcomes_of_needs on imported_outcomes (need_set_id, opened_at);
create table outcome_follows (
  source text primary key,
  url text not null,
  cursor text,                     -- null: from the beginning
  updated_at bigint not null
);

create table outcomes_waiting (
  source text not null,
  ticket text not null,
  due_at bigint not null,
  row_json text not null,          -- what will be read then
  primary key (source, ticket)
);
create index outcomes_waiting_due on outcomes_waiting (source, due_at);

-- How long agents have looked at a ticket that was not solved yet.
create table time_spent (
  ticket_id bigint not null,
  user_id bigint not null,
  spent_ms bigint not null,
  seen_at bigint not null,
  primary key (ticket_id, user_id)
);
