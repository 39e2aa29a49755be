//! Audio files of every supported format: decoding, encoding, damaged and hostile input.

mod clips;
mod decode;
mod encode;
mod hostile;
mod mutations;
mod recordings;
