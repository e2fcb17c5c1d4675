//! The customer's door: public pages that work without script. It knows no staff page and asks for no account.

use axum::Router;
use desk::Desk;

/// The public pages: rating an answer, and writing to us.
pub fn router(desk: Desk) -> Router {
    Router::new().with_state(desk)
}
