//! The engine in the browser: `manager` is what the app calls, `shell` pumps inputs and effects, the rest performs them.
//!
//! The feature `glint` chooses which engine a module has, and so what stands around it (`glint/`); how the browser is spoken to is the same, and
//! not all of it is used by both.

#[cfg(not(feature = "glint"))]
mod app;
#[cfg(any(test, not(feature = "glint")))]
#[cfg_attr(feature = "glint", allow(dead_code))]
mod crypto;
#[cfg_attr(feature = "glint", allow(dead_code))]
mod database;
#[cfg_attr(feature = "glint", allow(dead_code))]
mod done;
#[cfg(not(feature = "glint"))]
mod fetch;
#[cfg(feature = "glint")]
pub mod glint;
mod guard;
#[cfg(not(feature = "glint"))]
pub mod manager;
mod network;
#[cfg_attr(feature = "glint", allow(dead_code))]
mod object;
#[cfg(not(feature = "glint"))]
mod options;
mod random;
#[cfg(not(feature = "glint"))]
mod shell;
#[cfg_attr(feature = "glint", allow(dead_code))]
mod socket;
#[cfg_attr(feature = "glint", allow(dead_code))]
mod tabs;
mod timer;
