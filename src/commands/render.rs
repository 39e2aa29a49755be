//! `karuna render`: writes the samples that would be played to a file.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use super::loading::UnspokenLines;
use super::settings::load_options;
use super::{Outcome, loading, progress, report};
use crate::cli::Render;
use crate::config::Config;
use crate::error::Failure;
use crate::io::encode::OutputFormat;
use crate::io::interrupt::Interrupt;
use crate::manifest::duration;
use crate::render::{self, RenderError, RenderEvent, RenderSummary};
use crate::text;

pub(super) fn run(arguments: &Render, config: &Config) -> Result<Outcome, Failure> {
    let format = OutputFormat::for_path(&arguments.output, arguments.rate, arguments.bits)?;
    let session =
        match loading::load(&arguments.session, &load_options(&arguments.shape, config)?, UnspokenLines::Silent)? {
            ControlFlow::Continue(session) => session,
            ControlFlow::Break(outcome) => return Ok(outcome),
        };
    let (interrupt, bar) = (Interrupt::watch(), progress::percent_bar(0));
    let rendered = render::render(&session, &arguments.output, format, &mut |event| {
        match event {
            RenderEvent::Progress { rendered, total } => {
                bar.set_length(total.0);
                bar.set_position(rendered.0);
            }
            RenderEvent::Warning(sentence) => bar.suspend(|| report::line(&sentence)),
        }
        if interrupt.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    bar.finish_and_clear();
    match rendered {
        Ok(summary) => {
            super::print_line(&describe(&arguments.output, summary))?;
            Ok(Outcome::Done)
        }
        Err(RenderError::Interrupted) => {
            report::line(&format!("stopped; {} is unchanged", text::display_path(&arguments.output)));
            Ok(Outcome::Stopped)
        }
        Err(error) => Err(error.into()),
    }
}

/// Describes a finished file, as in `replaced evening.mp3: 8m16s, −21.0 LUFS`.
fn describe(path: &Path, summary: RenderSummary) -> String {
    let verb = if summary.has_replaced { "replaced" } else { "wrote" };
    let length = duration::format(Duration::from_secs_f64(summary.length.as_secs_f64().round()));
    let loudness = match summary.loudness {
        Some(loudness) => format!("{:.1} LUFS", loudness.0).replace('-', "−"),
        None => "silent".to_owned(),
    };
    format!("{verb} {}: {length}, {loudness}", text::display_path(path))
}
