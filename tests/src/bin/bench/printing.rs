use std::{
    io::{self, Read},
    thread,
};

use longwire_openplatform::ClientConfig;

use crate::{
    Error,
    client::{Client, Program},
    load::rate,
    report::{Row, thousands},
};

/// Events a second where each is printed into a pipe that is read here.
pub(crate) async fn measure(events: u64) -> Result<Row, Error> {
    let mut client = Client::start(Program::Printing, ClientConfig::default()).await?;
    let reader = client.output().map(|output| thread::spawn(move || lines(output)));
    let flood = client.flood(events, 64).await?;
    let footprint = client.footprint();
    drop(client);
    // A reader that panicked read nothing.
    let printed = reader.and_then(|reader| reader.join().ok()).transpose()?.unwrap_or_default();
    if printed != events {
        return Err(Error::Printed { printed, events });
    }
    let peak = footprint.map_or(String::new(), |footprint| format!(", peak {} KiB", footprint.peak_kib));
    Ok(Row::new("events with --print, 64 in flight", format!("{}/s{peak}", thousands(rate(&flood)))))
}

fn lines(mut output: impl Read) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut lines = 0;
    loop {
        match output.read(&mut buffer)? {
            0 => return Ok(lines),
            read => lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count() as u64,
        }
    }
}
