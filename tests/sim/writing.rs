//! What reaches a disk.

use crate::device::DeviceId;
use crate::disk::Job;
use crate::luck::Fault;
use crate::verdict::{of_key, of_stamp};
use crate::world::{Happening, World};
use sealwire::engine::event::Stamp;
use sealwire::engine::ids::{EntityKey, TaskId};
use sealwire::engine::io::{Answer, Input};
use sealwire::engine::outbox::Entry;
use sealwire::engine::replica::Head;
use sealwire::engine::storage::{CommitOutcome, Store, Transaction, Write};

impl World {
    pub fn ask_disk(&mut self, device: DeviceId, task: TaskId, job: Job) {
        let at = self.devices[device.0].disk.schedule(self.now, &mut self.luck);
        let run = self.device(device).run;
        self.schedule(at, Happening::Disk { device, run, task, job });
    }

    /// A job may be carried out although the page that asked for it is gone: what was begun, the browser may end.
    pub fn carry_out(&mut self, device: DeviceId, run: u32, task: TaskId, job: &Job) {
        if self.device(device).run != run && self.now > self.device(device).disk_stops_at {
            return;
        }
        if let Job::Commit(transaction) = job
            && !transaction.guards.is_empty()
            && self.luck.strikes(Fault::OtherTab)
        {
            self.push_in_another_tab(device, &transaction.guards[0].key);
        }
        let answer = self.devices[device.0].disk.carry_out(job, &mut self.luck);
        if let (Job::Commit(transaction), Answer::Committed(CommitOutcome::Done { .. })) = (job, &answer) {
            self.written(device, transaction);
        }
        let at = self.now + self.luck.within(0..=4);
        self.schedule(at, Happening::Input { device, run, input: Input::Answer { task, answer } });
    }

    /// A transaction is on a disk.
    pub fn written(&mut self, device: DeviceId, transaction: &Transaction) {
        for write in &transaction.writes {
            match write {
                Write::Append { value } => self.appended(device, value),
                Write::Put { store, key, value } => self.put(device, *store, key, value),
                Write::Delete { .. } | Write::Raise { .. } => {}
            }
        }
        self.note(device, format_args!("disk: {} writes", transaction.writes.len()));
    }

    fn appended(&mut self, device: DeviceId, record: &[u8]) {
        self.inspect(device, "an entry", record);
        let entry = Entry::from_bytes(record).expect("a readable entry");
        let content = self.pushes.get(entry.stamp.event_id()).expect("a change of an app").content.clone();
        self.oracle.stored(of_key(&entry.key), of_stamp(&entry.stamp), content);
        if self.device(device).newest_stored.get(&entry.key) >= Some(&entry.stamp) {
            self.outstamped.push(entry.stamp.event_id().to_string());
        }
        self.knows(device, entry.key, entry.stamp);
        self.stir();
    }

    fn put(&mut self, device: DeviceId, store: Store, key: &str, value: &[u8]) {
        self.inspect(device, "a record", value);
        match store {
            Store::Heads => {
                let base = Head::from_bytes(value).and_then(|head| head.base);
                if let Some(base) = base {
                    self.knows(device, EntityKey::from_storage_key(key), base.stamp);
                }
                self.stir();
            }
            Store::Bodies | Store::Outbox => self.stir(),
            Store::Meta => {}
        }
    }

    /// A device has an entity's event on its disk.
    fn knows(&mut self, device: DeviceId, key: EntityKey, stamp: Stamp) {
        let newest = self.device_mut(device).newest_stored.entry(key).or_insert_with(|| stamp.clone());
        *newest = stamp.max(newest.clone());
    }

    pub fn inspect(&mut self, device: DeviceId, what: &str, bytes: &[u8]) {
        if self.leak_detector.finds(bytes) {
            self.leaks.push(format!("{what} of {}", self.device(device).name));
        }
    }
}
