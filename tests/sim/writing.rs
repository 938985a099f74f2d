//! What reaches a disk, and what that means for the changes that are on it.

use crate::disk::Job;
use crate::ledger::Queued;
use crate::tab::TabId;
use crate::verdict::{of_key, of_stamp};
use crate::world::{Happening, World};
use sealwire::engine::error::ErrorCode;
use sealwire::engine::ids::{EntityKey, PushId, ReadId, TaskId};
use sealwire::engine::io::{Answer, Decision, Input, Reply};
use sealwire::engine::notice::Outcome;
use sealwire::engine::outbox::{Entry, EntryState};
use sealwire::engine::replica::Head;
use sealwire::engine::settled;
use sealwire::engine::storage::{CommitOutcome, Store, Transaction, Write, seq_key};

/// So often the server has to complain before a change may be given up that it never named.
const MIN_COMPLAINTS: u32 = 2;

/// A change that an app made.
pub struct Pushed {
    pub push: PushId,
    pub tab: TabId,
    pub key: EntityKey,
    /// The entity's JSON; a delete has none.
    pub content: Option<String>,
}

/// What an app decided about a change.
pub struct Appeal {
    pub decision: Decision,
    pub event_id: String,
}

impl World {
    pub fn ask_disk(&mut self, tab: TabId, task: TaskId, job: Job) {
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
        if let (Job::Commit(transaction), Answer::Committed(CommitOutcome::Done { appended })) = (job, &answer) {
            self.written((tab, run), transaction, appended);
        }
        let at = self.now + self.luck.within(0..=4);
        self.schedule(at, Happening::Input { tab, run, input: Input::Answer { task, answer } });
    }

    /// A page's transaction is on the disk; `numbers` are those that it was given there.
    fn written(&mut self, page: (TabId, u32), transaction: &Transaction, numbers: &[u64]) {
        let id = page.0;
        let appeals: Vec<&str> = self.appeals.values().map(|appeal| appeal.event_id.as_str()).collect();
        let is_decided = |entry: &Queued| appeals.contains(&entry.stamp.event_id());
        let machine = self.tabs[id.0].machine;
        if !self.machines[machine.0].ledger.follow(page, transaction, is_decided) {
            self.note(id, format_args!("writes as if it were the leader"));
            self.fenced.push(format!("a transaction of {}", self.tab(id).name));
        }
        let mut numbers = numbers.iter().copied();
        for write in &transaction.writes {
            match write {
                Write::Append { value } => {
                    let place = seq_key(numbers.next().expect("a number for each entry"));
                    self.entry_written(page, &place, value);
                }
                Write::Revise { key, value } => {
                    numbers.next();
                    self.head_written(id, key, value);
                }
                Write::Put { store: Store::Outbox, key, value } => self.entry_written(page, key, value),
                Write::Put { store, value, .. } => {
                    self.inspect(id, "a record", value);
                    if *store != Store::Meta {
                        self.stir();
                    }
                }
                Write::Delete { store: Store::Outbox, key } => self.entry_left(id, key, transaction),
                Write::Delete { .. } | Write::Raise { .. } => {}
            }
        }
        self.note(id, format_args!("disk: {}", Named(&transaction.writes)));
    }

    fn entry_written(&mut self, page: (TabId, u32), place: &str, record: &[u8]) {
        let id = page.0;
        self.inspect(id, "an entry", record);
        self.stir();
        let entry = Entry::from_bytes(record).expect("a readable entry");
        let event_id = entry.stamp.event_id().to_owned();
        let is_wedged = matches!(entry.state, EntryState::Wedged(_));
        let queued = Queued { key: entry.key.clone(), stamp: entry.stamp.clone(), is_wedged };
        let is_well_stamped = self.machine_mut(id).ledger.queue(page, place, queued);
        if !is_well_stamped {
            self.wrong(id, &event_id, "is stamped below what was known");
        }
        if is_wedged {
            if !self.server.refused.contains(&event_id) && self.complaints < MIN_COMPLAINTS {
                self.wrong(id, &event_id, "is given up although nobody complained of it");
            }
            self.oracle.abandoned(&of_stamp(&entry.stamp));
        } else {
            let content = self.pushes.get(&event_id).expect("a change of an app").content.clone();
            self.oracle.stored(of_key(&entry.key), of_stamp(&entry.stamp), content);
        }
    }

    fn head_written(&mut self, id: TabId, key: &str, value: &[u8]) {
        self.inspect(id, "a head", value);
        self.stir();
        let head = Head::from_bytes(value).expect("a readable head");
        self.machine_mut(id).ledger.has_head(EntityKey::from_storage_key(key), head);
    }

    /// An entry is deleted: because the server has it, because the app wanted it, or to be stamped anew.
    fn entry_left(&mut self, id: TabId, place: &str, transaction: &Transaction) {
        let Some(entry) = self.machine_mut(id).ledger.outbox.remove(place) else { return };
        let (key, stamp) = (of_key(&entry.key), of_stamp(&entry.stamp));
        let event_id = &stamp.2;
        let is_renewed = transaction.writes.iter().any(|write| match write {
            Write::Append { value } => Entry::from_bytes(value).is_some_and(|entry| entry.stamp.event_id() == event_id),
            _ => false,
        });
        if is_renewed {
            self.machine_mut(id).ledger.forget(&entry);
            if entry.is_wedged && self.has_decided(event_id, Decision::Retry) {
                self.server.forgive(event_id);
            } else if entry.is_wedged {
                self.wrong(id, event_id, "was refused, and is sent again without being asked");
            }
            return;
        }
        let outcome = transaction.writes.iter().find_map(|write| match write {
            Write::Put { store: Store::Settled, key, value } if key == place => settled::outcome_of(value),
            _ => None,
        });
        let is_rightful = match outcome {
            Some(Outcome::Confirmed) => self.server.has(&key, &stamp) || self.oracle.has_arrived(event_id),
            // What may be with the server ends only when that has a newer one.
            Some(Outcome::Superseded) if self.machine(id).ledger.sent.contains(event_id) => self.server.has(&key, &stamp),
            Some(Outcome::Superseded | Outcome::Unchanged) => self.oracle.has_newer(&key, &stamp),
            Some(Outcome::Cancelled) => !self.machine(id).ledger.sent.contains(event_id) && self.has_decided(event_id, Decision::Cancel),
            Some(Outcome::Discarded) => self.has_decided(event_id, Decision::Discard),
            None => false,
        };
        if !is_rightful {
            self.wrong(id, event_id, "left the outbox without a reason");
        }
        if let Some(outcome) = outcome {
            if outcome != Outcome::Confirmed || !self.server.has(&key, &stamp) {
                self.oracle.abandoned(&stamp);
                self.machine_mut(id).ledger.forget(&entry);
            }
            self.machine_mut(id).ledger.ended.insert(event_id.clone(), outcome);
        }
    }

    /// An app hears of a decision of its own, which is then on the disk.
    pub fn replied(&mut self, id: TabId, read: ReadId, result: &Result<Reply, ErrorCode>) {
        let (Some(appeal), Ok(Reply::Done(true))) = (self.appeals.get(&read), result) else { return };
        let (decision, event_id, ledger) = (appeal.decision, appeal.event_id.clone(), &self.machine(id).ledger);
        let is_done = match decision {
            Decision::Cancel | Decision::Discard => ledger.ended.contains_key(&event_id),
            Decision::Retry => ledger.entry_of(&event_id).is_none_or(|entry| !entry.is_wedged) || self.server.refused.contains(&event_id),
        };
        self.note(id, format_args!("{decision:?} of {event_id} is done"));
        if !is_done {
            self.wrong(id, &event_id, "is not what the app was told");
        }
    }

    fn has_decided(&self, event_id: &str, decision: Decision) -> bool {
        self.appeals.values().any(|appeal| appeal.event_id == event_id && appeal.decision == decision)
    }

    fn wrong(&mut self, id: TabId, event_id: &str, how: &str) {
        self.note(id, format_args!("{event_id} {how}"));
        self.wronged.push(event_id.to_owned());
    }

    pub fn inspect(&mut self, tab: TabId, what: &str, bytes: &[u8]) {
        if self.leak_detector.finds(bytes) {
            self.leaks.push(format!("{what} of {}", self.tab(tab).name));
        }
    }
}

/// Writes without their content.
struct Named<'a>(&'a [Write]);

impl std::fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|write| match write {
            Write::Put { store: Store::Meta, key, .. } | Write::Raise { key, .. } => write!(f, "{key} "),
            Write::Put { store, .. } => write!(f, "{store:?} "),
            Write::Delete { store, .. } => write!(f, "-{store:?} "),
            Write::Append { .. } => write!(f, "+Outbox "),
            Write::Revise { .. } => write!(f, "Heads "),
        })
    }
}
