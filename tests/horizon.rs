//! While speech is still being made, all that is certain is what it will be, sample for sample.

#[path = "support/all.rs"]
mod support;

#[path = "horizon/player.rs"]
mod player;
#[path = "horizon/timeline.rs"]
mod timeline;
