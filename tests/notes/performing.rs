//! What a page asks for is done, later and with faults. `asking` has the requests, `talking` the sockets.

use crate::disk::{Job, Named, touches_outbox};
use crate::luck::Fault;
use crate::tab::TabId;
use crate::world::{Happening, World};
use sealwire::engine::error::ErrorCode;
use sealwire::engine::ids::{Generation, PushId, ReadId, TaskId};
use sealwire::engine::io::SocketEvent;
use sealwire::engine::payload::Payload;
use sealwire::engine::storage::{CommitOutcome, Transaction, Write};
use sealwire::rows::io::{Answer, Command, Effect, Input, Query, Reply, Secret};
use sealwire::rows::notice::Notice;
use sealwire::rows::outbox::Entry;
use sealwire::rows::typelets::op::Op;
use sealwire::rows::typelets::signing::signed_frame;

impl World {
    pub fn perform(&mut self, id: TabId, effect: Effect) {
        self.look_for_leaks(id, &effect);
        match effect {
            Effect::OpenSocket { generation, .. } => self.dial(id, generation),
            Effect::Close { generation } => self.hang_up(id, generation),
            Effect::SendFrame { generation, frame, secret } => {
                self.client_says(id, generation, &sent(&frame, secret.as_ref()));
                self.measure(id, generation);
            }
            Effect::MeasureBuffer { generation } => self.measure(id, generation),
            Effect::AskToken { task } => self.ask_for_token(id, task),
            Effect::Seal { task, texts } => {
                let key = self.machine(id).key;
                let sealed = key.seal(&mut self.luck, &texts);
                self.answer_crypto(id, task, Answer::Sealed(Ok(sealed)));
            }
            Effect::Open { task, sealed } => {
                let key = self.machine(id).key;
                let opened = sealed.iter().map(|sealed| key.open(sealed)).collect();
                self.answer_crypto(id, task, Answer::Opened(opened));
            }
            Effect::Request { task, request } => self.request(id, task, request),
            Effect::Read { task, read } => self.ask_disk(id, task, Job::Read(read)),
            Effect::Commit { task, transaction } => self.ask_disk(id, task, Job::Commit(transaction)),
            Effect::Emit(notice) => self.hear(id, notice),
            Effect::Stored { push, result } => self.stored(id, push, result),
            Effect::Settled { event_id, outcome } => {
                self.note(id, format_args!("{event_id} is {}", outcome.as_str()));
                self.stir();
                self.tab_mut(id).diary.settle(event_id, outcome);
            }
            Effect::Reply { read, result } => self.replied(id, read, result),
            Effect::Elect { by_force: false } => self.elect(id),
            Effect::Elect { by_force: true } => self.elect_by_force(id),
            Effect::Resign => self.resign(id),
            Effect::Hint => self.hint(id),
            Effect::OpenStream { .. } => panic!("there are no streams"),
        }
    }

    /// What is sent leaves at once.
    fn measure(&mut self, id: TabId, generation: Generation) {
        let event = SocketEvent::Buffered(0);
        self.schedule_input(self.now, id, Input::Socket { generation, event });
    }

    /// Nothing that is sealed leaves the page open, but to be sealed and to be shown.
    fn look_for_leaks(&mut self, id: TabId, effect: &Effect) {
        let texts: Vec<&[u8]> = match effect {
            Effect::Request { request, .. } => request.body.iter().map(String::as_bytes).collect(),
            Effect::SendFrame { frame, .. } => vec![frame.as_str().as_bytes()],
            Effect::Commit { transaction, .. } => transaction.writes.iter().filter_map(value_of).collect(),
            _ => Vec::new(),
        };
        if self.machine(id).is_sealed && texts.into_iter().any(|text| self.detector.finds(text)) {
            let what = format!("{} lets a text out: {effect:?}", self.tab(id).name);
            self.note(id, format_args!("{what}"));
            self.leaks.push(what);
        }
    }

    fn answer_crypto(&mut self, id: TabId, task: TaskId, answer: Answer) {
        let takes = if self.luck.strikes(Fault::CryptoSlow) { 50..=3_000 } else { 0..=3 };
        let at = self.now + self.luck.within(takes);
        self.schedule_input(at, id, Input::Answer { task, answer });
    }

    fn ask_for_token(&mut self, id: TabId, task: TaskId) {
        self.note(id, format_args!("asks for a token"));
        let wall = self.wall();
        let machine = &mut self.machines[self.tabs[id.0].machine.0];
        machine.tokens_asked += 1;
        let kept = machine.token.clone().filter(|_| machine.keeps_token);
        let token = match (&machine.session, kept) {
            (None, _) => None,
            (Some(_), Some(token)) => Some(token),
            (Some(user), None) => Some(self.server.issue(wall, user, machine.token_lasts)),
        };
        machine.token.clone_from(&token);
        let at = self.now + self.luck.within(1..=50);
        self.schedule_input(at, id, Input::Answer { task, answer: Answer::Token(token.map(Secret)) });
    }

    fn hear(&mut self, id: TabId, notice: Notice) {
        match &notice {
            Notice::Error(report) => {
                self.note(id, format_args!("reports {} {}", report.code.as_str(), report.detail.as_deref().unwrap_or_default()));
            }
            Notice::Change(change) => {
                let (operation, origin) = (change.operation.as_str(), change.origin.as_str());
                self.note(id, format_args!("shows {operation} of {} ({origin}): {}", change.id, change.data.as_str()));
                self.stir();
                self.readers.see(id, self.now, &change.id, change.data.as_str());
            }
            Notice::Rejected(refusal) => {
                self.note(id, format_args!("is refused {} of {}: {}", refusal.event_id, refusal.id, refusal.reason));
                self.stir();
            }
            Notice::Conflict(conflict) => {
                let (ours, theirs) = (conflict.ours.as_str(), conflict.theirs.as_str());
                self.note(id, format_args!("hears of a conflict about {}: {ours} and {theirs}", conflict.id));
                self.readers.hear_conflict(id, self.now, conflict);
            }
            Notice::Ready => {
                // The app reads all rows at once, and keeps them by `change`s from there.
                let read = self.last_read.advance();
                self.tab_mut(id).diary.first_read = Some(read);
                self.schedule_input(self.now, id, Input::Command(Command::Read { read, query: Query::All }));
            }
            Notice::Status(_) | Notice::Event(_) | Notice::Drained => {}
        }
        self.tab_mut(id).diary.note(notice);
    }

    fn stored(&mut self, id: TabId, push: PushId, result: Result<String, ErrorCode>) {
        if let Ok(event_id) = &result {
            let now = self.now;
            let pushed = self.pushes.get_mut(event_id).expect("a change of an app");
            assert_eq!((pushed.push, pushed.tab), (push, id), "another change was stored than was pushed");
            pushed.stored_at = Some(now);
        }
        if let Err(code) = &result {
            self.note(id, format_args!("push {} is not stored: {}", push.0, code.as_str()));
        }
        let before = self.tab_mut(id).diary.stored.insert(push, result);
        assert!(before.is_none(), "a push was answered twice");
    }

    fn replied(&mut self, id: TabId, read: ReadId, result: Result<Reply, ErrorCode>) {
        let now = self.now;
        if let (Some(appeal), Ok(Reply::Done(true))) = (self.appeals.get_mut(&read), &result) {
            appeal.granted_at = Some(now);
        }
        if let (true, Ok(Reply::Rows(views))) = (self.tab(id).diary.first_read == Some(read), &result) {
            views.iter().for_each(|view| self.readers.see(id, now, &view.id, view.data.as_str()));
        }
        self.tab_mut(id).diary.reply(read, result);
    }

    fn ask_disk(&mut self, tab: TabId, task: TaskId, job: Job) {
        let now = self.now;
        let machine = self.tab(tab).machine;
        self.machines[machine.0].commits += u32::from(matches!(job, Job::Commit(_)));
        let at = self.machines[machine.0].disk.schedule(now, &mut self.luck);
        let run = self.tab(tab).run;
        self.schedule(at, Happening::Disk { tab, run, task, job });
    }

    /// A job may be carried out although the page that asked for it is gone: what was begun, the browser may end.
    pub fn carry_out(&mut self, tab: TabId, run: u32, task: TaskId, job: &Job) {
        if self.tab(tab).run != run && self.now > self.tab(tab).disk_stops_at {
            return;
        }
        let machine = self.tab(tab).machine;
        let answer = self.machines[machine.0].disk.carry_out(job, &mut self.luck);
        if let Job::Commit(transaction) = job {
            let is_done = matches!(&answer, Answer::Committed(CommitOutcome::Done { .. }));
            let what = if is_done { "disk" } else { "disk fails" };
            self.note(tab, format_args!("{what}: {}", Named(&transaction.writes)));
            if touches_outbox(transaction) {
                self.stir();
            }
            if is_done {
                self.note_queued(transaction);
            }
        }
        let at = self.now + self.luck.within(0..=4);
        self.schedule(at, Happening::Input { tab, run, input: Input::Answer { task, answer } });
    }

    fn note_queued(&mut self, transaction: &Transaction) {
        for write in &transaction.writes {
            if let Write::Append { value } = write
                && let Some(entry) = Entry::<Op>::from_bytes(value)
            {
                self.pushes.get_mut(&entry.event_id).expect("a change of an app").was_queued = true;
            }
        }
    }
}

fn value_of(write: &Write) -> Option<&[u8]> {
    match write {
        Write::Put { value, .. } | Write::Append { value } | Write::Revise { value, .. } => Some(value),
        Write::Delete { .. } | Write::Raise { .. } => None,
    }
}

/// A frame as it goes over the socket.
pub fn sent(frame: &Payload, secret: Option<&Secret>) -> String {
    secret.map_or_else(|| frame.0.clone(), |secret| signed_frame(secret, frame))
}
