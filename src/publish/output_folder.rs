//! The output folder of a publication. Its files change together or not at all.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::error::PublishError;
use super::record::{self, PublicationRecord, PublishedFile, SourceId};
use crate::io::atomic_file;
use crate::io::temporary::TemporaryFolder;
use crate::load::SessionInputs;

/// The latest date in a feed, in seconds since 1970: the end of the year 9999, because dates in a feed have four digits for the year.
const MAX_DATE: u64 = 253_402_300_799;

/// A folder into which files are published by [`commit`](Self::commit). If it is dropped earlier, nothing is left behind.
pub(super) struct OutputFolder {
    folder: PathBuf,
    /// The folder for temporary files. It is inside the output folder, so that moving them is a rename.
    staging: Option<TemporaryFolder>,
    record: PublicationRecord,
    files: Vec<StagedEntry>,
    /// The folders that were created, outermost first.
    created: Vec<PathBuf>,
    /// The time of this publication, in seconds since 1970.
    now: u64,
}

struct StagedEntry {
    name: String,
    source: SourceId,
}

/// A published file.
#[derive(Debug)]
pub(crate) struct WrittenFile {
    /// Its path.
    pub path: PathBuf,
    /// Whether it replaced a file of an earlier publication.
    pub replaced_existing: bool,
}

impl OutputFolder {
    /// Opens the folder, and creates it if necessary.
    pub(super) fn open(folder: &Path) -> Result<Self, PublishError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut output = Self {
            folder: folder.to_owned(),
            staging: None,
            record: PublicationRecord::default(),
            files: Vec::new(),
            created: Vec::new(),
            now: SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs()),
        };
        let missing: Vec<_> =
            folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).collect();
        for path in missing.into_iter().rev() {
            match fs::create_dir(path) {
                Ok(()) => output.created.push(path.to_owned()),
                Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => {}
                Err(error) => return Err(PublishError::io(path, error)),
            }
        }
        if !folder.is_dir() {
            return Err(PublishError::NotAFolder(folder.to_owned()));
        }
        let staging = TemporaryFolder::within(folder);
        output.staging = Some(staging.map_err(|error| PublishError::io(folder, error))?);
        for part in ["files", "replaced", "temporary"] {
            let path = output.staging_path(part);
            fs::create_dir(&path).map_err(|error| PublishError::io(&path, error))?;
        }
        output.record = PublicationRecord::read(folder);
        Ok(output)
    }

    /// Reserves a file name, and returns the temporary path to write to. Fails before any work is done if the name belongs to another file
    /// or to one of these inputs.
    pub(super) fn add(
        &mut self,
        name: &str,
        source: &SourceId,
        inputs: &SessionInputs,
    ) -> Result<PathBuf, PublishError> {
        let target = self.folder.join(name);
        if inputs.contains(&target) {
            return Err(PublishError::IsInput(target));
        }
        self.check_replaceable(name, source)?;
        if self.files.iter().any(|file| file.name == name) {
            return Err(PublishError::NotOurs(target));
        }
        self.files.push(StagedEntry { name: name.to_owned(), source: source.clone() });
        Ok(self.staging_path("files").join(name))
    }

    /// Checks that a name is free, or belongs to an unchanged file that was published from the same source. Returns whether it exists.
    fn check_replaceable(&self, name: &str, source: &SourceId) -> Result<bool, PublishError> {
        let target = self.folder.join(name);
        let Ok(existing) = target.symlink_metadata() else { return Ok(false) };
        let known = self.record.get(name).filter(|known| known.source == *source && existing.is_file());
        let known = known.ok_or_else(|| PublishError::NotOurs(target.clone()))?;
        let content = record::sha256(&target).map_err(|error| PublishError::io(&target, error))?;
        if content == known.sha256 { Ok(true) } else { Err(PublishError::Changed(target)) }
    }

    /// Returns when a file was first published, in seconds since 1970.
    pub(super) fn first_published(&self, name: &str) -> u64 {
        let known = self.record.get(name).map(|known| known.published).filter(|known| *known <= MAX_DATE);
        known.unwrap_or(self.now)
    }

    /// Moves all files into place. On an error, all files are restored.
    pub(super) fn commit(mut self) -> Result<Vec<WrittenFile>, PublishError> {
        let mut moves = Moves::default();
        let mut written = Vec::new();
        for file in std::mem::take(&mut self.files) {
            let (from, target) = (self.staging_path("files").join(&file.name), self.folder.join(&file.name));
            let failed = |error| PublishError::io(&target, error);
            let sha256 = record::sha256(&from).map_err(failed)?;
            let replaced_existing = self.check_replaceable(&file.name, &file.source)?;
            if replaced_existing {
                let backup = self.staging_path("replaced").join(&file.name);
                fs::rename(&target, &backup).map_err(failed)?;
                moves.done.push((target.clone(), backup));
            }
            atomic_file::move_new(&from, &target).map_err(failed)?;
            moves.done.push((from, target.clone()));
            let published = self.first_published(&file.name);
            self.record.insert(file.name, PublishedFile { source: file.source, sha256, published });
            written.push(WrittenFile { path: target, replaced_existing });
        }
        atomic_file::write(&self.folder.join(record::FILE_NAME), self.record.to_text().as_bytes())?;
        moves.done.clear();
        self.created.clear();
        Ok(written)
    }

    /// Returns a path for a file that is only needed until the commit.
    pub(super) fn temporary(&self, name: &str) -> PathBuf {
        self.staging_path("temporary").join(name)
    }

    fn staging_path(&self, part: &str) -> PathBuf {
        self.staging.as_ref().map_or(self.folder.as_path(), TemporaryFolder::path).join(part)
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        self.staging = None;
        for folder in self.created.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Moved files with their sources and targets. Dropping it moves them back.
#[derive(Default)]
struct Moves {
    done: Vec<(PathBuf, PathBuf)>,
}

impl Drop for Moves {
    fn drop(&mut self) {
        for (from, to) in self.done.iter().rev() {
            let _ = fs::rename(to, from);
        }
    }
}
