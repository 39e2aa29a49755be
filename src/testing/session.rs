//! Sessions from manifest texts.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::engine::{ClipSource, Engine, VoiceGain};
use crate::manifest::{self, Severity};
use crate::player::{ClipSources, TimelineVersion};
use crate::timeline::{self, Programme, Programmes, SessionFacts, Shape, Timeline};
use crate::units::{Decibels, Frame, Rate, SILENCE};

use super::clips::Recordings;

/// The tag of avoided lines.
pub(crate) const AVOIDED: &str = "avoided";

/// A session ready to be played or rendered.
pub(crate) struct Prepared {
    pub(crate) programmes: Programmes,
    pub(crate) clips: ClipSources,
}

impl Prepared {
    /// Reads the segments of a manifest and builds its programmes at a rate.
    pub(crate) fn new(segments: &str, recordings: &Recordings, rate: Rate) -> Self {
        Self::awaiting(segments, recordings, rate, &[])
    }

    /// As `new`, while the speech of some words is pending.
    pub(crate) fn awaiting(segments: &str, recordings: &Recordings, rate: Rate, awaited: &[&str]) -> Self {
        Self::with(segments, &recordings.facts_awaiting(awaited), |timeline| recordings.source(timeline), rate)
    }

    /// As `new`, with these facts and clips.
    pub(crate) fn with(
        segments: &str,
        facts: &SessionFacts,
        source: impl Fn(&Timeline) -> Arc<dyn ClipSource>,
        rate: Rate,
    ) -> Self {
        let text = format!("format = 1\ntitle = \"A test\"\n{segments}");
        let (session, findings) = manifest::read(Path::new("test.toml"), &text);
        let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let session = session.unwrap();
        let shape = Shape { avoid: vec![AVOIDED.to_owned()], ..Shape::default() };
        let programmes = timeline::build_all(&session, facts, &shape, rate).unwrap();
        let clips = ClipSources::new(&programmes, |timeline| source(timeline));
        Self { programmes, clips }
    }

    /// Returns the input of a player.
    pub(crate) fn version(&self) -> TimelineVersion {
        TimelineVersion { programmes: self.programmes.clone(), clips: self.clips.clone() }
    }

    pub(crate) fn session(&self) -> &Arc<Timeline> {
        self.programmes.session()
    }

    /// Returns an engine at the start of a programme.
    pub(crate) fn engine(&self, programme: Programme) -> Engine {
        let timeline = self.programmes[programme].clone();
        Engine::new(timeline, self.clips.get(programme).clone(), known_gain())
    }

    /// Returns the continuous rendering of a whole programme.
    pub(crate) fn render(&self, programme: Programme) -> Vec<Frame> {
        let mut engine = self.engine(programme);
        let mut frames = vec![SILENCE; engine.timeline().end.index()];
        assert_eq!(engine.render(&mut frames), frames.len());
        frames
    }
}

/// Returns a known gain of 0 dB.
pub(crate) fn known_gain() -> VoiceGain {
    Arc::new(OnceLock::from(Decibels::UNITY))
}

/// Returns a rate in hertz.
pub(crate) fn hertz(hertz: u32) -> Rate {
    Rate::new(hertz).unwrap()
}
