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
        key: EntityKey::new("bookmark", "bm_xyz"),
        operation: Operation::Create,
        stamp: Stamp::new(1_735_430_400_000, "device_456", "sync_abc123"),
        body: Some(b"sealed".to_vec()),
        resolution: Resolution::default(),
    }
}
