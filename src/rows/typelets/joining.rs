//! Which notes the server is to tell of: it does so only on a socket that has joined them.

use super::planted::{self, Fault};
use super::row::Kind;
use super::send;
use super::{Timer, Typelets};
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::io::Now;
use crate::rows::Engine;
use crate::rows::by_id::Ids;
use crate::rows::io::Verb;

/// Milliseconds that the server may take to answer.
const DEADLINE_MS: u64 = 10_000;
/// Most notes that are joined at once; of more the latest count.
const MOST: usize = 100;

/// What is wanted, and what is so.
#[derive(Debug, Default)]
pub(super) struct Joins {
    /// Keys of notes, the latest last.
    wanted: Vec<String>,
    /// Ids that this socket has joined.
    pub(super) joined: Ids,
    /// Ids that the server refuses, on this socket.
    refused: Ids,
    /// The id that was asked about and not answered, and whether it is to be joined.
    pub(super) asked: Option<(String, bool)>,
    /// Ids that were joined since nothing was left to ask: what was read of them before may be old.
    fresh: Vec<String>,
}

impl Joins {
    /// Keys of the notes that this tab wants to hear of.
    pub(super) fn wanted(&self) -> &[String] {
        &self.wanted
    }

    /// A new socket has joined nothing.
    pub(super) fn forget(&mut self) {
        self.asked = None;
        self.fresh.clear();
        if !planted::has(Fault::JoinsLost) {
            (self.joined, self.refused) = (Ids::default(), Ids::default());
        }
    }
}

impl Engine<Typelets> {
    pub(super) fn want_join(&mut self, key: &str, wants_news: bool) {
        let joins = &mut self.own.joins;
        joins.wanted.retain(|known| known != key);
        if wants_news {
            if !self.own.config.keeps_joins {
                joins.wanted.clear();
            }
            if joins.wanted.len() >= MOST {
                joins.wanted.remove(0);
            }
            joins.wanted.push(key.to_owned());
        }
    }

    /// Asks for the next thing that is not as it is wanted.
    pub(super) fn join_if_wanted(&mut self, now: Now) {
        if self.own.joins.asked.is_some() || self.own.writing.is_telling() || !self.may_talk(now) {
            return;
        }
        let wanted = Ids::of(
            self.own
                .joins
                .wanted
                .iter()
                .chain(&self.own.sharing.wanted)
                .take(MOST)
                .filter(|key| !self.is_new(key))
                .filter_map(|key| Kind::of_key(self.aliases.resolve(key)).map(|(_, id)| id.to_owned())),
        );
        let joins = &self.own.joins;
        let left = joins.joined.iter().find(|id| !wanted.contains(id)).map(|id| (id.to_owned(), false));
        let new = || wanted.iter().find(|id| !joins.joined.contains(id) && !joins.refused.contains(id)).map(|id| (id.to_owned(), true));
        let Some((id, joins)) = left.or_else(new) else { return self.read_joined() };
        let frame = if joins { send::join(&id) } else { send::leave(&id) };
        self.own.joins.asked = Some((id, joins));
        self.arm(Timer::Join, now.mono + DEADLINE_MS);
        self.say(now, frame);
    }

    /// Between the reading of a note and its join nobody tells of it.
    fn read_joined(&mut self) {
        let fresh = std::mem::take(&mut self.own.joins.fresh);
        match fresh.as_slice() {
            [] => {}
            [id] => self.fetch(&Kind::Note.key(id)),
            [..] => self.want_listing(),
        }
    }

    /// Whether a note is not on the server yet.
    fn is_new(&self, key: &str) -> bool {
        self.outbox.of_row(key, &self.aliases).iter().any(|(_, entry)| entry.verb == Verb::Create) && self.aliases.resolve(key) == key
    }

    pub(super) fn joined(&mut self, id: &str, is_joined: bool) {
        let joins = &mut self.own.joins;
        if is_joined {
            joins.joined.insert(id);
            joins.fresh.push(id.to_owned());
        } else {
            joins.joined.remove(id);
        }
        if joins.asked.take_if(|asked| *asked == (id.to_owned(), is_joined)).is_some() {
            self.disarm(Timer::Join);
        }
    }

    /// An error came: whether it was the answer to what was asked here.
    pub(super) fn joining_failed(&mut self, words: &str) -> bool {
        self.give_up_join(ErrorReport::new(ErrorCode::ServerError).detail(words))
    }

    pub(super) fn join_timed_out(&mut self) {
        self.give_up_join(ErrorReport::new(ErrorCode::NoAnswer).detail("join_note"));
    }

    fn give_up_join(&mut self, report: ErrorReport) -> bool {
        let Some((id, joins)) = self.own.joins.asked.take() else { return false };
        self.disarm(Timer::Join);
        if joins {
            self.own.joins.refused.insert(&id);
        } else {
            self.own.joins.joined.remove(&id);
        }
        self.report(report);
        true
    }
}
