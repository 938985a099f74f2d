//! What the server tells. It may be late, out of order, or not all: a hint, until the set is read again.

use super::Glint;
use super::frame::{News, Unusable, read_frame};
use super::op::Op;
use super::request::MAX_ROWS;
use super::row::{CLAIM, is_small, parent_of};
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::io::Now;
use crate::engine::notice::Origin;
use crate::engine::payload::Payload;
use crate::rows::Engine;
use crate::rows::by_id::Ids;
use crate::rows::json::{Fields, Value};
use crate::rows::notice::Notice;
use crate::rows::planted::{self, Fault};

/// Unknown types of frames that are reported, each once.
const MAX_REPORTED: usize = 16;

impl Engine<Glint> {
    pub(super) fn frame(&mut self, now: Now, text: String) {
        match read_frame(&text, &self.own.config.set_id) {
            Ok(news) => {
                if !planted::has(Fault::EventIsTruth) {
                    self.want_listing_when_quiet(now);
                }
                self.take_news(news);
                self.emit(Notice::Event(Payload(text)));
                self.look(now, None);
            }
            Err(Unusable::OtherSet) => {}
            Err(Unusable::Malformed) => self.unusable(now, ErrorReport::new(ErrorCode::BadFrame)),
            Err(Unusable::BadEvent) => self.unusable(now, ErrorReport::new(ErrorCode::BadEvent)),
            Err(Unusable::UnknownType(kind)) => {
                let kind = crate::engine::error::shorten(&kind);
                let is_new = self.own.reported_types.count() < MAX_REPORTED && self.own.reported_types.insert(&kind);
                if is_new {
                    self.report(ErrorReport::new(ErrorCode::UnknownFrame).detail(&kind));
                }
            }
        }
    }

    fn unusable(&mut self, now: Now, report: ErrorReport) {
        self.report(report);
        self.want_listing_when_quiet(now); // Something has happened.
    }

    fn take_news(&mut self, news: News) {
        match news {
            News::Ready => {}
            News::Created(row) => {
                let Some(id) = crate::rows::json::text(&row, "id").map(str::to_owned) else { return };
                // What is known already may be newer; the list will tell.
                if self.table.get(&id).is_none() && self.table.count() < MAX_ROWS {
                    self.table.learn(&id, Some(row));
                    self.show([id], Origin::Remote);
                }
            }
            News::Updated { id, fields } => self.learn_fields(&id, fields),
            News::Reordered(items) => {
                for (id, order) in items {
                    self.learn_fields(&id, Fields::from([("sortOrder", order)]));
                }
            }
            News::Deleted(id) => self.learn_gone(&id),
            News::Moved { id, from, to } => {
                if from == self.own.config.set_id && from != to {
                    self.learn_gone(&id);
                }
                if to == self.own.config.set_id {
                    self.want_listing(); // The event has no body.
                }
            }
        }
    }

    /// Some fields of a row are these now.
    pub(super) fn learn_fields(&mut self, id: &str, fields: Fields) {
        let Some(mut row) = self.table.get(id).cloned() else { return };
        if fields.contains_key("claimedBy") {
            // Who is told of without a name or a picture has not those of the one before.
            for (_, value) in row.iter_mut().filter(|(name, _)| CLAIM.contains(name)) {
                *value = Value::Null;
            }
        }
        row.extend(fields);
        if is_small(&row) {
            self.table.learn(id, Some(row));
            self.show([id.to_owned()], Origin::Remote);
        }
    }

    /// A row is gone, with all below it.
    pub(super) fn learn_gone(&mut self, id: &str) {
        let affected = self.whole_family(id);
        for gone in self.table.family(id, parent_of).iter().filter(|gone| *gone == id || !planted::has(Fault::ChildrenStay)) {
            self.table.learn(gone, None);
        }
        self.show(affected, Origin::Remote);
    }

    /// The server has done what was asked for.
    pub(super) fn learn_done(&mut self, id: &str, op: &Op) {
        match op {
            Op::Create { .. } => {}
            Op::Update(fields) => self.learn_fields(id, fields.clone()),
            Op::Delete | Op::Move { .. } => self.learn_gone(id),
            Op::Reorder(items) => {
                for (id, order) in items {
                    let id = self.aliases.resolve(id).to_owned();
                    self.learn_fields(&id, Fields::from([("sortOrder", order.clone())]));
                }
            }
            Op::Claim(_) | Op::Assign(_) => {
                let Some(row) = self.table.get(id).cloned() else { return };
                let mut row = Some(row);
                op.apply(&mut row, |_| true, &self.own.config.me);
                if let Some(row) = row {
                    self.learn_fields(id, row);
                }
            }
        }
    }

    /// Whether the server has what a change is to bring about.
    pub(super) fn is_done(&self, id: &str, op: &Op) -> bool {
        let has = |id: &str, name: &str, value: &Value| self.table.get(id).is_some_and(|row| row.get(name) == Some(value));
        match op {
            Op::Create { .. } => false,
            Op::Update(fields) => self.table.get(id).is_some_and(|row| row.holds(fields)),
            Op::Delete | Op::Move { .. } => self.table.get(id).is_none(),
            Op::Reorder(items) => items.iter().all(|(id, order)| has(self.aliases.resolve(id), "sortOrder", order)),
            Op::Claim(is_claimed) => self.is_claimed_by_me(id) == *is_claimed,
            Op::Assign(people) => {
                let ids = |people: &[Value]| Ids::of(people.iter().filter_map(|person| person.get("userId")?.as_str().map(str::to_owned)));
                let holders = self.table.get(id).and_then(|row| row.get("assignees")?.as_array());
                holders.is_some_and(|holders| ids(holders).iter().eq(ids(people).iter()))
            }
        }
    }

    pub(super) fn is_claimed_by_me(&self, id: &str) -> bool {
        self.table.get(id).and_then(|row| crate::rows::json::text(row, "claimedBy")) == Some(&self.own.config.me.id)
    }
}
