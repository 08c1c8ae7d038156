//! Sleep and waking as the kernel tells them, to programs without a window too:
//! <https://developer.apple.com/library/archive/qa/qa1340/_index.html>.
#![allow(unsafe_code)]

use std::{cell::Cell, ffi::c_void, ptr, sync::Arc};

use objc2_core_foundation::{CFRunLoop, kCFRunLoopDefaultMode};
use objc2_io_kit::{
    IOAllowPowerChange, IODeregisterForSystemPower, IONotificationPort, IONotificationPortRef,
    IORegisterForSystemPower, IOServiceClose, io_connect_t, io_object_t, io_service_t,
    kIOMessageCanSystemSleep, kIOMessageSystemHasPoweredOn, kIOMessageSystemWillSleep,
};

use crate::news::waking::Waking;

/// Told on the run loop of the thread that made it, until dropped on that thread.
pub(super) struct Power {
    listener: Box<Listener>,
    port: IONotificationPortRef,
    notifier: io_object_t,
}

struct Listener {
    /// The way to answer; 0 until it is known.
    root: Cell<io_connect_t>,
    waking: Arc<Waking>,
}

impl Power {
    /// `None` where the kernel does not tell us.
    pub(super) fn watch(waking: &Arc<Waking>) -> Option<Self> {
        let listener = Box::new(Listener { root: Cell::new(0), waking: waking.clone() });
        let context = ptr::from_ref(&*listener).cast_mut().cast();
        let (mut port, mut notifier) = (ptr::null_mut(), 0);
        // SAFETY: both places are written before this returns; `context` outlives the registration, which `drop` ends
        // first; `told` has the signature that is asked for.
        let root = unsafe { IORegisterForSystemPower(context, &mut port, Some(told), &mut notifier) };
        if root == 0 {
            return None;
        }
        listener.root.set(root);
        let power = Self { listener, port, notifier };
        // SAFETY: the port is the one just made.
        let source = unsafe { IONotificationPort::run_loop_source(port) }?;
        // SAFETY: a constant of the framework's, set before any of our code runs.
        CFRunLoop::current()?.add_source(Some(&source), unsafe { kCFRunLoopDefaultMode });
        Some(power)
    }
}

impl Drop for Power {
    fn drop(&mut self) {
        // SAFETY: all three were made together, are used by this thread alone, and are not used again.
        unsafe {
            IODeregisterForSystemPower(&mut self.notifier);
            IONotificationPort::destroy(self.port);
        }
        IOServiceClose(self.listener.root.get());
    }
}

/// Called by the run loop.
#[allow(non_upper_case_globals, reason = "the framework's names")]
unsafe extern "C-unwind" fn told(context: *mut c_void, _: io_service_t, message: u32, argument: *mut c_void) {
    // SAFETY: the context is the listener that `watch` gave, which lives as long as it is registered.
    let listener = unsafe { &*context.cast::<Listener>() };
    match message {
        // Sleep waits for this answer, for thirty seconds where there is none.
        kIOMessageCanSystemSleep => allow(listener, argument),
        kIOMessageSystemWillSleep => {
            listener.waking.sleeps();
            allow(listener, argument);
        }
        kIOMessageSystemHasPoweredOn => listener.waking.woke(),
        _ => {}
    }
}

fn allow(listener: &Listener, argument: *mut c_void) {
    IOAllowPowerChange(listener.root.get(), argument as isize);
}
