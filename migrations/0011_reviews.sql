-- Scored readings of conversations: scorecards, reviews and their highlights, what is to be reviewed, calibration.

-- Of the rater, in logits, as it was known when a review became evidence; null for other evidence.
alter table evidence add column severity double precision;

create table scorecards (
  id {{id}},
  name text not null,
  about text not null,
  version bigint not null,         -- the number of the newest version
  is_default bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  retired_at bigint
);

-- Written once. A review keeps the version that it was made with.
create table scorecard_versions (
  id {{id}},
  scorecard_id bigint not null references scorecards (id),
  number bigint not null,
  categories text not null,        -- JSON, in order
  created_by bigint,
  created_at bigint not null,
  unique (scorecard_id, number)
);

-- Several reviewers score the same conversation blind.
create table calibrations (
  id {{id}},
  ticket_id bigint not null references tickets (id),
  user_id bigint not null references users (id),
  version_id bigint not null references scorecard_versions (id),
  created_by bigint,
  created_at bigint not null,
  closed_at bigint
);

create table reviews (
  id {{id}},
  ticket_id bigint not null references tickets (id),
  user_id bigint not null references users (id),        -- whose work it is
  reviewer_id bigint not null references users (id),
  version_id bigint not null references scorecard_versions (id),
  calibration_id bigint references calibrations (id),   -- then it is no evidence
  comment text not null default '',
  percent double precision,        -- null until finished
  failed_by text not null default '[]',                 -- JSON: places of the categories that made it 0
  created_at bigint not null,
  finished_at bigint,
  seen_at bigint,
  answer text,
  answered_at bigint,
  contest text,
  contested_at bigint,
  decision text,                   -- upheld, struck
  decision_reason text,
  decided_by bigint,
  decided_at bigint
);
create index reviews_of_user on reviews (user_id, finished_at);
create index reviews_of_reviewer on reviews (reviewer_id, finished_at);
create index reviews_of_ticket on reviews (ticket_id);
create index reviews_of_calibration on reviews (calibration_id) where calibration_id is not null;
create unique index reviews_once on reviews (ticket_id, user_id, reviewer_id) where calibration_id is null;
create unique index reviews_once_in_calibration on reviews (calibration_id, reviewer_id) where calibration_id is not null;

create table review_scores (
  review_id bigint not null references reviews (id),
  category bigint not null,        -- its place in the version
  points bigint,                   -- null: does not apply
  note text not null default '',
  evidence_id bigint references evidence (id),
  primary key (review_id, category)
);

-- A sentence, by its letters in the comment's own text: what is folded away around it does not move it.
create table review_highlights (
  review_id bigint not null references reviews (id),
  comment_id bigint not null references comments (id),
  start_char bigint not null,
  end_char bigint not null,
  quote text not null,
  category bigint,
  good bigint not null,
  created_at bigint not null,
  primary key (review_id, comment_id, start_char, end_char)
);

-- What a week's budget is best spent on, and why.
create table review_assignments (
  id {{id}},
  week bigint not null,            -- its Monday, 00:00 UTC
  reviewer_id bigint not null references users (id),
  user_id bigint not null references users (id),
  ticket_id bigint not null references tickets (id),
  skill_id bigint not null references skills (id),
  sd_levels double precision not null,
  created_at bigint not null,
  review_id bigint references reviews (id),
  skipped_at bigint,
  unique (ticket_id, user_id)
);
create index review_assignments_of_week on review_assignments (week, reviewer_id);
