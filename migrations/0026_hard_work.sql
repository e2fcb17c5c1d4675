-- What the last refit found to make work hard, and what statements about people say too much.
create table refit_unknowns (
  kind text not null,              -- topic, priority, channel, self, lead, peer
  key_id bigint not null,          -- a difficulty_keys id, a priority's number, or 0
  mean double precision not null,  -- logits; above 0: harder than usual, or said too high
  variance double precision not null,
  rows_count bigint not null,
  run_id bigint not null references refit_runs (id),
  primary key (kind, key_id)
);
