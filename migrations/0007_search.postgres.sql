-- Full text. Terms are folded by the product, so that both engines find the same.
create table search_tickets (id bigint primary key, terms tsvector not null);
create index search_tickets_terms on search_tickets using gin (terms);
create table search_comments (id bigint primary key, terms tsvector not null);
create index search_comments_terms on search_comments using gin (terms);
create table search_users (id bigint primary key, terms tsvector not null);
create index search_users_terms on search_users using gin (terms);
