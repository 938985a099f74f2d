//! Glint's protocol, in its three generations: what its frames say, what its routes take and give. PROTOCOL.md has each message.

pub mod frame;
pub mod request;
pub mod row;
