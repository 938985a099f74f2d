//! Sealwire keeps a web app's data in sync over a plain WebSocket: a change is on disk before `pushChange` resolves, sealed before it leaves
//! the page, delivered at least once, applied once, and merged the same way on every device.
//!
//! - [`engine`] decides, for servers that relay sealed events. It is pure: time, randomness and IO are data that go in and come out.
//! - `rows` decides for servers whose rows have one truth, on the server; as pure, and in a wasm module of its own (`--features glint`).
//! - `browser` does: it feeds the engine what happens and performs what it asks for. It exists on wasm32 alone, and only there are its
//!   dependencies, so a native build fails if the engine reaches for one.
//!
//! PROTOCOL.md says what goes over the wire and into the database; `docs/adr/` says why it is built so.

pub mod engine;
#[cfg(any(feature = "rows", not(target_arch = "wasm32")))]
pub mod rows;

#[cfg(target_arch = "wasm32")]
pub mod browser;

/// A third of the default allocator's size, and constant time.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
