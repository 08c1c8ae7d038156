//! The files in which a desktop keeps its proxies, followed with inotify(7).

use std::{
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::StreamExt;
use inotify::{Event, EventMask, EventStream, Inotify, WatchDescriptor, WatchMask, Watches};
use tokio::{task::spawn_blocking, time::timeout_at};

use crate::{
    news::{Board, News, settling::Settling},
    proxies::{Desktop, Error, Proxies},
};

/// Settings are written beside and moved over; whoever writes in place is heard too.
const CHANGES: WatchMask = WatchMask::CREATE
    .union(WatchMask::CLOSE_WRITE)
    .union(WatchMask::DELETE)
    .union(WatchMask::MOVE)
    .union(WatchMask::DELETE_SELF)
    .union(WatchMask::MOVE_SELF)
    .union(WatchMask::ONLYDIR);

/// A desktop's settings, and word of every write to their file.
pub(super) struct Settings {
    desktop: Desktop,
    file: PathBuf,
    events: EventStream<[u8; 1024]>,
    watches: Watches,
    watched: Watched,
}

/// The nearest folder on the way to the file that is there.
struct Watched {
    descriptor: WatchDescriptor,
    /// What leads on towards the file, or the file itself.
    name: OsString,
    /// It is the file's own folder.
    last: bool,
}

impl Settings {
    /// `None` where there are no settings to follow, or no way to.
    pub(super) fn new(desktop: Desktop) -> Option<Self> {
        let file = desktop.file()?;
        let inotify = Inotify::init().ok()?;
        let mut watches = inotify.watches();
        let watched = watch(&mut watches, &file).ok()?;
        let events = inotify.into_event_stream([0; 1024]).ok()?;
        Some(Self { desktop, file, events, watches, watched })
    }

    pub(super) async fn follow(mut self, board: Arc<Board>) {
        let mut last = self.read().await;
        // What is heard first may have been written before the first reading, and be in it already.
        let mut missed = false;
        let beginning = Settling::begin();
        while let Ok(Some(event)) = timeout_at(beginning.end(), self.events.next()).await {
            missed |= self.concerns(event);
        }
        if missed {
            last = self.read().await;
            board.post(News::ProxiesChanged);
        }
        while let Some(event) = self.events.next().await {
            if !self.concerns(event) {
                continue;
            }
            let mut settling = Settling::begin();
            while let Ok(Some(event)) = timeout_at(settling.end(), self.events.next()).await {
                if self.concerns(event) {
                    settling.go_on();
                }
            }
            let now = self.read().await;
            if now != last {
                last = now;
                board.post(News::ProxiesChanged);
            }
        }
    }

    async fn read(&self) -> Option<Result<Option<Proxies>, Error>> {
        let desktop = self.desktop.clone();
        spawn_blocking(move || desktop.read()).await.ok()
    }

    /// Whether an event may be one of the settings. The way to them is walked again where it has changed.
    fn concerns(&mut self, event: io::Result<Event<OsString>>) -> bool {
        let Ok(event) = event else { return false };
        let overrun = event.mask.contains(EventMask::Q_OVERFLOW);
        if !overrun && event.wd != self.watched.descriptor {
            return false;
        }
        let moved = event.mask.intersects(EventMask::DELETE_SELF | EventMask::MOVE_SELF | EventMask::IGNORED);
        let named = event.name.as_deref() == Some(self.watched.name.as_os_str());
        if overrun || moved || (named && !self.watched.last) {
            self.walk();
        }
        overrun || moved || named
    }

    fn walk(&mut self) {
        let Ok(now) = watch(&mut self.watches, &self.file) else { return };
        if now.descriptor != self.watched.descriptor {
            // It may have gone already.
            self.watches.remove(self.watched.descriptor.clone()).ok();
        }
        self.watched = now;
    }
}

/// Watches the folder of `file`, or the nearest above it that is there.
fn watch(watches: &mut Watches, file: &Path) -> io::Result<Watched> {
    for path in file.ancestors() {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { break };
        match watches.add(folder, CHANGES) {
            Ok(descriptor) => {
                // What was made in between would not be heard of.
                if path != file && path.is_dir() {
                    return watch(watches, file);
                }
                return Ok(Watched { descriptor, name: OsStr::to_owned(name), last: path == file });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::NotFound.into())
}
