use longwire_openplatform::ClientConfig;

use crate::{
    Error,
    client::{Client, Program},
    footprint::Footprint,
    report::{Row, Verdict, thousands},
};

/// The most memory a client without a window may ever take, in bytes, while it keeps events as fast as they come.
const MOST_BYTES: u64 = 40_000_000;
/// The most one may take that has kept none yet.
const MOST_IDLE_BYTES: u64 = 20_000_000;
/// How much more memory may be resident than after the first events, in KiB. What tells duplicates, and the caches of the file,
/// are bounded and fill as events come; four bytes kept of each event would be above this.
const MOST_GROWTH_KIB: i64 = 4096;
/// The file is opened once more by the first who reads it beside the writer.
const MOST_DESCRIPTORS: i64 = 2;

/// What a client takes more after `many` events than after `some`, 64 in flight, and the most it ever took.
pub(crate) async fn measure(some: u64, many: u64) -> Result<Vec<Row>, Error> {
    let client = Client::start(Program::Encrypted, ClientConfig::default()).await?;
    let begun = client.footprint();
    client.flood(some, 64).await?;
    let before = client.footprint();
    client.flood(many.saturating_sub(some), 64).await?;
    let after = client.footprint();
    let Some((before, after)) = before.zip(after) else {
        return Ok(vec![Row::unmeasured("memory, descriptors, threads")]);
    };
    let events = format!("{} → {} events", thousands(some as f64), thousands(many as f64));
    let row = |what: &str, before: u64, after: u64, unit: &str, most: i64| {
        let grown = after.cast_signed() - before.cast_signed();
        Row::new(format!("{what}, {events}"), format!("{before} → {after}{unit} ({grown:+})"))
            .demand(format!("at most {most:+}{unit}"), Verdict::of(grown <= most))
    };
    Ok(vec![
        row("resident memory", before.resident_kib, after.resident_kib, " KiB", MOST_GROWTH_KIB),
        row("descriptors", before.descriptors, after.descriptors, "", MOST_DESCRIPTORS),
        row("threads", before.threads, after.threads, "", 0),
        peak("peak memory before the first event", begun.unwrap_or(after), MOST_IDLE_BYTES),
        peak("peak memory", after, MOST_BYTES),
    ])
}

fn peak(what: &str, footprint: Footprint, most: u64) -> Row {
    let bytes = footprint.peak_kib * 1024;
    let demand = format!("at most {} MB", most / 1_000_000);
    Row::new(what, format!("{:.1} MB", bytes as f64 / 1e6)).demand(demand, Verdict::of(bytes <= most))
}
