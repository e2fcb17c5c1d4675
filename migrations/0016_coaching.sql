-- Coaching: what is worth talking about, plans with goals and tasks, talks and notes, and tickets given to learn on.

-- The most teachable moments of one person in one week, with the figures that made them so.
create table coaching_moments (
  id {{id}},
  week bigint not null,            -- its Monday, 00:00 UTC
  user_id bigint not null references users (id),
  ticket_id bigint not null,
  evidence_id bigint not null references evidence (id),
  skill_id bigint not null references skills (id),
  moment text not null,            -- JSON: surprise, gap, doubt, demand, score
  score double precision not null,
  created_at bigint not null,
  talked_at bigint,
  talked_by bigint,
  unique (user_id, week, ticket_id)
);
create index coaching_moments_of_week on coaching_moments (week, user_id);

create table coaching_plans (
  id {{id}},
  user_id bigint not null references users (id),
  coach_id bigint not null references users (id),
  title text not null,
  about text not null,
  created_at bigint not null,
  ends_at bigint,
  closed_at bigint,
  closed_by bigint,
  outcome text not null default ''
);
create index coaching_plans_of_user on coaching_plans (user_id, id);

create table coaching_goals (
  id {{id}},
  plan_id bigint not null references coaching_plans (id),
  skill_id bigint not null references skills (id),
  level double precision not null,
  why text not null,
  level_then double precision,     -- what was believed when it was set; null: nothing
  sd_then double precision,
  created_at bigint not null,
  reached_at bigint,
  helper_id bigint,                -- whoever helps while tickets are given to learn on
  learning_since bigint,           -- null: none are given
  unique (plan_id, skill_id)
);
create index coaching_goals_learning on coaching_goals (skill_id) where learning_since is not null;

create table coaching_tasks (
  id {{id}},
  plan_id bigint not null references coaching_plans (id),
  kind text not null,              -- practice, shadow, buddy, read, check
  text text not null,
  link text not null,              -- an article, a ticket, a check; or empty
  with_id bigint,                  -- the buddy
  due_at bigint,
  created_at bigint not null,
  done_at bigint,
  done_by bigint
);
create index coaching_tasks_of_plan on coaching_tasks (plan_id, id);

create table coaching_sessions (
  id {{id}},
  plan_id bigint not null references coaching_plans (id),
  at bigint not null,
  created_by bigint,
  created_at bigint not null,
  held_at bigint
);
create index coaching_sessions_of_plan on coaching_sessions (plan_id, at);

create table coaching_notes (
  id {{id}},
  plan_id bigint not null references coaching_plans (id),
  session_id bigint references coaching_sessions (id),
  author_id bigint not null references users (id),
  shared bigint not null,          -- 0: for its author alone
  text text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index coaching_notes_of_plan on coaching_notes (plan_id, id);

-- A ticket that somebody was given to learn on, and who helps.
create table learning_assignments (
  ticket_id bigint primary key,
  goal_id bigint not null references coaching_goals (id),
  user_id bigint not null references users (id),
  helper_id bigint not null references users (id),
  given_at bigint not null
);
create index learning_assignments_of_goal on learning_assignments (goal_id);

-- What became known in a week, whenever it happened.
create index evidence_by_recording on evidence (recorded_at);
