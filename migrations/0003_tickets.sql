-- The work: tickets, what was said on them, and every change.

create table tickets (
  id {{id}},
  subject text not null,
  status bigint not null,          -- 0 new, 1 open, 2 pending, 3 hold, 4 solved, 5 closed
  priority bigint,                 -- 1 low, 2 normal, 3 high, 4 urgent
  type text,
  requester_id bigint not null references users (id),
  submitter_id bigint not null references users (id),
  assignee_id bigint references users (id),
  group_id bigint references groups (id),
  organization_id bigint references organizations (id),
  brand_id bigint not null references brands (id),
  channel text not null,
  tags text not null default '',   -- sorted, joined by one space; ticket_tags says the same by row
  snippet text not null default '',
  language text,
  urgency bigint not null default 0,
  anger bigint not null default 0,
  external_id text,
  problem_id bigint,
  followup_source_id bigint,
  merged_into bigint,
  due_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  assigned_at bigint,
  first_reply_at bigint,
  requester_updated_at bigint,
  solved_at bigint,
  closed_at bigint,
  deleted_at bigint,
  waiting_since bigint,            -- the oldest unanswered public comment of the requester
  last_comment_id bigint,
  comment_count bigint not null default 0,
  replies bigint not null default 0,
  reopens bigint not null default 0,
  assignee_stations bigint not null default 0,
  group_stations bigint not null default 0,
  version bigint not null default 0
);
create index tickets_by_update on tickets (updated_at);
create index tickets_unsolved on tickets (updated_at) where status < 4 and deleted_at is null;
create index tickets_unassigned on tickets (updated_at) where status < 4 and assignee_id is null and deleted_at is null;
create index tickets_of_assignee on tickets (assignee_id, updated_at) where status < 4 and deleted_at is null;
create index tickets_of_group on tickets (group_id, updated_at) where status < 4 and deleted_at is null;
create index tickets_solved on tickets (solved_at) where status = 4 and deleted_at is null;
create index tickets_of_requester on tickets (requester_id, id);
create index tickets_of_organization on tickets (organization_id, id) where organization_id is not null;
create index tickets_by_external_id on tickets (external_id) where external_id is not null;
create index tickets_of_problem on tickets (problem_id) where problem_id is not null;

create table ticket_tags (
  tag text not null,
  ticket_id bigint not null,
  primary key (tag, ticket_id)
);

-- CCs (public) and followers (agents only, unseen by the requester).
create table ticket_people (
  ticket_id bigint not null,
  user_id bigint not null references users (id),
  kind text not null,              -- cc, follower
  created_at bigint not null,
  primary key (ticket_id, kind, user_id)
);

create table comments (
  id {{id}},
  ticket_id bigint not null references tickets (id),
  author_id bigint not null,       -- -1: the desk itself
  public bigint not null,
  channel text not null,
  body text not null,              -- the new text only
  html text,                       -- the same as cleaned HTML; null: plain text
  quoted text,                     -- what was folded away, never deleted
  quoted_html text,
  mail_id bigint,                  -- the original, in mail_in
  created_at bigint not null,
  redacted_at bigint
);
create index comments_of_ticket on comments (ticket_id, id);

create table attachments (
  id {{id}},
  sha256 text not null,
  file_name text not null,
  content_type text not null,
  bytes bigint not null,
  comment_id bigint,
  ticket_id bigint,
  upload_token_hash text,          -- until a comment takes it
  uploader_id bigint,
  inline bigint not null default 0,
  content_id text,
  created_at bigint not null
);
create index attachments_of_comment on attachments (comment_id) where comment_id is not null;
create index attachments_by_upload on attachments (upload_token_hash) where upload_token_hash is not null;

create table audits (
  id {{id}},
  ticket_id bigint not null,
  author_id bigint not null,       -- -1: the desk itself
  created_at bigint not null,
  channel text not null,
  events text not null             -- JSON array in the shape of the Zendesk API
);
create index audits_of_ticket on audits (ticket_id, id);

create table drafts (
  user_id bigint not null references users (id),
  ticket_id bigint not null references tickets (id),
  public bigint not null,
  body text not null,
  html text,
  seen_comment_id bigint,
  updated_at bigint not null,
  primary key (user_id, ticket_id)
);
