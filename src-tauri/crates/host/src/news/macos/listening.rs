use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::{self, Thread},
    time::{Duration, Instant, SystemTime},
};

use system_configuration::{
    core_foundation::{
        array::CFArray,
        runloop::{CFRunLoop, CFRunLoopMode, CFRunLoopRunResult, kCFRunLoopDefaultMode},
        string::CFString,
    },
    dynamic_store::{SCDynamicStore, SCDynamicStoreBuilder, SCDynamicStoreCallBackContext},
};

use super::{Changes, power::Power, workspace::Workspace};
use crate::news::{jump::jumped, waking::Waking};

/// How often the clocks are compared, for what no framework tells.
pub(super) const TICK: Duration = Duration::from_secs(30);

/// Which interface leads out, by which router; who resolves names; which proxies are in use.
const NETWORK: [&str; 3] =
    ["State:/Network/Global/IPv4", "State:/Network/Global/IPv6", "State:/Network/Global/DNS"];
const PROXIES: &str = "State:/Network/Global/Proxies";

/// The thread on which the frameworks tell; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Listening {
    ended: Arc<AtomicBool>,
    thread: Thread,
    run_loop: CFRunLoop,
}

impl Listening {
    /// `None` where there can be no more threads.
    pub(super) fn start(changes: Arc<Changes>, waking: Arc<Waking>) -> Option<Self> {
        let ended: Arc<AtomicBool> = Arc::default();
        let (started, run_loop) = mpsc::sync_channel(1);
        let until = ended.clone();
        let listen = move || {
            started.send(CFRunLoop::get_current()).ok();
            listen(&changes, &waking, &until);
        };
        let thread = thread::Builder::new().name("longwire-news".to_owned()).spawn(listen).ok()?;
        Some(Self { ended, thread: thread.thread().clone(), run_loop: run_loop.recv().ok()? })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        // A run loop that is just about to run is not stopped by this: then the thread sees its end at the next tick.
        self.run_loop.stop();
        self.thread.unpark();
    }
}

fn listen(changes: &Arc<Changes>, waking: &Arc<Waking>, ended: &AtomicBool) {
    let _power = Power::watch(waking);
    let _workspace = Workspace::watch(waking);
    let _store = store(changes);
    let mut last = (SystemTime::now(), Instant::now());
    while !ended.load(Ordering::Acquire) {
        if CFRunLoop::run_in_mode(mode(), TICK, false) == CFRunLoopRunResult::Finished {
            // There is nothing to run for: no source could be added.
            thread::park_timeout(TICK);
        }
        let now = (SystemTime::now(), Instant::now());
        if jumped(now.0.duration_since(last.0).ok(), now.1.duration_since(last.1)) {
            waking.woke();
        }
        last = now;
    }
}

/// A session with the system's store of network settings that notes each change, on the run loop of this thread.
fn store(changes: &Arc<Changes>) -> Option<SCDynamicStore> {
    let context = SCDynamicStoreCallBackContext { callout: changed, info: changes.clone() };
    let store = SCDynamicStoreBuilder::new("Longwire").callback_context(context).build()?;
    let keys: Vec<CFString> = NETWORK.into_iter().chain([PROXIES]).map(CFString::new).collect();
    let patterns: [CFString; 0] = [];
    store
        .set_notification_keys(&CFArray::from_CFTypes(&keys), &CFArray::from_CFTypes(&patterns))
        .then_some(())?;
    CFRunLoop::get_current().add_source(&store.create_run_loop_source()?, mode());
    Some(store)
}

#[allow(clippy::needless_pass_by_value, reason = "the framework's signature")]
fn changed(_: SCDynamicStore, keys: CFArray<CFString>, changes: &mut Arc<Changes>) {
    for key in &keys {
        if *key == PROXIES {
            changes.proxies.notify_one();
        } else {
            changes.network.notify_one();
        }
    }
}

#[allow(unsafe_code)]
fn mode() -> CFRunLoopMode {
    // SAFETY: a constant of the framework's, set before any of our code runs.
    unsafe { kCFRunLoopDefaultMode }
}
