//! The replica's heads: what the device knows of each entity, without the bodies.
//!
//! The *base* is what the server confirmed. The *overlay*, on top, is the outbox. What is shown of an entity is the newest of both.

use super::by_entity::ByEntity;
use super::bytes::{Reader, Writer};
use super::dialect::Resolution;
use super::event::{Operation, Stamp};
use super::ids::EntityKey;

/// First byte of a stored head.
const RECORD_VERSION: u8 = 2;

/// What the device knows of an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of the change that made it so, as the database gave it.
    pub revision: u64,
    /// The newest that the server confirmed.
    pub base: Option<Base>,
    /// The newest stamp in the outbox, any tab's. A transaction that changes the entity is conditional on it.
    pub pending: Option<Stamp>,
}

/// The confirmed state of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Of the event that made it so.
    pub stamp: Stamp,
    /// Of the event; a delete leaves a tombstone.
    pub operation: Operation,
    /// What the server said of a conflict.
    pub resolution: Resolution,
    /// Of its body, by [`super::bytes::mark_of`]: another one under the same stamp is noticed by it.
    pub mark: u64,
}

impl Head {
    /// The newest timestamp known of the entity; 0 if none.
    pub fn newest_timestamp(&self) -> u64 {
        self.base_stamp().max(self.pending.as_ref()).map_or(0, |stamp| stamp.timestamp())
    }

    /// The stamp of the base.
    pub fn base_stamp(&self) -> Option<&Stamp> {
        self.base.as_ref().map(|base| &base.stamp)
    }

    /// Whether it is a delete, made before a time, with nothing on top.
    pub fn is_older_delete(&self, than: u64) -> bool {
        let is_delete = |base: &Base| base.operation == Operation::Delete && base.stamp.timestamp() < than;
        self.pending.is_none() && self.base.as_ref().is_some_and(is_delete)
    }

    /// The stored record.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default().u64(self.revision).u8(RECORD_VERSION);
        writer = match &self.base {
            None => writer.u8(0),
            Some(base) => {
                let writer = write_stamp(writer.u8(base.operation.code()), &base.stamp).u64(base.mark);
                let writer = writer.u8(base.resolution.conflict_resolved.into());
                match &base.resolution.strategy {
                    None => writer.u8(0),
                    Some(strategy) => writer.u8(1).string(strategy),
                }
            }
        };
        match &self.pending {
            None => writer.u8(0),
            Some(stamp) => write_stamp(writer.u8(1), stamp),
        }
        .finish()
    }

    /// Reads a stored record; `None` if it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let revision = reader.u64()?;
        if reader.u8()? != RECORD_VERSION {
            return None;
        }
        let base = match reader.u8()? {
            0 => None,
            code => Some(Base {
                operation: Operation::from_code(code)?,
                stamp: read_stamp(&mut reader)?,
                mark: reader.u64()?,
                resolution: Resolution {
                    conflict_resolved: reader.u8()? != 0,
                    strategy: if reader.u8()? == 0 { None } else { Some(reader.string()?) },
                },
            }),
        };
        let pending = if reader.u8()? == 0 { None } else { Some(read_stamp(&mut reader)?) };
        Some(Self { revision, base, pending })
    }
}

/// Appends a stamp.
pub fn write_stamp(writer: Writer, stamp: &Stamp) -> Writer {
    writer.u64(stamp.timestamp()).string(stamp.device_id()).string(stamp.event_id())
}

/// Takes a stamp off.
pub fn read_stamp(reader: &mut Reader<'_>) -> Option<Stamp> {
    Some(Stamp::new(reader.u64()?, &reader.string()?, &reader.string()?))
}

/// All heads. In step with the database: changed only after a transaction, or by what a conflict showed.
#[derive(Debug, Default)]
pub struct Replica(ByEntity<Head>);

impl Replica {
    /// The head of an entity, empty if nothing is known of it.
    #[inline(never)]
    pub fn head(&self, key: &EntityKey) -> Head {
        self.stored(key).cloned().unwrap_or_default()
    }

    /// The head that is stored of an entity.
    pub fn stored(&self, key: &EntityKey) -> Option<&Head> {
        self.0.get(key)
    }

    /// Takes over what is stored of an entity; `None`: nothing.
    pub fn set(&mut self, key: EntityKey, head: Option<Head>) {
        match head {
            Some(head) => self.0.insert(key, head),
            None => self.0.remove(&key),
        }
    }

    /// The entities whose heads have a number above this.
    pub fn revised_since(&self, revision: u64) -> Vec<EntityKey> {
        self.keys_where(|head| head.revision > revision)
    }

    /// The entities whose heads are such.
    pub fn keys_where(&self, is_such: impl Fn(&Head) -> bool) -> Vec<EntityKey> {
        self.0.iter().filter(|(_, head)| is_such(head)).map(|(key, _)| key.clone()).collect()
    }

    /// All entities of a type, tombstones included, in the order of their ids' bytes.
    pub fn keys_of_type(&self, entity_type: &str) -> Vec<EntityKey> {
        let first = EntityKey::new(entity_type, "");
        let from_first = self.0.from(&first).map(|(key, _)| key);
        from_first.take_while(|key| key.entity_type() == entity_type).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(timestamp: u64) -> Stamp {
        Stamp::new(timestamp, "device", "event")
    }

    fn base(strategy: Option<&str>) -> Base {
        let resolution = Resolution { conflict_resolved: true, strategy: strategy.map(str::to_owned) };
        Base { stamp: stamp(5), operation: Operation::Delete, resolution, mark: 7 }
    }

    #[test]
    fn heads_come_back_and_damaged_ones_are_noticed() {
        for base in [None, Some(base(None)), Some(base(Some("lww")))] {
            for pending in [None, Some(stamp(9))] {
                let head = Head { revision: 7, base: base.clone(), pending };
                let bytes = head.to_bytes();
                assert_eq!(Head::from_bytes(&bytes), Some(head));
                assert!((0..bytes.len()).all(|length| Head::from_bytes(&bytes[..length]).is_none()));
            }
        }
    }

    #[test]
    fn the_newest_of_base_and_overlay_counts() {
        let head = |base: Option<Base>, pending: Option<u64>| Head { revision: 1, base, pending: pending.map(stamp) }.newest_timestamp();
        assert_eq!([head(None, None), head(Some(base(None)), None), head(Some(base(None)), Some(3)), head(None, Some(3))], [0, 5, 5, 3]);
    }

    #[test]
    fn a_type_is_listed_without_its_neighbours() {
        let mut replica = Replica::default();
        for (entity_type, entity_id) in [("b", "2"), ("b", "10"), ("ba", "1"), ("a", "1")] {
            replica.set(EntityKey::new(entity_type, entity_id), Some(Head::default()));
        }
        let ids: Vec<String> = replica.keys_of_type("b").into_iter().map(|key| key.entity_id().to_string()).collect();
        assert_eq!(ids, ["10", "2"]);
    }
}
