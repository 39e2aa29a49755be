//! A walk over one table of the manifest: each key is taken once, what is left over is unknown.

use std::ops::RangeInclusive;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::codes::Code;
use super::findings::Findings;
use super::span::{Located, Span};
use super::{duration, suggest};
use crate::text::escape_controls;

/// One table under reading.
pub(super) struct Table<'table, 'found, 'text> {
    table: &'table DeTable<'table>,
    /// Where the table stands: its header, or its braces.
    pub(super) span: Span,
    pub(super) findings: &'found mut Findings<'text>,
}

impl<'table, 'found, 'text> Table<'table, 'found, 'text> {
    pub(super) fn new(table: &'table DeTable<'table>, span: Span, findings: &'found mut Findings<'text>) -> Self {
        Self { table, span, findings }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(super) fn get(&self, key: &str) -> Option<&'table Spanned<DeValue<'table>>> {
        self.table.get(key)
    }

    /// All keys with their places.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'table str, Span)> + use<'table> {
        self.table.keys().map(|key| (key.get_ref().as_ref(), key.span()))
    }

    /// Whether a missing key was only misspelt, or written elsewhere: that is said already.
    pub(super) fn may_mean(&self, key: &str) -> bool {
        self.findings.has_misplaced_key(key)
            || self.table.keys().any(|written| suggest::nearest(written.get_ref(), [key]).is_some())
    }

    /// Whether a list that has to hold something is empty, or missing without having been meant.
    pub(super) fn lacks_any(&self, key: &str) -> bool {
        match self.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(items)) => items.is_empty(),
            Some(_) => false,
            None => !self.may_mean(key),
        }
    }

    /// Where a value stands, or else its table.
    pub(super) fn span_of(&self, key: &str) -> Span {
        self.table.get(key).map_or(self.span.clone(), Spanned::span)
    }

    /// Reports each key that is not among the known ones.
    pub(super) fn refuse_unknown(&mut self, known: &[&str], place: &str) {
        for (key, span) in self.keys() {
            if !known.contains(&key) {
                let help = suggest::help(key, known.iter().copied());
                self.findings.error(Code::UnknownKey, span, format!("unknown key `{}` in {place}", visible(key)), help);
            }
        }
    }

    /// A text, with its place.
    pub(super) fn text(&mut self, key: &str) -> Option<Located<String>> {
        let value = self.get(key)?;
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, value, "text in quotes", "put it in quotes, as in", "\"…\"");
            return None;
        };
        Some(Located { value: text.to_string(), span: value.span() })
    }

    /// A text that has to be there.
    pub(super) fn required_text(&mut self, key: &str, help: &str) -> Option<Located<String>> {
        if !self.has(key) && !self.may_mean(key) {
            self.findings.error(Code::MissingKey, self.span.clone(), format!("`{key}` is missing"), help);
        }
        self.text(key)
    }

    /// A duration within a range.
    pub(super) fn duration(&mut self, key: &str, range: RangeInclusive<Duration>) -> Option<Duration> {
        let value = self.get(key)?;
        let span = value.span();
        let read = match value.get_ref() {
            DeValue::String(text) => Ok(duration::parse(text).ok_or_else(|| duration::meant(text))),
            DeValue::Integer(number) => Err(duration::meant(number.as_str())),
            DeValue::Float(number) => Err(duration::meant(number.as_str())),
            _ => Ok(Err(None)),
        };
        let (what, meant) = match read {
            Ok(Ok(read)) => return self.within(key, read, range, span),
            Ok(Err(meant)) => ("is not a duration", meant),
            Err(meant) => ("is a bare number", meant),
        };
        let help = match meant.filter(|meant| range.contains(meant)) {
            Some(meant) => format!("write it as text with its unit: {key} = \"{}\"", duration::format(meant)),
            None => "write hours, minutes, seconds or milliseconds in this order, such as \"40s\", \"1m30s\", \"2.5s\" or \"800ms\"".to_owned(),
        };
        self.findings.error(Code::BadDuration, span, format!("`{key}` {what}"), help);
        None
    }

    fn within(&mut self, key: &str, read: Duration, range: RangeInclusive<Duration>, span: Span) -> Option<Duration> {
        if !range.contains(&read) {
            let (low, high) = (duration::format(*range.start()), duration::format(*range.end()));
            let message = format!("`{key}` is {}, outside {low} to {high}", duration::format(read));
            self.findings.error(
                Code::OutOfRange,
                span,
                message,
                format!("choose a length from \"{low}\" to \"{high}\""),
            );
            return None;
        }
        Some(read)
    }

    /// A number within a range.
    pub(super) fn number(&mut self, key: &str, range: RangeInclusive<f64>, unit: &str) -> Option<f64> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => integer(number).map(|whole| whole as f64),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => {
                self.wrong_type(key, value, "a number", "write it without quotes, as in", "0");
                return None;
            }
        };
        match number {
            Some(number) if range.contains(&number) => Some(number),
            _ => {
                self.outside(key, value, range.start(), range.end(), unit);
                None
            }
        }
    }

    /// A whole number within a range.
    pub(super) fn count(&mut self, key: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.get(key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong_type(key, value, "a whole number", "write it without quotes and without a fraction, as in", "3");
            return None;
        };
        let count = integer(number).and_then(|whole| u32::try_from(whole).ok()).filter(|whole| range.contains(whole));
        if count.is_none() {
            self.outside(key, value, range.start(), range.end(), "");
        }
        count
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<Located<String>>> {
        let value = self.get(key)?;
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(key, value, "a list", "put it in brackets, as in", "[\"…\"]");
            return None;
        };
        let mut texts = Vec::new();
        for item in array {
            if let DeValue::String(text) = item.get_ref() {
                texts.push(Located { value: text.to_string(), span: item.span() });
            } else {
                self.wrong_type(key, item, "text in quotes", "each entry of the list is in quotes, as in", "[\"…\"]");
            }
        }
        Some(texts)
    }

    /// Looks whether there is a number, of any size.
    pub(super) fn any_number(&mut self, key: &str) {
        let Some(value) = self.get(key) else { return };
        if !matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_)) {
            self.wrong_type(key, value, "a number", "write it without quotes, as in", "1");
        }
    }

    /// A table in braces, as in the example.
    pub(super) fn braces(&mut self, key: &str, example: &str) -> Option<(&'table DeTable<'table>, Span)> {
        let value = self.get(key)?;
        if let DeValue::Table(table) = value.get_ref() {
            return Some((table, value.span()));
        }
        self.wrong_type(key, value, "a table", "write it in braces, as in", example);
        None
    }

    /// A list of tables in braces, as in the example.
    pub(super) fn braces_each(&mut self, key: &str, example: &str) -> Vec<(&'table DeTable<'table>, Span)> {
        let belongs = [("a list", "write it in brackets, as in"), ("a table", "write each entry in braces, as in")];
        self.list_of_tables(key, belongs, example)
    }

    /// The table itself.
    pub(super) fn whole(&self) -> &'table DeTable<'table> {
        self.table
    }

    /// A table within this one.
    pub(super) fn table(&mut self, key: &str) -> Option<(&'table DeTable<'table>, Span)> {
        let value = self.get(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(
                key,
                value,
                "a table",
                "write its keys under a header of its own, as in",
                &format!("[{key}]"),
            );
            return None;
        };
        Some((table, value.span()))
    }

    /// The tables of a `[[key]]`, each with its place.
    pub(super) fn tables(&mut self, key: &str, header: &str) -> Vec<(&'table DeTable<'table>, Span)> {
        let belongs = [
            ("a list of segments", "begin each segment with two brackets on either side:"),
            ("a segment", "begin each segment with its header:"),
        ];
        self.list_of_tables(key, belongs, &format!("[[{header}]]"))
    }

    /// What belongs at the key and at each entry of its list, with how to write it.
    fn list_of_tables(
        &mut self,
        key: &str,
        [list, entry]: [(&str, &str); 2],
        example: &str,
    ) -> Vec<(&'table DeTable<'table>, Span)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(key, value, list.0, list.1, example);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array {
            if let DeValue::Table(table) = item.get_ref() {
                tables.push((table, item.span()));
            } else {
                self.wrong_type(key, item, entry.0, entry.1, example);
            }
        }
        tables
    }

    fn outside(&mut self, key: &str, value: &Spanned<DeValue>, low: &impl ToString, high: &impl ToString, unit: &str) {
        let (low, high) = (low.to_string(), high.to_string());
        let message = format!("`{key}` is outside {low} to {high}{unit}");
        self.findings.error(Code::OutOfRange, value.span(), message, format!("choose a number from {low} to {high}"));
    }

    fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue>, wanted: &str, help: &str, example: &str) {
        let message = format!("`{key}` is {}, where {wanted} belongs", kind_name(value.get_ref()));
        let help = if example.starts_with('[') && example.len() > 2 && !example.contains('"') {
            format!("{help} {example}")
        } else {
            format!("{help} {key} = {example}")
        };
        self.findings.error(Code::WrongType, value.span(), message, help);
    }
}

/// A whole number, where it is not absurdly large.
pub(super) fn integer(number: &DeInteger) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A word of the manifest that can't move the cursor.
pub(super) fn visible(word: &str) -> String {
    escape_controls(&word.chars().take(80).collect::<String>())
}

fn kind_name(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
