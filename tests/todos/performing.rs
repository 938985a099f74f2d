//! What a page asks for is done, later and with faults. `asking` has the requests, `arriving` what follows.

use crate::disk::{Job, Named, touches_outbox};
use crate::luck::Fault;
use crate::network::{Line, LinkId};
use crate::tab::TabId;
use crate::world::{Happening, World};
use sealwire::engine::error::ErrorCode;
use sealwire::engine::ids::{Generation, PushId, ReadId, TaskId};
use sealwire::engine::io::SocketEvent;
use sealwire::engine::storage::{CommitOutcome, Transaction, Write};
use sealwire::rows::glint::op::Op;
use sealwire::rows::io::{Answer, Command, Effect, Input, Query, Reply};
use sealwire::rows::notice::Notice;
use sealwire::rows::outbox::Entry;

impl World {
    pub fn perform(&mut self, id: TabId, effect: Effect) {
        match effect {
            Effect::OpenSocket { generation, url } => self.dial(id, generation, url, false),
            Effect::OpenStream { generation, url } => self.dial(id, generation, url, true),
            Effect::Close { generation } => self.hang_up(id, generation),
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
            Effect::SendFrame { .. }
            | Effect::MeasureBuffer { .. }
            | Effect::AskToken { .. }
            | Effect::Seal { .. }
            | Effect::Open { .. } => {
                panic!("nothing is sealed, and nothing sent over the socket")
            }
        }
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
            }
            Notice::Rejected(refusal) => {
                self.note(id, format_args!("is refused {} of {}: {}", refusal.event_id, refusal.id, refusal.reason));
                self.stir();
            }
            Notice::Ready => {
                // The app reads all rows at once, and keeps them by `change`s from there.
                let read = self.last_read.advance();
                self.tab_mut(id).diary.first_read = Some(read);
                self.schedule_input(self.now, id, Input::Command(Command::Read { read, query: Query::All }));
            }
            Notice::Status(_) | Notice::Event(_) | Notice::Drained | Notice::Conflict(_) => {}
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
        self.tab_mut(id).diary.reply(read, result);
    }

    fn ask_disk(&mut self, tab: TabId, task: TaskId, job: Job) {
        let now = self.now;
        let machine = self.tab(tab).machine;
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

    fn dial(&mut self, id: TabId, generation: Generation, url: String, is_stream: bool) {
        self.note(id, format_args!("dials {}", if is_stream { "a stream" } else { "a socket" }));
        let (machine, run) = (self.tab(id).machine, self.tab(id).run);
        self.machine_mut(id).dials += 1;
        self.machine_mut(id).streams += u32::from(is_stream);
        let link = self.network.dial(id, machine, run, generation, is_stream);
        match self.network.line(machine) {
            Line::Up if self.luck.strikes(Fault::DialRefused) => self.refuse_dial(link),
            Line::Up => {
                let at = self.now + self.luck.within(5..=100);
                self.schedule(at, Happening::Dial { link, url });
            }
            Line::Cut => self.refuse_dial(link),
            Line::BlackHole => {}
        }
    }

    /// A browser sees every failed dial like this.
    pub fn refuse_dial(&mut self, link: LinkId) {
        let event = SocketEvent::Closed { code: 1006, reason: String::new() };
        self.schedule(self.now + 20, Happening::Socket { link, event });
    }

    fn hang_up(&mut self, id: TabId, generation: Generation) {
        if let Some(link) = self.network.find(id, self.tab(id).run, generation) {
            self.network.link_mut(link).client_listens = false;
            self.schedule(self.now + 30, Happening::Hangup { link });
        }
    }
}
