//! `karuna log`: lists the recorded sittings, without totals.

use super::{Outcome, report};
use crate::config::Config;
use crate::error::Failure;
use crate::history::{Log, Sitting};
use crate::manifest::duration;
use crate::text::{escape_controls, width};

/// The length of a start time in the table, which ends with the minutes.
const START_CHARS: usize = 16;

pub(super) fn run(csv: bool, config: &Config) -> Result<Outcome, Failure> {
    let log = Log::read()?;
    let lines = if csv { table_csv(&log.sittings) } else { table(&log.sittings) };
    for line in lines {
        super::print_line(&line)?;
    }
    if log.unreadable > 0 {
        let lines = if log.unreadable == 1 { "1 line".to_owned() } else { format!("{} lines", log.unreadable) };
        report::line(&format!("{lines} of the log can't be read"));
    } else if log.sittings.is_empty() && !config.log.value {
        report::line(
            "no sittings are stored; to store them, set log = true in config.toml, which `karuna config --init` writes",
        );
    }
    Ok(Outcome::Done)
}

fn table(sittings: &[Sitting]) -> Vec<String> {
    let names: Vec<_> = sittings.iter().map(|sitting| escape_controls(&sitting.session)).collect();
    let widest = names.iter().map(|name| width(name)).max().unwrap_or_default();
    let row = |(sitting, name): (&Sitting, &String)| {
        let start: String = sitting.start.chars().take(START_CHARS).collect();
        let padding = " ".repeat(widest - width(name));
        let end = if sitting.is_left_early { "  left early" } else { "" };
        format!("{}  {name}{padding}  {:>6}{end}", escape_controls(&start), duration::format(sitting.length))
    };
    sittings.iter().zip(&names).map(row).collect()
}

fn table_csv(sittings: &[Sitting]) -> Vec<String> {
    let row = |sitting: &Sitting| {
        let Sitting { start, session, title, length, is_left_early } = sitting;
        let fields = [start, session, title, &length.as_secs().to_string(), &is_left_early.to_string()];
        fields.map(|field| field_csv(field)).join(",")
    };
    std::iter::once("start,session,title,seconds,left_early".to_owned()).chain(sittings.iter().map(row)).collect()
}

/// Returns a CSV field, quoted if necessary.
fn field_csv(field: &str) -> String {
    let field = escape_controls(field);
    if field.contains([',', '"']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_with_commas_or_quotes_is_quoted() {
        assert_eq!(field_csv("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(field_csv("a b"), "a b");
    }
}
