//! Why a command was refused, in a form that every door can translate.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not signed in, or the proof of identity does not hold.
    Unknown,
    /// Signed in, and not allowed.
    Forbidden,
    NotFound,
    /// Somebody or something else came first.
    Conflict,
    /// The words of the request are wrong; see [`Refusal::field`].
    Invalid,
    /// Too large, too many, too often.
    TooMuch,
    /// Try again in a moment.
    Busy,
    /// Our fault. Logged with its sources; the person gets an apology without detail.
    Broken,
}

pub trait Refusal: std::error::Error + Send + Sync + 'static {
    fn kind(&self) -> Kind;

    /// The field that was wrong, in API words.
    fn field(&self) -> Option<&'static str> {
        None
    }

    /// What somebody else has changed meanwhile, in API words, when it is known and the actor may know it.
    fn conflicting(&self) -> &[String] {
        &[]
    }

    /// The value must be unique, and somebody else has it.
    fn is_duplicate(&self) -> bool {
        false
    }
}

impl Refusal for db::Error {
    fn kind(&self) -> Kind {
        match self {
            db::Error::NoRow => Kind::NotFound,
            error if error.is_temporary() => Kind::Busy,
            _ => Kind::Broken,
        }
    }
}
