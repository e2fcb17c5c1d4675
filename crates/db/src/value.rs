//! Values that travel to and from either database: what a parameter may be, what a column may hold.

use crate::Error;
use tokio_postgres::types::{IsNull, ToSql, Type};

/// A value on its way into a statement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Param<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

pub trait ToParam {
    fn to_param(&self) -> Param<'_>;
}

/// `params![id, name]`: the values for `$1`, `$2`, ….
#[macro_export]
macro_rules! params {
    () => { &[] as &[$crate::Param<'_>] };
    ($($value:expr),+ $(,)?) => { &[$($crate::ToParam::to_param(&$value)),+] as &[$crate::Param<'_>] };
}

macro_rules! int_params {
    ($($t:ty),*) => { $(impl ToParam for $t { fn to_param(&self) -> Param<'_> { Param::Int(i64::from(*self)) } })* };
}
int_params!(i64, i32, u32, i16, u16, u8, bool);

impl ToParam for usize {
    fn to_param(&self) -> Param<'_> {
        Param::Int(*self as i64)
    }
}
impl ToParam for f64 {
    fn to_param(&self) -> Param<'_> {
        Param::Real(*self)
    }
}
impl ToParam for str {
    fn to_param(&self) -> Param<'_> {
        Param::Text(self)
    }
}
impl ToParam for String {
    fn to_param(&self) -> Param<'_> {
        Param::Text(self)
    }
}
impl ToParam for [u8] {
    fn to_param(&self) -> Param<'_> {
        Param::Blob(self)
    }
}
impl ToParam for Vec<u8> {
    fn to_param(&self) -> Param<'_> {
        Param::Blob(self)
    }
}
impl ToParam for Param<'_> {
    fn to_param(&self) -> Param<'_> {
        *self
    }
}
impl<T: ToParam + ?Sized> ToParam for &T {
    fn to_param(&self) -> Param<'_> {
        (**self).to_param()
    }
}
impl<T: ToParam> ToParam for Option<T> {
    fn to_param(&self) -> Param<'_> {
        self.as_ref().map_or(Param::Null, ToParam::to_param)
    }
}

/// A value that came out of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl Column<'_> {
    fn name(&self) -> &'static str {
        match self {
            Column::Null => "nothing",
            Column::Int(_) => "a whole number",
            Column::Real(_) => "a number",
            Column::Text(_) => "text",
            Column::Blob(_) => "bytes",
        }
    }
}

pub trait FromColumn: Sized {
    const WANTED: &'static str;
    /// `None` when the column holds something else.
    fn from_column(column: Column<'_>) -> Option<Self>;
}

macro_rules! from_column {
    ($($t:ty, $wanted:literal, $($pattern:pat => $value:expr),+);* $(;)?) => { $(
        impl FromColumn for $t {
            const WANTED: &'static str = $wanted;
            fn from_column(column: Column<'_>) -> Option<Self> {
                match column { $($pattern => $value,)+ _ => None }
            }
        }
    )* };
}
from_column! {
    i64, "a whole number", Column::Int(v) => Some(v);
    i32, "a small whole number", Column::Int(v) => i32::try_from(v).ok();
    u32, "a small whole number", Column::Int(v) => u32::try_from(v).ok();
    u8, "a small whole number", Column::Int(v) => u8::try_from(v).ok();
    usize, "a whole number", Column::Int(v) => usize::try_from(v).ok();
    bool, "yes or no", Column::Int(v) => Some(v != 0);
    f64, "a number", Column::Real(v) => Some(v), Column::Int(v) => Some(v as f64);
    String, "text", Column::Text(v) => Some(v.to_owned());
    Vec<u8>, "bytes", Column::Blob(v) => Some(v.to_vec()), Column::Text(v) => Some(v.as_bytes().to_vec());
}

impl<T: FromColumn> FromColumn for Option<T> {
    const WANTED: &'static str = T::WANTED;
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Null => Some(None),
            other => T::from_column(other).map(Some),
        }
    }
}

/// One row of an answer, from either database.
pub struct Row<'a>(pub(crate) Source<'a>);

pub(crate) enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The column at `index`, counted from 0.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T, Error> {
        let column = self.column(index)?;
        T::from_column(column).ok_or(Error::Type { index, found: column.name(), wanted: T::WANTED })
    }

    /// The column at `index` without copying it.
    pub fn column(&self, index: usize) -> Result<Column<'_>, Error> {
        match &self.0 {
            Source::Sqlite(row) => {
                use rusqlite::types::ValueRef;
                let value = row.get_ref(index).map_err(|source| Error::sqlite("(a column)", source))?;
                Ok(match value {
                    ValueRef::Null => Column::Null,
                    ValueRef::Integer(v) => Column::Int(v),
                    ValueRef::Real(v) => Column::Real(v),
                    ValueRef::Text(v) => Column::Text(
                        std::str::from_utf8(v)
                            .map_err(|_| Error::Corrupt("text that is not UTF-8".into()))?,
                    ),
                    ValueRef::Blob(v) => Column::Blob(v),
                })
            }
            Source::Postgres(row) => postgres_column(row, index),
        }
    }
}

fn postgres_column(row: &tokio_postgres::Row, index: usize) -> Result<Column<'_>, Error> {
    let kind = row
        .columns()
        .get(index)
        .ok_or(Error::Type { index, found: "no column", wanted: "a column" })?
        .type_()
        .clone();
    let failed = |source| Error::postgres("(a column)", source);
    Ok(match kind {
        Type::INT8 => row.try_get::<_, Option<i64>>(index).map_err(failed)?.map_or(Column::Null, Column::Int),
        Type::INT4 => row
            .try_get::<_, Option<i32>>(index)
            .map_err(failed)?
            .map_or(Column::Null, |v| Column::Int(v.into())),
        Type::BOOL => row
            .try_get::<_, Option<bool>>(index)
            .map_err(failed)?
            .map_or(Column::Null, |v| Column::Int(v.into())),
        Type::FLOAT8 => {
            row.try_get::<_, Option<f64>>(index).map_err(failed)?.map_or(Column::Null, Column::Real)
        }
        Type::FLOAT4 => row
            .try_get::<_, Option<f32>>(index)
            .map_err(failed)?
            .map_or(Column::Null, |v| Column::Real(v.into())),
        Type::BYTEA => {
            row.try_get::<_, Option<&[u8]>>(index).map_err(failed)?.map_or(Column::Null, Column::Blob)
        }
        _ => row.try_get::<_, Option<&str>>(index).map_err(failed)?.map_or(Column::Null, Column::Text),
    })
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (*self, kind) {
            (Param::Null, _) => Ok(IsNull::Yes),
            (Param::Int(v), &Type::INT8) => v.to_sql(kind, out),
            (Param::Int(v), &Type::INT4) => i32::try_from(v)?.to_sql(kind, out),
            (Param::Int(v), &Type::BOOL) => (v != 0).to_sql(kind, out),
            (Param::Int(v), &Type::FLOAT8) => (v as f64).to_sql(kind, out),
            (Param::Int(v), &Type::TEXT) => v.to_string().to_sql(kind, out),
            (Param::Real(v), &Type::FLOAT8) => v.to_sql(kind, out),
            (Param::Text(v), &Type::BYTEA) => v.as_bytes().to_sql(kind, out),
            (Param::Text(v), &Type::JSON | &Type::TEXT | &Type::VARCHAR | &Type::UNKNOWN) => {
                // PostgreSQL's text cannot hold NUL; it is the one character that is dropped, here for everybody.
                match v.contains('\0') {
                    true => v.replace('\0', "").to_sql(&Type::TEXT, out),
                    false => v.to_sql(&Type::TEXT, out),
                }
            }
            (Param::Blob(v), &Type::BYTEA) => v.to_sql(kind, out),
            (value, kind) => Err(format!("a parameter {value:?} does not fit the type {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}
