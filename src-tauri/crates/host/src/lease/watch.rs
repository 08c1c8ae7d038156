use std::{
    env,
    fs::{File, OpenOptions},
    io::{self, Write},
    ops::ControlFlow,
    os::fd::AsFd,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    net::unix::pipe,
    select,
    signal::unix::{Signal, SignalKind, signal},
    task::spawn_blocking,
    time::{Instant, Interval, MissedTickBehavior, interval, sleep},
};

use super::{
    Lease, LeaseError,
    backup::Backup,
    shelf::Found,
    watchdog::{DETACH, WATCHING},
};
use crate::keeper::Rights;

/// How often the backup and the time are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How long an owner has to end the lease itself when it is over.
const GRACE: Duration = Duration::from_secs(3);
/// How long it is tried to put the settings back, and how often.
const TRIES: u32 = 24;
const BETWEEN_TRIES: Duration = Duration::from_secs(5);

impl Lease {
    /// What a watchdog does, in its own process, until the lease is over: see [`Watchdog::start`](super::Watchdog::start).
    /// The lease ends at once when standard input does, unless its owner has left it to itself.
    ///
    /// The process is no other's: it leaves its terminal, its folder, and all files that it was born with.
    pub async fn watch(&self) {
        // What cannot be had is known to who started it: the word is not said.
        if let Ok(mut watch) = Watch::new(self).await {
            watch.run().await;
        }
    }
}

/// Who cares for the lease beside us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Owner {
    /// A live process, which ends the lease itself.
    Here,
    /// One that has left it to us until its time is over.
    Left,
    /// None: it ends now.
    Gone,
}

struct Watch<'a> {
    lease: &'a Lease,
    owner: Owner,
    words: Lines<BufReader<pipe::Receiver>>,
    looks: Interval,
    terminate: Signal,
    /// They end no watchdog, since they are meant for who sits at the terminal.
    _ignored: [Signal; 2],
    /// The lease, as it was seen last.
    seen: Option<Backup>,
    /// The one that came to its end before.
    ended: Option<String>,
    /// Since when it is over.
    over: Option<Instant>,
    _lock: File,
}

impl<'a> Watch<'a> {
    async fn new(lease: &'a Lease) -> io::Result<Self> {
        // One that leads a group cannot have a session of its own, and needs none.
        rustix::process::setsid().ok();
        close_inherited()?;
        env::set_current_dir("/")?;
        let lock = lease.shelf.watch().await?;
        let ignored = [signal(SignalKind::hangup())?, signal(SignalKind::interrupt())?];
        let terminate = signal(SignalKind::terminate())?;
        let words = pipe::Receiver::from_owned_fd(io::stdin().as_fd().try_clone_to_owned()?)?;
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ended = lease.shelf.ended();
        let mut output = io::stdout();
        writeln!(output, "{WATCHING}")?;
        output.flush()?;
        rustix::stdio::dup2_stdout(OpenOptions::new().write(true).open("/dev/null")?)?;
        Ok(Self {
            lease,
            owner: Owner::Here,
            words: BufReader::new(words).lines(),
            looks,
            terminate,
            _ignored: ignored,
            seen: None,
            ended,
            over: None,
            _lock: lock,
        })
    }

    async fn run(&mut self) {
        loop {
            select! {
                word = self.words.next_line(), if self.owner == Owner::Here => match word {
                    Ok(Some(word)) if word == DETACH => self.owner = Owner::Left,
                    Ok(Some(_)) => {}
                    Ok(None) | Err(_) => self.owner = Owner::Gone,
                },
                _ = self.terminate.recv() => self.owner = Owner::Gone,
                _ = self.looks.tick() => {}
            }
            if self.look().await.is_break() {
                return;
            }
        }
    }

    /// Looks how it stands, and does what is to be done.
    async fn look(&mut self) -> ControlFlow<()> {
        if !self.lease.shelf.is_there() {
            self.put_back_from_memory().await;
            return ControlFlow::Break(());
        }
        match self.lease.shelf.read() {
            Found::Nothing | Found::Damaged(_) if self.is_lost() => self.recover().await,
            Found::Nothing if self.owner == Owner::Here && !self.has_been() => ControlFlow::Continue(()),
            Found::Nothing => ControlFlow::Break(()),
            // A person has to say what is to be done with it.
            Found::Damaged(_) if self.owner != Owner::Here => ControlFlow::Break(()),
            Found::Damaged(_) => ControlFlow::Continue(()),
            Found::Whole(backup) => {
                let is_over = backup.is_over(&self.lease.clock.now());
                self.seen = Some(backup);
                self.over = is_over.then(|| self.over.unwrap_or_else(Instant::now));
                let patience = match self.owner {
                    Owner::Here => self.over.is_some_and(|since| since.elapsed() >= GRACE),
                    Owner::Left => is_over,
                    Owner::Gone => true,
                };
                if patience { self.end().await } else { ControlFlow::Continue(()) }
            }
        }
    }

    /// Whether the lease has come and gone, be it between two looks.
    fn has_been(&self) -> bool {
        let ended = self.lease.shelf.ended();
        self.seen.is_some() || (ended.is_some() && ended != self.ended)
    }

    /// Whether the lease has been seen and has not come to its end.
    fn is_lost(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| !self.lease.is_ended(seen))
    }

    /// The data folder is there, and the backup is not, or nobody can read it: it is written anew from what was seen last, and
    /// the lease ends.
    async fn recover(&mut self) -> ControlFlow<()> {
        let (lease, seen) = (self.lease.clone(), self.seen.clone());
        let recovered = spawn_blocking(move || seen.map(|seen| lease.recover(&seen)));
        match recovered.await {
            Ok(Some(Ok(true))) => {
                self.owner = Owner::Gone;
                self.end().await
            }
            Ok(Some(Err(_))) => {
                self.put_back_from_memory().await;
                ControlFlow::Break(())
            }
            _ => ControlFlow::Break(()),
        }
    }

    /// Ends the lease, and goes on where it was extended meanwhile.
    async fn end(&mut self) -> ControlFlow<()> {
        // A dialog that asks for a password comes once.
        let mut greatest = Rights::Administrator;
        for _ in 0..TRIES {
            match self.try_to_end(greatest).await {
                Ok(false) => return ControlFlow::Continue(()),
                Err(LeaseError::Stuck { .. }) => {}
                _ => break,
            }
            greatest = Rights::User;
            select! {
                () = sleep(BETWEEN_TRIES) => {}
                _ = self.terminate.recv() => break,
            }
        }
        ControlFlow::Break(())
    }

    /// Tells whether it was to be ended.
    async fn try_to_end(&self, greatest: Rights) -> Result<bool, LeaseError> {
        let (lease, owner) = (self.lease.clone(), self.owner);
        let ended = spawn_blocking(move || {
            lease.end_if(|backup| {
                let rights = if backup.refused { Rights::User } else { greatest };
                (owner == Owner::Gone || backup.is_over(&lease.clock.now())).then_some(rights)
            })
        });
        match ended.await {
            Ok(ended) => ended.map(|report| report.is_some()),
            // It has come to grief in a way that another try would not mend.
            Err(_) => Ok(true),
        }
    }

    /// The backup is gone, and cannot be written: what was seen last is all that is left to go by.
    async fn put_back_from_memory(&mut self) {
        if let Some(mut backup) = self.seen.take() {
            let lease = self.lease.clone();
            spawn_blocking(move || drop(lease.put_back(&mut backup, Rights::User))).await.ok();
        }
    }
}

/// Closes the files that came from whoever started us. Our own are closed on `exec` each; one that is not has come
/// through it.
fn close_inherited() -> io::Result<()> {
    let open: Vec<i32> = std::fs::read_dir("/dev/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|fd| *fd > 2)
        .collect();
    for fd in open {
        close_if_inherited(fd);
    }
    Ok(())
}

#[allow(unsafe_code)]
fn close_if_inherited(fd: i32) {
    use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};

    use rustix::io::{FdFlags, fcntl_getfd};

    // SAFETY: it is asked for its flags only; one that is closed by now is an error.
    let flags = fcntl_getfd(unsafe { BorrowedFd::borrow_raw(fd) });
    if flags.is_ok_and(|flags| !flags.contains(FdFlags::CLOEXEC)) {
        // SAFETY: it was open before this program began, so no value in it owns it.
        drop(unsafe { OwnedFd::from_raw_fd(fd) });
    }
}
