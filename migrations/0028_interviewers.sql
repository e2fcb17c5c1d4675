-- Who, beside leads, scores the candidates of an opening.
create table opening_interviewers (
  opening_id bigint not null references openings (id),
  user_id bigint not null references users (id),
  primary key (opening_id, user_id)
);
create index opening_interviewers_of_user on opening_interviewers (user_id);
