//! The transport: a pure state machine in frames that turns the listener's commands into gains and playheads. Every command that stops or
//! moves the sound works in the same way: ramp down, then hold, jump or end.
//!
//! ```text
//!            pause                       ramp done
//!  Playing ─────────► Pausing ─────────────────────► Paused
//!     ▲  ◄──────────────┘ resume                       │ resume
//!     └───────────────── Resuming ◄────────────────────┘
//!  any ── next, back, seek, soften ──► Jumping ──► Resuming, or Paused if it was paused
//!  any ── exit ──► Ending ── closing has rung out, or stop ──► Ended
//! ```
//!
//! A gentle exit requests its closing only after its fade. Until then, the session is still rendered, so that the listener can cancel the exit
//! and hear the session again at once. When a pause is complete, the frames from up to 300 ms earlier are requested, where a resume starts.
//!
//! The caller reports how many frames were played. The transport returns their gain, the next playhead, and what to render next.

mod apply;
mod command;
mod machine;
mod ramp;
mod request;
mod start_point;
mod state;
mod step;

pub(crate) use command::TransportCommand;
pub(crate) use ramp::Volume;
pub(crate) use request::TransportEvent;
pub(crate) use start_point::StartPoint;
pub(crate) use state::{EndReason, ExitStage, Playhead};

pub(super) use machine::{OutputAction, Transport};
pub(super) use request::{TransportRequest, TransportRequests};
pub(super) use state::{AfterJump, TransportState};
