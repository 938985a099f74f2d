//! Each trap is a story.

mod connecting;
mod creating;
mod forgetting;
mod hearing;
mod hostile;
mod offline;
mod refusing;
mod showing;
mod streaming;
mod tabs;
mod toggling;
