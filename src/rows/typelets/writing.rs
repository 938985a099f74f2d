//! Sending: one write at a time. What is sealed goes over REST, for a socket cannot carry its IV; then the others are told, by an update that
//! carries nothing. What is not sealed goes over the socket, and is confirmed where the row that comes back holds all of it.

use super::op::Op;
use super::planted::{self, Fault};
use super::request::{read_refusal, read_row};
use super::row::{Kind, MINE, SEALED};
use super::send;
use super::{Task, Typelets};
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::{Seq, TaskId};
use crate::engine::io::{HttpOutcome, Now};
use crate::engine::notice::{Origin, Outcome};
use crate::rows::aliases::Alias;
use crate::rows::committing::Work;
use crate::rows::io::{HttpRequest, Sealed, Texts, Verb};
use crate::rows::json::{Fields, Value, text};
use crate::rows::outbox::EntryState;
use crate::rows::{Engine, FIRST_DELAY_MS, Timer};

/// Milliseconds within which a write is sent after it was written down: a page that was frozen in between is not the one that sends any more.
const FRESH_MS: u64 = 5_000;
/// Milliseconds within which a row that was read is written: nothing else keeps the time short in which another device may save it.
const READ_FRESH_MS: u64 = 10_000;
/// Milliseconds after which a write that another page had begun is given up by the browser, if it is: it was sent soon after it was written
/// down, and has 30 s.
const HANDED_OVER_MS: u64 = FRESH_MS + 30_000;

/// What is being sent.
#[derive(Debug)]
pub(super) enum Writing {
    /// Nothing.
    Idle,
    /// Nothing before this time on the monotonic clock; then, where there are some, these.
    Resting { until: u64, again: Vec<Seq> },
    /// The row is read, onto which these go.
    Reading { task: TaskId, seqs: Vec<Seq> },
    /// The row that was read then, on the monotonic clock, is opened.
    Opening { seqs: Vec<Seq>, read_at: u64 },
    /// The row as it is going to be is sealed.
    Sealing { task: TaskId, seqs: Vec<Seq>, draft: Draft },
    /// It is being written down, since this time on the monotonic clock, that these are sent.
    Beginning { seqs: Vec<Seq>, since: u64, composed: Option<Composed> },
    /// The server was asked over REST.
    Asked { task: TaskId, seqs: Vec<Seq>, op: Box<Op>, composed: Option<Composed> },
    /// It was told over the socket, and has not confirmed that a row holds these values.
    Telling { seqs: Vec<Seq>, id: String, values: Fields },
    /// Whether the server has done it is not known; it is looked for.
    Looking { seqs: Vec<Seq>, since: u64, given_up: u64, is_answered: bool, task: Option<TaskId> },
    /// How it ended is being stored.
    Settling,
}

/// A row as it is going to be.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) texts: Texts,
    /// The IV of the version that it was made of.
    pub(super) onto: String,
    /// When that was read, on the monotonic clock.
    pub(super) read_at: u64,
}

/// The same, sealed.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) sealed: Sealed,
    pub(super) draft: Draft,
}

/// How the server answered.
enum Verdict {
    Done(String),
    Refused(String),
    /// It was not carried out, and nothing else would be.
    Later,
    /// It may have been carried out.
    Unsure,
    BadToken,
}

impl Writing {
    pub(super) fn in_flight(&self) -> usize {
        match self {
            Self::Asked { seqs, .. } | Self::Telling { seqs, .. } => seqs.len(),
            Self::Idle | Self::Resting { .. } | Self::Reading { .. } | Self::Opening { .. } | Self::Sealing { .. } => 0,
            Self::Beginning { .. } | Self::Looking { .. } | Self::Settling => 0,
        }
    }

    pub(super) fn is_telling(&self) -> bool {
        matches!(self, Self::Telling { .. })
    }
}

impl Engine<Typelets> {
    /// Goes on with the write that is under way, or begins the next.
    pub(super) fn write(&mut self, now: Now) {
        if !self.may_write() || !self.is_talking() {
            return;
        }
        let is_due = matches!(&self.own.writing, Writing::Resting { until, .. } if *until <= now.mono);
        if (is_due || matches!(self.own.writing, Writing::Idle)) && !self.is_line_free(now) {
            return;
        }
        match &mut self.own.writing {
            Writing::Idle => {}
            Writing::Resting { until, again } if *until <= now.mono => {
                let again = std::mem::take(again);
                if !again.is_empty() {
                    return self.prepare(now, again);
                }
            }
            Writing::Opening { seqs, read_at } => {
                let (seqs, read_at) = (seqs.clone(), *read_at);
                return self.seal_if_opened(now, seqs, read_at);
            }
            Writing::Resting { .. } | Writing::Reading { .. } | Writing::Sealing { .. } | Writing::Beginning { .. } => return,
            Writing::Asked { .. } | Writing::Telling { .. } | Writing::Looking { .. } | Writing::Settling => return,
        }
        self.own.writing = Writing::Idle;
        let Some(seq) = self.next_write(now) else { return };
        if let Some(seqs) = self.take_rest(seq) {
            return self.prepare(now, seqs);
        }
        let Some(entry) = self.outbox.get(seq) else { return };
        if matches!(entry.state, EntryState::Attempted { .. }) {
            // By this tab before it lost the lead, or by another one.
            let seqs = self.merged_with(seq);
            return self.look_from(now, seqs, now.mono + HANDED_OVER_MS);
        }
        if let Some(reason) = self.outbox.blocked_by(entry) {
            self.own.writing = Writing::Settling;
            return self.commits.queue(Work::Wedge { reasons: vec![(seq, reason)] });
        }
        let seqs = self.merged_with(seq);
        self.prepare(now, seqs);
    }

    /// Writes down that these are sent, and by what they will be known.
    pub(super) fn begin_write(&mut self, now: Now, seqs: Vec<Seq>, composed: Option<Composed>) {
        let Some(entry) = seqs.first().and_then(|seq| self.outbox.get(*seq)) else { return self.writing_is_over() };
        let mut known = match &entry.state {
            EntryState::Attempted { known } => known.clone(),
            EntryState::Waiting | EntryState::Untold | EntryState::Wedged(_) => Vec::new(),
        };
        if entry.verb == Verb::Create && known.is_empty() {
            known = self.rows_like(entry);
        }
        known.extend(composed.as_ref().map(|composed| composed.sealed.iv.clone()));
        self.own.writing = Writing::Beginning { seqs: seqs.clone(), since: now.mono, composed };
        self.commits.queue(Work::Begin { seqs, known });
    }

    /// It is written down: the server is asked.
    pub(super) fn ask(&mut self, now: Now, seqs: Vec<Seq>) {
        let may_go = self.may_write() && self.is_line_free(now);
        let is_of_old = matches!(&self.own.writing, Writing::Beginning { composed: Some(Composed { draft, .. }), .. } if self.is_of_old(now, &seqs, draft));
        let composed = match &mut self.own.writing {
            Writing::Beginning { seqs: begun, since, composed } if *begun == seqs => {
                if now.mono > *since + FRESH_MS || is_of_old || !may_go {
                    self.own.writing = Writing::Resting { until: now.mono, again: seqs };
                    return;
                }
                composed.take()
            }
            Writing::Beginning { .. } | Writing::Idle | Writing::Resting { .. } | Writing::Reading { .. } => return,
            Writing::Opening { .. } | Writing::Sealing { .. } | Writing::Asked { .. } | Writing::Telling { .. } => return,
            Writing::Looking { .. } | Writing::Settling => return,
        };
        let Some((entry, op)) = self.entry_of(&seqs) else { return self.writing_is_over() };
        let id = self.id_of(&entry.id);
        if op.kind == Kind::Note && op.verb == Verb::Update && composed.is_none() {
            let values = self.placed(&op);
            return self.send_update(now, seqs, id, values.clone(), values);
        }
        match self.authorized(self.request_of(&op, &id, composed.as_ref().map(|composed| &composed.sealed))) {
            Some(request) => {
                if op.kind == Kind::Folder && op.verb == Verb::Delete {
                    self.say(now, send::folder_deleted(&id)); // Afterwards the server knows of no such folder.
                }
                let task = self.request(Task::Write, request);
                self.own.writing = Writing::Asked { task, seqs, op: Box::new(op), composed };
            }
            None => self.own.writing = Writing::Resting { until: now.mono + FIRST_DELAY_MS, again: seqs },
        }
    }

    /// Whether a row has become another one since it was read, or that was long ago.
    fn is_of_old(&self, now: Now, seqs: &[Seq], draft: &Draft) -> bool {
        let entry = seqs.first().and_then(|seq| self.outbox.get(*seq));
        let row = entry.and_then(|entry| self.table.get(self.aliases.resolve(&entry.id)));
        let iv = row.and_then(|row| text(row, "iv")).unwrap_or_default();
        !planted::has(Fault::OldReadSaved) && (iv != draft.onto || now.mono > draft.read_at + READ_FRESH_MS)
    }

    /// What a change gives the row, its folder by the id that the server knows.
    pub(super) fn placed(&self, op: &Op) -> Fields {
        let mut fields = op.fields.clone();
        for name in ["folderId", "parentId"] {
            if let Some(folder) = text(&fields, name).map(|folder| self.id_of(&Kind::Folder.key(folder))) {
                fields.insert(name, Value::String(folder));
            }
        }
        fields
    }

    fn request_of(&self, op: &Op, id: &str, sealed: Option<&Sealed>) -> HttpRequest {
        let routes = &self.own.routes;
        match (op.verb, sealed.or(op.sealed.as_ref())) {
            (Verb::Create, Some(sealed)) => {
                let mut body = self.placed(op);
                body.extend(sealed_fields(sealed));
                routes.create(op.kind, &body)
            }
            (Verb::Create, None) => routes.create(op.kind, &self.placed(op)),
            (Verb::Update, Some(sealed)) => routes.put(op.kind, id, &sealed_fields(sealed)),
            (Verb::Update, None) => routes.put(op.kind, id, &self.placed(op)),
            (Verb::Delete | Verb::Reorder | Verb::Claim | Verb::Assign | Verb::Move, _) => routes.delete(op.kind, id),
        }
    }

    pub(super) fn written(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        if !matches!(&self.own.writing, Writing::Asked { task: asked, .. } if *asked == task) {
            return;
        }
        let Writing::Asked { seqs, op, composed, .. } = std::mem::replace(&mut self.own.writing, Writing::Settling) else { return };
        match judge(&op, outcome) {
            Verdict::Done(body) => {
                self.sending.backoff.reset();
                self.own.has_bad_token = false;
                self.done(now, seqs, &op, composed, &body);
            }
            Verdict::Refused(words) => {
                self.sending.backoff.reset();
                self.refuse(&seqs, words);
                self.want_listing(); // What it was made of is out of date.
            }
            Verdict::Later => {
                let delay = self.sending.backoff.next_delay_from(FIRST_DELAY_MS);
                self.own.writing = Writing::Resting { until: now.mono + delay, again: seqs };
                self.timers.set(Timer::Write, now.mono + delay);
            }
            Verdict::Unsure => self.look_for(now, seqs),
            Verdict::BadToken => {
                self.own.writing = Writing::Resting { until: now.mono + FIRST_DELAY_MS, again: seqs };
                self.timers.set(Timer::Write, now.mono + FIRST_DELAY_MS);
                self.token_is_bad();
            }
        }
    }

    /// The server has done what was asked for.
    fn done(&mut self, now: Now, seqs: Vec<Seq>, op: &Op, composed: Option<Composed>, body: &str) {
        let Some((seq, entry)) = seqs.first().and_then(|seq| Some((*seq, self.outbox.get(*seq)?.clone()))) else {
            return self.writing_is_over();
        };
        let key = self.aliases.resolve(&entry.id).to_owned();
        let row = read_row(op.kind, body);
        match op.verb {
            Verb::Create => match row {
                Some(row) => self.born(now, seq, row),
                None => {
                    self.look_for(now, seqs);
                    if let Writing::Looking { is_answered, .. } = &mut self.own.writing {
                        *is_answered = true;
                    }
                }
            },
            Verb::Update => {
                let row = row.filter(|row| text(row, "id").is_some_and(|id| op.kind.key(id) == key));
                self.has_saved(now, &key, row, composed);
                self.is_untold(seqs, None);
            }
            Verb::Delete | Verb::Reorder | Verb::Claim | Verb::Assign | Verb::Move => {
                self.is_deleted(&key, op.kind);
                self.is_untold(seqs, None);
            }
        }
    }

    pub(super) fn is_deleted(&mut self, key: &str, kind: Kind) {
        match (kind, self.table.get(key).cloned()) {
            (Kind::Note, Some(mut row)) => {
                row.insert("deleted", Value::Bool(true));
                if self.table.learn(key, Some(row)) {
                    self.show([key.to_owned()], Origin::Remote);
                }
            }
            (Kind::Note | Kind::Folder, _) => self.learn_gone(key),
        }
    }

    /// A row was saved; where the server does not show it, it is as it was with what was sent.
    fn has_saved(&mut self, now: Now, key: &str, row: Option<Fields>, composed: Option<Composed>) {
        let Some(mut row) = row.or_else(|| self.table.get(key).cloned()) else { return };
        if let Some(Composed { sealed, draft }) = composed {
            // Another one may have come before the answer.
            let is_ours = Sealed::of(&row).is_some_and(|own| own.mark() == sealed.mark());
            if !is_ours && text(&row, "iv") != self.table.get(key).and_then(|row| text(row, "iv")) {
                return self.fetch(key);
            }
            row.extend(sealed_fields(&sealed));
            row.insert(MINE, Value::Bool(true));
            self.is_saved(now, key, &sealed, draft.texts);
        }
        if self.news(key, row.clone()).is_some() && self.table.learn(key, Some(row)) {
            self.show([key.to_owned()], Origin::Remote);
        }
    }

    /// The server has made a row.
    pub(super) fn born(&mut self, now: Now, seq: Seq, mut row: Fields) {
        let (Some(entry), Some(id)) = (self.outbox.get(seq).cloned(), text(&row, "id").map(str::to_owned)) else {
            return self.writing_is_over();
        };
        let key = entry.op.kind.key(&id);
        if let Some(sealed) = &entry.op.sealed
            && Sealed::of(&row).is_some_and(|own| own.mark() == sealed.mark())
        {
            row.insert(MINE, Value::Bool(true));
            // After a reload they may not be open yet.
            entry.op.texts.iter().for_each(|texts| self.is_saved(now, &key, sealed, texts.clone()));
        }
        // The socket may have told more by now. It is shown when it is known under which name.
        let is_the_same = |known: &Fields| text(known, "iv") == text(&row, "iv") && !known.contains_key(MINE);
        match self.table.get(&key).cloned() {
            None => drop(self.table.learn(&key, Some(row))),
            Some(mut known) if row.contains_key(MINE) && is_the_same(&known) => {
                known.insert(MINE, Value::Bool(true));
                self.table.learn(&key, Some(known));
            }
            Some(_) => {}
        }
        self.is_untold(vec![seq], Some((entry.id, Alias { id: key, seq: seq.0 })));
    }

    /// The server has it; the others do not know yet.
    pub(super) fn is_untold(&mut self, seqs: Vec<Seq>, born: Option<(String, Alias)>) {
        self.own.writing = Writing::Settling;
        self.commits.queue(Work::Settle { ended: Vec::new(), untold: seqs, born });
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

    /// The next one may be sent.
    pub(super) fn writing_is_over(&mut self) {
        self.own.writing = Writing::Idle;
    }

    /// These are tried again later, and others may pass meanwhile.
    pub(super) fn rest_alone(&mut self, now: Now, seqs: Vec<Seq>) {
        self.own.writing = Writing::Idle;
        self.let_rest(now, seqs);
    }

    pub(super) fn rest(&mut self, now: Now, millis: u64) {
        self.own.writing = Writing::Resting { until: now.mono + millis, again: Vec::new() };
        self.timers.set(Timer::Write, now.mono + millis);
    }

    /// Whatever was waited for, it is tried now.
    pub(super) fn write_soon(&mut self, now: Now) {
        if let Writing::Resting { until, .. } = &mut self.own.writing {
            *until = now.mono.min(*until);
        }
    }

    pub(super) fn report_server(&mut self, words: &str) {
        self.report(ErrorReport::new(ErrorCode::ServerError).detail(words));
    }
}

/// What is sealed of a note, as the server takes it.
fn sealed_fields(sealed: &Sealed) -> Fields {
    let or_empty = |text: &Option<String>| Value::String(text.clone().unwrap_or_default());
    Fields::from([
        ("content", SEALED.into()),
        ("encryptedContent", or_empty(&sealed.content)),
        ("encryptedTitle", or_empty(&sealed.title)),
        ("iv", sealed.iv.as_str().into()),
        ("salt", sealed.salt.as_str().into()),
        ("title", SEALED.into()),
    ])
}

fn judge(op: &Op, outcome: HttpOutcome) -> Verdict {
    match outcome {
        HttpOutcome::Response { status: 200..=299, body, .. } => Verdict::Done(body),
        HttpOutcome::Response { status: 401, .. } => Verdict::BadToken,
        HttpOutcome::Response { status: 404 | 410, body, .. } if op.verb == Verb::Delete => Verdict::Done(body), // It is gone already.
        HttpOutcome::Response { status: 425 | 429, .. } => Verdict::Later,
        HttpOutcome::Response { status: 400..=407 | 409..=499, body, .. } => Verdict::Refused(read_refusal(&body)),
        HttpOutcome::Response { .. } | HttpOutcome::Unreachable => Verdict::Unsure,
    }
}
