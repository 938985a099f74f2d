//! The pump of the engine for rows, as `shell` in the folder above is that of the other one.
//!
//! No borrow is held while JavaScript runs. What JavaScript calls back while the pump is at work is queued.

use super::app::App;
use super::http;
#[cfg(feature = "glint")]
use super::todos::stream::Stream;
use super::words::{self, Engine, Options};
use crate::browser::database::{Database, Kind};
use crate::browser::done::Done;
use crate::browser::network::Network;
use crate::browser::object::Counted;
use crate::browser::socket::Socket;
use crate::browser::tabs::Tabs;
use crate::browser::timer::{Timer, now};
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::{Generation, TaskId};
use crate::engine::io::{SocketEvent, Standing};
use crate::rows::io::{Answer, Command, Effect, Input, Reply};
use crate::rows::notice::{ConnectionState, Notice, Status};
#[cfg(feature = "typelets")]
use crate::rows::typelets::signing::SIGNATURE_LENGTH;
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = isOffline)]
    fn is_offline() -> bool;
}

/// The engine of one database, and what it works with.
pub(crate) struct Shell {
    me: Weak<Self>,
    engine: RefCell<Option<Engine>>,
    inputs: RefCell<VecDeque<Input>>,
    is_pumping: Cell<bool>,
    tools: RefCell<Option<Rc<Tools>>>,
    wire: RefCell<Option<(Generation, Wire)>>,
    last_call: Cell<u64>,
    name: String,
    pub(crate) app: App,
    is_ready: Cell<bool>,
    is_closed: Cell<bool>,
}

/// What effects are performed with; there once the database is open.
struct Tools {
    /// Before the database, from which a lease is removed when it closes.
    tabs: Tabs,
    database: Database,
    timer: Timer,
    _network: Network,
    /// The dialect's.
    #[cfg_attr(feature = "glint", allow(dead_code))]
    own: words::Tools,
}

/// What brings news. Dropping it closes it.
enum Wire {
    Socket(#[cfg_attr(feature = "glint", allow(dead_code))] Rc<Socket>),
    #[cfg(feature = "glint")]
    Stream {
        _stream: Stream,
    },
}

impl Shell {
    /// Begins to open the set's database.
    pub(crate) fn open(options: Options) -> Rc<Self> {
        let Options { config, database: name, tools } = options;
        let shell = Rc::new_cyclic(|me| Self {
            me: me.clone(),
            engine: RefCell::default(),
            inputs: RefCell::default(),
            is_pumping: Cell::new(false),
            tools: RefCell::default(),
            wire: RefCell::default(),
            last_call: Cell::new(0),
            app: words::new_app(&name),
            name,
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
        let done = move |database: Database| {
            if let Some(shell) = me.upgrade() {
                shell.start(Engine::new(config), database, tools);
            }
        };
        Database::open(&shell.name, told, Box::new(done));
        shell
    }

    fn start(&self, engine: Engine, database: Database, own: words::Tools) {
        if self.is_closed.get() {
            return;
        }
        let on_timer = self.feeder(|()| Input::TimerFired);
        let timer = Timer::new(move || on_timer(()));
        let network = Network::new(self.feeder(Input::Network));
        let me = self.me.clone();
        let tabs = Tabs::new(&self.name, database.place(), move |told| {
            let Some(shell) = me.upgrade() else { return };
            match told {
                Some(input) => shell.feed(input),
                None => shell.fail(ErrorCode::Closed),
            }
        });
        self.tools.replace(Some(Rc::new(Tools { tabs, database, timer, _network: network, own })));
        self.engine.replace(Some(engine));
        if is_offline() {
            self.inputs.borrow_mut().push_back(Input::Network(false));
        }
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
        let (wire, tools) = (self.wire.take(), self.tools.take());
        drop((wire, tools));
        self.app.close(code);
    }

    /// Closes, and wipes the account from this device; other tabs are told, and close.
    pub(crate) fn forget(&self) -> Promise {
        self.close(ErrorCode::Closed);
        words::forget(&self.name)
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

    fn listener(&self, generation: Generation) -> Box<dyn Fn(SocketEvent)> {
        self.feeder(move |event| Input::Socket { generation, event })
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
                let socket = Socket::open(&url, self.listener(generation));
                drop(self.wire.replace(Some((generation, Wire::Socket(Rc::new(socket))))));
            }
            #[cfg(feature = "typelets")]
            Effect::OpenStream { .. } => {} // There is none.
            #[cfg(feature = "glint")]
            Effect::SendFrame { .. }
            | Effect::MeasureBuffer { .. }
            | Effect::AskToken { .. }
            | Effect::Seal { .. }
            | Effect::Open { .. } => {} // Nothing of it is asked for.
            #[cfg(feature = "typelets")]
            Effect::SendFrame { generation, frame, secret } => {
                if let Some(socket) = self.socket_of(generation) {
                    self.app.count(Counted::FrameSent, frame.len() + secret.as_ref().map_or(0, |_| SIGNATURE_LENGTH));
                    socket.send_in_turn(&frame, secret.as_ref());
                }
            }
            #[cfg(feature = "typelets")]
            Effect::MeasureBuffer { generation } => {
                if let Some(socket) = self.socket_of(generation) {
                    self.tell_buffered(generation, &socket);
                }
            }
            #[cfg(feature = "typelets")]
            Effect::AskToken { task } => tools.own.ask_token(self.answerer(task, Answer::Token)),
            #[cfg(feature = "typelets")]
            Effect::Seal { task, texts } => tools.own.seal(&texts, self.answerer(task, Answer::Sealed)),
            #[cfg(feature = "typelets")]
            Effect::Open { task, sealed } => tools.own.open(&sealed, self.answerer(task, Answer::Opened)),
            #[cfg(feature = "glint")]
            Effect::OpenStream { generation, url } => {
                self.app.count(Counted::Dial, 0);
                let stream = Stream::open(&url, self.listener(generation));
                drop(self.wire.replace(Some((generation, Wire::Stream { _stream: stream }))));
            }
            Effect::Close { generation } => {
                let is_it = self.wire.borrow().as_ref().is_some_and(|(of, _)| *of == generation);
                drop(is_it.then(|| self.wire.take()));
            }
            Effect::Request { task, request } => {
                self.app.count(Counted::Request, 0);
                http::request(&request, self.answerer(task, Answer::Http));
            }
            Effect::Read { task, read } => tools.database.read(read, self.answerer(task, Answer::Rows)),
            Effect::Commit { task, transaction } => tools.database.commit(transaction, self.answerer(task, Answer::Committed)),
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
            Reply::Rows(rows) => {
                rows.iter().for_each(|row| self.app.found(call, row));
                self.app.reply(call);
            }
            Reply::Text(json) => self.app.reply_json(call, &json),
            Reply::Changes { revision, reset, rows, gone } => {
                rows.iter().for_each(|row| self.app.found(call, row));
                gone.iter().for_each(|row| self.app.gone(call, &row.id));
                self.app.reply_changes(call, revision as f64, reset);
            }
            Reply::Wedged(list) => {
                list.iter().for_each(|refusal| self.app.wedged(call, refusal));
                self.app.reply(call);
            }
            Reply::Receipt { standing: None, .. } => self.app.reply_with(call, &JsValue::UNDEFINED),
            Reply::Receipt { event_id, standing: Some(Standing::Pending) } => {
                self.app.receipt(call, &event_id, database.durability(), None);
            }
            Reply::Receipt { event_id, standing: Some(Standing::Ended(outcome)) } => {
                self.app.receipt(call, &event_id, database.durability(), Some(outcome));
            }
            Reply::Done(is_done) => self.app.reply_with(call, &is_done.into()),
        }
    }

    #[cfg(feature = "typelets")]
    fn socket_of(&self, generation: Generation) -> Option<Rc<Socket>> {
        self.wire.borrow().as_ref().filter(|(of, _)| *of == generation).map(|(_, Wire::Socket(socket))| Rc::clone(socket))
    }

    /// Queued: the pump is at work.
    #[cfg(feature = "typelets")]
    fn tell_buffered(&self, generation: Generation, socket: &Socket) {
        let event = SocketEvent::Buffered(socket.buffered());
        self.inputs.borrow_mut().push_back(Input::Socket { generation, event });
    }

    fn tell(&self, notice: Notice, database: &Database) {
        let kind = database.kind();
        match notice {
            Notice::Ready => {
                // What was told while it loaded holds already: that changes of the last time wait, for one.
                let told = self.engine.borrow().as_ref().map(|engine| engine.status().clone()).unwrap_or_default();
                self.app.set_status(&told, kind, false);
                self.is_ready.set(true);
                self.app.become_ready();
                database.remember("");
            }
            Notice::Change(change) => self.app.change(&change),
            Notice::Status(status) => self.app.set_status(&status, kind, true),
            // Who opens would wait for ever.
            Notice::Error(report) if report.code == ErrorCode::StorageFailed && !self.is_ready.get() => self.fail(report.code),
            Notice::Error(report) => self.app.report(&report),
            Notice::Rejected(refusal) => self.app.rejected(&refusal),
            #[cfg(feature = "glint")]
            Notice::Conflict(_) => {} // Rows are not sealed.
            #[cfg(feature = "typelets")]
            Notice::Conflict(conflict) => self.app.conflict(&conflict),
            Notice::Event(json) => self.app.event(&json),
            Notice::Drained => self.app.drained(),
        }
    }
}
