//! Waking as AppKit tells it, to programs with a window.
#![allow(unsafe_code)]

use std::{ptr::NonNull, sync::Arc};

use block2::RcBlock;
use objc2::{
    rc::{Retained, autoreleasepool},
    runtime::{NSObjectProtocol, ProtocolObject},
};
use objc2_app_kit::{NSWorkspace, NSWorkspaceDidWakeNotification};
use objc2_foundation::{NSNotification, NSNotificationCenter};

use crate::news::waking::Waking;

/// An observer, until dropped.
pub(super) struct Workspace {
    center: Retained<NSNotificationCenter>,
    observer: Retained<ProtocolObject<dyn NSObjectProtocol>>,
}

impl Workspace {
    pub(super) fn watch(waking: &Arc<Waking>) -> Self {
        let waking = waking.clone();
        let woke = RcBlock::new(move |_: NonNull<NSNotification>| waking.woke());
        autoreleasepool(|_| {
            let center = NSWorkspace::sharedWorkspace().notificationCenter();
            // SAFETY: the block holds nothing that is bound to a thread; without a queue it is called wherever AppKit tells.
            let observer = unsafe {
                center.addObserverForName_object_queue_usingBlock(
                    Some(NSWorkspaceDidWakeNotification),
                    None,
                    None,
                    &woke,
                )
            };
            Self { center, observer }
        })
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // SAFETY: the observer is the one that this center gave out.
        unsafe { self.center.removeObserver(self.observer.as_ref()) };
    }
}
