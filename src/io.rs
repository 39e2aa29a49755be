//! The edge: files, devices and terminals. Each adapter knows the engine's terms, and no other adapter.

pub mod encode;
