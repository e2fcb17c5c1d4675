//! Files on comments: uploaded first, taken by a comment later.

use super::*;
use crate::access::{random_token, token_hash};
use crate::blobs::Blob;
use db::{Error, Row, params};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attachment {
    pub id: AttachmentId,
    pub sha256: String,
    pub file_name: String,
    pub content_type: String,
    pub bytes: i64,
    pub comment: Option<CommentId>,
    pub ticket: Option<TicketId>,
    pub inline: bool,
    pub content_id: Option<String>,
    pub created_at: i64,
}

/// A stored file that comes with a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttachment {
    pub blob: Blob,
    pub file_name: String,
    pub inline: bool,
    pub content_id: Option<String>,
}

/// A file that waits for its comment. The token is shown once.
#[derive(Debug, PartialEq)]
pub struct Upload {
    pub token: String,
    pub attachment: Attachment,
}

const ATTACHMENT: &str =
    "id, sha256, file_name, content_type, bytes, comment_id, ticket_id, inline, content_id, created_at";

fn attachment(row: &Row<'_>) -> Result<Attachment, Error> {
    Ok(Attachment {
        id: row.get(0)?,
        sha256: row.get(1)?,
        file_name: row.get(2)?,
        content_type: row.get(3)?,
        bytes: row.get(4)?,
        comment: row.get(5)?,
        ticket: row.get(6)?,
        inline: row.get(7)?,
        content_id: row.get(8)?,
        created_at: row.get(9)?,
    })
}

/// Keeps a file for a comment to come. With `token`, the file joins an earlier upload.
pub fn upload(tx: &mut Tx, file: &NewAttachment, token: Option<&str>) -> Result<Upload, Error> {
    let token = token.map_or_else(random_token, str::to_owned);
    let id = insert(tx, file, None, Some(&token_hash(&token)))?;
    let attachment = find_attachment(tx, id)?.ok_or(Error::NoRow)?;
    Ok(Upload { token, attachment })
}

fn insert(
    tx: &mut Tx,
    file: &NewAttachment,
    place: Option<(TicketId, CommentId)>,
    upload_token_hash: Option<&str>,
) -> Result<AttachmentId, Error> {
    let (now, uploader) = (tx.now(), tx.actor().user());
    let blob = &file.blob;
    tx.execute(
        "insert into blobs (sha256, bytes, content_type, created_at) values ($1, $2, $3, $4) on conflict do nothing",
        params![blob.sha256, blob.bytes, blob.content_type, now],
    )?;
    tx.value(
        "insert into attachments (sha256, file_name, content_type, bytes, comment_id, ticket_id, upload_token_hash,
           uploader_id, inline, content_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id",
        params![
            blob.sha256,
            safe_name(&file.file_name),
            blob.content_type,
            blob.bytes,
            place.map(|(_, comment)| comment),
            place.map(|(ticket, _)| ticket),
            upload_token_hash,
            uploader,
            file.inline,
            file.content_id,
            now
        ],
    )
}

/// Gives the comment its files: those that came with it and those uploaded before.
pub(super) fn give_to_comment(
    tx: &mut Tx,
    ticket: TicketId,
    comment: CommentId,
    new: &NewComment,
) -> Result<(), Error> {
    for file in &new.attachments {
        insert(tx, file, Some((ticket, comment)), None)?;
    }
    for token in &new.upload_tokens {
        tx.execute(
            "update attachments set comment_id = $1, ticket_id = $2, upload_token_hash = null
             where upload_token_hash = $3",
            params![comment, ticket, token_hash(token)],
        )?;
    }
    Ok(())
}

/// The files that wait under an upload's token, in the order in which they came.
pub fn list_upload(tx: &mut Tx, token: &str) -> Result<Vec<Attachment>, Error> {
    tx.list(
        &format!("select {ATTACHMENT} from attachments where upload_token_hash = $1 order by id"),
        params![token_hash(token)],
        attachment,
    )
}

/// Throws away what was uploaded under this token and not yet used by a comment; says whether there was anything.
pub fn delete_upload(tx: &mut Tx, token: &str) -> Result<bool, Error> {
    let gone = tx.execute(
        "delete from attachments where upload_token_hash = $1 and comment_id is null",
        params![token_hash(token)],
    )?;
    Ok(gone > 0)
}

/// Who sent a file.
pub fn uploader_of(tx: &mut Tx, id: AttachmentId) -> Result<Option<UserId>, Error> {
    let found = tx.find("select uploader_id from attachments where id = $1", params![id], |row| {
        row.get::<Option<UserId>>(0)
    })?;
    Ok(found.flatten())
}

pub fn find_attachment(tx: &mut Tx, id: AttachmentId) -> Result<Option<Attachment>, Error> {
    tx.find(&format!("select {ATTACHMENT} from attachments where id = $1"), params![id], attachment)
}

/// The attachments with these ids, in no particular order.
pub fn list_attachments(tx: &mut Tx, ids: &[AttachmentId]) -> Result<Vec<Attachment>, Error> {
    let sql = format!("select {ATTACHMENT} from attachments where id in {}", tx.numbers_in(1));
    tx.list(&sql, params![store::json_numbers(ids.iter().map(|id| id.0))], attachment)
}

pub fn attachments_of_comment(tx: &mut Tx, comment: CommentId) -> Result<Vec<Attachment>, Error> {
    tx.list(
        &format!("select {ATTACHMENT} from attachments where comment_id = $1 order by id"),
        params![comment],
        attachment,
    )
}

/// Everything attached to the comments of a ticket, in one statement.
pub fn attachments_of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Attachment>, Error> {
    tx.list(
        &format!(
            "select {ATTACHMENT} from attachments
             where comment_id in (select id from comments where ticket_id = $1) order by id"
        ),
        params![ticket],
        attachment,
    )
}

/// A file name that cannot leave its folder or break a header.
fn safe_name(name: &str) -> String {
    const FILE_NAME_CHARS_MAX: usize = 200;
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String =
        last.chars().filter(|c| !c.is_control() && *c != '"').take(FILE_NAME_CHARS_MAX).collect();
    match clean.trim().trim_matches('.') {
        "" => "file".into(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::safe_name;

    #[test]
    fn a_file_name_cannot_leave_its_folder() {
        assert_eq!(safe_name("../../etc/passwd"), "passwd");
        assert_eq!(safe_name("C:\\temp\\invoice.pdf"), "invoice.pdf");
        assert_eq!(safe_name("..\r\n"), "file");
    }
}
