-- Openings with the skills that they ask, those who apply, what interviews showed, and who wants to hear of new openings.

create table openings (
  id {{id}},
  title text not null,
  summary text not null,           -- what the public page says
  place text not null,
  seats bigint not null,
  reason text not null,            -- the gap behind it; for leads
  role_id bigint references role_profiles (id),
  state text not null,             -- draft, inside, public, closed
  created_by bigint,
  created_at bigint not null,
  updated_at bigint not null,
  inside_at bigint,                -- when colleagues could first see it
  public_at bigint,                -- when everybody could first see it
  closed_at bigint
);
create index openings_by_state on openings (state, id);

create table opening_skills (
  opening_id bigint not null references openings (id),
  skill_id bigint not null references skills (id),
  level double precision not null,
  weight double precision not null,
  question text not null,          -- what every candidate is asked; empty: the usual question
  primary key (opening_id, skill_id)
);

-- Forgotten as a whole some time after the decision; see CANDIDATE_KEPT_DAYS.
create table candidates (
  id {{id}},
  opening_id bigint not null references openings (id),
  name text not null,
  email text not null,             -- folded; empty: not known
  user_id bigint references users (id),  -- a colleague
  source text not null,
  note text not null,
  stage text not null,             -- new, interviews, offer, hired, declined, withdrawn
  created_by bigint,
  created_at bigint not null,
  updated_at bigint not null,
  decided_at bigint
);
create index candidates_of_opening on candidates (opening_id, id);
create unique index candidates_by_address on candidates (opening_id, email) where email <> '';
create unique index candidates_by_user on candidates (opening_id, user_id) where user_id is not null;

-- One scorecard: one interviewer, one candidate.
create table interviews (
  id {{id}},
  candidate_id bigint not null references candidates (id),
  interviewer_id bigint not null references users (id),
  note text not null,
  created_at bigint not null,
  updated_at bigint not null,
  unique (candidate_id, interviewer_id)
);
create table interview_scores (
  interview_id bigint not null references interviews (id),
  skill_id bigint not null references skills (id),
  level double precision not null,
  note text not null,
  primary key (interview_id, skill_id)
);

-- Addresses that want to hear of new openings. One that does not confirm, and one that has enough, is deleted.
create table job_alerts (
  id {{id}},
  email text not null unique,
  language text not null,
  created_at bigint not null,
  confirmed_at bigint
);
create index job_alerts_unconfirmed on job_alerts (created_at) where confirmed_at is null;
create table job_alert_mails (
  alert_id bigint not null references job_alerts (id),
  opening_id bigint not null references openings (id),
  primary key (alert_id, opening_id)
);
