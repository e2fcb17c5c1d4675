-- What taught the desk how long work usually takes, so that an import can be taken back from it: see `usual_times.rs`.
create table handle_lessons (
  id {{id}},
  run_id bigint references outcome_runs (id), -- null: this desk's own work
  lessons text not null            -- JSON: [topic, channel, customer words, answers, files, seconds], in order
);
create index handle_lessons_of_run on handle_lessons (run_id) where run_id is not null;
