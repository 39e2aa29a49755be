//! From a manifest's text to its programmes.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::engine::{ClipSource, Engine, VoiceGain};
use crate::manifest::{self, Severity};
use crate::player::Clips;
use crate::player::transport::Programmes;
use crate::timeline::{self, Facts, Programme, Shape, Timeline};
use crate::units::{Decibels, Frame, Rate, SILENCE};

use super::clips::Recordings;

/// Lines with this tag are left out.
pub(crate) const AVOIDED: &str = "avoided";

/// A session ready to be played or rendered.
pub(crate) struct Prepared {
    pub(crate) programmes: Programmes,
    pub(crate) clips: Clips,
}

impl Prepared {
    /// Reads the segments of a manifest and builds its programmes at a rate.
    pub(crate) fn new(segments: &str, recordings: &Recordings, rate: Rate) -> Self {
        Self::awaiting(segments, recordings, rate, &[])
    }

    /// The same while speech of some words is still being made.
    pub(crate) fn awaiting(segments: &str, recordings: &Recordings, rate: Rate, awaited: &[&str]) -> Self {
        Self::with(segments, &recordings.facts_awaiting(awaited), |timeline| recordings.source(timeline), rate)
    }

    /// The same with clips that come from elsewhere.
    pub(crate) fn with(
        segments: &str,
        facts: &Facts,
        source: impl Fn(&Timeline) -> Arc<dyn ClipSource>,
        rate: Rate,
    ) -> Self {
        let text = format!("format = 1\ntitle = \"A test\"\n{segments}");
        let (session, findings) = manifest::read(Path::new("test.toml"), &text);
        let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let session = session.unwrap();
        let shape = Shape { avoid: vec![AVOIDED.to_owned()], ..Shape::default() };
        let build = |programme| Arc::new(timeline::build(&session, programme, facts, &shape, rate).unwrap());
        let programmes = Programmes {
            session: build(Programme::Session),
            soften: build(Programme::Soften),
            closing: build(Programme::Closing),
        };
        let clips = [&programmes.session, &programmes.soften, &programmes.closing].map(|timeline| source(timeline));
        Self { programmes, clips }
    }

    pub(crate) fn session(&self) -> &Arc<Timeline> {
        &self.programmes.session
    }

    /// An engine at the start of a programme.
    pub(crate) fn engine(&self, programme: Programme) -> Engine {
        let timeline = self.programmes.get(programme).clone();
        Engine::new(timeline, self.clips[programme as usize].clone(), known_gain())
    }

    /// A whole programme, rendered straight through.
    pub(crate) fn render(&self, programme: Programme) -> Vec<Frame> {
        let mut engine = self.engine(programme);
        let mut frames = vec![SILENCE; engine.timeline().end.index()];
        assert_eq!(engine.render(&mut frames), frames.len());
        frames
    }
}

/// A session's gain that is known, and changes nothing.
pub(crate) fn known_gain() -> VoiceGain {
    Arc::new(OnceLock::from(Decibels::UNITY))
}

/// A rate in hertz.
pub(crate) fn hertz(hertz: u32) -> Rate {
    Rate::new(hertz).unwrap()
}
