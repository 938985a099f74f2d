//! Events that are sealed under a key that is not at hand: kept as they are, and opened when the key comes with the ring that the app gives.

use super::Engine;
use super::error::{ErrorCode, ErrorReport};
use super::holding::{SHELF, Until};
use super::ids::EntityKey;
use super::inbox::Incoming;
use super::io::Now;
use super::payload::Payload;
use super::work::{Merge, Work};
use super::{dialect::RemoteEvent, storage::Row};

impl Engine {
    /// Keeps an event. Its envelope is all that is known of it.
    pub(super) fn shelve(&mut self, now: Now, incoming: Incoming) {
        let Incoming { event, page } = incoming;
        if self.shelf.get(&event.key) != Some(&event.stamp) {
            self.report(ErrorReport::new(ErrorCode::UnknownKey).about(&event.key));
        }
        if page.is_some() {
            self.suspect(now); // Another event of the page may have been left out for this one.
        }
        self.queue(Work::Keep(Until::Key, Box::new(Merge { event, data: Payload::default(), page })));
    }

    /// Of a kept event: whether it was on the shelf. If its key is at hand by now, it is opened, else it goes on being kept.
    pub(super) fn take_off_the_shelf(&mut self, row: &Row, read: fn(EntityKey, &[u8]) -> Option<RemoteEvent>) -> bool {
        let (storage_key, record) = row;
        let Some(storage_key) = storage_key.strip_prefix(SHELF) else { return false };
        if let Some(event) = read(EntityKey::from_storage_key(storage_key), record) {
            self.shelf.insert(event.key.clone(), event.stamp.clone());
            if event.body.as_ref().is_some_and(|body| self.key_of(body).is_some()) {
                let _ = self.inbox.accept(Incoming { event, page: None }); // Where there is no room, the next start finds it again.
            }
        }
        true
    }
}
