//! Each trap is a story.

mod catching_up;
mod clock;
mod confirming;
mod connecting;
mod corrupt;
mod forgetting;
mod heeding;
mod holding_back;
mod hostile;
mod merging;
mod plain;
mod probing;
mod pushing;
mod refusing;
mod sealing;
mod tabs;
