//! Each trap is a story.

mod catching_up;
mod confirming;
mod connecting;
mod hostile;
mod merging;
mod plain;
mod pushing;
mod refusing;
mod tabs;
