//! Where sessions and their clips are: a path, the listener's own library, or inside the program.

mod summary;

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use include_dir::{Dir, include_dir};
pub use summary::Listed;

use super::folders;
use crate::error::{Failure, reason};
use crate::manifest::session::ClipPath;
use crate::manifest::{Code, MAX_MANIFEST_BYTES};

static SESSIONS: Dir = include_dir!("$CARGO_MANIFEST_DIR/sessions");
static AUDIO: Dir = include_dir!("$CARGO_MANIFEST_DIR/audio");

/// A manifest's text, and where its clips are.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Its name in the library, or its file's.
    pub name: String,
    /// As findings name it.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// Where its clips are.
    pub home: Home,
}

/// Where a manifest's clips are looked for.
#[derive(Clone, Debug)]
pub enum Home {
    /// In these folders, in this order.
    Folders(Vec<PathBuf>),
    /// Inside the program.
    Program,
}

/// A clip that was found.
#[derive(Debug)]
pub enum Clip {
    /// A regular file in one of the manifest's folders, links resolved, and open for reading.
    File(PathBuf, File),
    /// Inside the program.
    Program(&'static str, &'static [u8]),
}

/// Why a manifest can't be read.
#[derive(Clone, Debug)]
pub struct Unread {
    /// What it is, to scripts.
    pub code: Code,
    /// What it is, and the remedy.
    pub failure: Failure,
    /// What could be read of it; what is wrong stands behind it.
    pub text: String,
}

impl Unread {
    fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, failure: Failure::new(message, help), text: String::new() }
    }
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Self {
        unread.failure
    }
}

/// Why a clip was not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClipLost {
    /// There is no such file.
    Missing,
    /// A link leads out of the manifest's folders.
    LeadsOut,
    /// It is a folder, a pipe or a device.
    NotAFile,
    /// The system will not let us.
    Unreadable(String),
}

/// Opens a session by its path or by its name in the library.
///
/// # Errors
/// When there is none, or it can't be read; the remedy is said.
pub fn open(session: &str) -> Result<Manifest, Unread> {
    let path = Path::new(session);
    let is_name = path.components().count() == 1
        && path.extension().is_none()
        && matches!(path.components().next(), Some(Component::Normal(_)));
    if !is_name {
        return read(path);
    }
    if let Some(file) = own_file(session) {
        return read(&file).map(|manifest| Manifest { name: session.to_owned(), ..manifest });
    }
    if let Some(manifest) = shipped(session) {
        return Ok(manifest);
    }
    if path.exists() {
        return read(path);
    }
    Err(Unread::new(
        Code::UnreadableManifest,
        format!("there is no session named `{}`", session.chars().take(120).collect::<String>()),
        "`karuna list` names the sessions; a manifest of your own is given by its path, as in ./evening.toml",
    ))
}

/// The names of all sessions: the listener's own, then those shipped; of two of one name only the first.
#[must_use]
pub fn names() -> Vec<String> {
    let own = own_folder().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut own: Vec<_> = own.filter_map(|entry| stem(&entry.path())).collect();
    own.sort();
    let mut shipped: Vec<_> = SESSIONS.files().filter_map(|file| stem(file.path())).collect();
    shipped.sort();
    shipped.retain(|name| !own.contains(name));
    own.extend(shipped);
    own
}

/// What the list says of a shipped session; `None` where the listener has one of that name.
#[must_use]
pub fn listed(name: &str) -> Option<Listed> {
    if own_file(name).is_some() { None } else { summary::find(name) }
}

fn stem(path: &Path) -> Option<String> {
    let is_manifest = path.extension().is_some_and(|ending| ending == "toml");
    path.file_stem().filter(|_| is_manifest).and_then(|stem| stem.to_str()).map(str::to_owned)
}

/// The folder of the listener's own sessions.
#[must_use]
pub fn own_folder() -> Option<PathBuf> {
    folders::data_folder().map(|folder| folder.join("sessions"))
}

/// The listener's own session of this name.
fn own_file(name: &str) -> Option<PathBuf> {
    own_folder().map(|folder| folder.join(format!("{name}.toml"))).filter(|file| file.is_file())
}

/// The session of this name that is inside the program.
#[must_use]
pub fn shipped(name: &str) -> Option<Manifest> {
    let file = SESSIONS.get_file(format!("{name}.toml"))?;
    Some(Manifest {
        name: name.to_owned(),
        path: PathBuf::from(format!("{name}.toml")),
        text: file.contents_utf8()?.to_owned(),
        home: Home::Program,
    })
}

/// Every clip that is inside the program, by its name, with its bytes.
#[must_use]
pub fn shipped_clips() -> Vec<(&'static str, &'static [u8])> {
    let mut clips = Vec::new();
    let mut folders = vec![&AUDIO];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        let audio = folder.files().filter(|file| file.path().extension().is_some_and(|ending| ending == "ogg"));
        clips.extend(audio.filter_map(|file| Some((file.path().to_str()?, file.contents()))));
    }
    clips.sort_unstable();
    clips
}

fn read(path: &Path) -> Result<Manifest, Unread> {
    let text = text(path)?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut folders = vec![folder.to_owned()];
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if whole.file_name().is_some_and(|name| name == "sessions")
        && let Some(parent) = whole.parent()
    {
        folders.push(parent.join("audio"));
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Manifest { name, path: path.to_owned(), text, home: Home::Folders(folders) })
}

/// The text of a manifest: a regular file of at most 1 MiB in UTF-8.
fn text(path: &Path) -> Result<String, Unread> {
    let name = path.display();
    let unread = |code, what: &str, help: &str| Unread::new(code, format!("{name} {what}"), help);
    let bytes = bytes(path)?;
    if bytes.len() > MAX_MANIFEST_BYTES {
        return Err(unread(Code::ManifestTooLarge, "has more than 1 MiB", "divide it into several sessions"));
    }
    let save = "save it as plain text in UTF-8";
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(unread(Code::NotUtf8, "is saved as UTF-16", save));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        let line = before.matches('\n').count() + 1;
        Unread { text: before, ..unread(Code::NotUtf8, &format!("is not text in UTF-8, from line {line} on"), save) }
    })?;
    if text.trim().is_empty() {
        return Err(unread(Code::NoSegments, "is empty", "begin with format = 1, a title, and a [[segment]]"));
    }
    Ok(text)
}

/// The bytes of a regular file, at most one more than a manifest may have.
fn bytes(path: &Path) -> Result<Vec<u8>, Unread> {
    let name = path.display();
    let failed = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            let help = "look at the spelling of the path; `karuna list` names the sessions that are there already";
            return Unread::new(Code::UnreadableManifest, format!("there is no file {name}"), help);
        }
        let message = format!("{name} can't be read: {}", reason(&error));
        Unread::new(Code::UnreadableManifest, message, "look at who may read it")
    };
    let refuse = |facts: fs::Metadata| {
        let (what, help) = if facts.is_dir() {
            ("is a folder", "give the manifest in it, a file that ends in .toml")
        } else {
            ("is not a regular file", "give a manifest, a text file that ends in .toml")
        };
        let unread = || Unread::new(Code::UnreadableManifest, format!("{name} {what}"), help);
        if facts.is_file() { Ok(()) } else { Err(unread()) }
    };
    // What is no file is not even opened: a device may act on that. And it is looked at once more when nobody can change it.
    refuse(fs::metadata(path).map_err(failed)?)?;
    let file = open_quietly(path).map_err(failed)?;
    refuse(file.metadata().map_err(failed)?)?;
    let mut bytes = Vec::new();
    file.take(MAX_MANIFEST_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

impl Home {
    /// Finds a clip and opens it.
    ///
    /// # Errors
    /// Why not.
    pub fn open(&self, path: &ClipPath) -> Result<Clip, ClipLost> {
        match self {
            Self::Program => {
                let file = within(&AUDIO, Path::new(path.as_str())).ok_or(ClipLost::Missing)?;
                Ok(Clip::Program(file.path().to_str().unwrap_or_default(), file.contents()))
            }
            Self::Folders(folders) => {
                let whole: Vec<_> = folders.iter().filter_map(|folder| folder.canonicalize().ok()).collect();
                let found = folders.iter().map(|folder| open_inside(&folder.join(path.as_str()), &whole));
                found
                    .into_iter()
                    .find(|found| !matches!(found, Err(ClipLost::Missing)))
                    .unwrap_or(Err(ClipLost::Missing))
            }
        }
    }
}

/// A file inside the program. It is looked for on its own way only, not in each folder.
fn within(folder: &'static Dir, path: &Path) -> Option<&'static include_dir::File<'static>> {
    match folder.dirs().find(|inner| path.starts_with(inner.path())) {
        Some(inner) => within(inner, path),
        None => folder.files().find(|file| file.path() == path),
    }
}

/// Opens a regular file that lies within one of these folders once all links are resolved.
fn open_inside(path: &Path, folders: &[PathBuf]) -> Result<Clip, ClipLost> {
    let lost = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => ClipLost::Missing,
        _ => ClipLost::Unreadable(reason(&error)),
    };
    let resolve = || {
        let whole = path.canonicalize().map_err(lost)?;
        let within = folders.iter().any(|folder| whole.starts_with(folder));
        if within { Ok(whole) } else { Err(ClipLost::LeadsOut) }
    };
    let whole = resolve()?;
    // What is no file is not even opened: a device may act on that.
    if !fs::metadata(&whole).map_err(lost)?.is_file() {
        return Err(ClipLost::NotAFile);
    }
    let file = open_quietly(&whole).map_err(lost)?;
    let opened = file.metadata().map_err(lost)?;
    if !opened.is_file() {
        return Err(ClipLost::NotAFile);
    }
    // Somebody may have put a link into its way in between; then what is open now is not what lies there.
    let again = resolve()?;
    if again != whole || !is_same(&fs::symlink_metadata(&again).map_err(lost)?, &opened) {
        return Err(ClipLost::LeadsOut);
    }
    Ok(Clip::File(whole, file))
}

/// Whether both are of one file, where the system numbers its files.
#[cfg(unix)]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    one.is_file() && one.len() == other.len()
}

impl Clip {
    /// Its bytes, from the start.
    #[must_use]
    pub fn into_bytes(self) -> Box<dyn Read> {
        match self {
            Self::File(_, file) => Box::new(file),
            Self::Program(_, bytes) => Box::new(bytes),
        }
    }
}

/// Opens a file without ever waiting for the other end of a pipe that took its place.
///
/// # Errors
/// As the system says.
pub fn open_quietly(path: &Path) -> std::io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
    }
    options.open(path)
}
