-- What answering took out of somebody: theirs to see first.

create table efforts (
  comment_id bigint primary key,   -- the public answer
  ticket_id bigint not null,
  user_id bigint not null references users (id),
  at bigint not null,
  anger bigint not null,           -- 0 to 3: of what the customer had said since the answer before
  hostility double precision not null,
  length double precision not null,
  difficulty double precision not null
);
create index efforts_of_user on efforts (user_id, at);

-- Who lets their leads see it.
create table effort_shares (
  user_id bigint primary key references users (id),
  since bigint not null
);
