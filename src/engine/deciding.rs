//! What the app decides about stored changes, and what it is told of those that were refused or taken back.

use super::Engine;
use super::error::ErrorCode;
use super::ids::{ReadId, Seq};
use super::io::{Decision, Effect, Now, Reply, Standing};
use super::loading::Loading;
use super::notice::{Origin, Outcome, Rejected};
use super::outbox::Entry;
use super::work::{Asker, Withdrawal, Work};

impl Engine {
    pub(super) fn decide(&mut self, now: Now, read: ReadId, decision: Decision, event_id: String) {
        match (self.loading, decision) {
            (Loading::Done, Decision::Retry) => {
                let refused = self.outbox.find(&event_id).filter(|(_, entry)| entry.is_wedged()).map(|(seq, _)| seq);
                match refused {
                    Some(seq) => self.renew(now, seq, Asker::Decision(read)),
                    None => self.reply_done(read, Ok(false)),
                }
            }
            (Loading::Done, Decision::Cancel) => self.withdraw(Withdrawal { read, event_id, outcome: Outcome::Cancelled }),
            (Loading::Done, Decision::Discard) => self.withdraw(Withdrawal { read, event_id, outcome: Outcome::Discarded }),
            (Loading::Failed, _) => self.reply_done(read, Err(ErrorCode::StorageFailed)),
            (Loading::Underway, _) => self.reply_done(read, Ok(false)), // What is not loaded has no receipt yet.
        }
    }

    fn withdraw(&mut self, withdrawal: Withdrawal) {
        self.queue(Work::Withdraw(withdrawal));
    }

    pub(super) fn withdrawn(&mut self, read: ReadId, entry: Option<(Seq, Outcome)>) {
        if let Some((seq, outcome)) = entry
            && let Some(entry) = self.outbox.get(seq)
        {
            let (key, stamp, was_refused) = (entry.key.clone(), entry.stamp.clone(), entry.is_wedged());
            self.leave(seq, outcome);
            // A refused change was not shown any more.
            if !was_refused && self.shown_stamp(&key).is_none_or(|shown| shown < stamp) {
                self.show(key, Some(Origin::Restored), None);
            }
        }
        self.reply_done(read, Ok(entry.is_some()));
    }

    pub(super) fn reply_done(&mut self, read: ReadId, result: Result<bool, ErrorCode>) {
        self.perform(Effect::Reply { read, result: result.map(Reply::Done) });
    }

    /// Tells the app that an entry was refused, and what is shown without it.
    pub(super) fn tell_rejected_and_restored(&mut self, seq: Seq, reason: String) {
        let Some(entry) = self.outbox.get(seq) else { return };
        let (key, stamp) = (entry.key.clone(), entry.stamp.clone());
        self.tell_rejected(seq, reason);
        if self.shown_stamp(&key).is_none_or(|shown| shown < stamp) {
            self.show(key, Some(Origin::Restored), None);
        }
    }

    pub(super) fn tell_rejected(&mut self, seq: Seq, reason: String) {
        let Some(entry) = self.outbox.get(seq) else { return };
        let rejected = rejected(entry, reason);
        self.show(rejected.key.clone(), None, Some(Box::new(rejected)));
    }

    pub(super) fn wedged_list(&self) -> Vec<Rejected> {
        self.outbox.refused().filter_map(|entry| Some(rejected(entry, entry.reason()?.to_owned()))).collect()
    }

    /// What has become of an event that is in the outbox.
    pub(super) fn standing(&self, event_id: &str) -> Option<Standing> {
        self.outbox.find(event_id).map(|_| Standing::Pending)
    }
}

fn rejected(entry: &Entry, reason: String) -> Rejected {
    Rejected { event_id: entry.stamp.event_id().to_owned(), key: entry.key.clone(), operation: entry.operation, reason, shown: None }
}
