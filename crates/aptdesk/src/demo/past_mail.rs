//! Mail and jobs of the demo's past: letters go through the parser and the ledger, jobs run when they are due, and what
//! the desk sends reaches the customers by itself.

use super::Result;
use super::case::{Case, Received};
use super::history::{HOUR_MS, History, Step};
use super::ratings::token_in;
use desk::mail::{Door, MailState, Outgoing, Receipt};
use desk::work::{Work, Worker};
use desk::{Actor, TicketId, Tx, satisfaction};
use jobs::Lane;

/// Rounds of jobs that follow from jobs; more is a circle.
const JOB_ROUNDS_MAX: usize = 200;

impl History {
    /// Through the parser and the ledger, as any mail.
    pub(super) fn receive(&self, letter: &mail::send::OutgoingMail) -> Result<Option<TicketId>> {
        let raw = mail::send::build(letter);
        let message = mail::parse::parse(&raw);
        let auth = desk::mail::AuthSummary::default();
        let incoming = mail::intake::incoming(&message, auth, &self.desk.blobs, &self.desk.key)?;
        let receipt = Receipt {
            door: Door::Smtp,
            remote_ip: "127.0.0.1".into(),
            helo: "customers.example".into(),
            mail_from: letter.from.address.clone(),
            rcpt_to: letter.to.iter().map(|to| to.address.clone()).collect(),
            raw,
        };
        let ended = self.write(Actor::desk(), move |tx| Ok(desk::mail::receive(tx, &receipt, &incoming)?))?;
        match ended.state {
            MailState::Comment => Ok(ended.ticket),
            state => Err(format!("a letter of the demo ended as {}", state.name()).into()),
        }
    }

    /// What the desk sends out reaches the customers of the past by itself.
    fn hear(&mut self, mail: Outgoing) {
        let ids = mail.in_reply_to.iter().chain(&mail.references);
        let case = ids.filter_map(|id| Case::from_message_id(&self.content, id)).next();
        let Some(case) = case else { return };
        let Some(course) = self.courses.get_mut(&case) else { return };
        course.received = Received {
            reply_to: mail.reply_to.as_ref().unwrap_or(&mail.from).address.clone(),
            from_name: mail.from.name.unwrap_or(mail.from.address),
            message_id: mail.message_id,
            references: mail.references,
            subject: mail.subject,
            text: mail.text,
        };
    }

    /// A customer who is asked how it was may answer, a while later.
    fn consider_rating(&mut self, ticket: TicketId, token: String) {
        let found = self
            .courses
            .iter()
            .find(|(_, course)| course.ticket == Some(ticket))
            .map(|(case, _)| case.clone());
        if let Some(case) = found {
            self.after(9 * HOUR_MS, Step::Rate(case, token));
        }
    }

    /// All that is due, and what follows from it, in one transaction; then who gets what.
    pub(super) fn do_jobs(&mut self) -> Result<()> {
        let worker = self.worker.clone();
        let sent = self.write(Actor::desk(), move |tx| {
            let mut sent = Vec::new();
            for _ in 0..JOB_ROUNDS_MAX {
                if due_jobs(tx, &worker, &mut sent)? == 0 {
                    return Ok(sent);
                }
            }
            Err("jobs of the demo follow from jobs without end".into())
        })?;
        self.owner.step()?;
        for (mail, asked) in sent {
            match asked {
                Some((ticket, token)) => self.consider_rating(ticket, token),
                None => self.hear(mail),
            }
        }
        Ok(())
    }
}

/// A mail that was sent, and for a question about satisfaction its ticket and token.
type Sent = (Outgoing, Option<(TicketId, String)>);

fn due_jobs(tx: &mut Tx, worker: &Worker, sent: &mut Vec<Sent>) -> Result<usize> {
    let claimed = jobs::claim(tx, Lane::Inside, jobs::JOBS_PER_CLAIM_MAX)?;
    for job in &claimed {
        worker.run(tx, &Work::from_job(job)?)?;
        jobs::finish(tx, job)?;
    }
    let outside = jobs::claim(tx, Lane::Outside, jobs::JOBS_PER_CLAIM_MAX)?;
    for job in &outside {
        if let Work::SendMail { mail_out } = Work::from_job(job)?
            && let Some((mail, state)) = desk::mail::outgoing(tx, mail_out)?
            && state.is_waiting()
        {
            desk::mail::mark_sent(tx, mail_out, "250 taken by the customers of the demo's past")?;
            let asked = match token_in(&mail.text) {
                Some(token) => Some((satisfaction::by_token(tx, &token)?.ticket, token)),
                None => None,
            };
            sent.push((mail, asked));
        }
        jobs::finish(tx, job)?;
    }
    Ok(claimed.len() + outside.len())
}
