//! Typelets' protocol: what its frames say, what its routes take and give, and how its frames are signed. PROTOCOL.md has each message.

pub mod frame;
pub mod request;
pub mod row;
pub mod send;
pub mod signing;
