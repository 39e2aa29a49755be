//! `karuna narrate`: gives each line without a recording one, spoken by an engine or taken from a folder of recordings.

use super::{Outcome, print_line, report};
use crate::cli::Narrate;
use crate::error::Failure;
use crate::io::clips::{ClipTable, Knowledge};
use crate::io::library::{self, Manifest};
use crate::load::speech;
use crate::manifest::session::ClipPath;
use crate::manifest::{self, Session, Severity};
use crate::speech::job::Making;
use crate::speech::narration::lines::{self, Line};
use crate::speech::narration::place::{self, Folder};
use crate::speech::narration::recordings::Recordings;
use crate::speech::narration::{Put, manuscript};
use crate::speech::{Speaker, Voice, save};
use crate::text::{self, escape_controls};
use crate::units::Lufs;

pub(super) fn run(arguments: &Narrate) -> Result<Outcome, Failure> {
    let manifest = library::open(&arguments.session)?;
    let (session, mut findings) = manifest::read(&manifest.path, &manifest.text);
    let Some(session) = session else {
        findings.retain(|finding| finding.severity == Severity::Error);
        report::print(&manifest.text, &findings);
        return Ok(Outcome::Found);
    };
    let lines = lines::of(&session, &manifest.text);
    // A folder of recordings takes the place of speech, unless an engine is asked for by name.
    let voice = arguments.voice.unwrap_or(if arguments.from.is_some() { Voice::None } else { Voice::Auto });
    if voice == Voice::None && arguments.from.is_none() {
        return sheet(&lines);
    }
    let recordings =
        arguments.from.as_deref().map(|from| Recordings::of(from, &lines)).transpose()?.unwrap_or_default();
    let open: Vec<_> = lines.iter().filter(|line| line.clip.is_none() && !recordings.has(line)).collect();
    if open.is_empty() && recordings.is_empty() {
        eprintln!("there is nothing to do: no line of {} lacks a recording", escape_controls(&manifest.name));
        return Ok(Outcome::Done);
    }
    let speaker = speaker(&session, voice, &open)?;
    let folder = Folder::of(&manifest, arguments.output.as_deref(), arguments.write)?;
    let (mut put, mut whole) = (Vec::new(), true);
    for (line, recording) in recordings.iter(&lines) {
        put.push(folder.copy(line, recording)?);
    }
    match speaker {
        Some(speaker) => whole = speak(speaker, level(&session, &manifest), &open, &folder, &mut put)?,
        None => tell_missing(&open),
    }
    tell(&put, arguments.write)?;
    if arguments.write && !put.is_empty() {
        write(&manifest, &put)?;
    }
    Ok(if whole { Outcome::Done } else { Outcome::Found })
}

/// The engine for lines that have no recording; none where they are left as they are.
fn speaker(session: &Session, voice: Voice, open: &[&Line]) -> Result<Option<Speaker>, Failure> {
    if voice == Voice::None || open.is_empty() {
        return Ok(None);
    }
    let texts: Vec<_> = open.iter().map(|line| line.words.as_str()).collect();
    let help =
        "install one, such as espeak-ng or flite; or record the lines yourself, and give their folder with --from";
    speech::find(session, voice, &texts)?.map(Some).ok_or_else(|| Failure::new("no speech engine was found", help))
}

/// The lines that nobody recorded yet, to read from.
fn sheet(lines: &[Line]) -> Result<Outcome, Failure> {
    let open: Vec<_> = lines.iter().filter(|line| line.clip.is_none()).collect();
    if open.is_empty() {
        eprintln!("every line has a recording already");
    }
    for line in open {
        print_line(&format!("{}\n    {}\n", line.stem, text::single_line(&line.words)))?;
    }
    Ok(Outcome::Done)
}

fn tell_missing(open: &[&Line]) {
    if !open.is_empty() {
        let names: Vec<_> = open.iter().map(|line| line.stem.as_str()).collect();
        eprintln!("no recording was found for {}; these stay as they are", names.join(", "));
    }
}

/// Has lines spoken, each into a file of its own; false where one of them could not be.
fn speak<'lines>(
    speaker: Speaker,
    loudness: Lufs,
    open: &[&'lines Line],
    folder: &Folder,
    put: &mut Vec<Put<'lines>>,
) -> Result<bool, Failure> {
    let texts: Vec<_> = open.iter().map(|line| line.words.as_str()).collect();
    let (making, _) = speech::speak(speaker, &texts);
    for (line, speech) in open.iter().zip(making.speech()) {
        if let Some(speech) = speech {
            let put_there = folder.put(line, "flac", |to| {
                save(speech, to, loudness)
                    .map_err(|why| Failure::new(format!("{}: {why}", line.stem), "try again, or record it yourself"))
            });
            put.push(put_there?);
        }
    }
    Ok(told(&making, open))
}

/// Says which lines could not be spoken.
fn told(making: &Making, open: &[&Line]) -> bool {
    let lines = open.iter().zip(making.speech());
    let failed: Vec<_> = lines.filter(|(_, speech)| speech.is_none()).map(|(line, _)| line.stem.as_str()).collect();
    if !failed.is_empty() {
        eprintln!("{}, so there is no recording of {}", making.reason(), failed.join(", "));
    }
    failed.is_empty()
}

/// How loud the recordings are that the session has already, so that a voice beside them is no louder; −21 LUFS without any.
fn level(session: &Session, manifest: &Manifest) -> Lufs {
    let clips = session.lines().filter_map(|(line, _)| line.clip());
    let paths: Vec<ClipPath> = clips.map(|clip| clip.value.clone()).collect();
    let (clips, _) = ClipTable::probe(&manifest.home, &paths, Knowledge::of_listener());
    clips.pooled_loudness(&paths).unwrap_or(crate::speech::LOUDNESS)
}

/// Where each recording went, and the line that names it.
fn tell(put: &[Put], written: bool) -> Result<(), Failure> {
    for one in put {
        let place = if one.line.instead { ", instead" } else { "" };
        print_line(&format!("{}  (line {}: {}{place})", escape_controls(&one.shown), one.line.row, one.line.name))?;
        if let Some(clip) = one.clip.as_ref().filter(|_| !written) {
            print_line(&format!("    clip = {}", toml_edit::Value::from(clip.as_str()).to_string().trim()))?;
        }
    }
    if put.iter().any(|one| one.clip.is_none()) {
        eprintln!(
            "that folder is out of the manifest's reach; put the recordings into the manifest's own folder to name them there"
        );
    }
    Ok(())
}

/// Puts the names of the recordings into the manifest.
fn write(manifest: &Manifest, put: &[Put]) -> Result<(), Failure> {
    let changes: Vec<_> = put.iter().filter_map(|one| Some((one.line, one.clip.as_deref()?))).collect();
    let text = manuscript::with_clips(&manifest.text, &changes).ok_or_else(|| {
        Failure::new(
            format!("{} can't be changed", manifest.path.display()),
            "put the clip lines in yourself, as they are printed without --write",
        )
    })?;
    let (session, _) = manifest::read(&manifest.path, &text);
    if session.is_none() {
        return Err(Failure::new(
            format!("{} would not be whole any more", manifest.path.display()),
            "put the clip lines in yourself, as they are printed without --write",
        ));
    }
    place::replace(&manifest.path, &text)?;
    print_line(&format!("{} names them now", text::display_path(&manifest.path)))
}
