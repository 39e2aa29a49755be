//! Adapters to the outside: files, decoding, encoding, devices, the terminal, signals. Each uses the engine's terms, and no other adapter.

pub(crate) mod atomic_file;
pub mod cache;
pub mod clips;
pub mod decode;
pub mod device;
pub mod display;
pub mod encode;
pub(crate) mod folders;
pub mod interrupt;
pub mod library;
pub mod lines;
pub(crate) mod media_controls;
pub mod new_files;
pub mod null;
pub(crate) mod open_file;
pub(crate) mod output_queue;
pub(crate) mod own_file;
pub(crate) mod panic_guard;
pub mod priority;
pub mod signals;
pub mod sleep;
pub(crate) mod state_folder;
pub mod terminal;
pub(crate) mod wake_lock;
