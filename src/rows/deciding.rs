//! What the app decides about stored changes, with what cannot be without them.

use super::Engine;
use super::committing::Work;
use super::dialect::Dialect;
use super::io::{Effect, Reply};
use crate::engine::error::ErrorCode;
use crate::engine::ids::ReadId;
use crate::engine::io::Decision;
use crate::engine::notice::Outcome;

impl<D: Dialect> Engine<D> {
    pub(super) fn decide(&mut self, read: ReadId, decision: Decision, event_id: &str) {
        let is_wedged = |entry: &super::outbox::Entry<D::Op>| entry.reason().is_some();
        let work = match (self.outbox.find(event_id), decision) {
            (Some((seq, entry)), Decision::Cancel) if entry.can_be_taken_back() => {
                Some(Work::Withdraw { read, seqs: self.outbox.with_dependants(seq), outcome: Outcome::Cancelled })
            }
            (Some((seq, entry)), Decision::Discard) if is_wedged(entry) => {
                Some(Work::Withdraw { read, seqs: self.outbox.with_dependants(seq), outcome: Outcome::Discarded })
            }
            (Some((seq, entry)), Decision::Retry) if is_wedged(entry) => {
                let root = entry.reason().and_then(|reason| reason.blocked_by.as_deref()).and_then(|root| self.outbox.find(root));
                Some(Work::Retry { read, seqs: self.outbox.with_dependants(root.map_or(seq, |(root, _)| root)) })
            }
            (Some(_) | None, Decision::Cancel | Decision::Discard | Decision::Retry) => None,
        };
        match work {
            Some(work) => self.commits.queue(work),
            None if self.has_failed => self.reply_done(read, Err(ErrorCode::StorageFailed)),
            None => self.reply_done(read, Ok(false)),
        }
    }

    pub(super) fn reply_done(&mut self, read: ReadId, result: Result<bool, ErrorCode>) {
        self.perform(Effect::Reply { read, result: result.map(Reply::Done) });
    }
}
