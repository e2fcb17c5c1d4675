-- Competencies: skills that are used together, judged by behaviour.
create table competencies (
  id {{id}},
  name text not null,
  behaviour text not null,         -- what can be seen of whoever has it
  created_at bigint not null,
  updated_at bigint not null,
  retired_at bigint
);

create table competency_skills (
  competency_id bigint not null references competencies (id),
  skill_id bigint not null references skills (id),
  weight double precision not null,
  primary key (competency_id, skill_id)
);
