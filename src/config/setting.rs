//! A setting and its source.

use std::fmt;

/// The source of a setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SettingSource {
    /// The default.
    #[default]
    Default,
    /// A line of the file, counted from 1.
    File(usize),
    /// Stored with the place where a session was left.
    Stored,
    /// An environment variable.
    Environment(&'static str),
}

impl fmt::Display for SettingSource {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(line) => write!(formatter, "line {line}"),
            Self::Stored => formatter.write_str("as before"),
            Self::Environment(variable) => write!(formatter, "{variable} in the environment"),
        }
    }
}

/// A setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    /// Its value.
    pub value: T,
    /// Where the value comes from.
    pub source: SettingSource,
}

impl<T> Setting<T> {
    /// Creates a setting with its default.
    pub(super) fn of(value: T) -> Self {
        Self { value, source: SettingSource::Default }
    }

    /// Creates a setting that was stored with the place where a session was left.
    pub(crate) fn stored(value: T) -> Self {
        Self { value, source: SettingSource::Stored }
    }

    /// Replaces the value, if a new one is given.
    pub(super) fn set(&mut self, value: Option<T>, source: SettingSource) {
        if let Some(value) = value {
            *self = Self { value, source };
        }
    }

    /// Returns the value unless it is the default.
    pub(crate) fn explicit(&self) -> Option<&T> {
        Some(&self.value).filter(|_| self.source != SettingSource::Default)
    }
}

impl Setting<bool> {
    /// Turns the setting on, as requested by an environment variable.
    pub(crate) fn turn_on(&mut self, variable: &'static str) {
        *self = Self { value: true, source: SettingSource::Environment(variable) };
    }
}
