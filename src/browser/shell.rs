//! The pump: feeds the engine inputs and performs its effects.
//!
//! No borrow is held while JavaScript runs. What JavaScript calls back while the pump is at work is queued.

use super::app::App;
use super::crypto::AccountKey;
use super::database::{Database, Kind, forget_database};
use super::done::Done;
use super::fetch;
use super::network::Network;
use super::object::Counted;
use super::options::Options;
use super::socket::Socket;
use super::tabs::Tabs;
use super::timer::{Timer, now};
use crate::engine::Engine;
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::{Generation, TaskId};
use crate::engine::io::{Answer, Command, Effect, Input, Reply, SocketEvent, Standing};
use crate::engine::notice::{ConnectionState, Notice, Status};
use crate::engine::payload::Payload;
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;

/// One manager's engine and what it works with.
pub(crate) struct Shell {
    me: Weak<Self>,
    engine: RefCell<Option<Engine>>,
    inputs: RefCell<VecDeque<Input>>,
    is_pumping: Cell<bool>,
    tools: RefCell<Option<Rc<Tools>>>,
    socket: RefCell<Option<(Generation, Rc<Socket>)>>,
    last_call: Cell<u64>,
    pub(crate) app: App,
    is_ready: Cell<bool>,
    is_closed: Cell<bool>,
}

/// What effects are performed with; there once the database is open and the key imported.
struct Tools {
    name: String,
    /// Before the database, from which a lease is removed when it closes.
    tabs: Tabs,
    database: Database,
    key: AccountKey,
    timer: Timer,
    _network: Network,
}

impl Shell {
    /// Begins to open the account's database.
    pub(crate) fn open(options: Options) -> Rc<Self> {
        let Options { mut config, keys, database: name } = options;
        let shell = Rc::new_cyclic(|me| Self {
            me: me.clone(),
            engine: RefCell::default(),
            inputs: RefCell::default(),
            is_pumping: Cell::new(false),
            tools: RefCell::default(),
            socket: RefCell::default(),
            last_call: Cell::new(0),
            app: App::new(&name),
            is_ready: Cell::new(false),
            is_closed: Cell::new(false),
        });
        shell.app.set_status(&Status::default(), Kind::Memory, false);
        let me = shell.me.clone();
        let ending = shell.me.clone();
        let told = move |code, is_end| match ending.upgrade() {
            Some(shell) if is_end => shell.fail(code),
            Some(shell) => shell.app.report(&ErrorReport::new(code)),
            None => {}
        };
        Database::open(
            &name.clone(),
            told,
            Box::new(move |database| {
                let place = database.place();
                AccountKey::of_ring(
                    &place,
                    &keys,
                    Box::new(move |opened| {
                        let Some(shell) = me.upgrade() else { return };
                        match opened {
                            Ok(key) => {
                                config.key_ids = key.ids();
                                shell.app.has_key(config.key_ids.first().map_or(&[], |id| id.as_slice()));
                                shell.start(Engine::new(config), name, database, key);
                            }
                            Err(code) => shell.fail(code),
                        }
                    }),
                );
            }),
        );
        shell
    }

    fn start(&self, engine: Engine, name: String, database: Database, key: AccountKey) {
        if self.is_closed.get() {
            return;
        }
        let on_timer = self.feeder(|()| Input::TimerFired);
        let timer = Timer::new(move || on_timer(()));
        let network = Network::new(self.feeder(Input::Network));
        let me = self.me.clone();
        let tabs = Tabs::new(&name, database.place(), move |told| {
            let Some(shell) = me.upgrade() else { return };
            match told {
                Some(input) => shell.feed(input),
                None => shell.fail(ErrorCode::Closed),
            }
        });
        self.tools.replace(Some(Rc::new(Tools { name, tabs, database, key, timer, _network: network })));
        self.engine.replace(Some(engine));
        self.pump();
    }

    /// It cannot go on: whoever waits is told.
    fn fail(&self, code: ErrorCode) {
        if self.is_closed.get() {
            return;
        }
        if code != ErrorCode::Closed {
            let stopped = Status { state: ConnectionState::Stopped, reason: Some(code), ..Status::default() };
            self.app.set_status(&stopped, Kind::Memory, true);
        }
        self.app.report(&ErrorReport::new(code));
        self.close(code);
    }

    /// Gives the engine a command.
    pub(crate) fn command(&self, command: Command) {
        self.feed(Input::Command(command));
    }

    /// Gives the engine a command that a call of the app waits for; see [`App::ask`].
    pub(crate) fn ask(&self, is_one: bool, command: impl FnOnce(u64) -> Command) -> Promise {
        let call = self.last_call.get() + 1;
        self.last_call.set(call);
        let command = command(call);
        let answer = self.app.ask(call as f64, is_one);
        self.command(command);
        answer
    }

    /// Whether the manager was closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.get()
    }

    /// Lets everything go; whoever waits is told `code`. Harmless when repeated.
    pub(crate) fn close(&self, code: ErrorCode) {
        if self.is_closed.replace(true) {
            return;
        }
        self.inputs.take();
        let (socket, tools) = (self.socket.take(), self.tools.take());
        drop((socket, tools));
        self.app.close(code);
    }

    /// Closes, and wipes the account from this device; other tabs are told, and close.
    pub(crate) fn forget(&self) -> Promise {
        let Some(tools) = self.tools.borrow().clone() else { return self.app.ready() };
        tools.tabs.tell_forgotten();
        let name = tools.name.clone();
        drop(tools);
        self.close(ErrorCode::Closed);
        forget_database(&name)
    }

    fn feed(&self, input: Input) {
        self.inputs.borrow_mut().push_back(input);
        self.pump();
    }

    /// A function that makes an input of what it gets, and feeds it.
    fn feeder<T: 'static>(&self, input: impl Fn(T) -> Input + 'static) -> Box<dyn Fn(T)> {
        let me = self.me.clone();
        Box::new(move |value| {
            if let Some(shell) = me.upgrade() {
                shell.feed(input(value));
            }
        })
    }

    fn answerer<T: 'static>(&self, task: TaskId, answer: fn(T) -> Answer) -> Done<T> {
        Box::new(self.feeder(move |value| Input::Answer { task, answer: answer(value) }))
    }

    fn pump(&self) {
        if self.is_pumping.replace(true) {
            return;
        }
        while let Some(effects) = self.step() {
            for effect in effects {
                self.perform(effect);
            }
        }
        self.is_pumping.set(false);
    }

    /// Feeds one input; `None` when there is none, or no engine yet.
    fn step(&self) -> Option<Vec<Effect>> {
        let tools = self.tools.borrow().clone()?;
        let mut engine = self.engine.borrow_mut();
        let engine = engine.as_mut()?;
        let mut effects: Vec<Effect> = std::iter::from_fn(|| engine.poll()).collect(); // Those of the start.
        let input = self.inputs.borrow_mut().pop_front();
        if input.is_none() && effects.is_empty() {
            return None;
        }
        if let Some(input) = input {
            if let Input::Socket { event: SocketEvent::Frame(text), .. } = &input {
                self.app.count(Counted::FrameReceived, text.len());
            }
            engine.handle(now(), input);
            effects.extend(std::iter::from_fn(|| engine.poll()));
        }
        match engine.deadline() {
            Some(at) => tools.timer.arm(at.saturating_sub(now().mono)),
            None => tools.timer.disarm(),
        }
        Some(effects)
    }

    fn perform(&self, effect: Effect) {
        let Some(tools) = self.tools.borrow().clone() else { return };
        match effect {
            Effect::OpenSocket { generation, url } => {
                self.app.count(Counted::Dial, 0);
                let socket = Socket::open(&url, self.feeder(move |event| Input::Socket { generation, event }));
                drop(self.socket.replace(Some((generation, Rc::new(socket)))));
            }
            Effect::SendFrame { generation, text } => {
                if let Some(socket) = self.socket_of(generation) {
                    self.app.count(Counted::FrameSent, text.len());
                    socket.send(&text);
                    self.tell_buffered(generation, &socket);
                }
            }
            Effect::MeasureBuffer { generation } => {
                if let Some(socket) = self.socket_of(generation) {
                    self.tell_buffered(generation, &socket);
                }
            }
            Effect::CloseSocket { generation } => {
                let is_it = self.socket_of(generation).is_some();
                drop(is_it.then(|| self.socket.take()));
            }
            Effect::Request { task, request } => {
                self.app.count(Counted::Request, 0);
                fetch::request(&request, self.answerer(task, Answer::Http));
            }
            Effect::Read { task, read } => tools.database.read(read, self.answerer(task, Answer::Rows)),
            Effect::Commit { task, transaction } => tools.database.commit(transaction, self.answerer(task, Answer::Committed)),
            Effect::Seal { task, format, salt, plaintext } => {
                tools.key.seal(format, salt, plaintext.0, self.answerer(task, Answer::Sealed));
            }
            Effect::Open { task, format, body } => {
                let answer =
                    self.feeder(move |opened: Result<Vec<u8>, _>| Input::Answer { task, answer: Answer::Opened(opened.map(Payload)) });
                tools.key.open(format, body, Box::new(answer));
            }
            Effect::Emit(notice) => self.tell(notice, &tools.database),
            Effect::Stored { push, result: Err(code) } => self.app.refuse(push.0 as f64, code),
            Effect::Stored { push, result: Ok(event_id) } => self.app.stored(push.0 as f64, &event_id, tools.database.durability()),
            Effect::Settled { event_id, outcome } => self.app.settled(&event_id, outcome),
            Effect::Reply { read, result: Err(code) } => self.app.refuse(read.0 as f64, code),
            Effect::Reply { read, result: Ok(reply) } => self.reply(read.0 as f64, reply, &tools.database),
            Effect::Elect { by_force } => tools.tabs.elect(by_force),
            Effect::Resign => tools.tabs.resign(),
            Effect::Hint => tools.tabs.hint(),
        }
    }

    fn reply(&self, call: f64, reply: Reply, database: &Database) {
        match reply {
            Reply::Entities(entities) => {
                entities.iter().for_each(|entity| self.app.found(call, entity));
                self.app.reply(call);
            }
            Reply::Changes { revision, reset, entities, deleted } => {
                entities.iter().for_each(|entity| self.app.found(call, entity));
                deleted.iter().for_each(|(key, stamp)| self.app.gone(call, key, stamp));
                self.app.reply_changes(call, revision as f64, reset);
            }
            Reply::Wedged(list) => {
                list.iter().for_each(|rejected| self.app.wedged(call, rejected));
                self.app.reply(call);
            }
            Reply::Receipt { standing: None, .. } => self.app.reply_with(call, &JsValue::UNDEFINED),
            Reply::Receipt { event_id, standing: Some(Standing::Pending) } => {
                self.app.receipt(call, &event_id, database.durability(), None)
            }
            Reply::Receipt { event_id, standing: Some(Standing::Ended(outcome)) } => {
                self.app.receipt(call, &event_id, database.durability(), Some(outcome));
            }
            Reply::Done(is_done) => self.app.reply_with(call, &is_done.into()),
        }
    }

    fn socket_of(&self, generation: Generation) -> Option<Rc<Socket>> {
        self.socket.borrow().as_ref().filter(|(of, _)| *of == generation).map(|(_, socket)| Rc::clone(socket))
    }

    /// Queued: the pump is at work.
    fn tell_buffered(&self, generation: Generation, socket: &Socket) {
        let event = SocketEvent::Buffered(socket.buffered());
        self.inputs.borrow_mut().push_back(Input::Socket { generation, event });
    }

    fn tell(&self, notice: Notice, database: &Database) {
        let kind = database.kind();
        match notice {
            Notice::Ready { device_id } => {
                // What was told while it loaded holds already: that changes of the last time wait, for one.
                let told = self.engine.borrow().as_ref().map(|engine| engine.status().clone()).unwrap_or_default();
                self.app.set_status(&told, kind, false);
                self.is_ready.set(true);
                self.app.become_ready(&device_id);
                database.remember(&device_id);
            }
            Notice::Change(change) => self.app.change(&change),
            Notice::Status(status) => self.app.set_status(&status, kind, true),
            // Who opens would wait for ever.
            Notice::Error(report) if report.code == ErrorCode::StorageFailed && !self.is_ready.get() => self.fail(report.code),
            Notice::Error(report) => self.app.report(&report),
            Notice::Rejected(rejected) => self.app.rejected(&rejected),
            Notice::Progress { events, has_more } => self.app.progress(events as f64, has_more),
        }
    }
}
