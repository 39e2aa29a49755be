//! Tells a key that is pressed again from one that is held down.

use std::time::{Duration, Instant};

use crate::io::terminal::{Key, Pressed};

/// The same key within this time is no second wish.
const ONCE: Duration = Duration::from_millis(300);
/// A key that is held down begins to repeat after this time at the latest, …
const LATEST_REPEAT: Duration = Duration::from_millis(1_100);
/// … and then comes again at least this often; nobody presses one so fast.
const REPEATS: Duration = Duration::from_millis(110);

/// The last key, and one that may be the first repeat of it.
#[derive(Debug, Default)]
pub(crate) struct Held {
    last: Option<Last>,
    /// Is a wish at this moment, if it does not come again before.
    doubtful: Option<(Pressed, Instant)>,
    /// The system has asked to leave before.
    terminated: bool,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    pressed: Pressed,
    seen: Instant,
    counted: Instant,
}

impl Held {
    /// A key at a moment. Whether it is a wish now; it may become one later.
    pub(crate) fn press(&mut self, pressed: Pressed, now: Instant) -> bool {
        let same = self.last.filter(|last| last.pressed == pressed);
        let Some(last) = same else {
            self.note(pressed, now);
            return true;
        };
        let since = now.duration_since(last.seen);
        self.last = Some(Last { seen: now, ..last });
        if since < REPEATS {
            self.doubtful = None;
            return false;
        }
        if now.duration_since(if hurries(pressed) { last.counted } else { last.seen }) < ONCE {
            return false;
        }
        if since < LATEST_REPEAT {
            self.doubtful = Some((pressed, now + REPEATS));
            return false;
        }
        self.note(pressed, now);
        true
    }

    /// The system asks to leave. Whether this is a wish of its own: where several of its signals come together, they are one; but it
    /// never holds a key down, so the same once more is another.
    pub(crate) fn terminate(&mut self, now: Instant) -> bool {
        let leaves = self.last.filter(|last| leaves(last.pressed));
        let together = leaves.is_some_and(|last| now.duration_since(last.seen) < ONCE);
        let again = std::mem::replace(&mut self.terminated, true);
        self.note(Pressed::Interrupt, now);
        again || !together
    }

    fn note(&mut self, pressed: Pressed, now: Instant) {
        self.last = Some(Last { pressed, seen: now, counted: now });
    }

    /// The key whose wish was in doubt, once it is not any more: time has passed, or another key came.
    pub(crate) fn settled(&mut self, now: Instant, next: Option<Pressed>) -> Option<Pressed> {
        let (pressed, when) = self.doubtful?;
        if now < when && next.is_none_or(|next| next == pressed) {
            return None;
        }
        self.doubtful = None;
        if let Some(last) = &mut self.last {
            last.counted = now;
        }
        Some(pressed)
    }
}

/// Whether this is one of the ways to leave.
fn leaves(pressed: Pressed) -> bool {
    matches!(pressed, Pressed::Interrupt | Pressed::Key(Key::Escape | Key::Char('q')))
}

/// Whether this is pressed again and again by one who hurries, to leave or for another step of the volume: each 300 ms is a wish.
fn hurries(pressed: Pressed) -> bool {
    leaves(pressed) || matches!(pressed, Pressed::Key(Key::Up | Key::Down | Key::Char('+' | '-' | '=')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const Q: Pressed = Pressed::Key(Key::Char('q'));
    const SPACE: Pressed = Pressed::Key(Key::Char(' '));

    /// The moments, in milliseconds, at which keys pressed at some moments are wishes.
    fn wishes(keys: &[(u64, Pressed)]) -> Vec<(u64, Pressed)> {
        let (begun, mut held, mut wishes) = (Instant::now(), Held::default(), Vec::new());
        let mut keys = keys.iter().peekable();
        for millisecond in 0..4_000 {
            let now = begun + Duration::from_millis(millisecond);
            let key = keys.next_if(|(when, _)| *when == millisecond).map(|(_, pressed)| *pressed);
            wishes.extend(held.settled(now, key).map(|pressed| (millisecond, pressed)));
            wishes.extend(key.filter(|pressed| held.press(*pressed, now)).map(|pressed| (millisecond, pressed)));
        }
        wishes
    }

    /// A key that is held down: it repeats after a while, so often.
    fn held(pressed: Pressed, after: u64, every: u64) -> Vec<(u64, Pressed)> {
        std::iter::once(0).chain((after..3_000).step_by(every as usize)).map(|when| (when, pressed)).collect()
    }

    #[test]
    fn a_key_held_down_is_one_wish_whatever_the_keyboard() {
        for (after, every) in [(250, 33), (375, 90), (500, 30), (660, 40), (1_000, 92)] {
            for pressed in [Q, SPACE, Pressed::Interrupt, Pressed::Key(Key::Up)] {
                assert_eq!(wishes(&held(pressed, after, every)), [(0, pressed)], "{after}, {every}");
            }
        }
    }

    #[test]
    fn the_same_key_within_300_ms_counts_once_and_later_twice() {
        assert_eq!(wishes(&[(0, Q), (1, Q), (299, Q)]), [(0, Q)]);
        assert_eq!(wishes(&[(0, SPACE), (300, SPACE)]).len(), 2);
        assert_eq!(wishes(&[(0, Q), (1_200, Q)]), [(0, Q), (1_200, Q)]);
        assert_eq!(wishes(&[(0, Q), (400, Pressed::Interrupt)]).len(), 2);
    }

    #[test]
    fn who_presses_again_and_again_to_leave_is_heard() {
        for pressed in [Q, Pressed::Interrupt, Pressed::Key(Key::Escape)] {
            for every in [120, 150, 200, 250] {
                let keys: Vec<_> = (0..8).map(|count| (count * every, pressed)).collect();
                assert!(wishes(&keys).len() >= 2, "{every}: {:?}", wishes(&keys));
                assert!(wishes(&keys)[1].0 <= 750, "{every}: {:?}", wishes(&keys));
            }
        }
    }

    #[test]
    fn another_key_waits_for_nothing_and_settles_what_was_in_doubt() {
        assert_eq!(wishes(&[(0, SPACE), (10, Q)]), [(0, SPACE), (10, Q)]);
        for other in [Pressed::Interrupt, Pressed::Key(Key::Escape)] {
            assert_eq!(wishes(&[(0, Q), (10, other)]), [(0, Q), (10, other)]);
        }
        assert_eq!(wishes(&[(0, SPACE), (400, SPACE), (420, Q)]), [(0, SPACE), (420, SPACE), (420, Q)]);
    }

    #[test]
    fn signals_of_the_system_that_come_together_are_one() {
        let now = Instant::now();
        let mut held = Held::default();
        assert!(held.press(Pressed::Interrupt, now));
        assert!(!held.terminate(now));
        assert!(held.terminate(now));
        let mut held = Held::default();
        assert!(held.terminate(now));
        assert!(!held.press(Pressed::Interrupt, now));
        assert!(held.terminate(now));
    }

    #[test]
    fn one_who_hurries_to_softer_is_heard() {
        let down = Pressed::Key(Key::Down);
        let keys: Vec<_> = (0..10).map(|number| (number * 180, down)).collect();
        assert!(wishes(&keys).len() >= 4, "{:?}", wishes(&keys));
    }
}
