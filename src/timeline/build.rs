//! Builds a timeline with the exact frames of every segment and cue.

mod builder;
mod cues;
mod segments;

use std::sync::Arc;
use std::time::Duration;

use self::builder::{BedStarts, TimelineBuilder};
use super::error::TimelineError;
use super::facts::SessionFacts;
use super::fit;
use super::length_range::LengthRange;
use super::model::{MAX_LENGTH, Timeline};
use super::plan::{PlannedContent, PlannedSegment, Planner};
use super::programme::{Programme, ProgrammeKind, Programmes};
use super::shape::{LengthChoice, Shape};
use crate::manifest::session::{BedSpec, Session};
use crate::units::Rate;

/// Builds the timeline of one programme at a sample rate. Only the session itself is fitted to a length.
///
/// # Errors
/// If a clip is missing from the facts, the silences can't be scaled to the requested length, there are too many cues, or the programme is
/// too long.
pub fn build(
    session: &Session,
    programme: Programme,
    facts: &SessionFacts,
    shape: &Shape,
    rate: Rate,
) -> Result<Timeline, TimelineError> {
    build_with_bed(session, programme, session.bed.as_ref(), facts, shape, rate).map(|(timeline, _)| timeline)
}

/// Like [`build`], with this bed for a gentler passage. Also returns which bed starts at which frame.
fn build_with_bed(
    session: &Session,
    programme: Programme,
    bed: Option<&BedSpec>,
    facts: &SessionFacts,
    shape: &Shape,
    rate: Rate,
) -> Result<(Timeline, BedStarts), TimelineError> {
    let settle = shape.settle.unwrap_or(session.settle);
    let (list, settle, segments) = match programme.kind() {
        ProgrammeKind::Session | ProgrammeKind::OpenSilence => (Programme::SESSION, settle, &session.segments),
        ProgrammeKind::Soften => (Programme::SOFTEN, Duration::ZERO, &session.soften),
        ProgrammeKind::Closing => (Programme::CLOSING, Duration::ZERO, &session.exit),
    };
    let mut shape = shape.clone();
    if !programme.is_session() && matches!(shape.length, LengthChoice::Fitted(_)) {
        shape.length = LengthChoice::Natural;
    }
    let mut planned = Planner { session, facts, shape: &shape, rate }.plan(settle, segments)?;
    if let LengthChoice::Fitted(requested) = shape.length {
        fit::fit(&mut planned, requested, rate)?;
    }
    if programme == Programme::OPEN_SILENCE {
        extend_open_silence(&mut planned);
    }
    let mut builder = TimelineBuilder::new(session, list, facts, &shape, rate);
    builder.is_endless = programme == Programme::OPEN_SILENCE;
    builder.first_bed = bed;
    builder.first_pending = first_pending(&planned, list, &shape);
    for segment in planned {
        builder.add_segment(segment)?;
    }
    builder.finish()
}

/// Extends the open silence to its maximum, and removes everything after it.
fn extend_open_silence(planned: &mut Vec<PlannedSegment>) {
    let is_open = |segment: &PlannedSegment| matches!(&segment.content, PlannedContent::Silence(one) if one.is_open);
    let Some(open) = planned.iter().position(is_open) else { return };
    planned.truncate(open + 1);
    if let PlannedContent::Silence(silence) = &mut planned[open].content {
        silence.length = MAX_LENGTH;
    }
}

/// Builds the timelines of all programmes at a sample rate.
///
/// # Errors
/// The first error of [`build`].
pub(crate) fn build_all(
    session: &Session,
    facts: &SessionFacts,
    shape: &Shape,
    rate: Rate,
) -> Result<Programmes, TimelineError> {
    let build = |programme, bed| build_with_bed(session, programme, bed, facts, shape, rate);
    let (main, beds) = build(Programme::SESSION, session.bed.as_ref())?;
    let mut timelines = vec![(Programme::CLOSING, build(Programme::CLOSING, None)?.0)];
    if main.open_segment.is_some() {
        let (open, _) = build(Programme::OPEN_SILENCE, session.bed.as_ref())?;
        timelines.push((Programme::OPEN_SILENCE, open));
    }
    let (mut variants, mut passages): (Vec<Option<&BedSpec>>, Vec<_>) = (Vec::new(), Vec::new());
    for (start, bed) in &beds {
        let bed = bed.as_ref();
        let known = variants.iter().position(|variant| variant.map(BedSpec::name) == bed.map(BedSpec::name));
        let variant = known.unwrap_or(variants.len());
        let passage = Programme::soften(variant);
        if known.is_none() {
            variants.push(bed);
            timelines.push((passage, build(passage, bed)?.0));
        }
        passages.push((*start, passage));
    }
    timelines.push((Programme::SESSION, main));
    let timelines = timelines.into_iter().map(|(programme, timeline)| (programme, Arc::new(timeline)));
    Ok(Programmes::new(timelines.collect(), passages))
}

/// Returns the shortest and the longest length that a session can be fitted to.
///
/// # Errors
/// If a clip is missing from the facts.
pub fn length_range(
    session: &Session,
    facts: &SessionFacts,
    shape: &Shape,
    rate: Rate,
) -> Result<LengthRange, TimelineError> {
    let planned =
        Planner { session, facts, shape, rate }.plan(shape.settle.unwrap_or(session.settle), &session.segments)?;
    Ok(fit::possible_lengths(&planned, rate))
}

/// Returns the index of the first segment that depends on pending speech. In a fitted session every segment does. The gentler
/// passage and the closing don't wait for speech: lines without speech at their time are shown.
fn first_pending(planned: &[PlannedSegment], programme: Programme, shape: &Shape) -> Option<usize> {
    let first = planned.iter().position(|segment| segment.is_pending).filter(|_| programme == Programme::SESSION)?;
    Some(if matches!(shape.length, LengthChoice::Fitted(_)) { 0 } else { first })
}
