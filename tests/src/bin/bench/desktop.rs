//! The app on a desktop of its own: how soon it is there, what it takes while nobody looks, how large it is.

mod app;
mod glass;
mod process;
mod size;

use std::{
    env,
    path::PathBuf,
    time::{Duration, Instant},
};

use longwire_tests::desktop::Session;
use tokio::time::sleep;

use self::{
    app::{App, Program},
    glass::Glass,
    process::Memory,
};
use crate::{
    Error,
    load::median,
    plan::Plan,
    report::{Row, Verdict},
};

/// From the start of the process until the panel has its icon.
const SLOWEST_ICON: Duration = Duration::from_millis(700);
/// From there until the simulator's connection is up.
const SLOWEST_CONNECTION: Duration = Duration::from_secs(1);
/// From the click on the tray's line until the window is on the screen, and drawn.
const SLOWEST_WINDOW: Duration = Duration::from_millis(300);
/// How much more anonymous memory than the empty app's it may take with the window closed.
const MOST_MEMORY: f64 = 1.3;
/// How much of one processor it may take with the connection up and the window closed, in percent.
const MOST_IDLE: f64 = 0.1;
/// How long WebKit's processes may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Measures all of it.
pub(crate) async fn measure(plan: &Plan) -> Result<Vec<Row>, Error> {
    let session = Session::start("en_GB.UTF-8").await;
    let mut rows = starts(&session, plan.starts).await?;
    let empty = alone(&session, plan).await?;
    rows.extend(window(&session, plan, empty).await?);
    rows.extend(size::measure()?);
    Ok(rows)
}

/// Starts as at login, of a new user and of one who has been here before.
async fn starts(session: &Session, times: usize) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    let mut empty = Vec::new();
    for _ in 0..times {
        let app = App::start(session, Program::Empty).await?;
        empty.push(app.icon);
        app.end(session).await;
    }
    let used = tempfile::tempdir()?;
    for (name, folder) in [("first start", None), ("start", Some(used.path()))] {
        let (mut icons, mut connections) = (Vec::new(), Vec::new());
        // The first with a folder finds it empty, and does not count.
        for round in 0..=times {
            let fresh = tempfile::tempdir()?;
            let app = App::start(session, Program::Longwire(folder.unwrap_or(fresh.path()))).await?;
            if round > 0 {
                icons.push(app.icon);
                connections.push(app.connection());
            }
            app.end(session).await;
        }
        rows.push(timed(format!("{name} to tray icon"), &icons, SLOWEST_ICON).bare(shown(&empty)));
        rows.push(timed(format!("{name} to connected"), &connections, SLOWEST_CONNECTION));
    }
    Ok(rows)
}

/// What an app takes: before there was a window, after one was closed, and after all were.
#[derive(Clone, Copy)]
struct Taken([Memory; 3]);

/// What the empty app takes. Its process alone: Tauri leaves one of WebKit's behind, which is not counted here.
async fn alone(session: &Session, plan: &Plan) -> Result<Taken, Error> {
    let app = App::start(session, Program::Empty).await?;
    sleep(plan.settle).await;
    let before = Memory::of(app.pid())?;
    let tray = session.tray_icon().await;
    let mut once = before;
    for round in 0..=plan.openings {
        let line = tray.line("Open Longwire").await;
        let glass = Glass::watch(session.display())?;
        tray.click(&line).await;
        tokio::task::spawn_blocking(move || glass.mapped())
            .await
            .map_err(|error| Error::Desktop(error.to_string()))??;
        // Its window has no page whose painting could be waited for.
        sleep(plan.settle).await;
        session.close_window();
        if round == 0 {
            sleep(plan.settle).await;
            once = Memory::of(app.pid())?;
        }
    }
    sleep(plan.settle).await;
    let after = Memory::of(app.pid())?;
    app.end(session).await;
    Ok(Taken([before, once, after]))
}

/// The window opened and closed, then what stays.
async fn window(session: &Session, plan: &Plan, empty: Taken) -> Result<Vec<Row>, Error> {
    let folder = tempfile::tempdir()?;
    let app = App::start(session, Program::Longwire(folder.path())).await?;
    sleep(plan.settle).await;
    let before = Memory::below(app.pid())?;
    let tray = session.tray_icon().await;
    let [mut mapped, mut painted, mut drawn, mut gone] = [const { Vec::new() }; 4];
    let mut once = before;
    for round in 0..=plan.openings {
        let line = tray.line("Open Longwire").await;
        let glass = Glass::watch(session.display())?;
        let clicked = Instant::now();
        tray.click(&line).await;
        let seen = tokio::task::spawn_blocking(move || glass.seen())
            .await
            .map_err(|error| Error::Desktop(error.to_string()))??;
        mapped.push(seen.mapped - clicked);
        painted.push(seen.painted - clicked);
        drawn.push(seen.drawn - clicked);
        session.close_window();
        gone.push(app.without_webkit(PATIENCE).await);
        if round == 0 {
            sleep(plan.settle).await;
            once = Memory::below(app.pid())?;
        }
    }
    sleep(plan.settle).await;
    let after = Memory::below(app.pid())?;
    let idle = process::watch(app.pid(), plan.quiet).await?;
    app.end(session).await;

    let mut rows = Vec::new();
    for (name, times) in [("mapped", &mapped), ("painted", &painted), ("drawn with content", &drawn)] {
        rows.push(timed(format!("first click to window {name}"), &times[..1], SLOWEST_WINDOW));
        rows.push(timed(format!("click to window {name}"), &times[1..], SLOWEST_WINDOW));
    }
    let ours = [("no window yet", before), ("one window closed", once), ("windows closed", after)];
    for ((name, memory), empty) in ours.into_iter().zip(empty.0) {
        let ratio = memory.anonymous_kib as f64 / empty.anonymous_kib as f64;
        rows.push(
            Row::new(format!("anonymous memory, {name}"), format!("{memory}, {ratio:.2} ×"))
                .bare(empty.to_string())
                .demand(format!("at most {MOST_MEMORY} ×"), Verdict::of(ratio <= MOST_MEMORY)),
        );
    }
    rows.push(
        Row::new(
            "WebKit's processes, window closed",
            format!("{}, gone after {}", after.webkit, shown(&gone)),
        )
        .demand("0".to_owned(), Verdict::of(after.webkit == 0)),
    );
    let percent = idle.percent();
    rows.push(
        Row::new("idle, window closed", idle.to_string())
            .demand(format!("at most {MOST_IDLE} %"), Verdict::of(percent <= MOST_IDLE)),
    );
    Ok(rows)
}

/// The median of some times, and the longest.
fn shown(times: &[Duration]) -> String {
    let longest = times.iter().max().copied().unwrap_or_default();
    format!("{:.0} ms, at most {:.0} ms", middle(times) * 1e3, longest.as_secs_f64() * 1e3)
}

fn timed(what: String, times: &[Duration], slowest: Duration) -> Row {
    let verdict = Verdict::of(middle(times) <= slowest.as_secs_f64());
    Row::new(what, shown(times)).demand(format!("at most {} ms", slowest.as_millis()), verdict)
}

fn middle(times: &[Duration]) -> f64 {
    median(times.iter().map(Duration::as_secs_f64).collect())
}

/// A program that cargo puts beside this one.
fn program(name: &str) -> Result<PathBuf, Error> {
    let path = env::current_exe()?.with_file_name(name);
    if path.is_file() { Ok(path) } else { Err(Error::NotBuilt(path)) }
}
