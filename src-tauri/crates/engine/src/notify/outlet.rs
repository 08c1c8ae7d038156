use std::sync::{Arc, Weak};

use longwire_host::{
    clock,
    notification::{Desktop, NotShown, Notification},
};

use super::{
    Clicked,
    task::{Heard, Outlet, run},
    tell_trouble,
};
use crate::{Engine, engine::Inner};

/// The desktop of this machine, and the engine that hears of its clicks.
struct Telling {
    desktop: Desktop,
    engine: Weak<Inner>,
}

impl Engine {
    /// Begins to tell the desktop, where there is one.
    pub(crate) fn start_telling(&self) {
        let Some(desktop) = self.inner.options.desktop.clone() else { return };
        let arrivals = self.inner.surroundings.inbox.listen();
        let heard = Heard { clicks: desktop.clicks(), trouble: desktop.trouble() };
        let telling = Telling { desktop, engine: Arc::downgrade(&self.inner) };
        self.spawn(run(self.snapshots(), arrivals, heard, telling));
    }
}

impl Outlet for Telling {
    fn show(&self, notification: Notification) {
        self.desktop.show(notification);
    }

    fn open(&self, clicked: Clicked) {
        if let Some(inner) = self.engine.upgrade() {
            // An error says that there is nobody who could show it.
            inner.clicked.send(clicked).ok();
        }
    }

    fn tell_trouble(&self, trouble: Option<NotShown>) {
        if let Some(inner) = self.engine.upgrade() {
            inner.surroundings.shared.change_if(|snapshot| tell_trouble(snapshot, trouble.as_ref()));
        }
    }

    fn minute(&self) -> u16 {
        clock::minute_of_day(clock::now_ms())
    }
}
