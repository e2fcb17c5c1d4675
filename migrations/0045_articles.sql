-- Articles of the help centre, and the skills that they are about.

create table articles (
  id {{id}},
  title text not null,
  body text not null,              -- Markdown
  language text not null,          -- two or three letters: de, es, fr
  author_id bigint not null references users (id),
  state text not null,             -- draft, internal, published, archived
  version bigint not null,         -- grows with every change of the text
  created_at bigint not null,
  updated_at bigint not null,
  published_at bigint              -- when everybody could read it first
);
create index articles_of_author on articles (author_id, id);
create index articles_by_state on articles (state, updated_at);

create table article_skills (
  article_id bigint not null references articles (id),
  skill_id bigint not null references skills (id),
  primary key (article_id, skill_id)
);
create index article_skills_of_skill on article_skills (skill_id, article_id);

-- Full text. Terms are folded by the product, so that both engines find the same.
create virtual table search_articles using fts5 (terms, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 tokenchars '@._-'");
