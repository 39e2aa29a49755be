//! The supervisor in virtual time.

use proptest::prelude::*;

use super::*;

/// A supervisor with a clock controlled by the test.
struct Rig {
    supervisor: DeviceSupervisor,
    now: Instant,
    /// The heartbeat of the current output.
    heartbeat: u64,
}

fn id(opening: u64) -> OpeningId {
    OpeningId(opening)
}

fn open(opening: u64, reason: OpenReason, buffer: BufferSize) -> SupervisorAction {
    SupervisorAction::Open { opening: id(opening), reason, buffer }
}

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

impl Rig {
    /// Creates a rig whose first output is being opened.
    fn opening() -> Self {
        let now = Instant::now();
        let mut supervisor = DeviceSupervisor::new(now);
        assert_eq!(supervisor.start(), open(1, OpenReason::Start, BufferSize::default()));
        Self { supervisor, now, heartbeat: 0 }
    }

    /// Creates a rig whose first output plays.
    fn playing() -> Self {
        let mut rig = Self::opening();
        assert_eq!(rig.on(SupervisorEvent::Opened(id(1))), [SupervisorAction::Start]);
        rig
    }

    /// Creates a rig whose first output was lost, and whose second is being searched for.
    fn searching() -> Self {
        let mut rig = Self::playing();
        let search = open(2, OpenReason::Search, BufferSize::default());
        assert_eq!(rig.on(SupervisorEvent::Lost(id(1))), [SupervisorAction::Hold, search]);
        rig
    }

    fn on(&mut self, event: SupervisorEvent) -> Vec<SupervisorAction> {
        self.supervisor.on(&event, self.now)
    }

    /// Advances the time in ticks, with or without requests for sound.
    fn pass(&mut self, time: Duration, is_alive: bool) -> Vec<SupervisorAction> {
        let (end, mut actions) = (self.now + time, Vec::new());
        while self.now < end {
            self.now += milliseconds(40);
            self.heartbeat += u64::from(is_alive);
            actions.extend(self.on(SupervisorEvent::Heartbeat(self.heartbeat)));
            actions.extend(self.on(SupervisorEvent::Tick));
        }
        actions
    }
}

#[test]
fn a_session_starts_once_its_output_is_open() {
    let mut rig = Rig::opening();
    assert!(rig.supervisor.is_opening());
    assert_eq!(rig.pass(milliseconds(3_000), false), [], "opening may take long");
    assert_eq!(rig.on(SupervisorEvent::Opened(id(1))), [SupervisorAction::Start]);
    assert!(!rig.supervisor.is_opening() && !rig.supervisor.is_lost());
    assert_eq!(rig.pass(milliseconds(3_000), true), []);
}

#[test]
fn a_lost_device_is_searched_for_immediately_and_found() {
    let mut rig = Rig::searching();
    assert!(rig.supervisor.is_lost());
    assert_eq!(rig.on(SupervisorEvent::Opened(id(2))), [SupervisorAction::Replace { was_lost: true }]);
    assert!(!rig.supervisor.is_lost());
    assert_eq!(rig.pass(milliseconds(3_000), true), []);
}

#[test]
fn a_failed_search_is_repeated_later() {
    let mut rig = Rig::searching();
    for (opening, seconds) in (3..8).zip([1, 2, 4, 5, 5]) {
        assert_eq!(rig.on(SupervisorEvent::OpenFailed(id(opening - 1))), []);
        assert!(rig.supervisor.is_lost());
        assert_eq!(rig.pass(milliseconds(1_000 * seconds - 40), false), []);
        let search = open(opening, OpenReason::Search, BufferSize::default());
        assert_eq!(rig.pass(milliseconds(40), false), [search]);
        assert_eq!(rig.pass(milliseconds(5_000), false), [], "one search at a time");
    }
    assert_eq!(rig.on(SupervisorEvent::Opened(id(7))), [SupervisorAction::Replace { was_lost: true }]);
}

#[test]
fn a_stalled_output_is_lost() {
    let mut rig = Rig::playing();
    assert_eq!(rig.pass(milliseconds(2_000), true), []);
    assert_eq!(rig.pass(milliseconds(1_000), false), []);
    let search = open(2, OpenReason::Search, BufferSize::default());
    assert_eq!(rig.pass(milliseconds(80), false), [SupervisorAction::Hold, search]);
}

#[test]
fn a_sleeping_output_may_take_longer_for_its_first_request() {
    let mut rig = Rig::playing();
    assert_eq!(rig.pass(milliseconds(2_000), true), []);
    rig.now += milliseconds(60_000);
    rig.supervisor.on_uncorked(rig.now);
    assert_eq!(rig.pass(milliseconds(4_000), false), []);
    assert_eq!(rig.pass(milliseconds(1_000), true), []);
    assert_eq!(rig.pass(milliseconds(1_120), false).len(), 2, "it is lost");
}

#[test]
fn events_of_an_earlier_output_are_ignored() {
    let mut rig = Rig::searching();
    assert_eq!(rig.on(SupervisorEvent::Lost(id(1))), []);
    assert_eq!(rig.on(SupervisorEvent::OpenFailed(id(1))), []);
    let _ = rig.on(SupervisorEvent::Opened(id(2)));
    assert_eq!(rig.on(SupervisorEvent::Lost(id(1))), []);
    assert_eq!(rig.on(SupervisorEvent::Opened(id(1))), [SupervisorAction::Discard]);
    assert_eq!(rig.on(SupervisorEvent::OpenFailed(id(2))), []);
}

/// Returns a rig whose first output plays, while one with a larger buffer has been opened, and the size of that buffer.
fn releasing() -> (Rig, BufferSize) {
    let mut rig = Rig::playing();
    let longer = BufferSize::default().longer().unwrap();
    let opening = open(2, OpenReason::LongerBuffer, longer);
    assert_eq!(rig.on(SupervisorEvent::Underrun), [opening, SupervisorAction::ReportLongerBuffer]);
    assert_eq!(rig.on(SupervisorEvent::Underrun), [], "one is under way");
    assert!(!rig.supervisor.is_releasing());
    assert_eq!(rig.on(SupervisorEvent::Opened(id(2))), [SupervisorAction::Release]);
    assert!(rig.supervisor.is_releasing());
    (rig, longer)
}

#[test]
fn after_an_underrun_a_larger_buffer_takes_over() {
    let (mut rig, longer) = releasing();
    assert_eq!(rig.pass(milliseconds(400), true), [], "it waits until what plays is silent");
    assert_eq!(rig.on(SupervisorEvent::Released { buffered: milliseconds(80) }), []);
    assert!(!rig.supervisor.is_releasing() && rig.supervisor.is_handing_over());
    assert_eq!(rig.pass(milliseconds(40), true), []);
    assert_eq!(rig.pass(milliseconds(40), true), [SupervisorAction::HandOver]);
    assert!(!rig.supervisor.is_handing_over());
    assert_eq!(rig.on(SupervisorEvent::Lost(id(1))), [], "it does not play any more");
    let search = open(3, OpenReason::Search, longer);
    assert_eq!(rig.on(SupervisorEvent::Lost(id(2))), [SupervisorAction::Hold, search], "the size is kept");
}

#[test]
fn buffer_growth_is_limited_and_reported_once() {
    let (mut rig, mut buffer) = releasing();
    for opening in 3.. {
        let _ = rig.on(SupervisorEvent::Released { buffered: milliseconds(10) });
        assert_eq!(rig.pass(milliseconds(40), true), [SupervisorAction::HandOver]);
        let Some(longer) = buffer.longer() else { break };
        buffer = longer;
        assert_eq!(rig.on(SupervisorEvent::Underrun), [open(opening, OpenReason::LongerBuffer, longer)]);
        assert_eq!(rig.on(SupervisorEvent::Opened(id(opening))), [SupervisorAction::Release]);
    }
    assert_eq!(rig.on(SupervisorEvent::Underrun), []);
}

#[test]
fn a_larger_buffer_that_fails_to_open_is_retried_after_the_next_underrun() {
    let mut rig = Rig::playing();
    let longer = BufferSize::default().longer().unwrap();
    let _ = rig.on(SupervisorEvent::Underrun);
    assert_eq!(rig.on(SupervisorEvent::OpenFailed(id(2))), []);
    assert_eq!(rig.pass(milliseconds(3_000), true), []);
    assert_eq!(rig.on(SupervisorEvent::Underrun), [open(3, OpenReason::LongerBuffer, longer)]);
}

#[test]
fn losing_a_larger_buffer_before_it_plays_has_no_effect() {
    let (mut rig, _) = releasing();
    assert_eq!(rig.on(SupervisorEvent::Lost(id(2))), [SupervisorAction::Discard]);
    assert!(rig.supervisor.is_releasing(), "the request can't be taken back");
    let returned = rig.on(SupervisorEvent::Released { buffered: milliseconds(80) });
    assert_eq!(returned, [SupervisorAction::CancelHandOver]);

    let (mut rig, _) = releasing();
    let _ = rig.on(SupervisorEvent::Released { buffered: milliseconds(80) });
    let lost = rig.on(SupervisorEvent::Lost(id(2)));
    assert_eq!(lost, [SupervisorAction::Discard, SupervisorAction::CancelHandOver]);
    assert_eq!(rig.pass(milliseconds(400), true), []);
}

#[test]
fn a_device_lost_during_the_switch_is_searched_for() {
    let (mut rig, _) = releasing();
    let search = open(3, OpenReason::Search, BufferSize::default());
    let lost = [SupervisorAction::Discard, SupervisorAction::Hold, search];
    assert_eq!(rig.on(SupervisorEvent::Lost(id(1))), lost);
}

#[test]
fn a_suspended_process_reopens_its_output() {
    let mut rig = Rig::playing();
    let reopening = open(2, OpenReason::Reopen, BufferSize::default());
    assert_eq!(rig.on(SupervisorEvent::Continued), [reopening]);
    assert!(rig.supervisor.is_opening());
    assert_eq!(rig.on(SupervisorEvent::Lost(id(1))), [], "it is being replaced");
    assert_eq!(rig.pass(milliseconds(3_000), false), []);
    assert_eq!(rig.on(SupervisorEvent::Opened(id(2))), [SupervisorAction::Replace { was_lost: false }]);
}

#[test]
fn failing_to_reopen_loses_the_device() {
    let mut rig = Rig::playing();
    let _ = rig.on(SupervisorEvent::Continued);
    let search = open(3, OpenReason::Search, BufferSize::default());
    assert_eq!(rig.on(SupervisorEvent::OpenFailed(id(2))), [SupervisorAction::Hold, search]);
    assert!(rig.supervisor.is_lost());
}

#[test]
fn without_a_device_there_are_no_actions() {
    let now = Instant::now();
    let mut supervisor = DeviceSupervisor::new(now);
    for event in [SupervisorEvent::Underrun, SupervisorEvent::Continued, SupervisorEvent::Tick] {
        assert_eq!(supervisor.on(&event, now), []);
    }
    assert_eq!(supervisor.on(&SupervisorEvent::Heartbeat(0), now + milliseconds(5_000)), []);
    assert!(!supervisor.is_lost() && !supervisor.is_opening());
}

/// The outputs as the event loop knows them from the actions alone.
#[derive(Debug, Default)]
struct Outputs {
    /// The openings without a result so far.
    pending: Vec<u64>,
    current: bool,
    next: bool,
    /// Whether no output has the source.
    is_released: bool,
}

impl Outputs {
    /// Executes an action. `opened` is an output that has just been opened.
    fn perform(&mut self, actions: Vec<SupervisorAction>, mut opened: bool) {
        for action in actions {
            match action {
                SupervisorAction::Open { opening, .. } => self.pending.push(opening.0),
                SupervisorAction::Start | SupervisorAction::Replace { .. } => {
                    assert!(std::mem::take(&mut opened), "there is an output to play into");
                    (self.current, self.is_released) = (true, false);
                }
                SupervisorAction::Release => {
                    assert!(std::mem::take(&mut opened) && self.current && !self.next);
                    self.next = true;
                }
                SupervisorAction::Discard if opened => opened = false,
                SupervisorAction::Discard => assert!(std::mem::take(&mut self.next), "there is one to close"),
                SupervisorAction::Hold => {
                    assert!(std::mem::take(&mut self.current) && !self.next);
                    self.is_released = false;
                }
                SupervisorAction::HandOver => {
                    assert!(std::mem::take(&mut self.next) && std::mem::take(&mut self.is_released));
                }
                SupervisorAction::CancelHandOver => assert!(std::mem::take(&mut self.is_released) && !self.next),
                SupervisorAction::ReportLongerBuffer => {}
            }
        }
        assert!(!opened, "no output is forgotten");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// With events in any order, every opened output is used or closed, and a session never waits without reason.
    #[test]
    fn every_output_is_closed_and_every_wait_ends(steps in prop::collection::vec((0_u8..9, 0_usize..3), 0..200)) {
        let mut rig = Rig::opening();
        let mut outputs = Outputs { pending: vec![1], ..Outputs::default() };
        for (kind, which) in steps {
            let pending = (!outputs.pending.is_empty()).then(|| which % outputs.pending.len().max(1));
            let (event, opened) = match (kind, pending) {
                (0, Some(which)) => (SupervisorEvent::Opened(id(outputs.pending.remove(which))), true),
                // Before the session has started, a failure ends it.
                (1, Some(which)) if outputs.current || outputs.pending[which] != 1 => {
                    (SupervisorEvent::OpenFailed(id(outputs.pending.remove(which))), false)
                }
                (2, _) => (SupervisorEvent::Lost(id(which as u64 + 1)), false),
                (3, _) => (SupervisorEvent::Underrun, false),
                (4, _) => (SupervisorEvent::Continued, false),
                (5, _) if rig.supervisor.is_releasing() && outputs.current && !outputs.is_released => {
                    outputs.is_released = true;
                    (SupervisorEvent::Released { buffered: milliseconds(50) }, false)
                }
                (6, _) => (SupervisorEvent::Heartbeat(0), false),
                _ => {
                    rig.now += milliseconds(300);
                    (SupervisorEvent::Tick, false)
                }
            };
            outputs.perform(rig.on(event), opened);
            let waits_for_opening = rig.supervisor.is_opening() || rig.supervisor.is_lost();
            if waits_for_opening && outputs.pending.is_empty() {
                let mut later = DeviceSupervisor { state: rig.supervisor.state, watchdog: Watchdog::new(rig.now), ..rig.supervisor };
                let search = later.on(&SupervisorEvent::Tick, rig.now + MAX_RETRY_INTERVAL);
                prop_assert!(!search.is_empty(), "nothing would ever happen again: {:?}", later);
            }
            prop_assert!(outputs.current || waits_for_opening);
        }
    }
}
