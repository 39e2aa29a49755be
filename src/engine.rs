//! From a timeline to blocks of stereo frames, from any playhead. The result never depends on the size of the blocks.

pub mod source;
