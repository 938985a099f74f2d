//! Events by hand: what another device of the account, or a server with its own ideas, may send.

use crate::canary::content;
use crate::keys::Keys;
use crate::luck::{Fault, Luck};
use crate::machine::{EPOCH, USER};
use crate::server::text;
use crate::tab::TabId;
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
        self.event_around(header, &write_plaintext(header, &data))
    }

    /// An event whose envelope is that of a header, whatever is sealed inside.
    pub fn event_around(&mut self, header: &Header, plaintext: &[u8]) -> Value {
        let body = seal(&self.machines[0].keys, plaintext, &mut self.luck);
        envelope(header, Some(body))
    }

    /// The server sends a frame to a tab over its present connection.
    pub fn server_says(&mut self, id: TabId, frame: &Value) {
        let link = *self.network.open_links_of_tab(id).last().expect("a connection");
        self.tell_client(link, frame.to_string());
    }

    /// The server sends an event to a tab.
    pub fn server_sends(&mut self, id: TabId, event: &Value) {
        self.server_says(id, &json!({ "type": "sync", "event": event }));
    }

    /// Having taken an event, the server may make up another one of it, send it to everybody, and put it into every page from then on.
    pub fn forge_like(&mut self, event_id: &str) {
        if !self.luck.strikes(Fault::ServerForges) {
            return;
        }
        let Some(row) = self.server.rows.values().find(|row| text(&row.event, "id") == *event_id) else { return };
        let event = row.event.clone();
        let Some(forged) = self.forge(event) else { return };
        for link in self.server.sockets.clone() {
            self.tell_client(link, json!({ "type": "sync", "event": forged }).to_string());
        }
        self.server.forgeries.push(forged);
    }

    /// An altered body; or the body of another entity; or an event of another user, who has the same key.
    fn forge(&mut self, mut event: Value) -> Option<Value> {
        let how = if self.format == Format::SealedV1 { self.luck.within(0..=2) } else { 0 };
        match how {
            0 => {
                let mut body = Base64::decode_vec(event["encrypted_data"].as_str()?).ok()?;
                let place = self.luck.within(0..=body.len() as u64 - 1) as usize;
                *body.get_mut(place)? ^= 1;
                event["encrypted_data"] = json!(Base64::encode_string(&body));
                event["timestamp"] = json!(event["timestamp"].as_u64()? + self.luck.within(0..=1));
            }
            1 => {
                event["entity_id"] = json!(*self.luck.pick(&["bm_1", "bm_2", "bm_forged"]));
                event["timestamp"] = json!(event["timestamp"].as_u64()? + 1);
            }
            _ => {
                let stamp = Stamp::new(event["timestamp"].as_u64()? + 1, "theirs", &text(&event, "id"));
                let key = EntityKey::new(&text(&event, "entity_type"), &text(&event, "entity_id"));
                let header = Header { user_id: "user_B".into(), key, operation: Operation::Update, stamp };
                event = self.event_of(&header, "forged");
            }
        }
        Some(event)
    }
}

fn seal(keys: &Keys, plaintext: &[u8], luck: &mut Luck) -> Vec<u8> {
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
