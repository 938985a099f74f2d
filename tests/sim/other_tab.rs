//! Another tab of a device: it stores a change of its own in the shared database, between a transaction's making and its execution.

use crate::canary::content;
use crate::device::DeviceId;
use crate::world::{Pushed, World};
use sealwire::engine::event::{Operation, Stamp};
use sealwire::engine::ids::EntityKey;
use sealwire::engine::meta;
use sealwire::engine::outbox::{Entry, EntryState};
use sealwire::engine::replica::Head;
use sealwire::engine::seal::{Format, Header, write_plaintext};
use sealwire::engine::storage::{Store, Transaction, Write, counter_value};

impl World {
    /// Updates the entity of a head, if it is one. The engine under test learns of it by the conflict, and has the entry after a reload.
    pub fn push_in_another_tab(&mut self, id: DeviceId, storage_key: &str) {
        if !storage_key.contains('/') {
            return;
        }
        let key = EntityKey::from_storage_key(storage_key);
        let transaction = self.transaction_elsewhere(id, key);
        self.note(id, format_args!("another tab pushes"));
        let device = self.device_mut(id);
        device.has_changes_elsewhere = true;
        device.disk.commit_elsewhere(&transaction);
        self.written(id, &transaction);
    }

    fn transaction_elsewhere(&mut self, id: DeviceId, key: EntityKey) -> Transaction {
        let device = &self.devices[id.0];
        let stored = |key: &str| device.disk.get(Store::Meta, key).cloned();
        let head = device.disk.get(Store::Heads, key.storage_key()).and_then(|bytes| Head::from_bytes(bytes)).unwrap_or_default();
        let last = stored(meta::CLOCK).map_or(0, |bytes| counter_value(&bytes));
        let timestamp = device.clock(self.now).wall.max(last + 1).max(head.newest_timestamp() + 1);
        let device_id = String::from_utf8(stored(meta::DEVICE_ID).expect("an id")).expect("ASCII");
        let stamp = Stamp::new(timestamp, &device_id, &format!("sync_{}", self.luck.hex()));
        let salt = stored(meta::SALT).and_then(|salt| salt.try_into().ok()).expect("a salt");
        let data = content("from another tab");
        let plaintext = match self.format {
            Format::BitmarksPlain => data.clone().into_bytes(),
            Format::SealedV1 => {
                let user_id = device.config.user_id.clone();
                write_plaintext(&Header { user_id, key: key.clone(), operation: Operation::Update, stamp: stamp.clone() }, &data)
            }
        };
        let sealed = device.keys.seal(self.format, salt, &plaintext, &mut self.luck).expect("a seal");
        let push = self.last_push.advance();
        self.pushes.insert(stamp.event_id().to_string(), Pushed { push, content: Some(data) });
        let entry = Entry {
            key: key.clone(),
            operation: Operation::Update,
            stamp: stamp.clone(),
            digest: sealed.digest,
            body_length: Some(sealed.body.len()),
            body: None,
            state: EntryState::Waiting,
        };
        let clock = Write::Raise { key: meta::CLOCK.to_owned(), value: stamp.timestamp() };
        let head = Head { pending: Some(stamp), ..head };
        let put = Write::Put { store: Store::Heads, key: key.storage_key().to_owned(), value: head.to_bytes() };
        Transaction { guards: Vec::new(), writes: vec![Write::Append { value: entry.to_bytes(&sealed.body) }, clock, put] }
    }
}
