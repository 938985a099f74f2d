//! The engine in the browser: [`manager`] is what the app calls, [`shell`] pumps inputs and effects, the rest performs them.

mod app;
mod crypto;
mod database;
mod done;
mod fetch;
mod guard;
pub mod manager;
mod object;
mod options;
mod random;
mod shell;
mod socket;
mod tabs;
mod timer;

/// Snippets that snippets alone import: wasm-bindgen copies none that is not named.
mod named {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen(module = "/src/browser/checks.js")]
    extern "C" {
        type Checks;
    }
    #[wasm_bindgen(module = "/src/browser/listeners.js")]
    extern "C" {
        type Listeners;
    }
}
