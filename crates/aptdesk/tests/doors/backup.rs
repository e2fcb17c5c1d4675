//! A backup taken while the desk works makes the same desk again elsewhere.

use crate::desk_under_test::{Place, SUPPORT, Server, aptdesk, count, open, read};
use crate::{http, smtp, until};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

const MAILS_BEFORE: u32 = 25;

fn with_file(number: u32) -> String {
    format!(
        "From: marta{number}@customer.example\r\nTo: {SUPPORT}\r\nSubject: Photo {number}\r\nMessage-ID: <photo.{number}@customer.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee the photo {number}.\r\n\
         --x\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=photo{number}.txt\r\n\r\nphoto number {number}\r\n--x--\r\n"
    )
}

#[test]
fn a_backup_of_a_working_desk_is_restored_with_its_tickets_and_files() {
    let place = Place::on_sqlite();
    let server = place.serve(&[]);
    for number in 0..MAILS_BEFORE {
        smtp::send(server.smtp, "marta@customer.example", SUPPORT, &with_file(number));
    }
    let archive = place.beside("desk.tar.zst");
    let (is_over, sent) = (AtomicBool::new(false), AtomicU32::new(MAILS_BEFORE));
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let number = sent.fetch_add(1, Ordering::Relaxed);
                smtp::send(server.smtp, "marta@customer.example", SUPPORT, &with_file(number));
            }
        });
        until("mail goes on arriving", || (sent.load(Ordering::Relaxed) > MAILS_BEFORE + 2).then_some(()));
        let output = place.run(&["backup", "--output", &archive.display().to_string()]);
        is_over.store(true, Ordering::Relaxed);
        output
    });
    assert!(output.status.success(), "{output:?}");

    let data = place.beside("restored");
    let output = aptdesk().arg("restore").arg("--input").arg(&archive).arg("--data").arg(&data).output();
    let output = output.expect("the binary starts");
    assert!(output.status.success(), "{output:?}");
    let again = aptdesk().arg("restore").arg("--input").arg(&archive).arg("--data").arg(&data).output();
    assert!(!again.expect("the binary starts").status.success(), "a folder with a desk in it is left alone");

    let restored = open(&format!("sqlite:{}", data.join("desk.sqlite").display()), &data);
    let (here, there) = (place.open(), restored.clone());
    let tickets = "select id, subject from tickets order by id";
    let list = |desk: &desk::Desk| -> Vec<(i64, String)> {
        read(desk, |tx| tx.list(tickets, db::params![], |row| Ok((row.get(0)?, row.get(1)?))))
    };
    let (all, kept) = (list(&here), list(&there));
    assert!(kept.len() >= MAILS_BEFORE as usize, "only {} tickets came back", kept.len());
    assert_eq!(
        kept,
        all[..kept.len()],
        "the tickets are the same, from the first to the moment of the backup"
    );
    let files: Vec<(String, String)> = read(&there, |tx| {
        let sql = "select sha256, file_name from attachments order by id";
        tx.list(sql, db::params![], |row| Ok((row.get(0)?, row.get(1)?)))
    });
    assert_eq!(files.len(), kept.len(), "every ticket has its file");
    for (sha256, name) in files {
        let number = name.trim_start_matches("photo").trim_end_matches(".txt").to_owned();
        let bytes = restored.blobs.get(&sha256).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(String::from_utf8_lossy(&bytes).trim_end(), format!("photo number {number}"));
    }
    assert_eq!(count(&there, "select count(*) from mail_in where state = 'received'"), 0);
    drop((restored, there));

    let mut command = aptdesk();
    command
        .args(["serve", "--http", "127.0.0.1:0", "--smtp", "127.0.0.1:0", "--resolver", "off", "--data"])
        .arg(&data);
    let second = Server::start(&mut command, &place.beside("second.log"));
    assert_eq!(http::request(second.http, "GET", "/healthz", "", "").status, 200);
    second.stop();
    let check = aptdesk().arg("check").arg("--data").arg(&data).output().expect("the binary starts");
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}

#[test]
fn a_folder_that_was_mistyped_gets_no_empty_desk_that_is_in_order() {
    let place = Place::on_sqlite();
    let nowhere = place.beside("nowhere");
    let archive = place.beside("empty.tar.zst").display().to_string();
    for verb in
        [&["check"][..], &["user", "sign-in", "--email", "ana@example.org"], &["backup", "-o", &archive]]
    {
        let output = aptdesk().args(verb).arg("--data").arg(&nowhere).output().expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{verb:?}");
        assert!(said.contains("there is no desk in"), "{verb:?}: {said}");
    }
    assert!(!nowhere.exists(), "nothing was made there");
}

#[test]
fn a_backup_that_was_cut_off_leaves_no_half_of_a_desk() {
    let place = Place::on_sqlite();
    let archive = place.beside("desk.tar.zst");
    let output = place.run(&["backup", "--output", &archive.display().to_string()]);
    assert!(output.status.success(), "{output:?}");
    let whole = std::fs::read(&archive).expect("the backup");
    std::fs::write(&archive, &whole[..whole.len() / 2]).expect("written");
    let data = place.beside("restored");
    let output = aptdesk().arg("restore").arg("--input").arg(&archive).arg("--data").arg(&data).output();
    let output = output.expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("is cut off, or no backup"), "{said}");
    assert!(!data.exists(), "nothing stands there that could be served");
}
