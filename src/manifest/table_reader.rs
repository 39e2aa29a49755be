//! Reads the values of one TOML table and reports those of the wrong type or out of range.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::codes::Code;
use super::findings::{Findings, excerpt};
use super::span::{Located, Span};
use super::{duration, suggest};

/// A table within another one, with its position.
pub(crate) type InnerTable<'table> = (&'table DeTable<'table>, Span);

/// Reads one table. Each method reports the errors of the value that it returns.
pub(crate) struct TableReader<'table, 'findings, 'text> {
    pub(crate) table: &'table DeTable<'table>,
    /// The position of the table's header or braces.
    pub(crate) span: Span,
    pub(crate) findings: &'findings mut Findings<'text>,
}

impl<'table, 'findings, 'text> TableReader<'table, 'findings, 'text> {
    pub(crate) fn new(table: &'table DeTable<'table>, span: Span, findings: &'findings mut Findings<'text>) -> Self {
        Self { table, span, findings }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'table Spanned<DeValue<'table>>> {
        self.table.get(key)
    }

    /// Iterates over all keys with their positions.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'table str, Span)> + use<'table> {
        self.table.keys().map(|key| (key.get_ref().as_ref(), key.span()))
    }

    /// Returns whether a missing key is present with a misspelled name or in another place, which is reported there.
    pub(super) fn is_reported_elsewhere(&self, key: &str) -> bool {
        self.findings.has_misplaced_key(key)
            || self.table.keys().any(|written| suggest::nearest(written.get_ref(), [key]).is_some())
    }

    /// Returns whether a required list is empty, or missing without being reported elsewhere.
    pub(super) fn is_list_empty(&self, key: &str) -> bool {
        match self.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(items)) => items.is_empty(),
            Some(_) => false,
            None => !self.is_reported_elsewhere(key),
        }
    }

    /// Returns the position of a value, or that of the table if it is missing.
    pub(crate) fn value_span(&self, key: &str) -> Span {
        self.table.get(key).map_or(self.span.clone(), Spanned::span)
    }

    /// Reports each key that is not among the known ones.
    pub(crate) fn report_unknown_keys(&mut self, known: &[&str], section: &str) {
        for (key, span) in self.keys() {
            if !known.contains(&key) {
                let message = format!("unknown key `{}` in {section}", excerpt(key));
                let help = suggest::help(key, known.iter().copied());
                self.findings.error(Code::UnknownKey, span, message, help);
            }
        }
    }

    /// Reads a string.
    pub(crate) fn text(&mut self, key: &str) -> Option<Located<String>> {
        let value = self.get(key)?;
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, value, "text in quotes", &format!("put it in quotes: {key} = \"…\""));
            return None;
        };
        Some(Located { value: text.to_string(), span: value.span() })
    }

    /// Reads a required string.
    pub(super) fn required_text(&mut self, key: &str, help: &str) -> Option<Located<String>> {
        if !self.has(key) && !self.is_reported_elsewhere(key) {
            self.findings.error(Code::MissingKey, self.span.clone(), format!("`{key}` is missing"), help);
        }
        self.text(key)
    }

    /// Reads a duration within a range.
    pub(crate) fn duration(&mut self, key: &str, range: RangeInclusive<Duration>) -> Option<Duration> {
        let value = self.get(key)?;
        let (problem, guess) = match value.get_ref() {
            DeValue::String(text) => match duration::parse(text) {
                Some(parsed) => return self.within(key, parsed, range, value.span()),
                None => ("is not a duration", duration::guess(text)),
            },
            DeValue::Integer(number) => ("is a number without a unit", duration::guess(number.as_str())),
            DeValue::Float(number) => ("is a number without a unit", duration::guess(number.as_str())),
            _ => ("is not a duration", None),
        };
        let help = match guess.filter(|guess| range.contains(guess)) {
            Some(guess) => format!("write it in quotes with its unit: {key} = \"{}\"", duration::format(guess)),
            None => {
                "write hours, minutes, seconds and milliseconds in this order, such as \"40s\", \"1m30s\", \"2.5s\" or \"800ms\""
                    .to_owned()
            }
        };
        self.findings.error(Code::BadDuration, value.span(), format!("`{key}` {problem}"), help);
        None
    }

    fn within(&mut self, key: &str, value: Duration, range: RangeInclusive<Duration>, span: Span) -> Option<Duration> {
        if range.contains(&value) {
            return Some(value);
        }
        let (low, high) = (duration::format(*range.start()), duration::format(*range.end()));
        let message = format!("`{key}` is {}; it must be between {low} and {high}", duration::format(value));
        let help = format!("choose a duration from \"{low}\" to \"{high}\"");
        self.findings.error(Code::OutOfRange, span, message, help);
        None
    }

    /// Reads a number within a range. `unit` is appended to the range in messages.
    pub(crate) fn number(&mut self, key: &str, range: RangeInclusive<f64>, unit: &str) -> Option<f64> {
        let value = self.get(key)?;
        self.check_digits(key, value)?;
        let number = match value.get_ref() {
            // Integers that are not exact as floats are outside of every range.
            DeValue::Integer(number) => parse_integer(number).map(|whole| whole as f64),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => {
                self.wrong_type(key, value, "a number", &format!("write it without quotes, such as {key} = 0"));
                return None;
            }
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            self.out_of_range(key, value, range.start(), range.end(), unit);
        }
        number
    }

    /// Reads an integer within a range.
    pub(super) fn count(&mut self, key: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.get(key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            let help = format!("write it without quotes and without a fraction, such as {key} = 3");
            self.wrong_type(key, value, "a whole number", &help);
            return None;
        };
        self.check_digits(key, value)?;
        let count = parse_integer(number).and_then(|whole| u32::try_from(whole).ok());
        let count = count.filter(|count| range.contains(count));
        if count.is_none() {
            self.out_of_range(key, value, range.start(), range.end(), "");
        }
        count
    }

    /// Reads `true` or `false`.
    pub(crate) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        self.wrong_type(key, value, "true or false", &format!("write it without quotes: {key} = true"));
        None
    }

    /// Reads a list of strings, without other entries.
    pub(crate) fn texts(&mut self, key: &str) -> Option<Vec<Located<String>>> {
        let value = self.get(key)?;
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(key, value, "a list", &format!("put it in brackets: {key} = [\"…\"]"));
            return None;
        };
        let mut texts = Vec::new();
        for item in array {
            if let DeValue::String(text) = item.get_ref() {
                texts.push(Located { value: text.to_string(), span: item.span() });
            } else {
                self.wrong_entry_type(
                    key,
                    item,
                    "text in quotes",
                    &format!("put each entry in quotes: {key} = [\"…\"]"),
                );
            }
        }
        Some(texts)
    }

    /// Reports a value that is not a number. Any number is accepted.
    pub(super) fn check_number(&mut self, key: &str) {
        let Some(value) = self.get(key) else { return };
        if !matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_)) {
            self.wrong_type(key, value, "a number", &format!("write it without quotes, such as {key} = 1"));
        }
    }

    /// Reads an inline table. The example of its value is used in the help.
    pub(crate) fn inline_table(&mut self, key: &str, example: &str) -> Option<InnerTable<'table>> {
        self.inner_table(key, &format!("write it in braces, such as {key} = {example}"))
    }

    /// Reads a section with a header of its own.
    pub(crate) fn section(&mut self, key: &str) -> Option<InnerTable<'table>> {
        self.inner_table(key, &format!("write its keys under a header of their own: [{key}]"))
    }

    fn inner_table(&mut self, key: &str, help: &str) -> Option<InnerTable<'table>> {
        let value = self.get(key)?;
        if let DeValue::Table(table) = value.get_ref() {
            return Some((table, value.span()));
        }
        self.wrong_type(key, value, "a table", help);
        None
    }

    /// Reads a list of inline tables. The example of its value is used in the help.
    pub(super) fn inline_tables(&mut self, key: &str, example: &str) -> Vec<InnerTable<'table>> {
        let list = format!("write it in brackets, such as {key} = {example}");
        let entry = format!("write each entry in braces, such as {key} = {example}");
        self.tables(key, ("a list", &list), ("a table", &entry))
    }

    /// Reads the segments under `[[header]]`.
    pub(super) fn segment_tables(&mut self, key: &str, header: &str) -> Vec<InnerTable<'table>> {
        let list = format!("start each segment with two brackets on each side: [[{header}]]");
        let entry = format!("start each segment with its header: [[{header}]]");
        self.tables(key, ("a list of segments", &list), ("a segment", &entry))
    }

    /// Reads a list of tables. `list` and `entry` describe the expected value and its entries, each with its help.
    fn tables(&mut self, key: &str, list: (&str, &str), entry: (&str, &str)) -> Vec<InnerTable<'table>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(key, value, list.0, list.1);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array {
            if let DeValue::Table(table) = item.get_ref() {
                tables.push((table, item.span()));
            } else {
                self.wrong_entry_type(key, item, entry.0, entry.1);
            }
        }
        tables
    }

    /// Reads the tables under `[[header]]`. `entry` is the name of an entry, with an article.
    pub(super) fn array_of_tables(&mut self, header: &str, entry: &str) -> Vec<InnerTable<'table>> {
        let help = format!("start each one with two brackets on each side: [[{header}]]");
        self.tables(header, ("a list", &help), (entry, &help))
    }

    /// Reports a number that is none, such as `0x`: the parser leaves that to its caller.
    fn check_digits(&mut self, key: &str, value: &Spanned<DeValue>) -> Option<()> {
        let is_number = match value.get_ref() {
            DeValue::Integer(number) => {
                let digits = number.as_str().trim_start_matches(['+', '-']);
                !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(number.radix()))
            }
            DeValue::Float(number) => number.as_str().parse::<f64>().is_ok(),
            _ => true,
        };
        if is_number {
            return Some(());
        }
        let message = format!("the value of `{key}` is not a number");
        self.findings.error(Code::BadNumber, value.span(), message, "write a number in digits, such as 3");
        None
    }

    fn out_of_range(
        &mut self,
        key: &str,
        value: &Spanned<DeValue>,
        low: &impl Display,
        high: &impl Display,
        unit: &str,
    ) {
        let message = format!("`{key}` must be between {low} and {high}{unit}");
        self.findings.error(Code::OutOfRange, value.span(), message, format!("choose a number from {low} to {high}"));
    }

    fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue>, expected: &str, help: &str) {
        let message = format!("`{key}` must be {expected}, not {}", type_name(value.get_ref()));
        self.findings.error(Code::WrongType, value.span(), message, help);
    }

    fn wrong_entry_type(&mut self, key: &str, entry: &Spanned<DeValue>, expected: &str, help: &str) {
        let message = format!("each entry of `{key}` must be {expected}, not {}", type_name(entry.get_ref()));
        self.findings.error(Code::WrongType, entry.span(), message, help);
    }
}

/// Parses an integer of any radix, or returns `None` if it does not fit.
pub(super) fn parse_integer(number: &DeInteger) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn type_name(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
