//! The engine in the browser: [`manager`] is what the app calls, [`shell`] pumps inputs and effects, the rest performs them.

mod app;
mod crypto;
mod database;
mod done;
mod fetch;
mod guard;
pub mod manager;
mod network;
mod object;
mod options;
mod random;
mod shell;
mod socket;
mod tabs;
mod timer;
