//! Distinguishes repeated key presses from a held key. Terminals report both in the same way.

use std::time::{Duration, Instant};

use crate::io::terminal::{Key, KeyPress};

/// The time within which the same key does not count again, where that could startle: for pausing, softening and leaving.
const DEBOUNCE: Duration = Duration::from_millis(300);
/// The minimum delay before a held key starts to repeat.
const MIN_REPEAT_DELAY: Duration = Duration::from_millis(200);
/// The maximum delay before a held key starts to repeat.
const MAX_REPEAT_DELAY: Duration = Duration::from_millis(1_100);
/// The maximum interval between two repeats. Key presses are never this fast.
const MAX_REPEAT_INTERVAL: Duration = Duration::from_millis(110);

/// Decides which key presses count.
#[derive(Debug, Default)]
pub(crate) struct KeyRepeatFilter {
    last: Option<LastPress>,
    /// A press that may be the first repeat of a held key. It counts at this time, unless the key arrives again earlier.
    undecided: Option<(KeyPress, Instant)>,
    /// The system has asked the program to end.
    is_terminating: bool,
}

/// The last key pressed.
#[derive(Clone, Copy, Debug)]
struct LastPress {
    press: KeyPress,
    /// When it arrived last, even as a repeat.
    seen: Instant,
    /// When it counted last.
    counted: Instant,
}

impl KeyRepeatFilter {
    /// Handles a key press. Returns whether it counts now; [`KeyRepeatFilter::take_settled`] may return it later.
    pub(crate) fn accept(&mut self, press: KeyPress, now: Instant) -> bool {
        let Some(last) = self.last.filter(|last| last.press == press && !acts_on_repeat(press)) else {
            self.count(press, now);
            return true;
        };
        let since = now.duration_since(last.seen);
        self.last = Some(LastPress { seen: now, ..last });
        if since < MAX_REPEAT_INTERVAL {
            self.undecided = None;
            return false;
        }
        if is_debounced(press)
            && now.duration_since(if is_leaving(press) { last.counted } else { last.seen }) < DEBOUNCE
        {
            return false;
        }
        if (MIN_REPEAT_DELAY..MAX_REPEAT_DELAY).contains(&since) {
            self.undecided = Some((press, now + MAX_REPEAT_INTERVAL));
            return false;
        }
        self.count(press, now);
        true
    }

    /// Handles a request of the system to end the program. Returns whether it counts. Several signals at once count as one, but the system
    /// never repeats like a held key, so the same signal again counts.
    pub(crate) fn accept_termination(&mut self, now: Instant) -> bool {
        let last = self.last.filter(|last| is_leaving(last.press));
        let is_together = last.is_some_and(|last| now.duration_since(last.seen) < DEBOUNCE);
        let is_again = std::mem::replace(&mut self.is_terminating, true);
        self.count(KeyPress::Interrupt, now);
        is_again || !is_together
    }

    fn count(&mut self, press: KeyPress, now: Instant) {
        self.last = Some(LastPress { press, seen: now, counted: now });
    }

    /// Returns an undecided press that turns out to count, because time has passed or another key follows.
    pub(crate) fn take_settled(&mut self, now: Instant, next: Option<KeyPress>) -> Option<KeyPress> {
        let (press, due) = self.undecided?;
        if now < due && next.is_none_or(|next| next == press) {
            return None;
        }
        self.undecided = None;
        if let Some(last) = &mut self.last {
            last.counted = now;
        }
        Some(press)
    }
}

/// Returns whether this key leaves.
fn is_leaving(press: KeyPress) -> bool {
    matches!(press, KeyPress::Interrupt | KeyPress::Key(Key::Escape | Key::Char('q')))
}

/// Returns whether every press and repeat counts, as for the volume and seeking.
fn acts_on_repeat(press: KeyPress) -> bool {
    matches!(press, KeyPress::Key(Key::Up | Key::Down | Key::Char('+' | '-' | '=' | '.' | ',')))
}

/// Returns whether a second press that comes too soon is ignored.
fn is_debounced(press: KeyPress) -> bool {
    is_leaving(press) || matches!(press, KeyPress::Key(Key::Char(' ' | 's')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const Q: KeyPress = KeyPress::Key(Key::Char('q'));
    const SPACE: KeyPress = KeyPress::Key(Key::Char(' '));

    /// Returns which of these key presses count, each with its time in milliseconds.
    fn wishes(keys: &[(u64, KeyPress)]) -> Vec<(u64, KeyPress)> {
        let (start, mut filter, mut wishes) = (Instant::now(), KeyRepeatFilter::default(), Vec::new());
        let mut keys = keys.iter().peekable();
        for millisecond in 0..4_000 {
            let now = start + Duration::from_millis(millisecond);
            let key = keys.next_if(|(when, _)| *when == millisecond).map(|(_, press)| *press);
            wishes.extend(filter.take_settled(now, key).map(|press| (millisecond, press)));
            wishes.extend(key.filter(|press| filter.accept(*press, now)).map(|press| (millisecond, press)));
        }
        wishes
    }

    /// Returns the presses of a held key.
    fn held(pressed: KeyPress, after: u64, every: u64) -> Vec<(u64, KeyPress)> {
        std::iter::once(0).chain((after..3_000).step_by(every as usize)).map(|when| (when, pressed)).collect()
    }

    #[test]
    fn a_held_key_counts_once_on_every_keyboard() {
        for (after, every) in [(250, 33), (375, 90), (500, 30), (660, 40), (1_000, 92)] {
            for pressed in [Q, SPACE, KeyPress::Interrupt, KeyPress::Key(Key::Right), KeyPress::Key(Key::Char('N'))] {
                assert_eq!(wishes(&held(pressed, after, every)), [(0, pressed)], "{after}, {every}");
            }
        }
    }

    #[test]
    fn the_same_key_counts_again_after_300_ms() {
        assert_eq!(wishes(&[(0, Q), (1, Q), (299, Q)]), [(0, Q)]);
        assert_eq!(wishes(&[(0, SPACE), (300, SPACE)]).len(), 2);
        assert_eq!(wishes(&[(0, Q), (1_200, Q)]), [(0, Q), (1_200, Q)]);
        assert_eq!(wishes(&[(0, Q), (400, KeyPress::Interrupt)]).len(), 2);
    }

    #[test]
    fn repeated_presses_to_leave_count() {
        for pressed in [Q, KeyPress::Interrupt, KeyPress::Key(Key::Escape)] {
            for every in [120, 150, 200, 250] {
                let keys: Vec<_> = (0..8).map(|count| (count * every, pressed)).collect();
                assert!(wishes(&keys).len() >= 2, "{every}: {:?}", wishes(&keys));
                assert!(wishes(&keys)[1].0 <= 750, "{every}: {:?}", wishes(&keys));
            }
        }
    }

    #[test]
    fn another_key_counts_immediately_and_settles_an_undecided_one() {
        assert_eq!(wishes(&[(0, SPACE), (10, Q)]), [(0, SPACE), (10, Q)]);
        for other in [KeyPress::Interrupt, KeyPress::Key(Key::Escape)] {
            assert_eq!(wishes(&[(0, Q), (10, other)]), [(0, Q), (10, other)]);
        }
        assert_eq!(wishes(&[(0, SPACE), (400, SPACE), (420, Q)]), [(0, SPACE), (420, SPACE), (420, Q)]);
    }

    #[test]
    fn signals_that_arrive_together_count_once() {
        let now = Instant::now();
        let mut filter = KeyRepeatFilter::default();
        assert!(filter.accept(KeyPress::Interrupt, now));
        assert!(!filter.accept_termination(now));
        assert!(filter.accept_termination(now));
        let mut filter = KeyRepeatFilter::default();
        assert!(filter.accept_termination(now));
        assert!(!filter.accept(KeyPress::Interrupt, now));
        assert!(filter.accept_termination(now));
    }

    #[test]
    fn every_press_and_repeat_of_a_volume_or_seek_key_counts() {
        for key in [Key::Up, Key::Down, Key::Char('+'), Key::Char('-'), Key::Char('.'), Key::Char(',')] {
            for every in [1, 33, 90, 180] {
                let keys: Vec<_> = (0..10).map(|number| (number * every, KeyPress::Key(key))).collect();
                assert_eq!(wishes(&keys), keys);
            }
            let held = held(KeyPress::Key(key), 250, 33);
            assert_eq!(wishes(&held), held);
        }
    }

    #[test]
    fn every_press_of_next_counts() {
        let next = KeyPress::Key(Key::Right);
        for every in [120, 150, 180, 199, 320, 500, 1_200] {
            let keys: Vec<_> = (0..3).map(|number| (number * every, next)).collect();
            assert_eq!(wishes(&keys).len(), 3, "{every}");
        }
    }
}
