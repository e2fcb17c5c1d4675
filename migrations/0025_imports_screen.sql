-- Imports from a screen: files and how they are read, words of imports that can be taken back, and where another desk
-- shows its tickets.

create table outcome_files (
  id {{id}},
  sha256 text not null,            -- of the kept file
  name text not null,
  bytes bigint not null,
  mapping text not null,           -- JSON: how it is read
  people text not null,            -- known, create
  columns text not null,           -- JSON: as the file calls them
  topics text not null,            -- JSON: topic or tag, and its rows
  state text not null,             -- written, trying, tried, taking, taken
  done double precision not null,  -- of what is under way, 0 to 1
  tally text,                      -- JSON: the account of the last try
  failed text,
  run_id bigint references outcome_runs (id),
  created_at bigint not null,
  by_user_id bigint,
  put_away_at bigint
);

-- A ticket's word that a later import took the place of: taking that import back brings it back.
create table outcome_former (
  outcome_id bigint not null references imported_outcomes (id),
  revision bigint not null,
  run_id bigint not null references outcome_runs (id),
  digest bigint not null,
  need_set_id bigint not null references need_sets (id),
  topic_id bigint,
  priority bigint,
  channel_id bigint,
  opened_at bigint not null,
  solved_at bigint not null,
  updated_at bigint,
  primary key (outcome_id, revision)
);
create index outcome_former_of_run on outcome_former (run_id);

alter table imported_outcomes add column revision_last bigint;  -- the highest that was ever given; null: the one it has
alter table imported_outcomes add column undone_at bigint;      -- taken back: it counts for nothing
create index imported_outcomes_of_run on imported_outcomes (run_id);
-- The revision of its ticket that struck it out, which may be taken back.
alter table evidence add column struck_revision bigint;

alter table outcome_runs add column undo_asked_at bigint;
alter table outcome_runs add column undone_at bigint;

-- Whom an import made agents.
create table outcome_people (
  run_id bigint not null references outcome_runs (id),
  user_id bigint not null references users (id),
  primary key (run_id, user_id)
);

-- Where the other desk shows a ticket: an address with {ticket} in it.
create table outcome_sources (
  source text primary key,
  ticket_url text not null
);
