//! Each trap is a story.

mod connecting;
mod corrupt;
pub mod creating;
mod forgetting;
pub mod hearing;
mod hostile;
pub mod offline;
mod probing;
pub mod refusing;
pub mod showing;
mod streaming;
pub mod tabs;
pub mod toggling;
