-- Learning under rules: contested evidence, releases, who may see what, and the refit as the system of record.

-- A person objects to a piece of evidence about themself; a lead decides.
create table contests (
  id {{id}},
  evidence_id bigint not null references evidence (id),
  user_id bigint not null references users (id),
  words text not null,
  created_at bigint not null,
  decided_at bigint,
  decided_by bigint,
  outcome text,                    -- kept, struck
  reason text
);
create unique index contests_open on contests (evidence_id) where decided_at is null;
create index contests_of_user on contests (user_id, id);
create index contests_of_evidence on contests (evidence_id, id);

-- How fast a class of skills fades, where it is not as usual.
create table decay_classes (
  name text primary key,
  tau_days double precision not null
);

-- A product changed: skills were drawn back towards their start. What it did to whom is evidence of the kind release.
create table releases (
  id {{id}},
  name text not null,
  keep double precision not null,  -- share of the lead that stays, 0 to 1
  skills text not null,            -- JSON array of ids
  people bigint not null,
  at bigint not null,
  by_user_id bigint
);

create table refit_runs (
  id {{id}},
  cause text not null,             -- hourly, asked
  asked_by bigint,
  started_at bigint not null,
  finished_at bigint,
  failed text,
  stage text not null,
  done double precision not null,  -- share, 0 to 1
  as_of bigint not null,
  settings text not null,          -- JSON: what the figures depend on beside the evidence
  people bigint not null default 0,
  skills bigint not null default 0,
  events bigint not null default 0,
  beliefs bigint not null default 0,
  changed bigint not null default 0,
  drift_mean double precision,     -- levels, between what was shown before and the refit
  drift_rms double precision,
  drift_inside double precision    -- share of former means inside the new 80 % interval
);
create index refit_runs_newest on refit_runs (started_at);

-- Where the online tier goes on from, person by person.
create table refit_people (
  user_id bigint primary key references users (id),
  run_id bigint not null references refit_runs (id),
  as_of bigint not null,
  through_evidence bigint not null, -- the person's last evidence that the refit has seen
  stale_at bigint                   -- evidence or settings before it have changed since: not used until the next refit
);

create table refit_beliefs (
  user_id bigint not null references users (id),
  skill_id bigint not null references skills (id),
  mean double precision not null,
  variance double precision not null,
  online_mean double precision not null,
  online_variance double precision not null,
  evidence_count bigint not null,
  borrowed double precision not null, -- certainty that comes from others' evidence, in ordinary outcomes
  primary key (user_id, skill_id)
);

-- One week's last word, for trends and curves.
create table belief_weeks (
  week bigint not null,            -- whole weeks since 1970
  user_id bigint not null references users (id),
  skill_id bigint not null references skills (id),
  mean double precision not null,
  variance double precision not null,
  primary key (user_id, skill_id, week)
);

alter table proficiencies add column mean_month_ago double precision;
alter table proficiencies add column borrowed double precision not null default 0;

create index evidence_of_kind on evidence (kind, id);

-- What an agent chooses to show to people outside.
create table portfolios (
  user_id bigint primary key references users (id),
  choices text not null,           -- JSON
  updated_at bigint not null
);
