//! The engine in the browser: [`manager`] is what the app calls, [`shell`] pumps inputs and effects, the rest performs them.

mod convert;
mod crypto;
mod database;
mod done;
mod fetch;
mod guard;
mod listeners;
pub mod manager;
mod object;
mod options;
mod promise;
mod random;
mod shell;
mod socket;
mod timer;
