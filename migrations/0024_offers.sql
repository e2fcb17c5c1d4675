-- Messages, chats and calls are offered to somebody, who takes them or lets them pass. What is offered stands here, so that
-- it survives the process that offered it.

create table routing_offers (
  id {{id}},
  ticket_id bigint not null,
  user_id bigint not null,
  decision_id bigint not null,
  channel text not null,           -- message, chat, voice
  epoch bigint not null,           -- of the lease under which it was made
  offered_at bigint not null,
  until bigint not null,
  ended text,                      -- accepted, declined, timed_out, withdrawn
  ended_at bigint
);
-- A ticket is offered to one person at a time, whoever believes to own routing.
create unique index routing_offers_open on routing_offers (ticket_id) where ended_at is null;
create index routing_offers_open_of_user on routing_offers (user_id) where ended_at is null;
create index routing_offers_of_ticket on routing_offers (ticket_id, id);
create index routing_offers_of_decision on routing_offers (decision_id);
