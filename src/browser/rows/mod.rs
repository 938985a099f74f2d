//! The engine for rows in the browser: one [`manager`] for each database. The feature chooses the dialect, whose words and tools are in a file of its own.

#[cfg(all(feature = "glint", feature = "typelets"))]
compile_error!("a module has one engine");

mod app;
mod http;
pub mod manager;
#[cfg(feature = "typelets")]
mod notes;
mod shell;
#[cfg(feature = "glint")]
mod todos;

#[cfg(feature = "typelets")]
use notes as words;
#[cfg(feature = "glint")]
use todos as words;
