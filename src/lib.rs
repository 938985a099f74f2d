//! Sealwire.
pub mod engine;
#[cfg(target_arch = "wasm32")]
mod browser;
