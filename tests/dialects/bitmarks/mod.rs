//! BitMarks.

mod addresses;
mod from_the_client;
mod from_the_server;
mod hostile;
mod pages;

use sealwire::engine::dialect::{RemoteEvent, Resolution};
use sealwire::engine::event::{Operation, Stamp};
use sealwire::engine::ids::EntityKey;

/// The event that the golden frames are about.
fn event() -> RemoteEvent {
    RemoteEvent {
        key: EntityKey { entity_type: "bookmark".into(), entity_id: "bm_xyz".into() },
        operation: Operation::Create,
        stamp: Stamp { timestamp: 1_735_430_400_000, device_id: "device_456".into(), event_id: "sync_abc123".into() },
        body: Some(b"sealed".to_vec()),
        resolution: Resolution::default(),
    }
}
