//! Entries that are stamped anew: refused ones that the app sends again, and those whose stamp was too far ahead of the server's clock.

use super::error::ErrorCode;
use super::ids::{Seq, TaskId};
use super::io::{CryptoFailure, Effect, Now};
use super::outbox::Entry;
use super::payload::Payload;
use super::pushing::{Outgoing, data_of};
use super::seal::Format;
use super::storage::{Read, Row, StorageFailure, Store, seq_key};
use super::work::{Asker, Work};
use super::{Engine, Task};

/// An entry whose content is being read, to be sealed under a new stamp.
#[derive(Debug)]
pub(super) struct Renewal {
    task: TaskId,
    seq: Seq,
    asker: Asker,
}

impl Engine {
    /// Stamps and seals an entry anew. It keeps its event id, and stays in the outbox until the new one takes its place.
    pub(super) fn renew(&mut self, now: Now, seq: Seq, asker: Asker) {
        let Some(entry) = self.outbox.get(seq).filter(|_| !self.is_being_renewed(seq)) else { return self.refuse_renewal(asker) };
        match (entry.body_length, entry.body.clone()) {
            (None, _) => self.renew_with(now, seq, asker, Payload::default()),
            (Some(_), Some(body)) => self.open_entry(seq, asker, body),
            (Some(_), None) => {
                let task = self.begin(Task::ReadRefused);
                self.renewals.push(Renewal { task, seq, asker });
                let keys = vec![(Store::Outbox, seq_key(seq.0))];
                self.perform(Effect::Read { task, read: Read::Values { keys } });
            }
        }
    }

    pub(super) fn is_being_renewed(&self, seq: Seq) -> bool {
        let running = self.work.running.iter().flat_map(|running| &running.work);
        self.renewals.iter().any(|renewal| renewal.seq == seq)
            || self.pushes.replaces(seq)
            || self.work.waiting.iter().chain(running).any(|work| matches!(work, Work::Append(append) if append.replaces == Some(seq)))
    }

    /// Whether an entry may have been sent, under this number or a former one.
    pub(super) fn was_attempted(&self, seq: Seq) -> bool {
        seq.0 <= self.attempted || self.outbox.get(seq).is_some_and(|entry| entry.was_sent)
    }

    pub(super) fn entry_read(&mut self, task: TaskId, rows: Result<Vec<Row>, StorageFailure>) {
        let Some(Renewal { seq, asker, .. }) = self.take_renewal(task) else { return };
        match rows {
            Err(_) => self.refuse(asker, ErrorCode::StorageFailed),
            Ok(rows) => match rows.first().and_then(|(_, record)| Entry::from_bytes(record)?.body) {
                Some(body) => self.open_entry(seq, asker, body),
                None => self.refuse_renewal(asker),
            },
        }
    }

    fn open_entry(&mut self, seq: Seq, asker: Asker, body: Vec<u8>) {
        let task = self.open(Task::OpenRefused, body);
        self.renewals.push(Renewal { task, seq, asker });
    }

    pub(super) fn entry_opened(&mut self, now: Now, task: TaskId, format: Format, result: Result<Payload<Vec<u8>>, CryptoFailure>) {
        let Some(Renewal { seq, asker, .. }) = self.take_renewal(task) else { return };
        match result.ok().and_then(|plaintext| data_of(format, &plaintext)) {
            Some(data) => self.renew_with(now, seq, asker, data),
            None => self.refuse(asker, ErrorCode::BadSeal),
        }
    }

    fn renew_with(&mut self, now: Now, seq: Seq, asker: Asker, data: Payload) {
        let Some(entry) = self.outbox.get(seq) else { return self.refuse_renewal(asker) };
        let (key, operation, event_id) = (entry.key.clone(), entry.operation, entry.stamp.event_id().to_owned());
        self.prepare(now, Outgoing { asker, key, operation, data, event_id, replaces: Some(seq) });
        self.begin_waiting_pushes(now);
    }

    /// The entry has ended, or is renewed already.
    fn refuse_renewal(&mut self, asker: Asker) {
        if let Asker::Decision(read) = asker {
            self.reply_done(read, Ok(false));
        }
    }

    fn take_renewal(&mut self, task: TaskId) -> Option<Renewal> {
        let index = self.renewals.iter().position(|renewal| renewal.task == task)?;
        Some(self.renewals.swap_remove(index))
    }
}
