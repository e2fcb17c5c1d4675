//! Who writes and who answers: users, their identities, organizations, groups.
