//! Where sessions and their clips are: a path, the listener's own library, or inside the program.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::failure::Failure;
use crate::manifest::LARGEST;
use crate::manifest::session::ClipPath;

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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Clip {
    /// A regular file in one of the manifest's folders, links resolved.
    File(PathBuf),
    /// Inside the program.
    Program(&'static str, &'static [u8]),
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
pub fn open(session: &str) -> Result<Manifest, Failure> {
    let path = Path::new(session);
    let is_name = path.components().count() == 1
        && path.extension().is_none()
        && matches!(path.components().next(), Some(Component::Normal(_)));
    if !is_name {
        return read(path);
    }
    if let Some(file) = own_folder().map(|folder| folder.join(format!("{session}.toml"))).filter(|file| file.is_file())
    {
        return read(&file).map(|manifest| Manifest { name: session.to_owned(), ..manifest });
    }
    if let Some(manifest) = shipped(session) {
        return Ok(manifest);
    }
    if path.exists() {
        return read(path);
    }
    Err(Failure::new(
        format!("there is no session named `{}`", visible(session)),
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

fn stem(path: &Path) -> Option<String> {
    let is_manifest = path.extension().is_some_and(|ending| ending == "toml");
    path.file_stem().filter(|_| is_manifest).and_then(|stem| stem.to_str()).map(str::to_owned)
}

/// The folder of the listener's own sessions.
#[must_use]
pub fn own_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = set("XDG_DATA_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))?;
    Some(data.join("karuna/sessions"))
}

fn shipped(name: &str) -> Option<Manifest> {
    let file = SESSIONS.get_file(format!("{name}.toml"))?;
    Some(Manifest {
        name: name.to_owned(),
        path: PathBuf::from(format!("{name}.toml")),
        text: file.contents_utf8()?.to_owned(),
        home: Home::Program,
    })
}

fn read(path: &Path) -> Result<Manifest, Failure> {
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
fn text(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new(
            format!("there is no file {name}"),
            "look at the spelling of the path; `karuna list` names the sessions that are there already",
        ),
        _ => Failure::new(format!("{name} can't be read: {}", reason(&error)), "look at who may read it"),
    };
    let facts = fs::metadata(path).map_err(failed)?;
    if facts.is_dir() {
        return Err(Failure::new(format!("{name} is a folder"), "give the manifest in it, a file that ends in .toml"));
    }
    if !facts.is_file() {
        return Err(Failure::new(
            format!("{name} is not a regular file"),
            "give a manifest, a text file that ends in .toml",
        ));
    }
    let mut bytes = Vec::new();
    let limit = LARGEST as u64 + 1;
    open_quietly(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() > LARGEST {
        return Err(Failure::new(format!("{name} has more than 1 MiB"), "divide it into several sessions"));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Failure::new(format!("{name} is saved as UTF-16"), "save it as plain text in UTF-8"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(format!("{name} is not text in UTF-8"), "save it as plain text in UTF-8"))?;
    if text.trim().is_empty() {
        return Err(Failure::new(format!("{name} is empty"), "begin with format = 1, a title, and a [[segment]]"));
    }
    Ok(text)
}

/// What the system says, without its error number.
#[must_use]
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// A word of a command line that can't move the cursor.
fn visible(word: &str) -> String {
    word.chars()
        .take(120)
        .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

impl Home {
    /// Finds a clip.
    ///
    /// # Errors
    /// Why not.
    pub fn find(&self, path: &ClipPath) -> Result<Clip, ClipLost> {
        match self {
            Self::Program => {
                let file = AUDIO.get_file(path.as_str()).ok_or(ClipLost::Missing)?;
                Ok(Clip::Program(file.path().to_str().unwrap_or_default(), file.contents()))
            }
            Self::Folders(folders) => {
                let found =
                    folders.iter().map(|folder| inside(folder, path)).find(|found| *found != Err(ClipLost::Missing));
                found.unwrap_or(Err(ClipLost::Missing))
            }
        }
    }
}

/// The file of a clip in a folder, if it is one and lies within, links resolved.
fn inside(folder: &Path, path: &ClipPath) -> Result<Clip, ClipLost> {
    let lost = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => ClipLost::Missing,
        _ => ClipLost::Unreadable(reason(&error)),
    };
    let folder = folder.canonicalize().map_err(lost)?;
    let file = folder.join(path.as_str()).canonicalize().map_err(lost)?;
    if !file.starts_with(&folder) {
        return Err(ClipLost::LeadsOut);
    }
    if !fs::metadata(&file).map_err(lost)?.is_file() {
        return Err(ClipLost::NotAFile);
    }
    Ok(Clip::File(file))
}

impl Clip {
    /// As messages name it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Program(name, _) => (*name).to_owned(),
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
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options.open(path)
}
