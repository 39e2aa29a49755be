//! stub
#![allow(missing_docs)]
use crate::engine::ClipReader;
use crate::units::*;
use std::path::PathBuf;
#[derive(Debug)]
pub struct ClipError;
impl std::fmt::Display for ClipError {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("stub")
    }
}
impl ClipError {
    pub fn help(&self) -> &str {
        ""
    }
}
pub struct Examination;
impl Examination {
    pub fn damage(&self) -> Option<String> {
        None
    }
    pub fn greatest_momentary(&self) -> Option<Loudness> {
        None
    }
    pub fn integrated(&self) -> Option<Loudness> {
        None
    }
}
pub struct Source;
impl Source {
    pub fn file(_: PathBuf, _: &str) -> Self {
        Self
    }
    pub fn embedded(_: &str, _: &'static [u8]) -> Self {
        Self
    }
}
pub struct ClipFacts {
    pub rate: Rate,
    pub frames: Frames,
}
pub fn probe(_: &Source) -> Result<ClipFacts, ClipError> {
    Err(ClipError)
}
pub fn open(_: &Source) -> Result<Box<dyn ClipReader>, ClipError> {
    Err(ClipError)
}
pub fn examine(_: &Source) -> Result<Examination, ClipError> {
    Err(ClipError)
}
pub fn pooled_loudness<'a>(_: impl Iterator<Item = &'a Examination>) -> Option<Loudness> {
    None
}
