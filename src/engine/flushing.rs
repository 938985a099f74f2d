//! From the outbox to the wire, within the window.

use super::dialect::bitmarks;
use super::ids::Seq;
use super::io::{Effect, Now};
use super::outbox::NextToSend;
use super::session::{Session, Stage};
use super::storage::{Read, Row, StorageFailure, Store, seq_key};
use super::timers::Timer;
use super::{Engine, ErrorCode, Task};

/// Above this many bytes in the socket's buffer nothing more is sent.
const MAX_BUFFERED: u64 = 1_048_576;
/// Milliseconds until the buffer is measured again.
const MEASURE_AFTER_MS: u64 = 50;

impl Engine {
    /// Sends what waits, as far as the window and the socket's buffer allow.
    pub(super) fn flush(&mut self, now: Now) {
        let Session::Linked(link) = &self.session else { return };
        if link.stage != Stage::Live || link.buffered > MAX_BUFFERED || self.is_loading_bodies() {
            return;
        }
        let generation = link.generation;
        let mut has_sent = false;
        loop {
            match self.outbox.next_to_send() {
                NextToSend::Send(event, digest) => {
                    let text = bitmarks::write_sync(&self.config.user_id, &event, &digest);
                    self.effects.push_back(Effect::SendFrame { generation, text });
                    has_sent = true;
                }
                NextToSend::NeedBodies(seqs) => {
                    self.load_bodies(&seqs);
                    break;
                }
                NextToSend::Nothing => break,
            }
        }
        if has_sent {
            self.catch_up.fruitless = 0;
            self.look_for_unconfirmed(now);
        }
    }

    fn is_loading_bodies(&self) -> bool {
        self.tasks.iter().any(|(_, task)| matches!(task, Task::LoadBodies))
    }

    fn load_bodies(&mut self, seqs: &[Seq]) {
        let keys = seqs.iter().map(|seq| (Store::Outbox, seq_key(seq.0))).collect();
        let task = self.begin(Task::LoadBodies);
        self.effects.push_back(Effect::Read { task, read: Read::Values { keys } });
    }

    pub(super) fn bodies_loaded(&mut self, now: Now, rows: Result<Vec<Row>, StorageFailure>) {
        let rows = rows.unwrap_or_default();
        if rows.is_empty() {
            return self.lose_connection(now, ErrorCode::StorageFailed);
        }
        for (key, record) in rows {
            if let Ok(seq) = u64::from_str_radix(&key, 16) {
                self.outbox.supply_body(Seq(seq), &record);
            }
        }
    }

    pub(super) fn buffered(&mut self, now: Now, bytes: u64) {
        let Session::Linked(link) = &mut self.session else { return };
        link.buffered = bytes;
        if bytes > MAX_BUFFERED {
            self.timers.set(Timer::MeasureBuffer, now.mono + MEASURE_AFTER_MS);
        }
    }

    pub(super) fn measure_buffer(&mut self) {
        if let Session::Linked(link) = &self.session {
            let generation = link.generation;
            self.effects.push_back(Effect::MeasureBuffer { generation });
        }
    }

    pub(super) fn resend(&mut self, now: Now) {
        if let Some(next) = self.outbox.wake_resting(now.mono) {
            self.timers.set(Timer::Resend, next);
        }
    }
}
