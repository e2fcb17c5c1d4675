//! Finding tickets and people by words and filters.
