-- Simulations and forecasts that somebody asked for: what was asked, how far it is, and what came of it.

create table floor_runs (
  id {{id}},
  kind text not null,              -- forecast, what_if, worth, replay
  question text not null,          -- JSON
  asked_by bigint,
  asked_at bigint not null,
  started_at bigint,
  finished_at bigint,
  failed text,                     -- why there is no result
  done double precision not null,  -- share, 0 to 1
  result text                      -- JSON
);
create index floor_runs_of_kind on floor_runs (kind, id);
