//! Progress on stderr: bytes, rate, time left; on a terminal, and once it takes longer than a second.

use std::{
    io::{self, IsTerminal as _},
    sync::OnceLock,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work is shown once it has taken this long.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that appears when it is needed.
pub(super) struct Progress {
    wanted: bool,
    started: Instant,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// One that may be shown; `wanted` is what the user said.
    pub(super) fn new(wanted: bool) -> Self {
        let wanted = wanted && io::stderr().is_terminal();
        Self {
            wanted,
            started: Instant::now(),
            bar: OnceLock::new(),
        }
    }

    /// `done` of `of` bytes are done.
    pub(super) fn at(&self, done: u64, of: u64) {
        if self.wanted && self.started.elapsed() >= PATIENCE {
            let bar = self.bar.get_or_init(|| bar(of, done));
            bar.set_position(done);
        }
    }

    /// Takes the bar off the screen.
    pub(super) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar(of: u64, done: u64) -> ProgressBar {
    const TEMPLATE: &str = "hashing {bar:28} {decimal_bytes} of {decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} left";
    let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr_with_hz(8));
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style);
    }
    bar.with_position(done)
}
