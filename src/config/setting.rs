//! A setting and where it comes from.

use std::fmt;

/// Where a setting comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SettingSource {
    /// Nothing was said.
    #[default]
    Default,
    /// A line of the file, counted from 1.
    File(usize),
    /// It was kept with the place where a session was left.
    Kept,
    /// A variable of the environment.
    Environment(&'static str),
}

impl fmt::Display for SettingSource {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(line) => write!(formatter, "line {line}"),
            Self::Kept => formatter.write_str("as before"),
            Self::Environment(variable) => write!(formatter, "{variable} in the environment"),
        }
    }
}

/// A setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting<T> {
    /// Its value.
    pub value: T,
    /// Where the value comes from.
    pub source: SettingSource,
}

impl<T> Setting<T> {
    /// A setting that counts as long as nothing else is said.
    pub(super) fn of(value: T) -> Self {
        Self { value, source: SettingSource::Default }
    }

    /// A setting that was kept with the place where a session was left.
    pub(crate) fn given_before(value: T) -> Self {
        Self { value, source: SettingSource::Kept }
    }

    /// Replaces the value, if there is one.
    pub(super) fn set(&mut self, value: Option<T>, source: SettingSource) {
        if let Some(value) = value {
            *self = Self { value, source };
        }
    }

    /// Returns the value unless it is the default.
    pub fn given(&self) -> Option<&T> {
        Some(&self.value).filter(|_| self.source != SettingSource::Default)
    }
}

impl Setting<bool> {
    /// Turns the setting on, as a variable of the environment asks for.
    pub(crate) fn turn_on(&mut self, variable: &'static str) {
        *self = Self { value: true, source: SettingSource::Environment(variable) };
    }
}
