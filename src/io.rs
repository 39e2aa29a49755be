//! Adapters to the outside: files, decoding, encoding, devices, the terminal, signals. Each uses the engine's terms, and no other adapter.

pub(crate) mod atomic_file;
pub(crate) mod cache;
pub mod clips;
pub mod decode;
pub(crate) mod device;
pub mod display;
pub mod encode;
pub(crate) mod folders;
pub(crate) mod interrupt;
pub mod library;
pub(crate) mod lines;
pub(crate) mod media_controls;
pub(crate) mod new_files;
pub(crate) mod null;
pub(crate) mod open_file;
pub(crate) mod output_queue;
pub(crate) mod own_file;
pub(crate) mod panic_guard;
pub(crate) mod priority;
pub(crate) mod signals;
pub(crate) mod sleep;
pub(crate) mod state_folder;
pub(crate) mod temporary;
pub mod terminal;
pub(crate) mod wake_lock;
