use std::{
    io::{self, Read},
    thread,
    time::Instant,
};

use longwire_openplatform::ClientConfig;

use crate::{
    Error,
    client::{Client, Program},
    report::{Row, thousands},
};

/// Events a second where each is printed into a pipe that is read here, from the first one sent to the last one read.
pub(crate) async fn measure(events: u64) -> Result<Row, Error> {
    let mut client = Client::start(Program::Printing, ClientConfig::default()).await?;
    let begin = Instant::now();
    let reader = client.output().map(|output| thread::spawn(move || lines(output, events)));
    client.flood(events, 64).await?;
    // A reader that panicked read nothing.
    let printed = reader.and_then(|reader| reader.join().ok()).transpose()?.unwrap_or_default();
    let (elapsed, footprint) = (begin.elapsed(), client.footprint());
    if printed != events {
        return Err(Error::Printed { printed, events });
    }
    let peak = footprint.map_or(String::new(), |footprint| format!(", peak {} KiB", footprint.peak_kib));
    let rate = events as f64 / elapsed.as_secs_f64();
    Ok(Row::new("events kept and printed, 64 in flight", format!("{}/s{peak}", thousands(rate))))
}

/// Reads until so many lines have come, or there is nothing more to read.
fn lines(mut output: impl Read, wanted: u64) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut lines = 0;
    while lines < wanted {
        match output.read(&mut buffer)? {
            0 => break,
            read => lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count() as u64,
        }
    }
    Ok(lines)
}
