//! What is sealed of rows and of stored changes, opened as it comes and kept in memory.

use super::planted::{self, Fault};
use super::row::{Kind, MINE, SEALED};
use super::{Task, Typelets};
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::{EntityKey, Seq};
use crate::engine::io::{CryptoFailure, Now};
use crate::engine::notice::Origin;
use crate::engine::payload::Payload;
use crate::rows::Engine;
use crate::rows::by_id::{ById, Ids};
use crate::rows::io::{Effect, Sealed, Texts};
use crate::rows::json::{Fields, text, text_of};
use crate::rows::notice::{Conflict, Notice};
use crate::rows::outbox::{Entry, EntryState};
use crate::rows::typelets::op::{Op, give_texts};

/// Most pieces that are opened at once.
const MAX_BATCH: usize = 64;
/// Rows that do not open are reported, each once, up to so many.
const MAX_REPORTED: usize = 1_000;
/// Most messages that wait for rows to be opened.
const MAX_HELD: usize = 1_000;
/// Milliseconds after an own saving within which another's is told as a conflict.
const CONTESTED_MS: u64 = 30_000;

/// All that was opened.
#[derive(Debug, Default)]
pub(super) struct Opened {
    rows: ById<OpenedRow>,
    /// Keys of rows of which something is to be opened, and where that came from.
    unopened: ById<Origin>,
    opening: Vec<(Target, Origin)>,
    /// Messages of the server about rows that are not opened yet.
    held: Vec<(String, Payload)>,
    /// All that the server has was read.
    pub(super) has_all: bool,
    /// Changes that this key does not open: they cannot be sent.
    locked: Vec<Seq>,
    reported: Ids,
    key: Key,
    saved: Vec<Saved>,
}

#[derive(Debug)]
struct OpenedRow {
    mark: String,
    /// `None`: it does not open.
    texts: Option<Texts>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Row { key: String, mark: String },
    Change(Seq),
}

/// Whether the key is the account's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Key {
    #[default]
    Unknown,
    /// It opened something, or there is nothing to open.
    Proved,
    /// It opened nothing of all that there is.
    Wrong,
}

/// What this device has saved a moment ago.
#[derive(Debug)]
struct Saved {
    key: String,
    mark: String,
    texts: Texts,
    until: u64,
}

impl Opened {
    /// A row is gone.
    pub(super) fn forget(&mut self, key: &str) {
        self.rows.remove(key);
    }
}

impl Engine<Typelets> {
    /// Something of a row has to be opened.
    pub(super) fn want_open(&mut self, key: &str, origin: Origin) {
        if self.own.opened.unopened.get(key).is_none() {
            self.own.opened.unopened.insert(key.to_owned(), origin);
        }
    }

    /// Tells of a message once the row that it is about can be shown.
    pub(super) fn emit_opened(&mut self, key: &str, message: Payload) {
        let opened = &mut self.own.opened;
        let is_opening = |(target, _): &(Target, Origin)| matches!(target, Target::Row { key: other, .. } if other == key);
        let waits = opened.unopened.get(key).is_some() || opened.opening.iter().any(is_opening);
        if waits && opened.held.len() < MAX_HELD {
            opened.held.push((key.to_owned(), message));
        } else {
            self.emit(Notice::Event(message));
        }
    }

    fn emit_held(&mut self) {
        for (key, message) in std::mem::take(&mut self.own.opened.held) {
            self.emit_opened(&key, message);
        }
    }

    pub(super) fn has_all_opened(&self) -> bool {
        self.own.opened.unopened.is_empty() && self.own.opened.opening.is_empty()
    }

    /// Keys of rows of which something is being opened, or is about to be.
    pub(super) fn unopened_rows(&self) -> Vec<String> {
        let opening = self.own.opened.opening.iter().filter_map(|(target, _)| match target {
            Target::Row { key, .. } => Some(key.clone()),
            Target::Change(seq) => self.outbox.get(*seq).map(|entry| self.aliases.resolve(&entry.id).to_owned()),
        });
        self.own.opened.unopened.iter().map(|(key, _)| key.clone()).chain(opening).collect()
    }

    pub(super) fn open_waiting(&mut self) {
        if !self.own.opened.opening.is_empty() {
            return;
        }
        let (mut targets, mut sealed) = (Vec::new(), Vec::new());
        while targets.len() < MAX_BATCH {
            let Some((key, origin)) = self.own.opened.unopened.iter().next().map(|(key, origin)| (key.clone(), *origin)) else { break };
            self.own.opened.unopened.remove(&key);
            if let Some(row) = self.table.get(&key).and_then(Sealed::of)
                && self.opened_row(&key, &row).is_none()
            {
                targets.push((Target::Row { key: key.clone(), mark: row.mark() }, origin));
                sealed.push(row);
            }
            for (seq, entry) in self.outbox.of_row(&key, &self.aliases) {
                if let Some(own) = entry.op.sealed.clone().filter(|_| !self.is_opened(seq, entry)) {
                    targets.push((Target::Change(seq), origin));
                    sealed.push(own);
                }
            }
        }
        if !targets.is_empty() {
            let task = self.begin(crate::rows::Task::Own(Task::Open));
            self.own.opened.opening = targets;
            self.perform(Effect::Open { task, sealed });
        }
    }

    pub(super) fn opened(&mut self, now: Now, results: Vec<Result<Texts, CryptoFailure>>) {
        let mut affected: Vec<(String, Origin)> = Vec::new();
        for ((target, origin), result) in std::mem::take(&mut self.own.opened.opening).into_iter().zip(results) {
            match target {
                // It is another one by now.
                Target::Row { key, mark } if self.table.get(&key).and_then(Sealed::of).is_none_or(|row| row.mark() != mark) => {
                    affected.push((key, origin));
                }
                Target::Row { key, mark } => {
                    if result.is_ok() {
                        self.own.opened.key = Key::Proved;
                    } else {
                        self.report_locked(&key, &mark);
                    }
                    let is_news = result.is_ok();
                    self.own.opened.rows.insert(key.clone(), OpenedRow { mark, texts: result.ok() });
                    if is_news {
                        self.tell_if_contested(now, &key);
                    }
                    affected.push((key, origin));
                }
                Target::Change(seq) => {
                    let Some(entry) = self.outbox.get(seq).cloned() else { continue };
                    affected.push((self.aliases.resolve(&entry.id).to_owned(), origin));
                    match result {
                        Ok(texts) => {
                            let mut entry = entry;
                            entry.op.texts = Some(texts);
                            self.outbox.set(seq, entry);
                        }
                        Err(_) => self.own.opened.locked.push(seq),
                    }
                }
            }
        }
        affected.into_iter().for_each(|(key, origin)| self.show([key], origin));
        self.emit_held();
        self.prove_key();
    }

    fn report_locked(&mut self, key: &str, mark: &str) {
        let is_new = self.own.opened.reported.count() < MAX_REPORTED && self.own.opened.reported.insert(mark);
        if let Some((kind, id)) = Kind::of_key(key).filter(|_| is_new) {
            self.report(ErrorReport::new(ErrorCode::BadSeal).about(&EntityKey::new(kind.as_str(), id)));
        }
    }

    /// What is known of a row: the inner `None`, that it does not open; `None`: nothing.
    fn opened_row(&self, key: &str, sealed: &Sealed) -> Option<Option<&Texts>> {
        self.own.opened.rows.get(key).filter(|opened| opened.mark == sealed.mark()).map(|opened| opened.texts.as_ref())
    }

    /// The same of the row as it is known now; of one that is not sealed what stands there.
    pub(super) fn opened_of(&self, key: &str, row: &Fields) -> Option<Option<Texts>> {
        let Some(sealed) = Sealed::of(row) else {
            let own = |name: &str| text(row, name).filter(|text| *text != SEALED).map(str::to_owned);
            return Some(Some(Texts { title: own("title"), content: own("content") }));
        };
        match self.opened_row(key, &sealed) {
            Some(texts) => Some(texts.cloned()),
            None => self.texts_of_maker(key, &sealed).map(Some),
        }
    }

    /// The texts of a change that waits, if the row is what that has made.
    fn texts_of_maker(&self, key: &str, sealed: &Sealed) -> Option<Texts> {
        let waiting = self.outbox.of_row(key, &self.aliases);
        let is_it = |entry: &&Entry<Op>| entry.op.sealed.as_ref().is_some_and(|own| own.mark() == sealed.mark());
        waiting.into_iter().map(|(_, entry)| entry).find(is_it)?.op.texts.clone()
    }

    /// The texts of a row, if they are known.
    pub(super) fn texts_of(&self, key: &str) -> Option<Texts> {
        self.opened_of(key, self.table.get(key)?).flatten()
    }

    /// The IV of the version of a row that is shown: what came since may not be open yet.
    pub(super) fn shown_iv(&self, key: &str) -> Option<&str> {
        let opened = self.own.opened.rows.get(key)?;
        opened.mark.split(' ').next()
    }

    /// Whether a change can be shown: it is open, or does not open.
    pub(super) fn is_opened(&self, seq: Seq, entry: &Entry<Op>) -> bool {
        entry.op.sealed.is_none() || entry.op.texts.is_some() || self.is_locked(seq)
    }

    pub(super) fn is_locked(&self, seq: Seq) -> bool {
        self.own.opened.locked.contains(&seq)
    }

    /// What another key has sealed nobody here should add to.
    pub(super) fn has_good_key(&self) -> bool {
        planted::has(Fault::AnyKeySeals) || !self.own.config.is_sealed || self.own.opened.key == Key::Proved
    }

    /// Once all pages were read, and all that they have was tried: that proves the key, or that it is another's.
    pub(super) fn prove_key(&mut self) {
        if self.own.opened.key != Key::Unknown || !self.own.opened.has_all || !self.has_all_opened() {
            return;
        }
        let has_sealed = self.table.iter().any(|(_, row)| Sealed::of(row).is_some());
        self.own.opened.key = if has_sealed { Key::Wrong } else { Key::Proved };
        if has_sealed && self.own.config.is_sealed {
            self.report_code(ErrorCode::KeyMismatch);
        }
    }

    /// This device has saved a row.
    pub(super) fn is_saved(&mut self, now: Now, key: &str, sealed: &Sealed, texts: Texts) {
        let (mark, until) = (sealed.mark(), now.mono + CONTESTED_MS);
        self.own.opened.key = Key::Proved;
        self.own.opened.rows.insert(key.to_owned(), OpenedRow { mark: mark.clone(), texts: Some(texts.clone()) });
        self.own.opened.saved.retain(|saved| saved.until > now.mono && saved.key != key);
        self.own.opened.saved.push(Saved { key: key.to_owned(), mark, texts, until });
    }

    /// Another device has saved over what this one saved a moment ago: perhaps without having seen it.
    fn tell_if_contested(&mut self, now: Now, key: &str) {
        let Some(place) = self.own.opened.saved.iter().position(|saved| saved.key == key) else { return };
        let Some(opened) = self.own.opened.rows.get(key) else { return };
        let Some(saved) = self.own.opened.saved.get(place).filter(|saved| saved.mark != opened.mark) else { return };
        if self.is_own_version(key) {
            return; // Its answer was lost.
        }
        let (ours, theirs, is_late) = (saved.texts.clone(), opened.texts.clone().unwrap_or_default(), saved.until <= now.mono);
        self.own.opened.saved.swap_remove(place);
        if !is_late {
            self.tell_conflict(key, &ours, &theirs);
        }
    }

    /// Whether the version of a row that is known is one that this device has saved, or may have.
    fn is_own_version(&self, key: &str) -> bool {
        let Some(row) = self.table.get(key) else { return false };
        let iv = text(row, "iv").unwrap_or_default();
        let waiting = self.outbox.of_row(key, &self.aliases);
        let may_have = |entry: &Entry<Op>| matches!(&entry.state, EntryState::Attempted { known } if known.iter().any(|known| known == iv));
        row.contains_key(MINE) || waiting.iter().any(|(_, entry)| may_have(entry))
    }

    pub(super) fn tell_conflict(&mut self, key: &str, ours: &Texts, theirs: &Texts) {
        let [ours, theirs] = [ours, theirs].map(|texts| {
            let mut fields = Fields::default();
            give_texts(&mut fields, texts);
            Payload(text_of(&fields))
        });
        self.counts.conflicts += 1;
        self.emit(Notice::Conflict(Box::new(Conflict { id: key.to_owned(), ours, theirs })));
    }
}
