//! The pump: feeds the engine inputs and performs its effects.
//!
//! No borrow is held while JavaScript runs. What JavaScript calls back while the pump is at work is queued.

use super::convert::{self, sync_error};
use super::crypto::{AccountKey, ImportFailure};
use super::database::{Database, Kind};
use super::done::Done;
use super::fetch;
use super::guard::{Callback, settle};
use super::listeners::{Listeners, Topic};
use super::object::global_this;
use super::options::{Options, bad_key};
use super::promise::Deferred;
use super::socket::Socket;
use super::timer::{Timer, now};
use crate::engine::Engine;
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::{EntityKey, Generation, PushId, ReadId, TaskId};
use crate::engine::io::{Answer, Command, Effect, Input, SocketEvent};
use crate::engine::notice::{EntityView, Notice, Status};
use crate::engine::payload::Payload;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// One manager's engine and what it works with.
pub(crate) struct Shell {
    me: Weak<Self>,
    engine: RefCell<Option<Engine>>,
    inputs: RefCell<VecDeque<Input>>,
    is_pumping: Cell<bool>,
    tools: RefCell<Option<Rc<Tools>>>,
    socket: RefCell<Option<(Generation, Rc<Socket>)>>,
    calls: RefCell<Calls>,
    pub(crate) listeners: Rc<Listeners>,
    pub(crate) ready: Deferred,
    status: RefCell<JsValue>,
    device_id: RefCell<Option<String>>,
    is_closed: Cell<bool>,
}

/// What effects are performed with; there once the database is open and the key imported.
struct Tools {
    database: Database,
    key: AccountKey,
    timer: Timer,
    _network: [Callback; 2],
}

/// Calls of the app that are not answered.
#[derive(Default)]
struct Calls {
    last: u64,
    /// Answered about in the order of their asking, so each is found near the front.
    pushes: VecDeque<(PushId, Deferred)>,
    reads: VecDeque<(ReadId, Deferred, Shape)>,
    /// By event; confirmed about in the order of their making.
    acknowledged: VecDeque<(String, Deferred)>,
}

/// What a read answers with.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// The entity or `undefined`.
    One,
    /// An array.
    All,
}

impl Shell {
    /// Begins to open the account's database.
    pub(crate) fn open(options: Options) -> Rc<Self> {
        let shell = Rc::new_cyclic(|me| Self {
            me: me.clone(),
            engine: RefCell::default(),
            inputs: RefCell::default(),
            is_pumping: Cell::new(false),
            tools: RefCell::default(),
            socket: RefCell::default(),
            calls: RefCell::default(),
            listeners: Rc::default(),
            ready: Deferred::new(),
            status: RefCell::new(convert::status(&Status::default(), Kind::Memory)),
            device_id: RefCell::default(),
            is_closed: Cell::new(false),
        });
        // Who does not wait for `ready` hears of its failure by the `error` event.
        settle(Ok(shell.ready.promise()), |_| {});
        let Options { config, key, database } = options;
        let me = shell.me.clone();
        Database::open(
            &database,
            Box::new(move |database| {
                AccountKey::import(
                    key,
                    config.format,
                    Box::new(move |imported| {
                        let Some(shell) = me.upgrade() else { return };
                        match imported {
                            Ok(key) => shell.start(Engine::new(config), database, key),
                            Err(ImportFailure::NotSupported) => {
                                shell.fail(&sync_error(ErrorCode::NotSupported, None, None), ErrorCode::NotSupported)
                            }
                            Err(ImportFailure::WrongKey) => shell.fail(&bad_key(), ErrorCode::BadOption),
                        }
                    }),
                );
            }),
        );
        shell
    }

    fn start(&self, engine: Engine, database: Database, key: AccountKey) {
        if self.is_closed.get() {
            return;
        }
        let on_timer = self.feeder(|()| Input::TimerFired);
        let timer = Timer::new(move || on_timer(()));
        let network = [("online", true), ("offline", false)].map(|(event, is_online)| {
            let callback = Callback::new(self.feeder(move |_: JsValue| Input::Network(is_online)));
            if let Ok(target) = global_this().dyn_into::<EventTarget>() {
                callback.listen(&target, event);
            }
            callback
        });
        self.tools.replace(Some(Rc::new(Tools { database, key, timer, _network: network })));
        self.engine.replace(Some(engine));
        self.pump();
    }

    /// Opening failed: whoever waits is told.
    fn fail(&self, error: &JsValue, code: ErrorCode) {
        self.ready.reject(error);
        self.listeners.tell(Topic::Error, &convert::report(&ErrorReport::new(code)));
        self.close(code);
    }

    /// Gives the engine a command.
    pub(crate) fn command(&self, command: Command) {
        self.feed(Input::Command(command));
    }

    /// Numbers a push, and keeps its promise.
    pub(crate) fn expect_push(&self, deferred: Deferred) -> PushId {
        let mut calls = self.calls.borrow_mut();
        calls.last += 1;
        let id = PushId(calls.last);
        calls.pushes.push_back((id, deferred));
        id
    }

    /// Numbers a read, and keeps its promise.
    pub(crate) fn expect_read(&self, deferred: Deferred, shape: Shape) -> ReadId {
        let mut calls = self.calls.borrow_mut();
        calls.last += 1;
        let id = ReadId(calls.last);
        calls.reads.push_back((id, deferred, shape));
        id
    }

    /// The present `status`.
    pub(crate) fn status(&self) -> JsValue {
        self.status.borrow().clone()
    }

    /// This device's id, once it is known.
    pub(crate) fn device_id(&self) -> Option<String> {
        self.device_id.borrow().clone()
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
        self.listeners.clear();
        let socket = self.socket.take();
        let tools = self.tools.take();
        let calls = self.calls.take();
        drop((socket, tools));
        let error = sync_error(code, None, None);
        self.ready.reject(&error);
        let pushes = calls.pushes.iter().map(|(_, deferred)| deferred);
        let reads = calls.reads.iter().map(|(_, deferred, _)| deferred);
        pushes.chain(reads).for_each(|deferred| deferred.reject(&error));
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
                let socket = Socket::open(&url, self.feeder(move |event| Input::Socket { generation, event }));
                drop(self.socket.replace(Some((generation, Rc::new(socket)))));
            }
            Effect::SendFrame { generation, text } => {
                if let Some(socket) = self.socket_of(generation) {
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
            Effect::Request { task, request } => fetch::request(&request, self.answerer(task, Answer::Http)),
            Effect::Read { task, read } => tools.database.read(read, self.answerer(task, Answer::Rows)),
            Effect::Commit { task, transaction } => tools.database.commit(transaction, self.answerer(task, Answer::Committed)),
            Effect::Seal { task, format, salt, plaintext } => {
                tools.key.seal(format, salt, plaintext.0, self.answerer(task, Answer::Sealed));
            }
            Effect::Open { task, format, body } => {
                let answer =
                    self.feeder(move |opened: Result<Vec<u8>, _>| Input::Answer { task, answer: Answer::Opened(opened.map(Payload)) });
                tools.key.open(format, &body, Box::new(answer));
            }
            Effect::Emit(notice) => self.tell(notice, tools.database.kind()),
            Effect::Stored { push, result } => self.stored(push, result, &tools.database),
            Effect::Settled { event_id, outcome } => {
                let mut calls = self.calls.borrow_mut();
                let index = calls.acknowledged.iter().position(|(id, _)| *id == event_id);
                let acknowledged = index.and_then(|index| calls.acknowledged.remove(index));
                drop(calls);
                if let Some((_, deferred)) = acknowledged {
                    deferred.resolve(&outcome.as_str().into());
                }
            }
            Effect::Reply { read, result } => self.reply(read, result),
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

    fn tell(&self, notice: Notice, kind: Kind) {
        match notice {
            Notice::Ready { device_id } => {
                self.device_id.replace(Some(device_id));
                // What was told while it loaded holds already: that changes of the last time wait, for one.
                let told = self.engine.borrow().as_ref().map(|engine| engine.status().clone()).unwrap_or_default();
                self.status.replace(convert::status(&told, kind));
                self.ready.resolve(&JsValue::UNDEFINED);
                self.listeners.tell(Topic::Ready, &JsValue::UNDEFINED);
            }
            Notice::Change(change) => match convert::change(&change) {
                Some(argument) => self.listeners.tell(Topic::Change, &argument),
                None => self.report_payload(&change.key),
            },
            Notice::Status(status) => {
                let status = convert::status(&status, kind);
                self.status.replace(status.clone());
                self.listeners.tell(Topic::Status, &status);
            }
            Notice::Error(report) => self.listeners.tell(Topic::Error, &convert::report(&report)),
            Notice::Rejected(rejected) => self.listeners.tell(Topic::Rejected, &convert::rejected(&rejected)),
        }
    }

    fn report_payload(&self, key: &EntityKey) {
        self.listeners.tell(Topic::Error, &convert::report(&ErrorReport::new(ErrorCode::BadPayload).about(key)));
    }

    fn stored(&self, push: PushId, result: Result<String, ErrorCode>, database: &Database) {
        let mut calls = self.calls.borrow_mut();
        let index = calls.pushes.iter().position(|(id, _)| *id == push);
        let Some((_, deferred)) = index.and_then(|index| calls.pushes.remove(index)) else { return };
        drop(calls);
        match result {
            Err(code) => deferred.reject(&sync_error(code, None, None)),
            Ok(event_id) => {
                let acknowledged = Deferred::lasting();
                deferred.resolve(&convert::receipt(&event_id, database.durability(), &acknowledged.promise()));
                self.calls.borrow_mut().acknowledged.push_back((event_id, acknowledged));
            }
        }
    }

    fn reply(&self, read: ReadId, result: Result<Vec<EntityView>, ErrorCode>) {
        let mut calls = self.calls.borrow_mut();
        let index = calls.reads.iter().position(|(id, ..)| *id == read);
        let Some((_, deferred, shape)) = index.and_then(|index| calls.reads.remove(index)) else { return };
        drop(calls);
        let views = match result {
            Ok(views) => views,
            Err(code) => return deferred.reject(&sync_error(code, None, None)),
        };
        let mut entities = Vec::with_capacity(views.len());
        for view in &views {
            match convert::entity(view) {
                Some(entity) => entities.push(entity),
                None => self.report_payload(&view.key),
            }
        }
        deferred.resolve(&match shape {
            Shape::One => entities.into_iter().next().unwrap_or(JsValue::UNDEFINED),
            Shape::All => convert::array(entities.into_iter()),
        });
    }
}
