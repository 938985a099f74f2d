//! Events by hand: what another device of the account, or a server with its own ideas, may send.

use crate::canary::content;
use crate::device::{DeviceId, EPOCH, USER};
use crate::luck::Luck;
use crate::world::World;
use base64ct::{Base64, Encoding};
use sealwire::engine::event::{Operation, Stamp};
use sealwire::engine::ids::EntityKey;
use sealwire::engine::seal::{Format, Header, write_plaintext};
use serde_json::{Value, json};

/// The inside of an event of the account's, by another device, a minute after the world began.
pub fn header(key: EntityKey, event_id: &str) -> Header {
    let stamp = Stamp::new(EPOCH + 60_000, "elsewhere", event_id);
    Header { user_id: USER.into(), key, operation: Operation::Update, stamp }
}

impl World {
    /// The event of a header, its envelope as its inside says.
    pub fn event_of(&mut self, header: &Header, title: &str) -> Value {
        let data = if header.operation == Operation::Delete { String::new() } else { content(title) };
        let keys = &self.devices[0].keys;
        let body = seal(keys, &write_plaintext(header, &data), &mut self.luck);
        envelope(header, Some(body))
    }

    /// The server sends a frame to a device over its present connection.
    pub fn server_says(&mut self, id: DeviceId, frame: &Value) {
        let link = *self.network.open_links_of(id).last().expect("a connection");
        self.tell_client(link, frame.to_string());
    }

    /// The server sends an event to a device.
    pub fn server_sends(&mut self, id: DeviceId, event: &Value) {
        self.server_says(id, &json!({ "type": "sync", "event": event }));
    }
}

fn seal(keys: &crate::keys::Keys, plaintext: &[u8], luck: &mut Luck) -> Vec<u8> {
    let salt = luck.bytes();
    keys.seal(Format::SealedV1, salt, plaintext, luck).expect("a seal").body
}

/// The outside of an event.
pub fn envelope(header: &Header, body: Option<Vec<u8>>) -> Value {
    let Header { user_id, key, operation, stamp } = header;
    json!({
        "id": stamp.event_id(),
        "user_id": user_id,
        "entity_type": key.entity_type(),
        "entity_id": key.entity_id(),
        "operation": operation.as_str(),
        "timestamp": stamp.timestamp(),
        "device_id": stamp.device_id(),
        "encrypted_data": body.map(|body| Base64::encode_string(&body)),
        "data_hash": "0".repeat(64),
        "conflict_resolved": false,
    })
}
