-- The mails in which the desk asked an address whether it had applied: they go with what was sent.
create table application_mails (
  mail_out_id bigint primary key,
  application_id bigint,              -- null: it made room for newer ones; the mail counts a while against further ones
  at bigint not null
);
create index application_mails_of on application_mails (application_id);

insert into application_mails (mail_out_id, application_id, at)
select m.id, a.id, m.created_at from mail_out m join applications a on m.to_address = a.email
where m.content like '%/jobs/applications/' || cast(a.id as text) || '.%';
