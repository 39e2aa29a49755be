//! `karuna new`: writes a starter manifest, a converted script, or a copy of a session, with the schema beside it.

mod path;
mod script;

use std::io::ErrorKind;
use std::path::Path;

use super::loading::session_or_report;
use super::{Outcome, report};
use crate::cli::New;
use crate::error::Failure;
use crate::io::interrupt::Interrupt;
use crate::io::library::{self, ClipLocation, ManifestOrigin};
use crate::io::new_files::NewFiles;
use crate::manifest::session::ClipPath;
use crate::manifest::{Session, schema};
use crate::script::ConvertedScript;
use crate::text::{self, escape_controls};

/// The starter manifest, which lasts three minutes.
const STARTER: &str = include_str!("new/starter.toml");

pub(super) fn run(arguments: &New) -> Result<Outcome, Failure> {
    let target = path::manifest(&arguments.path)?;
    if target.symlink_metadata().is_ok() {
        return Err(Failure::new(
            format!("{} already exists; nothing was changed", text::display_path(&target)),
            format!("choose another name, or continue with it: karuna check {}", path::quoted(&target)),
        ));
    }
    if let Some(path) = &arguments.from {
        let converted = script::read(path)?;
        let text = converted.manifest.clone();
        let files = Files { text, clips: Vec::new(), origin: ManifestOrigin::Bundled };
        return files.write_files(&target, Some(&converted));
    }
    let Some(origin) = arguments.like.as_deref() else {
        let files = Files { text: STARTER.to_owned(), clips: Vec::new(), origin: ManifestOrigin::Bundled };
        return files.write_files(&target, None);
    };
    let manifest = library::open(origin)?;
    let Some(session) = session_or_report(&manifest) else { return Ok(Outcome::Failed) };
    let mut clips: Vec<_> = session.clips().into_iter().map(|clip| clip.value.clone()).collect();
    clips.extend(announcement_clips(&session, &manifest.origin));
    Files { text: with_directive(&manifest.text), clips, origin: manifest.origin }.write_files(&target, None)
}

/// Returns the recordings of the default announcements, if the session uses them.
fn announcement_clips(session: &Session, origin: &ManifestOrigin) -> Vec<ClipPath> {
    if !session.uses_default_announcements() {
        return Vec::new();
    }
    let announcements = session.effective_announcements().iter();
    let clips = announcements.filter_map(|announcement| announcement.line.clip()).map(|clip| clip.value.clone());
    clips.filter(|clip| origin.open(clip).is_ok()).collect()
}

/// Returns the text with a first line through which an editor finds the schema.
fn with_directive(text: &str) -> String {
    let rest = match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("#:schema") => rest,
        _ => text,
    };
    format!("{}\n{rest}", schema::DIRECTIVE)
}

/// The content of a new session.
struct Files {
    text: String,
    clips: Vec<ClipPath>,
    /// The present location of the clips.
    origin: ManifestOrigin,
}

impl Files {
    /// Writes all files, or none if one fails.
    fn write_files(mut self, target: &Path, converted: Option<&ConvertedScript>) -> Result<Outcome, Failure> {
        let folder = target.parent().unwrap_or(Path::new("")).to_owned();
        let interrupt = Interrupt::watch();
        let mut files = NewFiles::in_folder(&folder)?;
        self.clips.sort();
        self.clips.dedup();
        let mut recordings = 0;
        for path in &self.clips {
            if self.origin.open(path).is_err() {
                let help = "`karuna check` shows the details; correct the session first, or choose another";
                return Err(Failure::new(format!("the clip {} can't be read", escape_controls(path.as_str())), help));
            }
            if interrupt.is_set() {
                report::line("stopped; nothing was changed");
                return Ok(Outcome::Stopped);
            }
            let open = || self.origin.open(path).map(ClipLocation::into_reader).map_err(|_| ErrorKind::NotFound.into());
            recordings += usize::from(files.add_copy(Path::new(path.as_str()), open)?);
        }
        let schema_path = folder.join(schema::FILE_NAME);
        let text = schema::text();
        let schema_exists = schema_path.symlink_metadata().is_ok();
        let other_schema = schema_exists && !files.has(Path::new(schema::FILE_NAME), text.as_bytes());
        if !schema_exists {
            files.add_shared(Path::new(schema::FILE_NAME), text.as_bytes())?;
        }
        files.add(Path::new(target.file_name().unwrap_or_default()), self.text.as_bytes())?;
        files.commit()?;
        if other_schema {
            report::line(&format!(
                "{} already exists and was not changed; `karuna schema` prints the current schema",
                text::display_path(&schema_path)
            ));
        }
        match converted {
            Some(converted) => script::report(target, converted),
            None => print_result(target, recordings),
        }
    }
}

/// Prints what was written, and the next steps.
fn print_result(target: &Path, recordings: usize) -> Result<Outcome, Failure> {
    let suffix = match recordings {
        0 => String::new(),
        1 => " with its recording".to_owned(),
        many => format!(" with its {many} recordings"),
    };
    super::print_line(&format!("{} is written{suffix}.\n", text::display_path(target)))?;
    print_next_steps(target)
}

/// Prints the next steps with a new manifest.
fn print_next_steps(target: &Path) -> Result<Outcome, Failure> {
    let path = path::quoted(target);
    super::print_line("Open it in a text editor and change what you like. Then")?;
    super::print_line(&format!("  karuna check {path}             finds every mistake"))?;
    super::print_line(&format!("  karuna play {path} --audition   plays it without the long silences"))?;
    super::print_line(&format!("  karuna play {path}              plays it as a listener hears it"))?;
    Ok(Outcome::Done)
}
