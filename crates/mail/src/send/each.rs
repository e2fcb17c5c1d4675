//! One mail to many: what becomes of it for each recipient, without carrying it over again for each of them.

use std::time::Duration;

use lettre::address::Address as LettreAddress;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};

use super::{Attempt, Delivery, Mailer, RELAY_TIMEOUT, fate, said, to_address};

/// One transaction by hand, from the greeting to the answer after the last byte (RFC 5321, section 4.5.3.2).
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(600);

impl Mailer {
    /// What becomes of it for each recipient. One transaction for all of them while nobody is refused; then one more, in
    /// which the server says of each recipient whether it takes them, and those whom it takes get the mail. However many
    /// the recipients, the mail is carried over twice at most.
    pub async fn deliver_each(
        &self,
        mail_from: &str,
        rcpt_to: &[String],
        raw: &[u8],
    ) -> Vec<(String, Delivery)> {
        let same = |delivery: Delivery| rcpt_to.iter().map(|to| (to.clone(), delivery.clone())).collect();
        match self.attempt(mail_from, rcpt_to, raw).await {
            Attempt::Sent(words) => same(Delivery::Sent(words)),
            Attempt::Refused(delivery) if rcpt_to.len() < 2 || is_about_the_mail(&delivery) => same(delivery),
            Attempt::Refused(_) | Attempt::Unfit(_) => self.deliver_apart(mail_from, rcpt_to, raw).await,
            // Nobody answered, or the connection broke: the others would fare no better.
            Attempt::Unreached(words) => same(Delivery::Deferred(words)),
        }
    }

    async fn deliver_apart(
        &self,
        mail_from: &str,
        rcpt_to: &[String],
        raw: &[u8],
    ) -> Vec<(String, Delivery)> {
        let read: Vec<Result<LettreAddress, String>> = rcpt_to.iter().map(|to| to_address(to)).collect();
        let addresses: Vec<LettreAddress> = read.iter().flatten().cloned().collect();
        let transaction = Box::pin(self.transaction(mail_from, &addresses, raw));
        let fates = match tokio::time::timeout(TRANSACTION_TIMEOUT, transaction).await {
            Ok(fates) => fates,
            Err(_) => {
                vec![Delivery::Deferred("the server did not answer in time".to_owned()); addresses.len()]
            }
        };
        let mut fates = fates.into_iter();
        let told = rcpt_to.iter().zip(read).map(|(to, address)| {
            let delivery = match address {
                Ok(_) => fates.next().unwrap_or_else(unanswered),
                Err(reason) => Delivery::Failed(reason),
            };
            (to.clone(), delivery)
        });
        told.collect()
    }

    /// One transaction on a connection of its own; an answer for each recipient, in their order.
    async fn transaction(&self, mail_from: &str, to: &[LettreAddress], raw: &[u8]) -> Vec<Delivery> {
        let all = |delivery: Delivery| vec![delivery; to.len()];
        let from = match mail_from {
            "" => None,
            address => match to_address(address) {
                Ok(address) => Some(address),
                Err(reason) => return all(Delivery::Failed(reason)),
            },
        };
        if to.is_empty() {
            return Vec::new();
        }
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            Err(error) => return all(fate(&error)),
        };
        let takes_foreign = connection.server_info().supports_feature(Extension::SmtpUtfEight);
        if !takes_foreign && from.as_ref().is_some_and(is_foreign) {
            connection.abort().await;
            // The sender is a matter of our settings, not of the message.
            return all(Delivery::Deferred(not_taken(mail_from)));
        }
        let options = mail_options(from.as_ref(), to, raw, takes_foreign);
        if let Err(error) = connection.command(Mail::new(from, options)).await {
            connection.abort().await;
            return all(fate(&error));
        }
        let mut refused: Vec<Option<Delivery>> = Vec::with_capacity(to.len());
        for address in to {
            if !takes_foreign && is_foreign(address) {
                refused.push(Some(Delivery::Failed(not_taken(address.as_ref()))));
                continue;
            }
            match connection.command(Rcpt::new(address.clone(), Vec::new())).await {
                Ok(_) => refused.push(None),
                Err(error) if error.status().is_some() => refused.push(Some(fate(&error))),
                // The connection broke, and with it the whole transaction; what was refused stays refused.
                Err(error) => {
                    let broken = fate(&error);
                    refused.resize(to.len(), None);
                    return answers(refused, &broken);
                }
            }
        }
        if refused.iter().all(Option::is_some) {
            connection.abort().await;
            return answers(refused, &unanswered());
        }
        let taken = match carry(&mut connection, raw).await {
            Ok(words) => Delivery::Sent(words),
            Err(error) => fate(&error),
        };
        connection.abort().await;
        answers(refused, &taken)
    }

    /// Greeted, encrypted as the settings ask, and signed in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let wrapped = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(RELAY_TIMEOUT), &self.hello, wrapped, None)
                .await?;
        if let Tls::Required(parameters) = &self.tls {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some((credentials, mechanisms)) = &self.sign_in {
            connection.auth(mechanisms, credentials).await?;
        }
        Ok(connection)
    }
}

/// The mail itself; the server's answer to it holds for all whom it has accepted.
async fn carry(connection: &mut AsyncSmtpConnection, raw: &[u8]) -> Result<String, SmtpError> {
    connection.command(Data).await?;
    // The client adds the last line break by itself.
    let answer = connection.message(raw.strip_suffix(b"\r\n").unwrap_or(raw)).await?;
    Ok(said(&answer))
}

fn mail_options(
    from: Option<&LettreAddress>,
    to: &[LettreAddress],
    raw: &[u8],
    takes_foreign: bool,
) -> Vec<MailParameter> {
    let mut options = Vec::new();
    if takes_foreign && from.into_iter().chain(to).any(is_foreign) {
        options.push(MailParameter::SmtpUtfEight);
    }
    if !raw.is_ascii() {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    options
}

/// Only servers with `SMTPUTF8` (RFC 6531) know such addresses.
fn is_foreign(address: &LettreAddress) -> bool {
    let text: &str = address.as_ref();
    !text.is_ascii()
}

fn not_taken(address: &str) -> String {
    format!("the server takes no address with letters such as those of {address}")
}

/// Whoever was not refused gets what became of the mail.
fn answers(refused: Vec<Option<Delivery>>, rest: &Delivery) -> Vec<Delivery> {
    refused.into_iter().map(|refusal| refusal.unwrap_or_else(|| rest.clone())).collect()
}

fn unanswered() -> Delivery {
    Delivery::Deferred("the server said nothing of this recipient".to_owned())
}

/// By its status (RFC 3463), a refusal of the mail for its size (`X.3.4`) or its content
/// (`X.6.0` to `X.6.6`; what comes after is about addresses), whoever is to get it.
fn is_about_the_mail(delivery: &Delivery) -> bool {
    let words = match delivery {
        Delivery::Sent(_) => return false,
        Delivery::Deferred(words) | Delivery::Failed(words) => words,
    };
    words.split_whitespace().any(|word| {
        let status: Option<Vec<u16>> = word.split('.').map(|number| number.parse().ok()).collect();
        matches!(status.as_deref(), Some([4 | 5, 3, 4] | [4 | 5, 6, 0..=6]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_the_mail_itself_is_told_by_its_status() {
        let refused = |words: &str| is_about_the_mail(&Delivery::Failed(words.to_owned()));
        assert!(refused("permanent error (552): 5.3.4 message too big"));
        assert!(refused("permanent error (554): 5.6.1 media not supported"));
        for about_somebody in [
            "permanent error (550): 5.1.1 there is no such address here",
            "permanent error (552): 5.2.2 mailbox full",
            "permanent error (553): 5.6.7 address must be ASCII",
            "transient error (451): 4.3.0 cannot tell now, try again later",
            "permanent error (554): spam from 5.3.4.1",
        ] {
            assert!(!refused(about_somebody), "{about_somebody}");
        }
    }
}
