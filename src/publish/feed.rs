//! The RSS feed of published sessions, with the elements of podcast directories.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rss::extension::itunes::{ITunesCategory, ITunesChannelExtension, ITunesItemExtension};
use rss::extension::{Extension, ExtensionMap};
use rss::{Channel, Enclosure, Guid, Image, Item};

use crate::text::single_line;

/// The characters of a file name that are escaped in a link.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The namespace of Podcasting 2.0.
const PODCAST_NAMESPACE: &str = "https://podcastindex.org/namespace/1.0";
/// The namespace of Atom.
const ATOM_NAMESPACE: &str = "http://www.w3.org/2005/Atom";
/// The file name of the feed.
pub(super) const FILE_NAME: &str = "feed.xml";

/// The properties of a feed.
#[derive(Clone, Debug, Default)]
pub(super) struct FeedInfo {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) language: String,
    pub(super) author: Option<String>,
    pub(super) license: Option<String>,
    /// The file name of the image.
    pub(super) cover: String,
    /// The address of the folder on the web, if known.
    pub(super) url: Option<String>,
}

/// One session in a feed.
#[derive(Clone, Debug)]
pub(super) struct Episode {
    pub(super) id: String,
    /// The common part of its file names.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) author: Option<String>,
    pub(super) seconds: u64,
    /// The size of the MP3.
    pub(super) bytes: u64,
    /// When it was first published, in seconds since 1970.
    pub(super) published: u64,
    /// The file name of the image.
    pub(super) cover: String,
    pub(super) has_captions: bool,
    pub(super) has_page: bool,
}

/// Writes a feed.
pub(super) fn rss(info: &FeedInfo, episodes: &[Episode]) -> String {
    let channel = Channel {
        title: single_line(&info.title),
        link: info.link(""),
        description: single_line(&info.description),
        language: Some(info.language.clone()),
        copyright: info.license.as_deref().map(single_line),
        generator: Some("karuna".to_owned()),
        image: Some(Image {
            url: info.link(&info.cover),
            title: single_line(&info.title),
            link: info.link(""),
            ..Image::default()
        }),
        items: episodes.iter().enumerate().map(|(index, episode)| info.item(index, episode)).collect(),
        itunes_ext: Some(ITunesChannelExtension {
            author: info.author.as_deref().map(single_line),
            categories: vec![category("Health & Fitness", Some("Mental Health"))],
            image: Some(info.link(&info.cover)),
            explicit: Some("false".to_owned()),
            r#type: Some("serial".to_owned()),
            ..ITunesChannelExtension::default()
        }),
        extensions: info.self_link(),
        namespaces: BTreeMap::from([
            ("atom".to_owned(), ATOM_NAMESPACE.to_owned()),
            ("podcast".to_owned(), PODCAST_NAMESPACE.to_owned()),
        ]),
        ..Channel::default()
    };
    let mut feed = Vec::new();
    // Writing into memory can't fail.
    let _ = channel.pretty_write_to(&mut feed, b' ', 2);
    String::from_utf8(feed).unwrap_or_default() + "\n"
}

/// Returns a text as HTML paragraphs, because the descriptions of episodes are interpreted as HTML.
pub(super) fn paragraphs(text: &str) -> String {
    let escape = |line: &str| line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let lines = text.lines().map(single_line).filter(|line| !line.is_empty());
    lines.map(|line| format!("<p>{}</p>", escape(&line))).collect::<Vec<_>>().concat()
}

impl FeedInfo {
    /// Returns the link to a file of the folder: absolute if the folder's address is known, otherwise relative.
    fn link(&self, name: &str) -> String {
        let name = utf8_percent_encode(name, ESCAPED);
        match &self.url {
            Some(url) => format!("{}/{name}", url.trim_end_matches('/')),
            None if name.to_string().is_empty() => ".".to_owned(),
            None => name.to_string(),
        }
    }

    /// Returns the link of the feed to itself, by which directories know it, if its address is known.
    fn self_link(&self) -> ExtensionMap {
        if self.url.is_none() {
            return ExtensionMap::new();
        }
        let attrs =
            [("href", self.link(FILE_NAME)), ("rel", "self".to_owned()), ("type", "application/rss+xml".to_owned())];
        let attrs = attrs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let link = Extension { name: "atom:link".to_owned(), attrs, ..Extension::default() };
        BTreeMap::from([("atom".to_owned(), BTreeMap::from([("link".to_owned(), vec![link])]))])
    }

    fn item(&self, index: usize, episode: &Episode) -> Item {
        let file = |extension: &str| self.link(&format!("{}.{extension}", episode.name));
        Item {
            title: Some(single_line(&episode.title)),
            link: episode.has_page.then(|| file("html")),
            description: Some(episode.description.clone()),
            enclosure: Some(Enclosure {
                url: file("mp3"),
                length: episode.bytes.to_string(),
                mime_type: "audio/mpeg".to_owned(),
            }),
            guid: Some(Guid { value: episode.id.clone(), permalink: false }),
            // Apps sort by date, so episodes published together differ by a second.
            pub_date: Some(httpdate::fmt_http_date(
                SystemTime::UNIX_EPOCH + Duration::from_secs(episode.published + index as u64),
            )),
            itunes_ext: Some(ITunesItemExtension {
                author: episode.author.as_deref().map(single_line),
                image: Some(self.link(&episode.cover)),
                duration: Some(episode.seconds.to_string()),
                explicit: Some("false".to_owned()),
                episode: Some((index + 1).to_string()),
                ..ITunesItemExtension::default()
            }),
            extensions: podcast_elements(&file, episode),
            ..Item::default()
        }
    }
}

/// Returns the elements of Podcasting 2.0, which link to chapters and captions.
fn podcast_elements(file: &impl Fn(&str) -> String, episode: &Episode) -> ExtensionMap {
    let element = |name: &str, extension: &str, media_type: &str| Extension {
        name: format!("podcast:{name}"),
        attrs: BTreeMap::from([("url".to_owned(), file(extension)), ("type".to_owned(), media_type.to_owned())]),
        ..Extension::default()
    };
    let mut elements = BTreeMap::new();
    let chapters = element("chapters", "chapters.json", "application/json+chapters");
    elements.insert("chapters".to_owned(), vec![chapters]);
    if episode.has_captions {
        elements.insert("transcript".to_owned(), vec![element("transcript", "vtt", "text/vtt")]);
    }
    BTreeMap::from([("podcast".to_owned(), elements)])
}

fn category(text: &str, subcategory: Option<&str>) -> ITunesCategory {
    let subcategory = subcategory.map(|text| Box::new(category(text, None)));
    ITunesCategory { text: text.to_owned(), subcategory }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(url: Option<&str>) -> String {
        let info = FeedInfo {
            title: "A <script> & more".to_owned(),
            language: "en".to_owned(),
            cover: "cover.png".to_owned(),
            url: url.map(str::to_owned),
            ..FeedInfo::default()
        };
        let episode = Episode {
            id: "1".to_owned(),
            name: "an evening".to_owned(),
            title: "]]> <b>".to_owned(),
            description: "x & y".to_owned(),
            author: None,
            seconds: 61,
            bytes: 1_000,
            published: 0,
            cover: "cover.png".to_owned(),
            has_captions: true,
            has_page: false,
        };
        rss(&info, &[episode.clone(), Episode { name: "b".to_owned(), has_captions: false, ..episode }])
    }

    #[test]
    fn a_feed_can_be_parsed() {
        let text = feed(Some("https://example.org/sits/"));
        let channel = Channel::read_from(text.as_bytes()).unwrap();
        assert_eq!((channel.title.as_str(), channel.link.as_str()), ("A <script> & more", "https://example.org/sits/"));
        let item = &channel.items[0];
        assert_eq!(item.title.as_deref(), Some("]]> <b>"));
        assert_eq!(item.enclosure.as_ref().unwrap().url, "https://example.org/sits/an%20evening.mp3");
        assert_eq!(item.pub_date.as_deref(), Some("Thu, 01 Jan 1970 00:00:00 GMT"));
        assert_eq!(channel.items[1].pub_date.as_deref(), Some("Thu, 01 Jan 1970 00:00:01 GMT"));
        assert_eq!(
            item.extensions["podcast"]["chapters"][0].attrs["url"],
            "https://example.org/sits/an%20evening.chapters.json"
        );
        assert!(item.extensions["podcast"].contains_key("transcript"));
        assert!(!channel.items[1].extensions["podcast"].contains_key("transcript"));
        assert!(!text.contains("<script>"), "{text}");
        assert_eq!(channel.extensions["atom"]["link"][0].attrs["href"], "https://example.org/sits/feed.xml");
    }

    #[test]
    fn descriptions_are_paragraphs_with_escaped_markup() {
        assert_eq!(paragraphs("A & b\n\n<script>\n"), "<p>A &amp; b</p><p>&lt;script&gt;</p>");
    }

    #[test]
    fn without_an_address_links_are_relative() {
        let channel = Channel::read_from(feed(None).as_bytes()).unwrap();
        assert_eq!(channel.link, ".");
        assert_eq!(channel.items[0].enclosure.as_ref().unwrap().url, "an%20evening.mp3");
    }
}
