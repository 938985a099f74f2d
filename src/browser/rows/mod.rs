//! The engine for rows in the browser, with Glint's words: one [`manager`] for each set.

mod app;
mod http;
pub mod manager;
mod options;
mod shell;
mod stream;
