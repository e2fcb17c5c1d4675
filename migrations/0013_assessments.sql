-- Statements about people asked for in campaigns, certificates with their dates, and skill checks.

-- How unsure the answers of a skill check leave it, in levels; null for other evidence.
alter table evidence add column sd_levels double precision;

create table campaigns (
  id {{id}},
  name text not null,
  skills text not null,            -- JSON: ids
  asks_self bigint not null,
  asks_lead bigint not null,
  peers_each bigint not null,      -- colleagues asked about each person; 0: none
  due_at bigint not null,
  created_by bigint,
  created_at bigint not null,
  closed_at bigint
);

-- Somebody is asked about somebody.
create table campaign_tasks (
  id {{id}},
  campaign_id bigint not null references campaigns (id),
  rater_id bigint not null references users (id),
  subject_id bigint not null references users (id),
  kind text not null,              -- self, lead, peer
  answered_at bigint,
  reminded_at bigint,
  unique (campaign_id, rater_id, subject_id)
);
create index campaign_tasks_of_rater on campaign_tasks (rater_id) where answered_at is null;
create index campaign_tasks_of_subject on campaign_tasks (subject_id, campaign_id);

create table campaign_answers (
  task_id bigint not null references campaign_tasks (id),
  skill_id bigint not null references skills (id),
  level double precision,          -- null: cannot say
  primary key (task_id, skill_id)
);

create table certificates (
  id {{id}},
  user_id bigint not null references users (id),
  name text not null,
  issuer text not null,
  link text not null,              -- the proof
  skills text not null,            -- JSON: ids that it speaks for
  issued_at bigint not null,
  expires_at bigint,
  confirmed_by bigint,
  confirmed_at bigint,
  reminded_at bigint,
  created_at bigint not null,
  removed_at bigint
);
create index certificates_of_user on certificates (user_id) where removed_at is null;
create index certificates_that_end on certificates (expires_at) where removed_at is null and reminded_at is null;

create table checks (
  id {{id}},
  skill_id bigint not null references skills (id),
  name text not null,
  questions text not null,         -- JSON, in order
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  retired_at bigint
);

-- One person's finished check. What was right is kept, not which answer was chosen.
create table check_results (
  id {{id}},
  check_id bigint not null references checks (id),
  check_version bigint not null,
  user_id bigint not null references users (id),
  answers text not null,           -- JSON: right or wrong, by question
  level double precision,          -- null: the answers say nothing
  sd_levels double precision,
  evidence_id bigint references evidence (id),
  finished_at bigint not null
);
create index check_results_of_user on check_results (user_id, finished_at);
