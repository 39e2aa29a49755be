//! `karuna publish`: publishes a session or a folder of sessions in formats that can be used without karuna.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::loading::UnspokenLines;
use super::settings::load_options;
use super::{Outcome, loading, progress, report};
use crate::cli::Publish;
use crate::config::Config;
use crate::error::{Failure, reason};
use crate::io::interrupt::Interrupt;
use crate::io::library::{self, LibraryError};
use crate::publish::{Publication, PublicationFormat, PublishError, PublishOptions};
use crate::render::RenderEvent;
use crate::text;

pub(super) fn run(arguments: &Publish) -> Result<Outcome, Failure> {
    let (sessions, collection) = match library::open(&arguments.session) {
        Err(LibraryError::IsFolder(folder)) => (manifests(&folder)?, Some(folder)),
        _ => (vec![arguments.session.clone()], None),
    };
    let formats = formats(&arguments.formats);
    if formats.contains(&PublicationFormat::Podcast) && arguments.url.is_none() {
        report::line(
            "the links in feed.xml are relative; to make them absolute, give the folder's web address with --url",
        );
    }
    let (cover, url) = (arguments.cover.clone(), arguments.url.clone());
    let mut publication = Publication::open(&arguments.output, PublishOptions { formats, cover, url, collection })?;
    for session in &sessions {
        match add(&mut publication, session, arguments)? {
            ControlFlow::Continue(()) => {}
            ControlFlow::Break(outcome) => return Ok(outcome),
        }
    }
    for file in publication.finish()? {
        let verb = if file.replaced_existing { "replaced" } else { "wrote" };
        super::print_line(&format!("{verb} {}", text::display_path(&file.path)))?;
    }
    Ok(Outcome::Done)
}

/// Returns the requested formats without duplicates. Without a choice, these are all formats that this build supports.
fn formats(chosen: &[PublicationFormat]) -> Vec<PublicationFormat> {
    if chosen.is_empty() {
        if PublicationFormat::AVAILABLE != PublicationFormat::ALL {
            report::line("this build of karuna can't write MP3, so there is no podcast");
        }
        return PublicationFormat::AVAILABLE.to_vec();
    }
    let mut formats = chosen.to_vec();
    formats.sort_unstable();
    formats.dedup();
    formats
}

/// Returns the manifests in a folder.
fn manifests(folder: &Path) -> Result<Vec<String>, Failure> {
    let unreadable = |error: std::io::Error| {
        let message = format!("{} can't be read: {}", text::display_path(folder), reason(&error));
        Failure::new(message, "check the permissions of the folder")
    };
    let entries = folder.read_dir().map_err(unreadable)?.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml") && path.is_file());
    paths.sort();
    let names: Vec<_> = paths.iter().filter_map(|path| path.to_str()).map(str::to_owned).collect();
    if names.is_empty() {
        let message = format!("there is no session in {}", text::display_path(folder));
        return Err(Failure::new(message, "give a manifest, or a folder with manifests, files that end in .toml"));
    }
    Ok(names)
}

/// Adds a session, and shows progress.
fn add(publication: &mut Publication, session: &str, arguments: &Publish) -> Result<loading::Loaded<()>, Failure> {
    let session =
        match loading::load(session, &load_options(&arguments.shape, &Config::default())?, UnspokenLines::Silent)? {
            ControlFlow::Continue(session) => session,
            ControlFlow::Break(outcome) => return Ok(ControlFlow::Break(outcome)),
        };
    let (interrupt, bar) = (Interrupt::watch(), progress::percent_bar(0));
    let added = publication.add(&session, &mut |event| {
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
    match added {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(PublishError::Interrupted) => {
            report::line("stopped; nothing was published");
            Ok(ControlFlow::Break(Outcome::Stopped))
        }
        Err(error) => Err(error.into()),
    }
}
