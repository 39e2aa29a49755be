//! Every link between the pages leads somewhere, and every page is found from the index.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the pages that people read, by their paths in the repository.
fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).expect("a folder").map(|entry| entry.expect("an entry").path());
    let docs = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let others = ["README.md", "CHANGELOG.md", "audio/README.md"].map(|page| root().join(page));
    others.into_iter().chain(docs).collect()
}

/// Returns the targets of links and pictures, as they are written.
fn links(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).expect("a page");
    let target = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    };
    Parser::new(&text).filter_map(target).collect()
}

/// Returns the anchors of a page's headings, as GitHub makes them.
fn anchors(text: &str) -> HashSet<String> {
    let mut anchors = HashSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new(text) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::Text(text) | Event::Code(text), Some(heading)) => heading.push_str(&text),
            (Event::End(TagEnd::Heading(_)), Some(text)) => {
                let name = anchor(text);
                let numbered = (1..).map(|number| format!("{name}-{number}"));
                let free = std::iter::once(name.clone()).chain(numbered).find(|name| !anchors.contains(name));
                anchors.extend(free);
                heading = None;
            }
            _ => {}
        }
    }
    anchors
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Returns the problem with a link on a page, if there is one.
fn fault(page: &Path, link: &str) -> Option<String> {
    if link.starts_with("https://") {
        return None;
    }
    if link.contains("://") {
        return Some(format!("{link}: only https"));
    }
    let (file, part) = link.split_once('#').map_or((link, None), |(file, part)| (file, Some(part)));
    let path = if file.is_empty() { page.to_owned() } else { page.parent().expect("a folder").join(file) };
    if !path.exists() {
        return Some(format!("{link}: no such file"));
    }
    let part = part?;
    let text = fs::read_to_string(&path).expect("a page");
    (!anchors(&text).contains(part)).then(|| format!("{link}: no such heading"))
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let (mut count, mut faults) = (0, Vec::new());
    for page in pages() {
        let links = links(&page);
        count += links.len();
        faults.extend(
            links.iter().filter_map(|link| fault(&page, link)).map(|fault| format!("{}: {fault}", page.display())),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 60, "only {count} links were found");
}

#[test]
fn every_page_is_in_the_index() {
    let index = root().join("docs/README.md");
    let named: HashSet<String> = links(&index).into_iter().collect();
    for page in pages().iter().filter(|page| page.parent() == index.parent() && **page != index) {
        let name = page.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(named.contains(&name), "docs/README.md does not name {name}");
    }
}

#[test]
fn wrong_links_are_noticed() {
    let page = root().join("README.md");
    for (link, fault_of) in [
        ("docs/nowhere.md", "no such file"),
        ("docs/teachers.md#no-such-part", "no such heading"),
        ("http://example.org", "only https"),
    ] {
        assert!(fault(&page, link).is_some_and(|fault| fault.ends_with(fault_of)), "{link}");
    }
    let text = "# One `code` & two\n## Same\n## Same\n```\n# no heading\n```\n";
    assert_eq!(anchors(text), HashSet::from(["one-code--two", "same", "same-1"].map(str::to_owned)));
}
