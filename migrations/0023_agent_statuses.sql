-- What people say of themselves beside here, away and gone: each status says what work comes to whoever has it.

create table agent_statuses (
  id {{id}},
  name text not null,
  takes_tickets bigint not null,   -- written work that is assigned
  takes_live bigint not null,      -- messages, chats and calls, which are offered
  created_at bigint not null,
  retired_at bigint
);

-- Null: plainly here, away or gone. `status` says the rest of it: online takes tickets, away takes none.
alter table presences add column status_id bigint;
