//! What has to hold once a world is quiet.

use crate::device::DeviceId;
use crate::disk::is_wedged;
use crate::oracle::{Key, Stamp};
use crate::server::Kind;
use crate::world::World;
use sealwire::engine::event;
use sealwire::engine::ids::EntityKey;
use sealwire::engine::io::{Command, Input, Query};
use sealwire::engine::seal::Format;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::AddAssign;

/// Longest that a read may take, in milliseconds.
const READ_MS: u64 = 60_000;
/// Dials in a row before the pauses have reached their full length, and those that follow a command.
const DIALS_FREE: u64 = 40;
/// Average pause between dials is 15 s; a run of luck makes it shorter.
const MS_PER_DIAL: u64 = 3_000;

/// What a device shows.
pub type Shown = BTreeMap<Key, (Stamp, String)>;

/// Broken promises, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Changes that were stored, and are neither with the server nor in an outbox, or that lose to what their author had seen.
    pub lost: usize,
    /// Changes that were told twice, or ended twice.
    pub doubled: usize,
    /// Devices that show something else than the oracle, than their `change`s told, or than after a reload.
    pub diverged: usize,
    /// Contents in the clear, on a wire or a disk.
    pub leaked: usize,
    /// Changes that wait although nothing hinders them, worlds that never came to rest, and devices that dialled too often.
    pub stalled: usize,
}

impl AddAssign for Verdict {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.diverged += other.diverged;
        self.leaked += other.leaked;
        self.stalled += other.stalled;
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lost, doubled, diverged, leaked, stalled } = self;
        write!(f, "lost={lost} doubled={doubled} diverged={diverged} leaked={leaked} stalled={stalled}")
    }
}

impl World {
    /// All devices show what the oracle does, and no promise was broken.
    pub fn assert_converged(&mut self) {
        let verdict = self.verdict();
        assert_eq!(verdict, Verdict::default(), "{}", self.trace());
    }

    /// Judges a quiet world. In the end every page was opened anew, without a connection.
    pub fn verdict(&mut self) -> Verdict {
        let ids: Vec<DeviceId> = self.device_ids().collect();
        Verdict {
            lost: self.lost_changes() + self.outstamped.len(),
            doubled: self.devices.iter().map(|device| device.diary.doubled.len()).sum(),
            leaked: self.leaks.len(),
            stalled: ids.iter().filter(|id| self.keeps_changes_back(**id) || self.dials_too_often(**id)).count(),
            diverged: ids.into_iter().filter(|id| self.diverges(*id)).count(),
        }
    }

    fn lost_changes(&self) -> usize {
        let kept: Vec<String> =
            self.devices.iter().flat_map(|device| device.disk.outbox()).map(|entry| entry.stamp.event_id().to_string()).collect();
        let stamps = self.oracle.stamps();
        let is_lost = |event_id: &String| match stamps.get(event_id) {
            Some((key, stamp)) => !kept.contains(event_id) && !self.server.has(key, stamp),
            None => true, // The app was told that it is stored, but it never was on a disk.
        };
        let told_stored = self.devices.iter().flat_map(|device| device.diary.stored.values()).filter_map(|result| result.as_ref().ok());
        told_stored.chain(stamps.keys()).filter(|event_id| is_lost(event_id)).count()
    }

    fn keeps_changes_back(&mut self, id: DeviceId) -> bool {
        let mut waiting = self.device(id).disk.outbox();
        // In the plain format nothing but its id tells a change from another, so one that the server has a newer of stays.
        let confirms_all = self.format == Format::SealedV1 || self.server.kind == Kind::Acks;
        waiting.retain(|entry| !is_wedged(entry) && (confirms_all || !self.server.has(&of_key(&entry.key), &of_stamp(&entry.stamp))));
        waiting.iter().for_each(|entry| self.note(id, format_args!("still waits: {}", entry.stamp.event_id())));
        !waiting.is_empty()
    }

    fn dials_too_often(&self, id: DeviceId) -> bool {
        u64::from(self.device(id).dials) > DIALS_FREE + self.now / MS_PER_DIAL
    }

    fn diverges(&mut self, id: DeviceId) -> bool {
        let expected = self.oracle.shown();
        let before = self.shown(id);
        let mirror: Vec<_> =
            self.device(id).diary.mirror.iter().map(|(key, entity)| (of_key(key), entity.as_ref().map(of_content))).collect();
        self.device_mut(id).wants_connection = false;
        self.reload(id);
        let after = self.shown(id);
        let misled = mirror.into_iter().filter(|(key, told)| before.get(key) != told.as_ref()).map(|(key, _)| (key, "was told else"));
        let shown = differing(&before, &expected).map(|key| (key, "shows else"));
        let reloaded = differing(&after, &expected).map(|key| (key, "shows else after a reload"));
        let differences: Vec<(Key, &str)> = misled.chain(shown).chain(reloaded).collect();
        differences.iter().for_each(|(key, how)| self.note(id, format_args!("{how}: {key:?}")));
        !differences.is_empty()
    }

    /// What a device shows, as its app reads it.
    pub fn shown(&mut self, id: DeviceId) -> Shown {
        let mut shown = Shown::new();
        for entity_type in ["bookmark", "history", "group"] {
            let read = self.last_read.advance();
            self.tell(id, Input::Command(Command::Read { read, query: Query::All(entity_type.into()) }));
            let is_answered = self.run_until(READ_MS, |world| world.device(id).diary.replies.contains_key(&read));
            assert!(is_answered, "no answer to a read\n{}", self.trace());
            let views = self.device_mut(id).diary.replies.remove(&read).into_iter().flatten().flatten();
            shown.extend(views.map(|view| (of_key(&view.key), (of_stamp(&view.stamp), view.data.0))));
        }
        shown
    }

    /// A bookmark's content as a device shows it.
    pub fn shown_bookmark(&mut self, id: DeviceId, bookmark: &str) -> Option<String> {
        self.shown(id).remove(&("bookmark".into(), bookmark.into())).map(|(_, content)| content)
    }
}

/// In the oracle's terms.
pub fn of_key(key: &EntityKey) -> Key {
    (key.entity_type().to_string(), key.entity_id().to_string())
}

/// The entities in which two devices differ.
fn differing<'a>(one: &'a Shown, other: &'a Shown) -> impl Iterator<Item = Key> + 'a {
    one.keys().chain(other.keys()).filter(|key| one.get(*key) != other.get(*key)).cloned()
}

fn of_content((stamp, content): &(event::Stamp, String)) -> (Stamp, String) {
    (of_stamp(stamp), content.clone())
}

/// In the oracle's terms.
pub fn of_stamp(stamp: &event::Stamp) -> Stamp {
    (stamp.timestamp(), stamp.device_id().to_string(), stamp.event_id().to_string())
}
