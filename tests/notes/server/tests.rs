//! What the description says of the server.
