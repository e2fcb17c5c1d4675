-- E-mail in (the ledger), who said what under which Message-ID, and e-mail out.

create table mailboxes (
  id {{id}},
  address text not null unique,    -- lower case
  name text not null,
  kind text not null,              -- smtp (delivered to us), imap (fetched)
  group_id bigint references groups (id),
  brand_id bigint references brands (id),
  settings text not null,          -- JSON: host, port, security, user, folder
  secret text,                     -- password or token, sealed with the desk's key
  imap_uid_validity bigint,
  imap_last_uid bigint,
  last_checked_at bigint,
  last_error text,
  is_default bigint not null default 0,
  created_at bigint not null,
  deleted_at bigint
);

-- One row per SMTP transaction or IMAP UID. It ends as a comment, a duplicate, or suspended.
create table mail_in (
  id {{id}},
  door text not null,              -- smtp, imap
  mailbox_id bigint,
  uid_validity bigint,
  uid bigint,
  received_at bigint not null,
  remote_ip text not null default '',
  helo text not null default '',
  mail_from text not null default '',
  rcpt_to text not null,           -- JSON array
  bytes bigint not null,
  state text not null,             -- received, comment, duplicate, suspended, discarded
  ended_at bigint,
  reason text,                     -- why it is suspended, or what else is worth knowing
  ticket_id bigint,
  comment_id bigint,
  duplicate_of bigint,
  from_address text,
  from_name text,
  subject text,
  message_id text,
  auth text,                       -- JSON: spf, dkim, dmarc, arc
  threaded_by text,                -- token, references, body-token, bounce
  parsed text                      -- JSON: what the door made of it, while a person has yet to decide
);
create unique index mail_in_by_uid on mail_in (mailbox_id, uid_validity, uid) where uid is not null;
create index mail_in_open on mail_in (state, id) where state in ('received', 'suspended');

-- How much each sender has sent in the hour that began at hour_start; same_count: in a row with the same words.
create table mail_senders (
  address text primary key,
  hour_start bigint not null,
  mail_count bigint not null,
  same_words text not null,
  same_count bigint not null
);

create table mail_raw (
  mail_id bigint primary key,
  raw {{bytes}} not null
);

create table mail_fingerprints (
  fingerprint text primary key,
  mail_id bigint not null,
  at bigint not null
);

create table message_ids (
  message_id text not null,        -- without < >
  ticket_id bigint not null,
  comment_id bigint,
  mail_out_id bigint,
  created_at bigint not null,
  primary key (message_id, ticket_id)
);

create table mail_out (
  id {{id}},
  kind text not null,              -- reply, acknowledgement, satisfaction, notification, sign-in, test
  ticket_id bigint,
  comment_id bigint,
  user_id bigint,                  -- to whom, if known
  mailbox_id bigint,
  to_address text not null,        -- lower case; the first recipient
  message_id text not null,
  content text not null,           -- JSON: from, to, cc, subject, text, html, headers, attachment ids
  automatic bigint not null,
  state text not null,             -- queued, sent, deferred, failed
  server_answer text,
  attempts bigint not null default 0,
  created_at bigint not null,
  sent_at bigint,
  failed_at bigint
);
create index mail_out_of_comment on mail_out (comment_id) where comment_id is not null;
create index mail_out_of_ticket on mail_out (ticket_id) where ticket_id is not null;
create index mail_out_to on mail_out (to_address, created_at);
create unique index mail_out_by_message_id on mail_out (message_id);
create index mail_out_unsent on mail_out (state, id) where state in ('queued', 'deferred');
create index mail_out_automatic on mail_out (created_at) where automatic = 1;
