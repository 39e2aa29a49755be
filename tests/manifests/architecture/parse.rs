//! Finds the imports, paths and definitions of one source file. Code under `#[cfg(test)]` is skipped.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{Token, tokens};

/// A module path relative to the crate's root.
pub(crate) type ModulePath = Vec<String>;

/// The references and definitions of one source file.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    /// Every path that may lead to a module of this crate, with its position and the module that contains it.
    pub(crate) paths: Vec<WrittenPath>,
    /// The names imported by `use`, with their full paths.
    pub(crate) imports: BTreeMap<String, WrittenPath>,
    /// The paths of glob imports.
    pub(crate) globs: Vec<WrittenPath>,
    /// The modules declared as `mod name;`.
    pub(crate) children: BTreeSet<String>,
    /// The declared modules that are only compiled for tests.
    pub(crate) test_children: BTreeSet<String>,
    /// Names of structs, enums, traits and type aliases.
    pub(crate) types: Vec<String>,
    /// Names of all items of the module itself.
    pub(crate) items: BTreeSet<String>,
    /// The number of items declared `pub`.
    pub(crate) public: usize,
}

/// A path as written.
#[derive(Clone, Debug)]
pub(crate) struct WrittenPath {
    pub(crate) line: usize,
    /// The inline modules that contain the path.
    pub(crate) within: ModulePath,
    pub(crate) segments: Vec<String>,
}

/// The kind of item that an opening brace belongs to.
#[derive(PartialEq)]
enum Brace {
    Module(String),
    Other,
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    braces: Vec<Brace>,
    parsed: Parsed,
}

/// Parses the source of one file.
pub(crate) fn parse(source: &str) -> Parsed {
    let mut parser = Parser { tokens: tokens(source), at: 0, braces: Vec::new(), parsed: Parsed::default() };
    while parser.at < parser.tokens.len() {
        parser.step();
    }
    parser.parsed
}

const ITEMS: [&str; 8] = ["fn", "struct", "enum", "trait", "type", "static", "const", "mod"];
const TYPES: [&str; 4] = ["struct", "enum", "trait", "type"];

impl Parser {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::is_name)
    }

    /// Returns whether the current items belong to a module rather than to a function or an implementation.
    fn in_module(&self) -> bool {
        self.braces.iter().all(|brace| *brace != Brace::Other)
    }

    fn within(&self) -> ModulePath {
        let names = self.braces.iter().filter_map(|brace| match brace {
            Brace::Module(name) => Some(name.clone()),
            Brace::Other => None,
        });
        names.collect()
    }

    fn step(&mut self) {
        match self.text(self.at) {
            "#" if self.is_test_attribute() => return self.skip_test_item(),
            "{" => self.braces.push(Brace::Other),
            "}" => drop(self.braces.pop()),
            "pub" => self.parsed.public += usize::from(self.is_public_item()),
            "use" if self.text(self.at + 1) != "<" => return self.import(),
            "mod" if self.is_name(self.at + 1) => return self.module(),
            keyword if ITEMS.contains(&keyword) => self.item(),
            _ if self.is_path_start() => return self.path(),
            _ => {}
        }
        self.at += 1;
    }

    fn is_public_item(&self) -> bool {
        let next = self.text(self.at + 1);
        ITEMS.contains(&next) || ["use", "unsafe", "async", "extern"].contains(&next)
    }

    fn item(&mut self) {
        let (keyword, name) = (self.text(self.at).to_owned(), self.text(self.at + 1).to_owned());
        if !self.is_name(self.at + 1) {
            return;
        }
        if TYPES.contains(&keyword.as_str()) && (keyword != "type" || self.in_module()) {
            self.parsed.types.push(name.clone());
        }
        if self.in_module() && self.within().is_empty() {
            self.parsed.items.insert(name);
        }
    }

    /// Parses `mod name;` or `mod name {`.
    fn module(&mut self) {
        let name = self.text(self.at + 1).to_owned();
        match self.text(self.at + 2) {
            ";" => drop(self.parsed.children.insert(name)),
            _ => self.braces.push(Brace::Module(name)),
        }
        self.at += 3;
    }

    /// Returns whether an attribute is `#[cfg(test)]`, possibly with further conditions.
    fn is_test_attribute(&self) -> bool {
        self.text(self.at + 1) == "[" && self.text(self.at + 2) == "cfg" && {
            let end =
                self.tokens[self.at..].iter().position(|token| token.is("]")).map_or(self.at, |end| self.at + end);
            let names = &self.tokens[self.at..end];
            names.iter().any(|token| token.is("test")) && !names.iter().any(|token| token.is("not"))
        }
    }

    /// Skips an attribute and the item after it, up to its `;` or closing brace.
    fn skip_test_item(&mut self) {
        let mut depth = 0_usize;
        let mut braces = false;
        while let Some(token) = self.tokens.get(self.at) {
            match token.text.as_str() {
                "{" | "[" | "(" => depth += 1,
                "}" | "]" | ")" => depth = depth.saturating_sub(1),
                "mod" if depth == 0 && self.text(self.at + 2) == ";" => {
                    let name = self.text(self.at + 1).to_owned();
                    self.parsed.test_children.insert(name);
                }
                _ => {}
            }
            braces |= depth > 0 && token.is("{");
            let ends = depth == 0 && (token.is(";") || token.is("}") && braces);
            self.at += 1;
            if ends {
                return;
            }
        }
    }

    /// Parses a `use` declaration.
    fn import(&mut self) {
        self.at += 1;
        self.import_tree(&[]);
        while !matches!(self.text(self.at), ";" | "") {
            self.at += 1;
        }
    }

    fn import_tree(&mut self, before: &[String]) {
        let mut segments = before.to_vec();
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        while self.is_name(self.at) {
            segments.push(self.text(self.at).to_owned());
            self.at += 1;
            if self.text(self.at) != "::" {
                break;
            }
            self.at += 1;
        }
        let written = WrittenPath { line, within: self.within(), segments };
        match self.text(self.at) {
            "{" => self.import_group(&written.segments),
            "*" => {
                self.at += 1;
                self.parsed.paths.push(written.clone());
                self.parsed.globs.push(written);
            }
            _ => self.import_name(written),
        }
    }

    fn import_group(&mut self, before: &[String]) {
        self.at += 1;
        while !matches!(self.text(self.at), "}" | "") {
            self.import_tree(before);
            if self.text(self.at) == "," {
                self.at += 1;
            }
        }
        self.at += 1;
    }

    fn import_name(&mut self, mut written: WrittenPath) {
        if written.segments.len() > 1 && written.segments.last().is_some_and(|last| last == "self") {
            written.segments.pop();
        }
        let renamed = self.text(self.at) == "as";
        let name = if renamed { self.text(self.at + 1) } else { written.segments.last().map_or("", String::as_str) };
        let name = name.to_owned();
        if renamed {
            self.at += 2;
        }
        self.parsed.paths.push(written.clone());
        self.parsed.imports.insert(name, written);
    }

    /// Returns whether a path of several segments starts here.
    fn is_path_start(&self) -> bool {
        let before = if self.at == 0 { "" } else { self.text(self.at - 1) };
        self.is_name(self.at) && self.text(self.at + 1) == "::" && before != "::" && before != "."
    }

    fn path(&mut self) {
        let line = self.tokens[self.at].line;
        let mut segments = vec![self.text(self.at).to_owned()];
        while self.text(self.at + 1) == "::" && self.is_name(self.at + 2) {
            self.at += 2;
            segments.push(self.text(self.at).to_owned());
        }
        self.at += 1;
        self.parsed.paths.push(WrittenPath { line, within: self.within(), segments });
    }
}

#[test]
fn imports_and_paths_are_found() {
    let parsed = parse(
        "use super::{a::{self, B}, c as d};\nmod e;\n#[cfg(test)]\nmod tests;\npub struct F(crate::g::H);\n\
         #[cfg(test)]\nmod f { use x::y; }\nimpl F { type I = u8; pub fn j() { e::k::<u8>() } }",
    );
    let paths: Vec<_> = parsed.paths.iter().map(|path| path.segments.join("::")).collect();
    assert_eq!(paths, ["super::a", "super::a::B", "super::c", "crate::g::H", "e::k"]);
    assert_eq!(parsed.imports.keys().collect::<Vec<_>>(), ["B", "a", "d"]);
    assert_eq!((parsed.children.len(), parsed.test_children.len()), (1, 1));
    assert_eq!((parsed.types, parsed.public), (vec!["F".to_owned()], 2));
}
