//! While speech is still being made, all that is certain is what it will be, sample for sample.

mod player;
mod timeline;
