//! How many frames were lost where an MP3 is damaged.

use std::collections::BTreeMap;

use super::{MpegPackets, Step};

/// So many frames behind a hole tell how large frames are there.
const NEIGHBOURS: u32 = 32;

/// What is known of the holes in a file.
#[derive(Clone, Debug)]
pub(super) enum Holes {
    /// None was met so far.
    Unknown,
    /// They are being looked for; those that were found: where, and how many frames seem to be lost.
    Sought(Vec<(u64, u64)>),
    /// How many frames were lost at the places where this is certain.
    Known(BTreeMap<u64, u64>),
}

impl MpegPackets {
    /// How many frames were lost between two bytes of the file.
    pub(super) fn lost(&mut self, from: u64, to: u64) -> u64 {
        if matches!(self.holes, Holes::Unknown) {
            self.seek_holes();
        }
        if let Holes::Known(known) = &self.holes
            && let Some(lost) = known.get(&from)
        {
            return *lost;
        }
        let lost = ((to - from) as f64 / self.size_from(to)).round() as u64;
        if let Holes::Sought(found) = &mut self.holes {
            found.push((from, lost));
        }
        lost
    }

    /// The mean size of the frames from a byte of the file on.
    fn size_from(&mut self, from: u64) -> f64 {
        let (mut position, mut count) = (from, 0);
        while count < NEIGHBOURS
            && let Some(header) = self.window.header(position).filter(|header| header.alike(&self.header))
        {
            position += header.bytes as u64;
            count += 1;
        }
        if count == 0 { self.header.bytes as f64 } else { (position - from) as f64 / f64::from(count) }
    }

    /// Walks through the whole file, and shares out what is missing of the promised frames among its holes.
    fn seek_holes(&mut self) {
        self.holes = Holes::Known(BTreeMap::new());
        let rest = self.window.length().saturating_sub(self.first);
        let Some(promised) = self.promise.frames(rest).filter(|_| self.promise.is_kept(rest)) else { return };
        let here = (self.position, self.index);
        (self.position, self.index) = (self.first, 0);
        self.holes = Holes::Sought(Vec::new());
        while !matches!(self.step(), Step::End { .. }) {}
        let Holes::Sought(found) = std::mem::replace(&mut self.holes, Holes::Unknown) else { return };
        let seemingly: u64 = found.iter().map(|(_, lost)| lost).sum();
        let known = promised.checked_sub(self.index - seemingly).map(|lost| share(lost, &found)).unwrap_or_default();
        self.holes = Holes::Known(known);
        // What was marked behind the first hole was a guess.
        self.marks.truncate(1);
        (self.position, self.index) = here;
    }
}

/// Shares out frames in the proportion of the guesses.
fn share(lost: u64, guesses: &[(u64, u64)]) -> BTreeMap<u64, u64> {
    let (whole, mut guessed, mut given) = (guesses.iter().map(|guess| guess.1).sum::<u64>().max(1), 0, 0);
    let mut shares = BTreeMap::new();
    for (place, guess) in guesses {
        guessed += guess;
        let until = (lost as f64 * guessed as f64 / whole as f64).round() as u64;
        shares.insert(*place, until - given);
        given = until;
    }
    shares
}
