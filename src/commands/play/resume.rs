//! Finds the session and the place for `--resume`.

use crate::cli::Play;
use crate::commands::typed::StoredOptions;
use crate::config::Config;
use crate::error::Failure;
use crate::history::{HistoryError, Place, SavedSession};
use crate::io::library;
use crate::load::LoadedSession;
use crate::playback::StartPosition;
use crate::text::escape_controls;
use crate::units::Rate;

/// A session to resume, with the options and settings that shaped it before.
pub(super) struct ResumedSession {
    pub(super) arguments: Play,
    pub(super) config: Config,
    /// `None` for the beginning.
    pub(super) place: Option<Place>,
}

impl ResumedSession {
    /// Finds the given session, or the one that was left last.
    ///
    /// # Errors
    /// If no session was left, the stored place is damaged, or other options are given.
    pub(super) fn find(arguments: &Play, config: &Config) -> Result<Self, Failure> {
        let saved = load(arguments.session.as_deref())?.ok_or_else(|| no_stored_place(arguments, config))?;
        let earlier = StoredOptions::parse(&saved.options);
        let (Some(earlier), Some(settings)) = (earlier, StoredOptions::parse(&saved.settings)) else {
            let session = escape_controls(&saved.session);
            return Err(damaged(format!("the stored place of {session} is damaged"), Some(&saved.session)));
        };
        if !StoredOptions::of(arguments).is_part_of(&earlier) {
            let options = if saved.options.is_empty() { "without options".to_owned() } else { saved.options.join(" ") };
            let message = format!("this session was left with other options: {}", escape_controls(&options));
            return Err(Failure::usage(message, "leave out these options; the earlier ones are used"));
        }
        let mut arguments = Play { session: Some(saved.session), ..arguments.clone() };
        (arguments.shape, arguments.settle) = (earlier.shape, earlier.settle);
        let mut resumed = Self { arguments, config: config.clone(), place: saved.place };
        settings.into_config(&mut resumed.config);
        Ok(resumed)
    }

    /// Returns the position to resume from. If the place no longer exists, reports that and returns the beginning.
    ///
    /// # Errors
    /// If the session has no timeline in this shape.
    pub(super) fn start(&self, session: &LoadedSession, say: impl Fn(&str)) -> Result<StartPosition, Failure> {
        let Some(place) = &self.place else { return Ok(StartPosition::Beginning) };
        let found = place.find(&session.timeline(Rate::DEFAULT)?);
        if found.is_none() {
            say("the session has changed, and the place where it was left is gone, so it starts from the beginning");
        }
        Ok(found.map_or(StartPosition::Beginning, StartPosition::Key))
    }
}

fn load(session: Option<&str>) -> Result<Option<SavedSession>, Failure> {
    let saved = match session {
        // A missing session is reported before a missing place.
        Some(session) => {
            library::open(session)?;
            library::stable_name(session).map_or(Ok(None), |name| SavedSession::load(&name))
        }
        None => SavedSession::load_last(),
    };
    saved.map_err(|error| match error {
        HistoryError::NoFolder | HistoryError::State(_) => Failure::from(error),
        error => damaged(error.to_string(), session),
    })
}

fn damaged(message: String, session: Option<&str>) -> Failure {
    let session = session.unwrap_or("SESSION");
    Failure::new(
        message,
        format!("`karuna forget places` removes it, and `karuna play {session}` starts from the beginning"),
    )
}

fn no_stored_place(arguments: &Play, config: &Config) -> Failure {
    let message = match &arguments.session {
        Some(session) => format!("no place is stored for {}", escape_controls(session)),
        None => "no session that was left early is stored".to_owned(),
    };
    let help = if config.remember.value {
        "play it with --from and the id of a line, which `karuna show` lists"
    } else {
        "places are stored with remember = true in config.toml, which `karuna config --init` writes; --from starts at a line"
    };
    Failure::new(message, help)
}
