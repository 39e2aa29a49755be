//! Connects a playing session with the terminal: keys, lines and signals as input, clients as output.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, never, select_biased, unbounded};

use super::clients::Client;
use crate::io::lines;
use crate::io::signals::{self, Signal};
use crate::io::terminal::{self, KeyPress, Modes};
use crate::playback::controls::{self, Control, LINES, Wish};
use crate::playback::key_repeat::KeyRepeatFilter;
use crate::playback::{Event, EventKind, EventSink, Playback, PlaybackError, PlaybackRemote};
use crate::player::transport::EndReason;
use crate::text::escape_controls;

/// The interval at which clients are shown the state of the session.
const TICK: Duration = Duration::from_millis(40);
/// With this many unread events, further wishes wait.
const MAX_UNREAD_EVENTS: usize = 256;
/// The timeout for the remaining output when the listener has left.
const LAST_OUTPUT_TIMEOUT: Duration = Duration::from_secs(1);
/// The timeout for clearing the screen before the process is suspended.
const CLEAR_TIMEOUT: Duration = Duration::from_millis(200);
/// The maximum interval at which clients are shown the state, even if events keep arriving.
const MAX_SHOW_INTERVAL: Duration = Duration::from_millis(500);
/// The capacity of the queues of keys and lines. The reading threads wait while they are full.
const INPUT_QUEUE_SIZE: usize = 64;

/// Sends the events of a session to the front end.
pub(super) struct EventQueue(Sender<Event>);

impl EventSink for EventQueue {
    fn send(&mut self, event: Event) {
        let _ = self.0.send(event);
    }

    fn has_room(&self) -> bool {
        self.0.len() < MAX_UNREAD_EVENTS
    }
}

/// An input of the front end.
enum FrontendInput {
    Signal(Signal),
    Key(KeyPress),
    Event(Event),
    Line(LineInput),
}

/// A line on standard input that is not a wish.
enum LineInput {
    Control(Control),
    Unknown(String),
}

/// Sends wishes read from standard input. Dropping it reports the end of the input.
struct LineRemote(PlaybackRemote);

impl Drop for LineRemote {
    fn drop(&mut self) {
        self.0.end_input();
    }
}

/// The channels of keys, lines, signals and events.
pub(super) struct Channels {
    signals: (Sender<Signal>, Receiver<Signal>),
    events: (Sender<Event>, Receiver<Event>),
    keys: (Sender<KeyPress>, Receiver<KeyPress>),
    lines: (Sender<LineInput>, Receiver<LineInput>),
}

impl Channels {
    /// Creates the channels, and starts listening for signals.
    pub(super) fn open() -> Self {
        let channels = Self {
            signals: unbounded(),
            events: unbounded(),
            keys: bounded(INPUT_QUEUE_SIZE),
            lines: bounded(INPUT_QUEUE_SIZE),
        };
        let sender = channels.signals.0.clone();
        let _ = signals::listen(move |signal| sender.send(signal).is_ok());
        channels
    }

    /// Returns the next input, or `None` if there is none within a tick. Signals come first, lines last.
    fn next(&self, takes_events: bool) -> Option<FrontendInput> {
        let none = never();
        let events = if takes_events { &self.events.1 } else { &none };
        select_biased! {
            recv(self.signals.1) -> signal => signal.ok().map(FrontendInput::Signal),
            recv(self.keys.1) -> press => press.ok().map(FrontendInput::Key),
            recv(events) -> event => event.ok().map(FrontendInput::Event),
            recv(self.lines.1) -> line => line.ok().map(FrontendInput::Line),
            default(TICK) => None,
        }
    }

    /// Returns the sink for the session's events.
    pub(super) fn event_queue(&self) -> EventQueue {
        EventQueue(self.events.0.clone())
    }

    /// Starts reading keys, or lines if standard input is not a terminal.
    fn listen(&self, remote: PlaybackRemote, is_over: &Arc<AtomicBool>) {
        if terminal::stdin_is_terminal() {
            let sender = self.keys.0.clone();
            let _ = terminal::listen(is_over.clone(), move |press| sender.send(press).is_ok());
        } else {
            let sender = self.lines.0.clone();
            let remote = LineRemote(remote);
            let _ = lines::listen(move |line| match controls::from_line(&line) {
                Some(Control::Wish(wish)) => remote.0.send_in_order(wish),
                Some(control) => sender.send(LineInput::Control(control)).is_ok(),
                None => sender.send(LineInput::Unknown(line)).is_ok(),
            });
        }
    }
}

/// A playing session with its inputs and clients.
pub(super) struct Frontend {
    playback: Playback,
    remote: PlaybackRemote,
    channels: Channels,
    clients: Vec<Box<dyn Client>>,
    modes: Modes,
    filter: KeyRepeatFilter,
    /// Whether the program has suspended itself, and the signal to continue is still to arrive.
    awaits_continue: bool,
    is_over: Arc<AtomicBool>,
    /// Whether the listener or the system has asked to leave.
    is_leaving: bool,
    /// The number of events that the clients have received.
    events_handled: u64,
    last_shown: Instant,
}

/// Whether the session continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SessionState {
    Playing,
    Over,
}

impl Frontend {
    /// Connects a session. Keys and lines are read unless `ignores_input` is set.
    pub(super) fn new(
        playback: Playback,
        channels: Channels,
        clients: Vec<Box<dyn Client>>,
        modes: Modes,
        ignores_input: bool,
    ) -> Self {
        let (remote, is_over) = (playback.remote(), Arc::new(AtomicBool::new(false)));
        if !ignores_input {
            channels.listen(remote.clone(), &is_over);
        }
        let filter = KeyRepeatFilter::default();
        Self {
            playback,
            remote,
            channels,
            clients,
            modes,
            filter,
            awaits_continue: false,
            is_over,
            is_leaving: false,
            events_handled: 0,
            last_shown: Instant::now(),
        }
    }

    /// Runs until the session is over.
    ///
    /// # Errors
    /// If the session could not be started or played to its end.
    pub(super) fn run(mut self) -> Result<EndReason, PlaybackError> {
        while self.step() == SessionState::Playing {}
        // Lines that arrived before the end are still answered.
        for line in self.channels.lines.1.try_iter().take(INPUT_QUEUE_SIZE).collect::<Vec<_>>() {
            self.on_line(line);
        }
        self.is_over.store(true, Ordering::Relaxed);
        let end = self.playback.finish();
        self.clients.iter_mut().for_each(|client| client.clear());
        let has_left = self.is_leaving || !matches!(end, Ok(EndReason::Completed));
        wait_for_readers(&self.clients, &self.channels, has_left);
        end
    }

    fn step(&mut self) -> SessionState {
        let mut state = SessionState::Playing;
        // While a client's reader does not keep up, events wait, and with them further wishes. Leaving does not wait for a reader.
        let takes_events = self.is_leaving() || self.clients.iter().all(|client| client.has_room());
        match self.channels.next(takes_events) {
            Some(FrontendInput::Signal(signal)) => self.on_signal(signal),
            Some(FrontendInput::Key(press)) => self.on_key(press),
            Some(FrontendInput::Event(event)) => state = self.on_event(&event),
            Some(FrontendInput::Line(line)) => self.on_line(line),
            None => {}
        }
        self.flush_delayed_key(None);
        self.modes.refresh();
        self.show();
        state
    }

    /// Shows clients the state of the session, once they have received all events that led to it, so that the order is kept.
    fn show(&mut self) {
        let snapshot = self.playback.snapshot();
        if snapshot.events == self.events_handled || self.last_shown.elapsed() >= MAX_SHOW_INTERVAL {
            self.last_shown = Instant::now();
            self.clients.iter_mut().for_each(|client| client.show(&snapshot));
        }
    }

    fn is_leaving(&self) -> bool {
        self.is_leaving || self.playback.snapshot().player.exit_stage.is_some()
    }

    fn send(&mut self, wish: Wish) {
        self.is_leaving |= wish.is_leaving();
        self.remote.send(wish);
    }

    fn on_event(&mut self, event: &Event) -> SessionState {
        self.events_handled += 1;
        self.clients.iter_mut().for_each(|client| client.on_event(event));
        match event.kind {
            EventKind::Resumed => self.is_leaving = false,
            EventKind::Ended(_) | EventKind::Failed => return SessionState::Over,
            EventKind::ReadyToSuspend => self.suspend(),
            _ => {}
        }
        SessionState::Playing
    }

    fn on_line(&mut self, line: LineInput) {
        match line {
            LineInput::Control(control) => self.on_control(control),
            LineInput::Unknown(line) => {
                let message = format!("`{}` is not a command; the commands are: {LINES}", escape_controls(&line));
                self.clients.iter_mut().for_each(|client| client.print_message(&message));
            }
        }
    }

    fn on_key(&mut self, press: KeyPress) {
        self.flush_delayed_key(Some(press));
        if self.filter.accept(press, Instant::now()) {
            self.on_press(press);
        }
    }

    /// Executes an earlier key press that was delayed until it was clear whether the key is held down.
    fn flush_delayed_key(&mut self, next: Option<KeyPress>) {
        if let Some(press) = self.filter.take_settled(Instant::now(), next) {
            self.on_press(press);
        }
    }

    fn on_press(&mut self, press: KeyPress) {
        match press {
            KeyPress::Interrupt => self.send(Wish::Exit),
            KeyPress::Key(key) => self.on_control(controls::from_key(key)),
        }
    }

    fn on_control(&mut self, control: Control) {
        match control {
            Control::Wish(wish) => self.send(wish),
            control => self.clients.iter_mut().for_each(|client| client.on_control(control)),
        }
    }

    fn on_signal(&mut self, signal: Signal) {
        match signal {
            // A closed window sends this signal twice, and a system that shuts down sends SIGTERM before it.
            Signal::HangUp => {
                self.flush_delayed_key(Some(KeyPress::Interrupt));
                if self.filter.accept(KeyPress::Interrupt, Instant::now()) {
                    self.send(Wish::Terminate);
                }
            }
            Signal::Interrupt => self.on_key(KeyPress::Interrupt),
            Signal::Terminate if self.filter.accept_termination(Instant::now()) => self.send(Wish::Terminate),
            Signal::Terminate => {}
            Signal::Quit => self.send(Wish::Stop),
            Signal::Suspend => self.remote.prepare_suspend(),
            Signal::Continue if std::mem::take(&mut self.awaits_continue) => {}
            Signal::Continue => {
                self.modes.reapply();
                self.clients.iter_mut().for_each(|client| client.redraw());
            }
            Signal::Resized => self.clients.iter_mut().for_each(|client| client.on_resized()),
        }
    }

    /// Suspends the process, whose output is silent by now, and returns once the shell continues it.
    fn suspend(&mut self) {
        self.clients.iter_mut().for_each(|client| client.clear());
        let _ = self.clients.iter().all(|client| client.wait_idle(CLEAR_TIMEOUT));
        self.modes.leave();
        self.awaits_continue = true;
        signals::suspend_process();
        self.modes.refresh();
        self.clients.iter_mut().for_each(|client| client.redraw());
        // A held key may have sent the signal several times.
        let signals: Vec<_> = self.channels.signals.1.try_iter().filter(|signal| *signal != Signal::Suspend).collect();
        signals.into_iter().for_each(|signal| self.on_signal(signal));
        self.remote.continue_after_suspend();
    }
}

/// Waits until everything has been written. If the listener has left, or leaves now, a stalled reader is not waited for.
fn wait_for_readers(clients: &[Box<dyn Client>], channels: &Channels, mut is_leaving: bool) {
    let deadline = Instant::now() + LAST_OUTPUT_TIMEOUT;
    while !clients.iter().all(|client| client.wait_idle(TICK)) {
        let asks_to_leave = |signal| !matches!(signal, Signal::Suspend | Signal::Continue | Signal::Resized);
        is_leaving |= channels.signals.1.try_iter().any(asks_to_leave);
        if is_leaving && Instant::now() >= deadline {
            return;
        }
    }
}
