use std::sync::Arc;

use longwire_host::{
    clock,
    notification::{Desktop, NotShown, Notification},
};

use super::Heard;
use crate::{Clicked, notify::Outlet};

/// The desktop of this machine, which is told of an engine in another process.
pub(super) struct Telling {
    pub(super) desktop: Desktop,
    pub(super) told: Arc<Heard>,
}

impl Outlet for Telling {
    fn show(&self, notification: Notification) {
        self.desktop.show(notification);
    }

    fn open(&self, clicked: Clicked) {
        // An error says that there is nobody who could show it.
        self.told.clicked.send(clicked).ok();
    }

    fn tell_trouble(&self, trouble: Option<NotShown>) {
        self.told.tell_trouble(trouble);
    }

    fn minute(&self) -> u16 {
        clock::minute_of_day(clock::now_ms())
    }
}
