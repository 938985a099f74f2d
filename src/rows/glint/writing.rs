//! Sending: one write at a time, over HTTP, whose status confirms it. Written down before it is sent, so that whoever comes after a crash
//! knows what may have been done.

use super::Entry;
use super::op::{Op, claimed};
use super::request::read_created;
use super::row::has_assignees;
use super::{Glint, Task, Timer, looking};
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::{Seq, TaskId};
use crate::engine::io::{HttpOutcome, Now};
use crate::engine::notice::Outcome;
use crate::rows::committing::Work;
use crate::rows::io::{HttpRequest, Verb};
use crate::rows::json::Value;
use crate::rows::json::text;
use crate::rows::outbox::EntryState;
use crate::rows::planted::{self, Fault};
use crate::rows::wire::read_refusal;
use crate::rows::{Engine, FIRST_DELAY_MS};

/// Most changes of one row that go in one request.
const MAX_MERGED: usize = 256;

/// Milliseconds within which a write is sent after it was written down: a page that was frozen in between is not the one that sends any more.
const FRESH_MS: u64 = 5_000;

/// Milliseconds after which a write that another page had begun is given up by the browser, if it is: it was sent soon after it was written
/// down, and has 30 s.
const HANDED_OVER_MS: u64 = FRESH_MS + 30_000;
/// Milliseconds after which it is asked again who is signed in, before something is written.
const ACCOUNT_GOOD_MS: u64 = 60_000;

/// What is being sent.
#[derive(Debug)]
pub(super) enum Writing {
    /// Nothing.
    Idle,
    /// Nothing before this time on the monotonic clock; then, where there are some, these.
    Resting { until: u64, again: Vec<Seq> },
    /// A claim looks before it is sent, at a list that was asked for later than this.
    Peeking { seq: Seq, after: u64 },
    /// It is being written down, since this time on the monotonic clock, that these are sent.
    Beginning { seqs: Vec<Seq>, since: u64 },
    /// The server was asked.
    Asked { task: TaskId, seqs: Vec<Seq>, op: Op },
    /// Whether the server has done it is not known, or what it made of it; it is looked for.
    /// Since then, on the monotonic clock, nobody waits for an answer any more; which may be yet to come.
    Looking { seqs: Vec<Seq>, since: u64, given_up: u64, is_answered: bool },
    /// How it ended is being stored.
    Settling,
}

/// How the server answered.
enum Verdict {
    Done(String),
    Refused(String),
    /// It was not carried out, and nothing else would be.
    Later,
    /// It was not carried out.
    NotNow,
    /// It may have been carried out.
    Unsure,
    SignedOut,
}

impl Writing {
    pub(super) fn in_flight(&self) -> usize {
        match self {
            Self::Asked { seqs, .. } => seqs.len(),
            Self::Idle | Self::Resting { .. } | Self::Peeking { .. } | Self::Beginning { .. } | Self::Looking { .. } | Self::Settling => 0,
        }
    }
}

impl Engine<Glint> {
    /// Begins the next write, unless one is under way.
    pub(super) fn write(&mut self, now: Now) {
        if !self.may_write() {
            return;
        }
        match &mut self.own.writing {
            Writing::Idle => {}
            Writing::Resting { until, again } if *until <= now.mono => {
                let again = std::mem::take(again);
                if !again.is_empty() {
                    return self.begin_again(now, again);
                }
            }
            Writing::Resting { .. } | Writing::Peeking { .. } | Writing::Beginning { .. } | Writing::Asked { .. } => return,
            Writing::Looking { .. } | Writing::Settling => return,
        }
        self.own.writing = Writing::Idle;
        let Some(seq) = self.next_write(now) else { return };
        if now.mono > self.own.account_at + ACCOUNT_GOOD_MS && !planted::has(Fault::AccountIsForever) {
            if !self.is_armed(Timer::AskAgain) {
                self.ask_account();
            }
            return;
        }
        if let Some(seqs) = self.take_rest(seq) {
            return self.begin_again(now, seqs);
        }
        let Some(entry) = self.outbox.get(seq) else { return };
        if matches!(entry.state, EntryState::Attempted { .. }) {
            // By this tab before it lost the lead, or by another one.
            let seqs = self.merged_with(seq);
            let is_dead = planted::has(Fault::HandedOverAtOnce);
            return self.look_from(now, seqs, now.mono + if is_dead { 0 } else { HANDED_OVER_MS });
        }
        if let Some(reason) = self.outbox.blocked_by(entry).filter(|_| !planted::has(Fault::DependantsGoOn)) {
            self.own.writing = Writing::Settling;
            return self.commits.queue(Work::Wedge { reasons: vec![(seq, reason)] });
        }
        if entry.verb == Verb::Create && !self.own.listing.is_known {
            return self.want_listing(); // What was there before is not what it will have made.
        }
        match self.op_of(entry) {
            Err(words) => self.refuse(&[seq], words),
            // A toggle, or a list of people that has to be the newest.
            Ok(op) if (entry.verb == Verb::Claim || matches!(op, Op::Claim(_))) && !planted::has(Fault::ClaimsUnseen) => {
                self.own.writing = Writing::Peeking { seq, after: now.mono };
                self.want_listing();
            }
            Ok(_) => {
                let seqs = self.merged_with(seq);
                self.begin_write(now, seqs);
            }
        }
    }

    /// What was not carried out is sent again; a claim only after a look, for it may have been made elsewhere meanwhile.
    fn begin_again(&mut self, now: Now, seqs: Vec<Seq>) {
        let claim =
            seqs.first().copied().filter(|seq| self.outbox.get(*seq).is_some_and(|entry| matches!(self.op_of(entry), Ok(Op::Claim(_)))));
        match claim {
            Some(seq) => {
                self.own.writing = Writing::Peeking { seq, after: now.mono };
                self.want_listing();
            }
            None => self.begin_write(now, seqs),
        }
    }

    /// An update together with those of the same row that follow, before anything else comes to it.
    fn merged_with(&self, first: Seq) -> Vec<Seq> {
        let Some(entry) = self.outbox.get(first).filter(|entry| entry.verb == Verb::Update) else { return vec![first] };
        let id = self.aliases.resolve(&entry.id);
        let own = self.outbox.of_row(id, &self.aliases).into_iter().skip_while(|(seq, _)| *seq < first);
        let is_alike = |other: &Entry| std::mem::discriminant(&other.state) == std::mem::discriminant(&entry.state);
        let updates = own.take_while(|(_, other)| other.verb == Verb::Update && is_alike(other));
        updates.map(|(seq, _)| seq).take(MAX_MERGED).collect()
    }

    /// Writes down that these are sent.
    pub(super) fn begin_write(&mut self, now: Now, seqs: Vec<Seq>) {
        let known = match seqs.first().and_then(|seq| self.outbox.get(*seq)) {
            Some(entry) if entry.verb == Verb::Create && !planted::has(Fault::KnownForgotten) => looking::rows_like(self, entry),
            Some(_) | None => Vec::new(),
        };
        self.own.writing = Writing::Beginning { seqs: seqs.clone(), since: now.mono };
        self.commits.queue(Work::Begin { seqs, known });
    }

    /// It is written down: the server is asked.
    pub(super) fn ask(&mut self, now: Now, seqs: Vec<Seq>) {
        match &self.own.writing {
            Writing::Beginning { seqs: begun, since } if *begun == seqs => {
                if now.mono > since + FRESH_MS && !planted::has(Fault::SendsLate) {
                    return self.begin_write(now, seqs);
                }
                if !self.may_write() {
                    self.own.writing = Writing::Resting { until: now.mono, again: seqs };
                    return;
                }
            }
            Writing::Beginning { .. } | Writing::Idle | Writing::Resting { .. } | Writing::Peeking { .. } => return,
            Writing::Asked { .. } | Writing::Looking { .. } | Writing::Settling => return,
        }
        let first = seqs.first().and_then(|seq| self.outbox.get(*seq));
        let Some((entry, Ok(op))) = first.map(|entry| (entry, self.op_of_all(entry, &seqs))) else {
            return self.look_for(now, seqs);
        };
        let request = self.request_of(self.aliases.resolve(&entry.id), &op);
        let task = self.request(Task::Write, request);
        self.own.writing = Writing::Asked { task, seqs, op };
    }

    /// What an entry means to this server, in whose generation a todo is claimed or has assignees; or why it means nothing.
    pub(super) fn op_of(&self, entry: &Entry) -> Result<Op, String> {
        let id = self.aliases.resolve(&entry.id);
        let row = self.table.get(id);
        let generation = row.and_then(has_assignees).or_else(|| self.table.iter().find_map(|(_, row)| has_assignees(row)));
        let only_me =
            |people: &[Value]| people.iter().all(|person| person.get("userId").and_then(Value::as_str) == Some(&self.own.config.me.id));
        match (&entry.op, generation) {
            (Op::Claim(is_claimed), Some(true)) => {
                let people =
                    row.map(|row| claimed(row, *is_claimed, &self.own.config.me)).and_then(|mut fields| match fields.remove("assignees") {
                        Some(Value::Array(people)) => Some(people),
                        Some(_) | None => None,
                    });
                Ok(Op::Assign(people.unwrap_or_default()))
            }
            (Op::Assign(people), Some(false)) if only_me(people) => Ok(Op::Claim(!people.is_empty())),
            (Op::Assign(_), Some(false)) => Err("this server knows claims, and no assignees".to_owned()),
            (op, _) => Ok(op.clone()),
        }
    }

    /// The same of several updates of one row.
    pub(super) fn op_of_all(&self, first: &Entry, seqs: &[Seq]) -> Result<Op, String> {
        let mut op = self.op_of(first)?;
        if let Op::Update(fields) = &mut op {
            for entry in seqs.iter().filter_map(|seq| self.outbox.get(*seq)) {
                if let Op::Update(later) = &entry.op {
                    fields.extend(later.clone());
                }
            }
        }
        Ok(op)
    }

    fn request_of(&self, id: &str, op: &Op) -> HttpRequest {
        let resolve = |id: &str| if planted::has(Fault::AliasNotFollowed) { id } else { self.aliases.resolve(id) }.to_owned();
        match op {
            Op::Create { title, parent } => self.own.routes.create(title, parent.as_deref().map(resolve).as_deref()),
            Op::Update(fields) => self.own.routes.patch(id, fields),
            Op::Delete => self.own.routes.delete(id),
            Op::Reorder(items) => {
                let items: Vec<(String, Value)> = items.iter().map(|(id, order)| (resolve(id), order.clone())).collect();
                self.own.routes.reorder(&self.own.config.set_id, &items)
            }
            Op::Claim(_) => self.own.routes.toggle_claim(id),
            Op::Assign(people) => {
                let ids: Vec<&str> = people.iter().filter_map(|person| person.get("userId")?.as_str()).collect();
                self.own.routes.assign(id, &ids)
            }
            Op::Move { target, insert_at } => self.own.routes.move_to(id, target, insert_at.as_ref()),
        }
    }

    pub(super) fn written(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        if !matches!(&self.own.writing, Writing::Asked { task: asked, .. } if *asked == task) {
            return;
        }
        let Writing::Asked { seqs, op, .. } = std::mem::replace(&mut self.own.writing, Writing::Settling) else { return };
        match judge(&op, outcome) {
            Verdict::Done(body) => {
                self.sending.backoff.reset();
                self.done(now, seqs, &op, &body);
            }
            Verdict::Refused(words) => {
                self.sending.backoff.reset();
                self.refuse(&seqs, words);
                self.want_listing(); // What it was made of is out of date.
            }
            Verdict::NotNow => self.rest_alone(now, seqs),
            Verdict::Later => {
                let delay = self.sending.backoff.next_delay_from(FIRST_DELAY_MS);
                self.own.writing = Writing::Resting { until: now.mono + delay, again: seqs };
                self.timers.set(crate::rows::Timer::Write, now.mono + delay);
            }
            Verdict::Unsure => self.look_for(now, seqs),
            Verdict::SignedOut => self.stop(ErrorReport::new(ErrorCode::NeedsAuth)),
        }
    }

    /// The server has done what was asked for.
    fn done(&mut self, now: Now, seqs: Vec<Seq>, op: &Op, body: &str) {
        let Some((seq, entry)) = seqs.first().and_then(|seq| Some((*seq, self.outbox.get(*seq)?))) else {
            return self.writing_is_over();
        };
        let id = self.aliases.resolve(&entry.id).to_owned();
        self.want_listing_when_quiet(now);
        if let Op::Create { .. } = op {
            match read_created(body) {
                Some(row) => return self.born(seq, row),
                None => {
                    self.look_for(now, seqs);
                    if let Writing::Looking { is_answered, .. } = &mut self.own.writing {
                        *is_answered = true;
                    }
                    return;
                }
            }
        }
        self.learn_done(&id, op);
        self.settle(seqs, Outcome::Confirmed);
    }

    /// The server has made a row.
    pub(super) fn born(&mut self, seq: Seq, row: crate::rows::json::Fields) {
        let (Some(entry), Some(id)) = (self.outbox.get(seq), text(&row, "id").map(str::to_owned)) else { return self.writing_is_over() };
        let born = Some((entry.id.clone(), crate::rows::aliases::Alias { id: id.clone(), seq: seq.0 }));
        // An event may have told more by now. It is shown when it is known under which name.
        if self.table.get(&id).is_none() {
            self.table.learn(&id, Some(row));
        }
        self.own.writing = Writing::Settling;
        self.commits.queue(Work::Settle { ended: vec![(seq, Outcome::Confirmed)], untold: Vec::new(), born });
    }

    /// Changes have ended.
    pub(super) fn settle(&mut self, seqs: Vec<Seq>, outcome: Outcome) {
        self.own.writing = Writing::Settling;
        self.settle_all(seqs, outcome);
    }

    /// The server refuses changes.
    pub(super) fn refuse(&mut self, seqs: &[Seq], words: String) {
        self.own.writing = Writing::Settling;
        self.refuse_all(seqs, words);
    }

    /// These are tried again later, and others may pass meanwhile.
    pub(super) fn rest_alone(&mut self, now: Now, seqs: Vec<Seq>) {
        self.own.writing = Writing::Idle;
        self.let_rest(now, seqs);
    }

    /// The next one may be sent.
    pub(super) fn writing_is_over(&mut self) {
        self.own.writing = Writing::Idle;
    }

    pub(super) fn rest(&mut self, now: Now, millis: u64) {
        self.own.writing = Writing::Resting { until: now.mono + millis, again: Vec::new() };
        self.timers.set(crate::rows::Timer::Write, now.mono + millis);
    }

    /// Whatever was waited for, it is tried now.
    pub(super) fn write_soon(&mut self, now: Now) {
        if let Writing::Resting { until, .. } = &mut self.own.writing {
            *until = now.mono.min(*until);
        }
    }
}

fn judge(op: &Op, outcome: HttpOutcome) -> Verdict {
    match outcome {
        HttpOutcome::Response { status: 408, body, .. } if planted::has(Fault::TimeoutIsRefusal) => Verdict::Refused(body),
        HttpOutcome::Response { status: 300..=399, body, .. } if planted::has(Fault::RedirectIsDone) => Verdict::Done(body),
        HttpOutcome::Response { status: 500..=599, body, .. } if planted::has(Fault::FailureIsRefusal) => Verdict::Refused(body),
        HttpOutcome::Response { status: 200..=299, body, .. } => Verdict::Done(body),
        HttpOutcome::Response { status: 401, .. } => Verdict::SignedOut,
        HttpOutcome::Response { status: 404 | 410, body, .. } if *op == Op::Delete => Verdict::Done(body), // It is gone already.
        HttpOutcome::Response { status: 425 | 429, .. } => Verdict::Later,
        // Of the server, and not of what stands before it: it has no means to do this.
        HttpOutcome::Response { status: 501 | 503, body, .. } if !read_refusal(&body).is_empty() => Verdict::NotNow,
        HttpOutcome::Response { status: 400..=407 | 409..=499, body, .. } => Verdict::Refused(read_refusal(&body)),
        HttpOutcome::Response { .. } | HttpOutcome::Unreachable => Verdict::Unsure,
    }
}
