//! The modules of the crate and the references between them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::parse::{ModulePath, Parsed, WrittenPath, parse};

/// One source file.
pub(crate) struct SourceFile {
    /// Its path from the package's folder, with `/`.
    pub(crate) path: String,
    pub(crate) module: ModulePath,
    pub(crate) lines: usize,
    pub(crate) parsed: Parsed,
}

/// A reference from one file to another.
pub(crate) struct Reference {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) line: usize,
}

/// The source files of the crate without its unit tests.
pub(crate) struct Crate {
    pub(crate) files: Vec<SourceFile>,
    by_module: BTreeMap<ModulePath, usize>,
}

impl Crate {
    /// Reads everything in `src/`.
    pub(crate) fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut paths = Vec::new();
        collect(&root.join("src"), &mut paths);
        paths.sort();
        let file = |path: PathBuf| {
            let source = fs::read_to_string(&path).expect("a source file is text");
            let path = path.strip_prefix(root).expect("a file of the package").display().to_string().replace('\\', "/");
            let module = module_of(&path);
            SourceFile { path, module, lines: source.lines().count(), parsed: parse(&source) }
        };
        Self::of(paths.into_iter().map(file).collect())
    }

    fn of(files: Vec<SourceFile>) -> Self {
        let tests: Vec<ModulePath> = files.iter().flat_map(test_modules).collect();
        let is_test = |file: &SourceFile| tests.iter().any(|test| file.module.starts_with(test));
        let files: Vec<_> = files.into_iter().filter(|file| !is_test(file)).collect();
        let by_module = files.iter().enumerate().map(|(index, file)| (file.module.clone(), index)).collect();
        Self { files, by_module }
    }

    /// Returns every reference from one file to a definition in another.
    pub(crate) fn references(&self) -> Vec<Reference> {
        let mut references = Vec::new();
        for (from, file) in self.files.iter().enumerate() {
            for written in &file.parsed.paths {
                let to = self.absolute(from, written).and_then(|path| self.resolve(&path, 0));
                if let Some(to) = to.filter(|to| *to != from) {
                    references.push(Reference { from, to, line: written.line });
                }
            }
        }
        references
    }

    /// Returns a path relative to the crate's root, or `None` for a path into another crate.
    fn absolute(&self, file: usize, written: &WrittenPath) -> Option<ModulePath> {
        let SourceFile { module, parsed, .. } = &self.files[file];
        let here = || module.iter().chain(&written.within).cloned().collect::<ModulePath>();
        let (first, rest) = written.segments.split_first()?;
        let (mut base, mut rest) = match first.as_str() {
            "crate" | "karuna" => (Vec::new(), rest),
            "self" => (here(), rest),
            "super" => (here(), &written.segments[..]),
            name if parsed.children.contains(name) => (here(), &written.segments[..]),
            name => {
                let import = parsed.imports.get(name).filter(|import| import.segments.first() != Some(first))?;
                (self.absolute(file, import)?, rest)
            }
        };
        while rest.first().is_some_and(|first| first == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    /// Returns the file that a path resolves to, following re-exports.
    fn resolve(&self, path: &[String], depth: usize) -> Option<usize> {
        const LONGEST_CHAIN: usize = 16;
        let module =
            (0..=path.len()).rev().map(|length| &path[..length]).find(|path| self.by_module.contains_key(*path))?;
        let index = self.by_module[module];
        let Some(name) = path.get(module.len()).filter(|_| depth < LONGEST_CHAIN) else { return Some(index) };
        let parsed = &self.files[index].parsed;
        if let Some(import) = parsed.imports.get(name) {
            let mut target = self.absolute(index, import)?;
            target.extend_from_slice(&path[module.len() + 1..]);
            return self.resolve(&target, depth + 1);
        }
        let from_glob = || parsed.globs.iter().find_map(|glob| self.behind_glob(index, glob, name));
        if parsed.items.contains(name) { Some(index) } else { from_glob().or(Some(index)) }
    }

    fn behind_glob(&self, file: usize, glob: &WrittenPath, name: &str) -> Option<usize> {
        let target = *self.by_module.get(&self.absolute(file, glob)?)?;
        self.files[target].parsed.items.contains(name).then_some(target)
    }
}

/// Returns the module path of a file: `io::encode::wav` for `src/io/encode/wav.rs`, and the root for `src/lib.rs`.
fn module_of(path: &str) -> ModulePath {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    path.split('/').filter(|part| *part != "lib").map(str::to_owned).collect()
}

/// Returns the submodules of a file that are only compiled for tests.
fn test_modules(file: &SourceFile) -> impl Iterator<Item = ModulePath> {
    file.parsed.test_children.iter().map(|child| file.module.iter().chain([child]).cloned().collect())
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn paths_resolve_to_files_as_in_the_compiler() {
    let file = |path: &str, source: &str| SourceFile {
        path: path.to_owned(),
        module: module_of(path),
        lines: 0,
        parsed: parse(source),
    };
    let sources = Crate::of(vec![
        file("src/lib.rs", "mod a; mod b;"),
        file("src/a.rs", "mod c; #[cfg(test)] mod tests; pub use c::C; pub fn top() {}"),
        file("src/a/c.rs", "use super::top; use std::fmt; pub struct C;"),
        file("src/a/tests.rs", "use super::*;"),
        file("src/b.rs", "use crate::a::{self, C}; fn f() { a::top(); crate::b::f(); }"),
    ]);
    let name = |index: usize| sources.files[index].path.trim_start_matches("src/");
    let found: Vec<_> =
        sources.references().iter().map(|found| format!("{} {}", name(found.from), name(found.to))).collect();
    assert_eq!(found, ["a.rs a/c.rs", "a/c.rs a.rs", "b.rs a.rs", "b.rs a/c.rs", "b.rs a.rs"]);
}
