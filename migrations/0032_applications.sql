-- What scores of the hired, beside their later work, taught of interviewers; kept without whom they were about.
create table interview_lessons (
  id {{id}},
  interviewer_id bigint not null references users (id),
  score double precision not null,    -- level, 0 to 5
  mean double precision not null,     -- what work had shown: the belief in logits
  variance double precision not null,
  at bigint not null
);
create index interview_lessons_newest on interview_lessons (at);

-- What somebody wrote into the form of a public opening. Its address is confirmed before it becomes a candidate.
create table applications (
  id {{id}},
  opening_id bigint not null references openings (id),
  candidate_id bigint references candidates (id), -- null: not confirmed
  name text not null,
  email text not null,                -- folded
  words text not null,
  language text not null,
  consent text not null,              -- the sentence that was agreed to, word for word
  created_at bigint not null,
  confirmed_at bigint
);
create unique index applications_by_address on applications (opening_id, email);
create index applications_of_candidate on applications (candidate_id) where candidate_id is not null;
create index applications_unconfirmed on applications (created_at) where confirmed_at is null;

-- In the database and not among the desk's files, so that it goes with its row.
create table application_files (
  application_id bigint primary key references applications (id),
  file_name text not null,
  bytes {{bytes}} not null
);
