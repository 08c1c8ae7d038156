//! What happened when: acknowledgements by the minute, and the states of the connection.

mod histogram;
mod minutes;
mod phases;
mod timeline;

use std::time::Duration;

use longwire_contract::{AppId, Phase, Stats, StatsQuery, StatsStep};
use rusqlite::Connection;

use crate::{Error, Journal};
use histogram::Histogram;
use minutes::{MINUTE_MS, Minute};
use timeline::Timeline;

pub(crate) use minutes::Minutes;
pub(crate) use phases::end_last_run;

const HOUR_MS: u64 = 3_600_000;
/// For so long it is kept.
const KEPT_MS: u64 = 30 * 24 * HOUR_MS;
/// A chart has so many steps at most.
const STEPS: u64 = 200;
/// The steps of charts, in minutes.
const STEP_MINUTES: &[u64] = &[1, 2, 5, 10, 15, 30, 60, 120, 360];

impl Journal {
    /// Counts an acknowledgement: how long it took, and whether the event was kept. Returns at once; it is written down with
    /// the minute.
    pub fn acknowledged(&self, app: &AppId, at_ms: u64, took: Duration, kept: bool) {
        self.minutes().count(app, at_ms, took, kept);
    }

    /// Writes down an app's state from this moment on; `None` where it is held no more.
    pub async fn phase(&self, app: AppId, at_ms: u64, phase: Option<Phase>) -> Result<(), Error> {
        self.write(move |file| phases::set(file, app.as_str(), at_ms, phase)).await
    }

    /// Writes down that Longwire still runs: after a crash, the states end at the last such moment. To be called every minute:
    /// it writes the acknowledgements down, too, and tells a clock that goes from one that jumped.
    pub async fn alive(&self, at_ms: u64) -> Result<(), Error> {
        let minutes = std::mem::take(&mut *self.minutes());
        let written = minutes.clone();
        let outcome = self
            .write(move |file| {
                written.write(file)?;
                phases::alive(file, at_ms)
            })
            .await;
        if outcome.is_err() {
            self.minutes().merge(minutes);
        }
        outcome?;
        self.compare_clocks(at_ms).await.map(drop)
    }

    /// Whether its writing thread is there to do what it is asked, well or not; waits for as long as it does not say.
    pub async fn answers(&self) -> bool {
        !matches!(self.write(|_| Ok(())).await, Err(Error::Closed))
    }

    /// What happened in the time before `now_ms`.
    pub async fn stats(&self, query: StatsQuery, now_ms: u64) -> Result<Stats, Error> {
        let unwritten = self.minutes().clone();
        self.read(move |file| stats(file, &unwritten, &query, now_ms)).await
    }
}

/// Forgets what is older than it is kept.
pub(crate) fn forget(file: &Connection, now_ms: u64) -> rusqlite::Result<()> {
    let before_ms = now_ms.saturating_sub(KEPT_MS);
    minutes::forget(file, before_ms)?;
    phases::forget(file, before_ms)
}

fn stats(file: &Connection, unwritten: &Minutes, query: &StatsQuery, now_ms: u64) -> rusqlite::Result<Stats> {
    let (from_ms, step_ms) = extent(query.hours, now_ms);
    let app = query.app_id.as_ref();
    let mut steps =
        vec![Minute::default(); usize::try_from((now_ms - from_ms).div_ceil(step_ms)).unwrap_or(0)];
    let mut take = |at: u64, minute: &Minute| {
        let step = at.saturating_mul(MINUTE_MS).checked_sub(from_ms).map(|since| since / step_ms);
        if let Some(step) = step.and_then(|step| steps.get_mut(usize::try_from(step).ok()?)) {
            step.merge(minute);
        }
    };
    minutes::each(file, app, (from_ms / MINUTE_MS, now_ms / MINUTE_MS), &mut take)?;
    unwritten.iter(app).for_each(|(at, minute)| take(at, minute));

    let timelines = phases::timelines(file, app, from_ms)?;
    let spans = Timeline::worst(&timelines).spans(from_ms, now_ms);
    Ok(Stats {
        from_ms,
        to_ms: now_ms,
        step_ms,
        steps: steps.iter().map(step).collect(),
        uptime: timeline::uptime(&spans),
        phases: timeline::fewer(spans),
    })
}

/// Where a chart of so many hours begins, and how long its steps are: they begin where the clock of UTC has round numbers.
fn extent(hours: u32, now_ms: u64) -> (u64, u64) {
    let hours = if hours == 0 { 24 } else { u64::from(hours.min(720)) };
    let fits = |minutes: &&u64| hours * 60 / **minutes <= STEPS;
    let step_ms = STEP_MINUTES.iter().find(fits).unwrap_or(&360) * MINUTE_MS;
    let from_ms = now_ms.saturating_sub(hours * HOUR_MS);
    (from_ms / step_ms * step_ms, step_ms)
}

fn step(minute: &Minute) -> StatsStep {
    let ms = |share: f64| minute.acks.quantile(share).map(|us| us / 1000.0);
    StatsStep { events: minute.kept, refused: minute.refused, ack_p50_ms: ms(0.5), ack_p99_ms: ms(0.99) }
}

#[cfg(test)]
mod tests {
    use longwire_contract::PhaseSpan;

    use super::*;

    /// 2026-11-22 18:07:13 UTC.
    const NOW: u64 = 1_795_370_833_000;

    fn file() -> Connection {
        let file = Connection::open_in_memory().unwrap();
        file.execute_batch(include_str!("../schema/4.sql")).unwrap();
        file
    }

    fn app(digit: char) -> AppId {
        format!("cli_{}", digit.to_string().repeat(16)).parse().unwrap()
    }

    fn of(file: &Connection, app_id: Option<AppId>, hours: u32) -> Stats {
        stats(file, &Minutes::default(), &StatsQuery { app_id, hours }, NOW).unwrap()
    }

    fn spans(stats: &Stats) -> Vec<(u64, Option<Phase>)> {
        stats.phases.iter().map(|PhaseSpan { from_ms, to_ms, phase }| (to_ms - from_ms, *phase)).collect()
    }

    #[test]
    fn a_chart_has_as_many_steps_as_can_be_drawn() {
        for (hours, step_minutes, steps) in [
            (0, 10, 145),
            (1, 1, 61),
            (3, 1, 181),
            (6, 2, 181),
            (24, 10, 145),
            (168, 60, 169),
            (720, 360, 121),
            (9999, 360, 121),
        ] {
            let stats = of(&file(), None, hours);
            assert_eq!((stats.step_ms, stats.steps.len()), (step_minutes * MINUTE_MS, steps), "{hours}");
            assert_eq!(stats.to_ms, NOW);
            assert!(
                stats.from_ms <= NOW - u64::from(hours.min(720)) * HOUR_MS
                    && stats.from_ms.is_multiple_of(stats.step_ms)
            );
        }
        assert_eq!(stats(&file(), &Minutes::default(), &StatsQuery::default(), 0).unwrap().steps, []);
    }

    #[test]
    fn acknowledgements_are_counted_in_their_step_wherever_they_are() {
        let file = file();
        let mut minutes = Minutes::default();
        let one_ms = Duration::from_millis(1);
        for _ in 0..99 {
            minutes.count(&app('a'), NOW - 1, one_ms, true);
        }
        minutes.count(&app('a'), NOW - 1, Duration::from_millis(50), true);
        minutes.count(&app('a'), NOW - 1, one_ms, false);
        minutes.count(&app('b'), NOW - 3 * HOUR_MS, one_ms, true);
        minutes.count(&app('b'), NOW - 48 * HOUR_MS, one_ms, true);
        // Written twice, as by two runs within a minute, and once more in memory.
        minutes.write(&file).unwrap();
        minutes.write(&file).unwrap();
        let query = StatsQuery { app_id: Some(app('a')), hours: 24 };
        let told = stats(&file, &minutes, &query, NOW).unwrap();
        let last = told.steps.last().unwrap();
        assert_eq!((last.events, last.refused), (300, 3));
        assert!((last.ack_p50_ms.unwrap() - 1.0).abs() < 0.05, "{last:?}");
        assert!((last.ack_p99_ms.unwrap() - 1.0).abs() < 0.05, "{last:?}");
        assert_eq!(told.steps.iter().map(|step| step.events).sum::<u32>(), 300);
        let told = of(&file, None, 24);
        assert_eq!(told.steps.iter().map(|step| step.events).sum::<u32>(), 202);
        assert_eq!(of(&file, None, 72).steps.iter().map(|step| step.events).sum::<u32>(), 204);
        assert_eq!(told.steps[0], StatsStep::default());
    }

    #[test]
    fn a_state_lasts_until_the_next_and_after_a_crash_until_the_last_sign_of_life() {
        let file = file();
        let start = extent(1, NOW).0;
        phases::set(&file, app('a').as_str(), start - 5_000, Some(Phase::Connected)).unwrap();
        phases::alive(&file, start + 60_000).unwrap();
        end_last_run(&file).unwrap();
        phases::set(&file, app('a').as_str(), start + 100_000, Some(Phase::Connecting)).unwrap();
        phases::set(&file, app('a').as_str(), start + 130_000, Some(Phase::Connected)).unwrap();
        let told = of(&file, None, 1);
        let rest = NOW - start - 130_000;
        assert_eq!(
            spans(&told),
            [
                (60_000, Some(Phase::Connected)),
                (40_000, None),
                (30_000, Some(Phase::Connecting)),
                (rest, Some(Phase::Connected))
            ]
        );
        assert_eq!(told.uptime, Some((60_000 + rest) as f64 / (90_000 + rest) as f64));
        // A run that ended well left nothing open.
        phases::set(&file, app('a').as_str(), NOW, None).unwrap();
        end_last_run(&file).unwrap();
        assert_eq!(phases::timelines(&file, None, NOW).unwrap(), [Timeline::default()]);
    }

    #[test]
    fn a_machine_that_slept_did_not_run() {
        let file = file();
        let start = extent(1, NOW).0;
        phases::set(&file, app('a').as_str(), start, Some(Phase::Connected)).unwrap();
        for at in [0, 1, 2, 20, 21] {
            phases::alive(&file, start + at * MINUTE_MS).unwrap();
        }
        let connected = Some(Phase::Connected);
        let told = spans(&of(&file, None, 1));
        assert_eq!(told, [(120_000, connected), (1_080_000, None), (NOW - start - 1_200_000, connected)]);
    }

    #[test]
    fn of_several_apps_the_worst_is_told_and_of_one_its_own() {
        let file = file();
        let start = extent(1, NOW).0;
        phases::set(&file, app('a').as_str(), start, Some(Phase::Connected)).unwrap();
        phases::set(&file, app('b').as_str(), start, Some(Phase::Paused)).unwrap();
        phases::set(&file, app('b').as_str(), start + 60_000, Some(Phase::NeedsYou)).unwrap();
        let rest = NOW - start - 60_000;
        assert_eq!(
            spans(&of(&file, None, 1)),
            [(60_000, Some(Phase::Connected)), (rest, Some(Phase::NeedsYou))]
        );
        assert_eq!(of(&file, Some(app('a')), 1).uptime, Some(1.0));
        assert_eq!(of(&file, Some(app('b')), 1).uptime, Some(0.0));
        assert_eq!(of(&file, Some(app('c')), 1).uptime, None);
    }

    #[test]
    fn after_thirty_days_it_is_forgotten_but_the_state_that_lasts() {
        let file = file();
        let old = NOW - KEPT_MS - HOUR_MS;
        let mut minutes = Minutes::default();
        minutes.count(&app('a'), old, Duration::ZERO, true);
        minutes.count(&app('a'), NOW, Duration::ZERO, true);
        minutes.write(&file).unwrap();
        phases::set(&file, app('a').as_str(), old - 5, Some(Phase::Waiting)).unwrap();
        phases::set(&file, app('a').as_str(), old, Some(Phase::Connected)).unwrap();
        forget(&file, NOW).unwrap();
        let count = |table: &str| -> i64 {
            file.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get(0)).unwrap()
        };
        assert_eq!((count("minutes"), count("phases")), (1, 1));
        assert_eq!(of(&file, None, 720).uptime, Some(1.0));
    }
}
