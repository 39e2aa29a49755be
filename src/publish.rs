//! Publishes sessions in formats that can be used without karuna.
//!
//! All times in them are those of the session's timeline. The files of a publication appear in their folder together, and replace only
//! what an earlier publication of the same session wrote.

mod audio;
mod captions;
mod chapters;
mod cover;
mod error;
mod feed;
mod format;
mod output_folder;
mod page;
mod record;
mod source;
mod timed_text;

use std::path::{Path, PathBuf};

pub(crate) use error::PublishError;
pub(crate) use format::PublicationFormat;
pub(crate) use output_folder::WrittenFile;

use crate::io::encode::{Chapter, CoverPicture, Tags};
use crate::load::LoadedSession;
use crate::present::credits;
use crate::present::lanes::Lanes;
use crate::render::{self, RenderObserver};
use crate::timeline::{Programme, Programmes};
use crate::units::Rate;
use feed::{Episode, FeedInfo};
use output_folder::OutputFolder;
use page::{PageContent, Passage};
use source::SessionSource;
use timed_text::TimedText;

/// The file name of the feed.
const FEED: &str = feed::FILE_NAME;
/// The maximum size of the audio in a page, because browsers limit the length of a data URL.
const MAX_PAGE_AUDIO: u64 = 200 << 20;

/// Options for publishing.
#[derive(Clone, Debug)]
pub(crate) struct PublishOptions {
    /// The formats, without duplicates.
    pub(crate) formats: Vec<PublicationFormat>,
    /// An image for the cover; without it, the cover is drawn.
    pub(crate) cover: Option<PathBuf>,
    /// The address of the output folder on the web, for the feed.
    pub(crate) url: Option<String>,
    /// The folder of the sessions, if several are published together.
    pub(crate) collection: Option<PathBuf>,
}

/// Sessions being published into a folder. If it is dropped before [`finish`](Self::finish), nothing is left behind.
pub(crate) struct Publication {
    options: PublishOptions,
    output: OutputFolder,
    /// The image given by `--cover`.
    cover: Option<CoverPicture>,
    feed: Option<Feed>,
}

/// The feed, which each session is added to.
struct Feed {
    path: PathBuf,
    info: FeedInfo,
    episodes: Vec<Episode>,
}

/// A session being published.
struct Item<'item> {
    loaded: &'item LoadedSession,
    source: SessionSource,
    programmes: Programmes,
    texts: Vec<TimedText>,
    credits: String,
    /// The cover, which every format except the captions shows.
    cover: Option<CoverPicture>,
}

impl Publication {
    /// Opens the output folder.
    ///
    /// # Errors
    /// If it can't be created or written to, the cover can't be read, or this build does not support a format.
    pub(crate) fn open(folder: &Path, options: PublishOptions) -> Result<Self, PublishError> {
        if options.formats.iter().any(|format| !PublicationFormat::AVAILABLE.contains(format)) {
            return Err(PublishError::NoMp3);
        }
        let cover = options.cover.as_deref().map(cover::read).transpose()?;
        Ok(Self { options, output: OutputFolder::open(folder)?, cover, feed: None })
    }

    /// Adds a session.
    ///
    /// # Errors
    /// If the session can't be fitted to its length, a file can't be written or replaced, or the observer interrupts.
    pub(crate) fn add(&mut self, loaded: &LoadedSession, observer: RenderObserver) -> Result<(), PublishError> {
        let programmes = loaded.programmes(Rate::DEFAULT)?;
        let credits = credits::credits(&loaded.session, &loaded.voices());
        let texts = timed_text::timed_texts(programmes.session());
        let mut source = SessionSource::of(loaded);
        self.options.cover.iter().for_each(|cover| source.inputs.add(cover));
        let mut item = Item { loaded, source, programmes, texts, credits, cover: None };
        if self.options.formats.iter().any(|format| *format != PublicationFormat::Captions) {
            item.cover = Some(self.cover.clone().map_or_else(|| item.drawn_cover(), Ok)?);
        }
        if self.has(PublicationFormat::Podcast) && self.feed.is_none() {
            self.feed = Some(self.start_feed(&item)?);
        }
        if self.has(PublicationFormat::Captions) {
            self.add_captions(&item)?;
        }
        self.add_sound(&item, observer)
    }

    /// Adds the audio formats.
    fn add_sound(&mut self, item: &Item, observer: RenderObserver) -> Result<(), PublishError> {
        let cover = self.add_cover(item)?;
        let page = self.reserve_for(PublicationFormat::Web, item, "html")?;
        let mp3 = self.reserve_for(PublicationFormat::Podcast, item, "mp3")?;
        let chapters = self.reserve_for(PublicationFormat::Podcast, item, "chapters.json")?;
        let opus = self.reserve_for(PublicationFormat::Audiobook, item, "opus")?;
        // The page embeds the Opus file, which is temporary unless the audiobook is published too.
        let opus = opus.or_else(|| page.is_some().then(|| self.output.temporary("page.opus")));
        let (tags, timeline) = (item.tags(), item.programmes.session());
        if let Some(path) = &chapters {
            write(path, chapters::json(&timeline.title, &tags.chapters, timeline.end, timeline.rate))?;
        }
        let files: Vec<_> = mp3.iter().chain(&opus).map(PathBuf::as_path).collect();
        audio::render(item.loaded, timeline, &tags, &files, observer)?;
        if let (Some(page), Some(opus)) = (&page, &opus) {
            write(page, self.page(item, &tags.chapters, opus, observer)?)?;
        }
        if let Some(mp3) = &mp3 {
            let episode = self.episode(item, mp3, &cover)?;
            self.feed.iter_mut().for_each(|feed| feed.episodes.push(episode.clone()));
        }
        Ok(())
    }

    /// Moves all files into place.
    ///
    /// # Errors
    /// If a file can't be moved; nothing is changed in that case.
    pub(crate) fn finish(self) -> Result<Vec<WrittenFile>, PublishError> {
        if let Some(feed) = &self.feed {
            write(&feed.path, feed::rss(&feed.info, &feed.episodes))?;
        }
        self.output.commit()
    }

    fn has(&self, format: PublicationFormat) -> bool {
        self.options.formats.contains(&format)
    }

    /// Reserves a file of a session, if its format is requested, and returns its temporary path.
    fn reserve_for(
        &mut self,
        format: PublicationFormat,
        item: &Item,
        extension: &str,
    ) -> Result<Option<PathBuf>, PublishError> {
        if self.has(format) { self.reserve(item, extension).map(Some) } else { Ok(None) }
    }

    fn reserve(&mut self, item: &Item, extension: &str) -> Result<PathBuf, PublishError> {
        self.output.add(&item.file_name(extension), &item.source.id, &item.source.inputs)
    }

    fn add_captions(&mut self, item: &Item) -> Result<(), PublishError> {
        let (session, timeline) = (&item.loaded.session, item.programmes.session());
        let phrases = timed_text::timed_phrases(timeline);
        let files = [
            ("vtt", captions::webvtt(&session.title, timeline.rate, &phrases, &item.credits)),
            ("srt", captions::subrip(timeline.rate, &phrases)),
            ("lrc", captions::lrc(session, timeline, &phrases, &item.credits)),
            ("txt", captions::plain_text(session, timeline, &item.credits)),
        ];
        files.into_iter().try_for_each(|(extension, text)| write(&self.reserve(item, extension)?, &text))
    }

    /// Writes the cover of a session, if a format needs it as a file, and returns its file name. All sessions of a collection share the
    /// teacher's own image.
    fn add_cover(&mut self, item: &Item) -> Result<String, PublishError> {
        let Some(cover) = item
            .cover
            .as_ref()
            .filter(|_| self.has(PublicationFormat::Podcast) || self.has(PublicationFormat::Audiobook))
        else {
            return Ok(String::new());
        };
        let shared = format!("cover.{}", cover::extension(cover));
        let name = match &self.options.collection {
            Some(_) if self.cover.is_some() && self.feed.is_some() => return Ok(shared),
            Some(_) => item.file_name(&shared),
            None => shared,
        };
        let path = self.output.add(&name, &item.source.id, &item.source.inputs)?;
        write(&path, &cover.data)?;
        Ok(name)
    }

    /// Reserves the feed. Its cover is the teacher's image, otherwise the cover of the first session.
    fn start_feed(&mut self, item: &Item) -> Result<Feed, PublishError> {
        let session = &item.loaded.session;
        let mut info = FeedInfo {
            title: session.title.clone(),
            description: session.summary.as_ref().unwrap_or(&session.title).clone(),
            language: session.language.clone(),
            author: session.teacher.clone(),
            license: session.license.clone(),
            cover: item.cover.as_ref().map(|cover| format!("cover.{}", cover::extension(cover))).unwrap_or_default(),
            url: self.options.url.clone(),
        };
        let mut source = item.source.id.clone();
        if let Some(folder) = &self.options.collection {
            source = record::SourceId::of_folder(folder);
            let resolved = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            info.title =
                resolved.file_name().map_or_else(|| session.title.clone(), |name| name.to_string_lossy().into_owned());
            "Guided meditations".clone_into(&mut info.description);
            let path = self.output.add(&info.cover, &source, &item.source.inputs)?;
            item.cover.iter().try_for_each(|cover| write(&path, &cover.data))?;
        }
        let path = self.output.add(FEED, &source, &item.source.inputs)?;
        Ok(Feed { path, info, episodes: Vec::new() })
    }

    /// Writes the page of a session with the audio in `opus`.
    fn page(
        &self,
        item: &Item,
        chapters: &[Chapter],
        opus: &Path,
        observer: RenderObserver,
    ) -> Result<String, PublishError> {
        let session = &item.loaded.session;
        let read = |path: &Path| {
            let length = path.metadata().map_err(|error| PublishError::io(path, error))?.len();
            if length > MAX_PAGE_AUDIO {
                return Err(PublishError::TooLongForPage(session.title.clone()));
            }
            std::fs::read(path).map_err(|error| PublishError::io(path, error))
        };
        let mut passage = |programme: Programme, name: &str| {
            let (path, timeline) = (self.output.temporary(name), &item.programmes[programme]);
            audio::render(item.loaded, timeline, &Tags::default(), &[&path], observer)?;
            Ok::<_, PublishError>(Passage { texts: timed_text::timed_texts(timeline), audio: read(&path)? })
        };
        let session_passage = Passage { texts: item.texts.clone(), audio: read(opus)? };
        let passages = [
            session_passage,
            passage(Programme::SOFTEN, "gentler.opus")?,
            passage(Programme::CLOSING, "closing.opus")?,
        ];
        let (timeline, credits) = (item.programmes.session(), item.credits.as_str());
        let failed = || PublishError::Page(session.title.clone());
        let cover = item.cover.as_ref().ok_or_else(failed)?;
        page::html(&PageContent { session, timeline, chapters, credits, cover, passages }).map_err(|_| failed())
    }

    fn episode(&self, item: &Item, mp3: &Path, cover: &str) -> Result<Episode, PublishError> {
        let (session, timeline) = (&item.loaded.session, item.programmes.session());
        let bytes = mp3.metadata().map_err(|error| PublishError::io(mp3, error))?.len();
        let summary = session.summary.clone().unwrap_or_default();
        // The first line is the title, which an episode has already.
        let details = item.credits.lines().skip(1).collect::<Vec<_>>().join("\n");
        Ok(Episode {
            id: item.source.id.to_string(),
            name: item.loaded.manifest.name.clone(),
            title: session.title.clone(),
            description: feed::paragraphs(&format!("{summary}\n{details}")),
            author: session.teacher.clone(),
            seconds: timeline.end.0.div_ceil(u64::from(timeline.rate.hertz())),
            bytes,
            published: self.output.first_published(&item.file_name("mp3")),
            cover: cover.to_owned(),
            has_captions: self.has(PublicationFormat::Captions),
            has_page: self.has(PublicationFormat::Web),
        })
    }
}

impl Item<'_> {
    fn file_name(&self, extension: &str) -> String {
        format!("{}.{extension}", self.loaded.manifest.name)
    }

    fn drawn_cover(&self) -> Result<CoverPicture, PublishError> {
        let title = &self.loaded.session.title;
        cover::draw(title, &Lanes::of(self.programmes.session())).ok_or_else(|| PublishError::Drawing(title.clone()))
    }

    fn tags(&self) -> Tags {
        let timeline = self.programmes.session();
        let words = timeline.segments.iter().filter_map(|segment| segment.text.as_deref());
        let words: Vec<_> = words.map(|words| words.trim().to_owned()).collect();
        Tags {
            lyrics: Some(words.join("\n\n")).filter(|words| !words.is_empty()),
            credits: Some(self.credits.clone()),
            cover: self.cover.clone(),
            ..render::tags(&self.loaded.session, timeline)
        }
    }
}

fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), PublishError> {
    std::fs::write(path, content).map_err(|error| PublishError::io(path, error))
}
