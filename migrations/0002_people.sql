-- Who writes, who answers, and how they prove who they are.

create table organizations (
  id {{id}},
  name text not null,
  name_key text not null unique,  -- folded, for finding
  details text not null default '',
  notes text not null default '',
  external_id text,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint
);
create table organization_domains (
  domain text primary key,
  organization_id bigint not null references organizations (id)
);

create table users (
  id {{id}},
  name text not null,
  role text not null,             -- end-user, agent, lead, admin, light-agent
  email text,                     -- the primary address, lower case; also an identity
  phone text,
  locale text not null default 'en',
  time_zone text not null default 'UTC',
  organization_id bigint references organizations (id),
  signature text not null default '',
  details text not null default '',
  notes text not null default '',
  external_id text,
  password_hash text,
  created_at bigint not null,
  updated_at bigint not null,
  last_sign_in_at bigint,
  suspended_at bigint,
  deleted_at bigint,
  version bigint not null default 0
);
create index users_by_role on users (role, id) where role <> 'end-user';
create index users_by_organization on users (organization_id, id) where organization_id is not null;
create index users_by_external_id on users (external_id) where external_id is not null;

create table user_identities (
  id {{id}},
  user_id bigint not null references users (id),
  kind text not null,             -- email, phone
  value text not null,            -- folded: lower-case address, digits of a number
  is_primary bigint not null default 0,
  verified_at bigint,
  created_at bigint not null
);
create unique index user_identities_by_value on user_identities (kind, value);
create index user_identities_of_user on user_identities (user_id);

create table groups (
  id {{id}},
  name text not null,
  description text not null default '',
  is_default bigint not null default 0,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint
);
create table memberships (
  id {{id}},
  user_id bigint not null references users (id),
  group_id bigint not null references groups (id),
  is_default bigint not null default 0,
  created_at bigint not null
);
create unique index memberships_once on memberships (user_id, group_id);
create index memberships_of_group on memberships (group_id);

create table brands (
  id {{id}},
  name text not null,
  is_default bigint not null default 0,
  created_at bigint not null
);

-- Tokens are stored as the SHA-256 of 256 random bits; the token itself is shown once.
create table sessions (
  token_hash text primary key,
  user_id bigint not null references users (id),
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null,
  ip text not null default '',
  user_agent text not null default ''
);
create index sessions_of_user on sessions (user_id);

create table one_time_links (
  token_hash text primary key,
  user_id bigint references users (id),
  purpose text not null,          -- set-up, sign-in, invite, demo
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);

create table api_tokens (
  id {{id}},
  token_hash text not null unique,
  user_id bigint references users (id),  -- null: any agent, by e-mail/token
  description text not null,
  created_at bigint not null,
  last_used_at bigint,
  revoked_at bigint
);
