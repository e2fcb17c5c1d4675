-- Full text. Terms are folded by the product, so that both engines find the same.
create virtual table search_tickets using fts5 (terms, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 tokenchars '@._-'");
create virtual table search_comments using fts5 (terms, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 tokenchars '@._-'");
create virtual table search_users using fts5 (terms, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 tokenchars '@._-'");
