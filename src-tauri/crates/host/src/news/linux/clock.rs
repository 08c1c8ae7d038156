//! The kernel ends a timer of the time of day when that time is set, which it also does on waking from sleep
//! (`TFD_TIMER_CANCEL_ON_SET`, timerfd_create(2)). A clock that is only slewed, as NTP does, ends none.

use std::{io, os::fd::OwnedFd, sync::Arc};

use rustix::{
    io::Errno,
    time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    },
};
use tokio::io::{Interest, unix::AsyncFd};

use crate::news::waking::Waking;

/// A timer that is never to go off.
pub(super) struct Clock(AsyncFd<OwnedFd>);

impl Clock {
    #[allow(unsafe_code)]
    pub(super) fn new() -> io::Result<Self> {
        let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        arm(&timer)?;
        // SAFETY: an `OwnedFd` has the same descriptor all its life, and closes it when it is dropped and not before.
        Ok(Self(unsafe { AsyncFd::register_with_interest(timer, Interest::READABLE) }?))
    }

    pub(super) async fn follow(self, waking: Arc<Waking>) {
        while let Ok(mut ready) = self.0.readable().await {
            let read = ready.try_io(|timer| {
                let mut expirations = [0; 8];
                Ok(rustix::io::read(timer.get_ref(), &mut expirations)?)
            });
            match read {
                Ok(Err(error)) if Errno::from_io_error(&error) == Some(Errno::CANCELED) => waking.woke(),
                // It has gone off after all, or is not ready.
                Ok(Ok(_)) | Err(_) => {}
                Ok(Err(_)) => return,
            }
            if arm(self.0.get_ref()).is_err() {
                return;
            }
        }
    }
}

fn arm(timer: &OwnedFd) -> rustix::io::Result<()> {
    let never = Itimerspec {
        it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
        it_value: Timespec { tv_sec: i64::MAX, tv_nsec: 0 },
    };
    let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
    timerfd_settime(timer, flags, &never).map(drop)
}
