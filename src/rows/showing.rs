//! What is shown: the table with the outbox on top. Told whenever it differs from what was told last, and only then.

use super::Engine;
use super::aliases::Alias;
use super::by_id::Ids;
use super::dialect::{Dialect, Shown};
use super::json::text_of;
use super::notice::{Change, Notice, Refusal, View};
use super::outbox::{Entry, EntryState, Reason};
use super::planted::{self, Fault};
use crate::engine::event::Operation;
use crate::engine::ids::Seq;
use crate::engine::notice::Origin;
use crate::engine::payload::Payload;

impl<D: Dialect> Engine<D> {
    /// A row as it is shown, the inner `None`: it is not; `None` while that is not known. `id` is the server's, or a temporary one that is none yet.
    fn shown(&mut self, id: &str, origin: Origin) -> Option<Option<Payload>> {
        match D::shown(self, id) {
            Shown::Row(row) => Some(Some(Payload(text_of(&row)))),
            Shown::Nothing => Some(None),
            Shown::Unopened => {
                D::open(self, id, origin);
                None
            }
        }
    }

    /// Tells what is shown of rows now, where that is not what was told.
    pub(super) fn show(&mut self, ids: impl IntoIterator<Item = String>, origin: Origin) {
        for id in ids {
            if let Some(data) = self.shown(&id, origin) {
                self.tell(id, data, origin, None);
            }
        }
    }

    fn tell(&mut self, id: String, data: Option<Payload>, origin: Origin, alias: Option<String>) {
        let before = self.told.get(&id);
        if before == data.as_ref() && !planted::has(Fault::ToldTwice) {
            return;
        }
        let operation = match (before, &data) {
            (_, None) => Operation::Delete,
            (None, Some(_)) => Operation::Create,
            (Some(_), Some(_)) => Operation::Update,
        };
        match &data {
            Some(data) => self.told.insert(id.clone(), data.clone()),
            None => self.told.remove(&id),
        };
        if self.is_ready {
            let change = Change { id, operation, data: data.unwrap_or_default(), origin, alias };
            self.emit(Notice::Change(Box::new(change)));
        }
    }

    /// The server has given a row its id.
    pub(super) fn is_born(&mut self, temporary: &str, alias: Alias) {
        let id = alias.id.clone();
        if self.aliases.resolve(temporary) == id {
            return;
        }
        self.aliases.set(temporary, alias);
        self.tell(temporary.to_owned(), None, Origin::Remote, Some(id.clone()));
        let mut affected = Ids::of([&id]);
        // What was made below it names it by its new id.
        for seq in self.outbox.seqs_of(temporary) {
            affected.extend(self.outbox.get(seq).map(|entry| self.aliases.resolve(&entry.id)));
        }
        if let Some(data) = self.shown(&id, Origin::Remote) {
            self.tell(id, data, Origin::Remote, Some(temporary.to_owned()));
        }
        self.show(affected.to_vec(), Origin::Remote);
    }

    /// A change is refused: it is not shown any more, and the app is told what is.
    pub(super) fn is_refused(&mut self, seq: Seq, reason: Reason) {
        if planted::has(Fault::RefusedIsShown)
            && let Some(entry) = self.outbox.get(seq).cloned()
        {
            return self.outbox.set(seq, Entry { state: EntryState::Wedged(reason), ..entry });
        }
        self.set_state(seq, EntryState::Wedged(reason), Origin::Restored);
        if let Some(entry) = self.outbox.get(seq)
            && let Some(refusal) = self.refusal(entry)
        {
            self.emit(Notice::Rejected(Box::new(refusal)));
        }
    }

    /// What the app is told of an entry that was refused.
    pub(super) fn refusal(&self, entry: &Entry<D::Op>) -> Option<Refusal> {
        let reason = entry.reason()?;
        Some(Refusal {
            event_id: entry.event_id.clone(),
            id: self.aliases.resolve(&entry.id).to_owned(),
            verb: entry.verb,
            reason: reason.words.clone(),
            code: reason.code(),
            blocked_by: reason.blocked_by.clone(),
            shown: self.view(self.aliases.resolve(&entry.id)),
        })
    }

    /// A row as the app was told of it.
    pub(super) fn view(&self, id: &str) -> Option<View> {
        let data = self.told.get(id)?.clone();
        let pending = !self.outbox.of_row(id, &self.aliases).is_empty();
        Some(View { id: id.to_owned(), former_id: self.aliases.former(id).map(str::to_owned), data, pending })
    }
}
