//! The engine in the browser: `manager` is what the app calls, `shell` pumps inputs and effects, the rest performs them.
//!
//! The feature `glint` chooses which engine a module has, and so what stands around it (`glint/`); how the browser is spoken to is the same, and
//! not all of it is used by both.

#[cfg(not(feature = "rows"))]
mod app;
#[cfg(any(test, not(feature = "rows")))]
#[cfg_attr(feature = "rows", allow(dead_code))]
mod crypto;
#[cfg_attr(feature = "rows", allow(dead_code))]
mod database;
#[cfg_attr(feature = "rows", allow(dead_code))]
mod done;
#[cfg(not(feature = "rows"))]
mod fetch;
mod guard;
#[cfg(not(feature = "rows"))]
pub mod manager;
mod network;
#[cfg_attr(feature = "rows", allow(dead_code))]
mod object;
#[cfg(not(feature = "rows"))]
mod options;
mod random;
mod response;
#[cfg(feature = "rows")]
pub mod rows;
#[cfg(not(feature = "rows"))]
mod shell;
#[cfg_attr(feature = "rows", allow(dead_code))]
mod socket;
#[cfg_attr(feature = "rows", allow(dead_code))]
mod tabs;
mod timer;
