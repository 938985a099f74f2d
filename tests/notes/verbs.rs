//! What apps do with rows: changes, decisions and questions.

use crate::canary::CANARY;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::ids::{PushId, ReadId};
use sealwire::engine::io::{Decision, Standing};
use sealwire::engine::payload::Payload;
use sealwire::rows::io::{Command, Input, Push, Query, Reply, Verb};
use serde_json::{Value, json};

/// Longest that a read may take, in milliseconds.
const READ_MS: u64 = 60_000;

/// A change that an app made.
#[derive(Clone, Debug)]
pub struct Pushed {
    pub push: PushId,
    pub tab: TabId,
    pub verb: Verb,
    pub id: String,
    pub data: Value,
    pub pushed_at: u64,
    /// When the app heard that it is stored; or when it asked for it again, after it was refused.
    pub stored_at: Option<u64>,
    /// It was in an outbox. What says nothing new, or undoes what was not sent, never is.
    pub was_queued: bool,
    /// Its database was dropped.
    pub is_forgotten: bool,
}

/// What an app decided about a change.
pub struct Appeal {
    pub decision: Decision,
    pub event_id: String,
    pub granted_at: Option<u64>,
}

/// How an app speaks of a change that it made.
#[derive(Clone, Debug)]
pub struct Made {
    pub event_id: String,
    /// The row's key; under a temporary id if it is new.
    pub id: String,
}

impl World {
    /// Makes a note; its texts are sung, so that a leak is found.
    pub fn create(&mut self, tab: TabId, title: &str) -> Made {
        self.create_with(tab, json!({ "title": sung(title), "content": sung(&format!("content of {title}")) }))
    }

    pub fn create_with(&mut self, tab: TabId, fields: Value) -> Made {
        let id = format!("note/tmp_{}", self.next_number());
        self.push(tab, Verb::Create, &id, fields)
    }

    pub fn create_folder(&mut self, tab: TabId, name: &str) -> Made {
        let id = format!("folder/tmp_{}", self.next_number());
        self.push(tab, Verb::Create, &id, json!({ "name": name }))
    }

    pub fn update(&mut self, tab: TabId, id: &str, fields: Value) -> Made {
        self.push(tab, Verb::Update, id, fields)
    }

    pub fn rename(&mut self, tab: TabId, id: &str, title: &str) -> Made {
        self.update(tab, id, json!({ "title": sung(title) }))
    }

    pub fn rewrite(&mut self, tab: TabId, id: &str, content: &str) -> Made {
        self.update(tab, id, json!({ "content": sung(content) }))
    }

    pub fn delete(&mut self, tab: TabId, id: &str) -> Made {
        self.push(tab, Verb::Delete, id, Value::Null)
    }

    pub fn push(&mut self, tab: TabId, verb: Verb, id: &str, data: Value) -> Made {
        let event_id = format!("ev_{}_{}", self.next_number(), &self.luck.hex()[..8]);
        let push = self.last_push.advance();
        self.note(tab, format_args!("pushes {event_id}: {verb:?} of {id:?} {data}"));
        let text = if data.is_null() { String::new() } else { data.to_string() };
        let pushed = Pushed {
            push,
            tab,
            verb,
            id: id.to_owned(),
            data,
            pushed_at: self.now,
            stored_at: None,
            was_queued: false,
            is_forgotten: false,
        };
        self.pushes.insert(event_id.clone(), pushed);
        self.command(tab, Command::Push(Push { push, verb, id: id.to_owned(), data: Payload(text), event_id: event_id.clone() }));
        Made { event_id, id: id.to_owned() }
    }

    pub fn join(&mut self, tab: TabId, id: &str) {
        self.command(tab, Command::Join { id: id.to_owned(), wants_news: true });
    }

    pub fn leave(&mut self, tab: TabId, id: &str) {
        self.command(tab, Command::Join { id: id.to_owned(), wants_news: false });
    }

    pub fn command(&mut self, id: TabId, command: Command) {
        self.stir();
        self.tell(id, Input::Command(command));
    }

    /// The app decides about a change; the call that will be answered.
    pub fn decide(&mut self, id: TabId, decision: Decision, event_id: &str) -> ReadId {
        let read = self.last_read.advance();
        self.note(id, format_args!("asks for {decision:?} of {event_id}"));
        self.appeals.insert(read, Appeal { decision, event_id: event_id.to_owned(), granted_at: None });
        self.command(id, Command::Decide { read, decision, event_id: event_id.to_owned() });
        read
    }

    /// The app decides, and waits for whether that could be done.
    pub fn decided(&mut self, id: TabId, decision: Decision, event_id: &str) -> bool {
        let read = self.decide(id, decision, event_id);
        match self.wait_for(id, read) {
            Some(Reply::Done(done)) => done,
            other => panic!("{other:?} is no answer to a decision"),
        }
    }

    /// The app asks; the call that will be answered.
    pub fn ask(&mut self, id: TabId, query: Query) -> ReadId {
        let read = self.last_read.advance();
        self.tell(id, Input::Command(Command::Read { read, query }));
        read
    }

    /// The answer to a question; `None`: it failed.
    pub fn answer(&mut self, id: TabId, query: Query) -> Option<Reply> {
        let read = self.ask(id, query);
        self.wait_for(id, read)
    }

    fn wait_for(&mut self, id: TabId, read: ReadId) -> Option<Reply> {
        let is_answered = self.run_until(READ_MS, |world| world.tab(id).diary.replies.contains_key(&read));
        assert!(is_answered, "no answer to {read:?}\n{}", self.trace());
        self.tab_mut(id).diary.replies.remove(&read)?.ok()
    }

    /// What has become of a change, as a tab says it.
    pub fn standing(&mut self, id: TabId, event_id: &str) -> Option<Standing> {
        match self.answer(id, Query::Receipt(event_id.to_owned())) {
            Some(Reply::Receipt { event_id: of, standing }) => {
                assert_eq!(of, event_id);
                standing
            }
            other => panic!("{other:?} is no receipt"),
        }
    }

    /// The app asks what has changed since it asked last.
    pub fn catch_up(&mut self, id: TabId) {
        let revision = self.tab(id).diary.since.0;
        if let Some(reply) = self.answer(id, Query::Since(revision)) {
            self.tab_mut(id).diary.catch_up(reply);
        }
    }
}

/// A text with a canary, which is found wherever it stands open.
pub fn sung(text: &str) -> String {
    format!("{text} {CANARY}")
}
