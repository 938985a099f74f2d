//! From a frame or a page to the work queue: check, open, compare inside with outside.

use super::bytes::mark_of;
use super::dialect::{Complaint, Cursor, Frame, FrameFailure, RemoteEvent, bitmarks};
use super::error::{ErrorCode, ErrorReport};
use super::event::{Operation, Stamp};
use super::heeding::MAX_HOLD_MS;
use super::ids::{Generation, Seq, TaskId};
use super::inbox::Incoming;
use super::io::{CryptoFailure, Now};
use super::notice::{Confirmation, KeyCheck, Outcome};
use super::outbox::EntryState;
use super::payload::Payload;
use super::planted::{self, Fault};
use super::pushing::Outgoing;
use super::seal::{Format, PlaintextFailure, read_plaintext};
use super::session::Session;
use super::timers::Timer;
use super::work::{Asker, Known, Merge, Work};
use super::{Engine, Task, meta};
use std::ops::RangeInclusive;

/// Unknown frame types reported on one connection.
const MAX_REPORTED_TYPES: usize = 16;
/// Milliseconds after which a change is sent again that the server refused for now, without saying until when.
const DEFAULT_RETRY_MS: u64 = 30_000;
/// Shortest and longest that a server may ask to wait, in milliseconds.
const RETRY_MS: RangeInclusive<u64> = 1_000..=60 * 60 * 1000;

impl Engine {
    pub(super) fn frame(&mut self, now: Now, generation: Generation, text: &str) {
        match bitmarks::read_frame(text) {
            Ok(Frame::Greeting(greeting)) => self.greeted(now, generation, greeting),
            Ok(Frame::Pong { timestamp }) => {
                if let Session::Linked(link) = &mut self.session {
                    link.pulse.answered(now.mono);
                }
                self.observe_clock(now, timestamp);
                self.confirm_by_pong();
            }
            Ok(Frame::Event(event)) => self.live_event(now, event),
            Ok(Frame::Ack(ids)) => self.acknowledged(&ids),
            Ok(Frame::Complaint(complaint)) => self.complained(now, complaint),
            Err(FrameFailure::Malformed) => self.report_code(ErrorCode::BadFrame),
            Err(FrameFailure::BadEvent) => self.report_code(ErrorCode::BadEvent),
            Err(FrameFailure::UnknownType(name)) => self.unknown_type(name),
        }
    }

    fn unknown_type(&mut self, name: String) {
        let Session::Linked(link) = &mut self.session else { return };
        let name = super::error::shorten(&name);
        if link.reported_types.len() < MAX_REPORTED_TYPES && !link.reported_types.contains(&name) {
            link.reported_types.push(name.clone());
            self.report(ErrorReport::new(ErrorCode::UnknownFrame).detail(&name));
        }
    }

    fn complained(&mut self, now: Now, complaint: Complaint) {
        let Complaint { text, event_id, is_final, mut retry_after, is_clock } = complaint;
        let in_flight = event_id.as_deref().and_then(|id| self.outbox.in_flight_of_event(id));
        let Some(seq) = in_flight else {
            self.report(ErrorReport::new(ErrorCode::ServerError).detail(&text));
            match (event_id, retry_after) {
                (None, Some(millis)) => self.hold_everything(now, millis),
                (None, None) => self.complained_of_some(now, super::error::shorten(&text)),
                (Some(_), _) => {} // It is said again, of a change that it was dealt with.
            }
            return;
        };
        if is_final {
            self.queue(Work::Wedge { seq, reason: super::error::shorten(&text) });
            return;
        }
        if is_clock && self.is_too_far_ahead(now, seq) {
            self.report(ErrorReport::new(ErrorCode::TooFarFuture).detail(&text));
            return self.renew_for_the_clock(now, seq);
        }
        if is_clock && self.clock.latest_valid(now.wall).is_none() {
            // Before it is asked again, the server's time is asked for: then it is known by how much the stamp is wrong.
            self.ping(now);
            retry_after = None;
        }
        if let Some(millis) = retry_after.filter(|_| !is_clock) {
            self.holds.sends = now.mono + millis.min(MAX_HOLD_MS); // What is in its way is in the way of others.
        }
        let until = now.mono + retry_after.unwrap_or(DEFAULT_RETRY_MS).clamp(*RETRY_MS.start(), *RETRY_MS.end());
        self.outbox.land(seq, EntryState::Resting(until));
        self.timers.set_earlier(Timer::Resend, until);
        self.report(ErrorReport::new(if is_clock { ErrorCode::TooFarFuture } else { ErrorCode::ServerError }).detail(&text));
    }

    fn live_event(&mut self, now: Now, event: RemoteEvent) {
        if self.inbox.accept(Incoming { event, page: None }) {
            self.open_waiting(now);
        } else {
            self.pull_soon(now); // There was no room: what is left out here is caught up with.
        }
    }

    /// Opens bodies, as many at once as the inbox allows.
    pub(super) fn open_waiting(&mut self, now: Now) {
        while let Some(incoming) = self.inbox.next_to_open() {
            self.open_event(now, incoming);
        }
    }

    fn open_event(&mut self, now: Now, incoming: Incoming) {
        let Incoming { event, page } = &incoming;
        let own = self.own_entry(event);
        let head = self.replica.head(&event.key);
        // Where a server changes envelopes, the inside of one that is merely older may be newer. Whether it does, the first that a full pull
        // opens tells.
        let is_trusted = self.rewrites == 0 && (self.catch_up.is_sampled || !self.catch_up.is_full || page.is_none());
        let is_older = head.base_stamp() > Some(&event.stamp);
        let is_known = head.base_stamp() == Some(&event.stamp) || is_older && (is_trusted || planted::has(Fault::TrustEnvelopes));
        let may_be_plain = self.config.format == Format::BitmarksPlain || self.config.accepts_other;
        let is_stripped = event.operation == Operation::Delete && event.body.is_none() && !may_be_plain;
        if is_stripped {
            return self.delete_was_stripped(now, own, incoming);
        }
        if own.is_none() && is_known {
            if head.base.is_some_and(|base| base.stamp == event.stamp && base.mark != mark_of(event.body.as_deref())) {
                self.report(ErrorReport::new(ErrorCode::DuplicateId).about(&event.key));
            }
            return self.page_event_is_done(*page);
        }
        match (&event.body, own) {
            // In the plain format the id is all there is to know one's own event by.
            (_, Some(seq)) if self.config.format == Format::BitmarksPlain && self.is_stamp_of(seq, &event.stamp) => {
                self.came_back(seq, incoming);
            }
            (Some(body), Some(seq)) if self.is_body_of(seq, body) => self.came_back_as_sent(now, seq, incoming),
            (Some(body), _) => {
                let task = self.open(Task::OpenEvent, body.clone());
                self.inbox.opening(task, incoming);
            }
            (None, _) if event.operation == Operation::Delete => self.came(now, incoming, Payload::default()),
            (None, _) => self.refuse_event(now, ErrorCode::BadSeal, &incoming),
        }
    }

    #[inline(never)]
    fn is_stamp_of(&self, seq: Seq, stamp: &Stamp) -> bool {
        self.outbox.get(seq).is_some_and(|entry| entry.stamp == *stamp)
    }

    fn is_body_of(&self, seq: Seq, body: &[u8]) -> bool {
        self.outbox.get(seq).is_some_and(|entry| entry.body.as_deref() == Some(body))
    }

    /// One's own event came back with the very bytes that were sent: what is inside is known.
    fn came_back_as_sent(&mut self, now: Now, seq: Seq, incoming: Incoming) {
        if let Some(entry) = self.outbox.get(seq) {
            let (operation, stamp) = (entry.operation, entry.stamp.clone());
            self.compare_envelope(now, &incoming, operation, &stamp);
        }
        self.came_back(seq, incoming);
    }

    /// A delete has no body. The server drops it, for its protocol knows none there, and so nobody can tell a delete from a forged one: from
    /// now on they travel as updates whose inside is a delete.
    fn delete_was_stripped(&mut self, now: Now, own: Option<Seq>, incoming: Incoming) {
        if !self.strips_deletes {
            self.strips_deletes = true;
            self.queue(Work::Raise { key: meta::STRIPS, value: 1 });
            self.report(ErrorReport::new(ErrorCode::DeleteStripped).about(&incoming.event.key));
        }
        // One of this device that was sent before that was noticed is sent once more, also where the server has acknowledged it.
        let Incoming { event, page } = incoming;
        let is_base = self.replica.head(&event.key).base_stamp() == Some(&event.stamp);
        match own {
            Some(seq) if self.is_stamp_of(seq, &event.stamp) => {
                self.outbox.land(seq, EntryState::Resting(u64::MAX));
                self.renew(now, seq, Asker::Server);
            }
            None if is_base && event.stamp.device_id() == self.identity.device_id && !self.has_changes_of(&event.key) => {
                let event_id = event.stamp.event_id().to_owned();
                let (key, operation, data) = (event.key, event.operation, Payload::default());
                self.prepare(now, Outgoing { asker: Asker::Server, key, operation, data, event_id, replaces: None });
            }
            Some(_) | None => {}
        }
        self.page_event_is_done(page);
    }

    pub(super) fn own_entry(&self, event: &RemoteEvent) -> Option<Seq> {
        if planted::has(Fault::OwnByDevice) && event.stamp.device_id() == self.identity.device_id {
            return self.outbox.newest_of(&event.key).map(|(seq, _)| seq);
        }
        self.outbox.of_event(&event.key, event.stamp.event_id())
    }

    pub(super) fn event_opened(&mut self, now: Now, task: TaskId, format: Format, result: Result<Payload<Vec<u8>>, CryptoFailure>) {
        let Some(incoming) = self.inbox.opened(task) else { return };
        if incoming.page.is_some() && matches!(result, Err(CryptoFailure::UnknownKey | CryptoFailure::BadTag | CryptoFailure::Malformed)) {
            self.key_failed();
        }
        match result {
            Ok(plaintext) => {
                self.prove_key();
                self.check_opened(now, incoming, format, &plaintext);
            }
            Err(CryptoFailure::UnknownKey) if self.key_check == KeyCheck::Verified => self.shelve(now, incoming),
            Err(CryptoFailure::UnknownKey) => self.refuse_event(now, ErrorCode::UnknownKey, &incoming),
            Err(CryptoFailure::BadTag | CryptoFailure::Malformed) => self.refuse_event(now, ErrorCode::BadSeal, &incoming),
            Err(CryptoFailure::TooLarge) => self.refuse_event(now, ErrorCode::TooLarge, &incoming),
            // The event is good, the cipher is not: it is asked for again on the next connection.
            Err(CryptoFailure::Broken) => self.lose_connection(now, ErrorCode::NotSupported),
        }
        self.open_waiting(now);
    }

    fn check_opened(&mut self, now: Now, mut incoming: Incoming, format: Format, plaintext: &[u8]) {
        if format == Format::BitmarksPlain {
            match std::str::from_utf8(plaintext) {
                Ok(data) => self.came(now, incoming, Payload(data.to_owned())),
                Err(_) => self.refuse_event(now, ErrorCode::BadPayload, &incoming),
            }
            return;
        }
        let (header, data) = match read_plaintext(plaintext) {
            Ok(opened) => opened,
            Err(PlaintextFailure::UnknownFlags) => return self.refuse_event(now, ErrorCode::UnknownFormat, &incoming),
            Err(PlaintextFailure::Malformed) => return self.refuse_event(now, ErrorCode::BadSeal, &incoming),
        };
        let is_forged = header.user_id != self.config.user_id || header.key != incoming.event.key;
        if is_forged && !planted::has(Fault::ForgedIsMerged) {
            return self.refuse_event(now, ErrorCode::Forged, &incoming);
        }
        if !header.stamp.is_within_limits() {
            return self.refuse_event(now, ErrorCode::BadEvent, &incoming);
        }
        self.compare_envelope(now, &incoming, header.operation, &header.stamp);
        let event = &mut incoming.event;
        event.operation = header.operation;
        if !planted::has(Fault::MergeByEnvelope) {
            event.stamp = header.stamp;
        }
        if incoming.page.is_none() && incoming.event.body.as_ref().is_some_and(|body| self.is_retired(body)) {
            self.report(ErrorReport::new(ErrorCode::RetiredKey).about(&incoming.event.key));
        }
        self.came(now, incoming, Payload(data));
    }

    /// An event came whose inside is known.
    fn came(&mut self, now: Now, incoming: Incoming, data: Payload) {
        match self.own_entry(&incoming.event) {
            Some(seq) if self.is_stamp_of(seq, &incoming.event.stamp) => self.came_back(seq, incoming),
            // One's own change was stamped anew, and a former copy of it reached the server. So it is confirmed; but every device has it under
            // that stamp, this one as well. Should the later copy arrive after all, it comes as any other event.
            Some(seq) => {
                self.merge(now, incoming, data);
                self.confirm(seq, Known::Former, Outcome::Confirmed);
            }
            None => self.merge(now, incoming, data),
        }
    }

    /// Notes whether the server sends the envelope as its author made it.
    fn compare_envelope(&mut self, now: Now, incoming: &Incoming, operation: Operation, stamp: &Stamp) {
        let event = &incoming.event;
        let is_delete_in_update = operation == Operation::Delete && event.operation == Operation::Update;
        let is_rewritten = *stamp != event.stamp || operation != event.operation && !is_delete_in_update;
        self.catch_up.is_sampled |= !is_rewritten && incoming.page.is_some();
        if is_rewritten {
            self.report(ErrorReport::new(ErrorCode::Rewritten).about(&event.key));
            self.suspect(now);
        }
    }

    /// One's own event came back.
    fn came_back(&mut self, seq: Seq, incoming: Incoming) {
        if incoming.page.is_none() {
            self.confirms_by(Confirmation::Echo);
        }
        self.confirm(seq, Known::AsSent(incoming.event.body), Outcome::Confirmed);
        self.page_event_is_done(incoming.page);
    }

    fn merge(&mut self, now: Now, incoming: Incoming, data: Payload) {
        let Incoming { event, page } = incoming;
        if planted::has(Fault::LiveMovesCursor) && page.is_none() {
            self.queue(Work::Advance(Cursor::Since(event.stamp.timestamp())));
        }
        let is_below_the_floor = event.stamp.timestamp() < self.floor && self.replica.head(&event.key).base.is_none();
        if is_below_the_floor && !(self.catch_up.is_full && page.is_some()) {
            // A delete of it may have been forgotten: what the server really has, a full pull shows.
            self.catch_up.is_held = true;
            self.need_full_pull(now);
            return self.page_event_is_done(page);
        }
        self.merge_or_hold(now, Merge { event, data, page });
    }

    fn refuse_event(&mut self, now: Now, code: ErrorCode, incoming: &Incoming) {
        if incoming.page.is_some() {
            self.suspect(now); // Another event of the page may have been left out for this one.
        }
        self.report(ErrorReport::new(code).about(&incoming.event.key));
        self.page_event_is_done(incoming.page);
    }
}
