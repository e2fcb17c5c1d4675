-- What people can do, what work needs, and every observation between the two.

create table skills (
  id {{id}},
  key text not null unique,
  name text not null,
  kind text not null,              -- priority, specialist, human, technical, product, language, channel
  meaning text not null,
  anchors text not null,           -- JSON: five sentences, levels 1 to 5
  decay text not null,
  onet text,
  esco text,
  created_at bigint not null,
  retired_at bigint
);

create table skill_rules (
  id {{id}},
  skill_id bigint not null references skills (id),
  level double precision not null,
  weight double precision not null,
  hardness text not null,          -- must, prefer
  language text,
  phrases text not null,           -- JSON array
  created_at bigint not null,
  updated_at bigint not null,
  disabled_at bigint
);

-- What a ticket needs. A person's word stays when triage runs again.
create table requirements (
  ticket_id bigint not null,
  skill_id bigint not null references skills (id),
  level double precision not null,
  weight double precision not null,
  hardness text not null,
  source text not null,            -- rule, person
  because text not null,           -- JSON array of the customer's words
  primary key (ticket_id, skill_id)
);

-- The desk's belief: ability in logits, normal with this mean and variance, as of moved_at.
create table proficiencies (
  user_id bigint not null references users (id),
  skill_id bigint not null references skills (id),
  mean double precision not null,
  variance double precision not null,
  prior_mean double precision not null,
  evidence_count bigint not null,
  moved_at bigint not null,
  primary key (user_id, skill_id)
);
-- Routing reads beliefs by skill, for every piece of work: the index holds all that it needs.
create index proficiencies_of_skill on proficiencies (skill_id, user_id, mean, variance, prior_mean, moved_at);

-- Append-only. Struck-out rows stay and count for nothing.
create table evidence (
  id {{id}},
  key text not null unique,        -- one observation is counted once
  user_id bigint not null references users (id),
  kind text not null,              -- outcome, satisfaction, self, lead, …
  value double precision not null,
  ticket_id bigint,
  by_user_id bigint,
  difficulty double precision not null,
  at bigint not null,              -- when it happened
  recorded_at bigint not null,
  note text not null default '',
  struck_at bigint,
  struck_by bigint,
  struck_reason text
);
create index evidence_of_user on evidence (user_id, at);
create index evidence_of_ticket on evidence (ticket_id) where ticket_id is not null;

create table evidence_moves (
  evidence_id bigint not null references evidence (id),
  skill_id bigint not null references skills (id),
  weight double precision not null,
  mean_before double precision not null,
  variance_before double precision not null,
  mean_after double precision not null,
  variance_after double precision not null,
  primary key (evidence_id, skill_id)
);
create index evidence_moves_of_skill on evidence_moves (skill_id, evidence_id);

create table interests (
  user_id bigint not null references users (id),
  skill_id bigint not null references skills (id),
  created_at bigint not null,
  primary key (user_id, skill_id)
);
