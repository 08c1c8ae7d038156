use std::{path::Path, process::Command, sync::Arc, time::Instant};

use longwire_dial::{
    Dialer, Origin, RootSource, Roots,
    http::{self, Limits},
    route::{Choice, Environment, Router},
};
use longwire_openplatform::{Authority, Leaf, Running, Simulator};
use longwire_tests::peers;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::{
    Error,
    load::median,
    report::{Row, Verdict},
};

/// How much longer than curl's the median connection may take.
const SLOWEST: f64 = 1.5;
/// A path that is answered at once.
const PATH: &str = "/nowhere";

/// The time from nothing to the first answer through proxies, ours and curl's, in turns: a road of its own each time.
pub(crate) async fn measure(rounds: usize) -> Result<Vec<Row>, Error> {
    let authority = Authority::new().map_err(longwire_openplatform::Error::from)?;
    let server = Simulator::builder().tls(authority, Leaf::Good).start().await?;
    let folder = TempDir::new()?;
    let ca_file = folder.path().join("ca.pem");
    if let Some(authority) = server.authority() {
        authority.save(&ca_file)?;
    }
    let (tinyproxy, microsocks) = (peers::tinyproxy(None), peers::microsocks(None));
    let mut rows = Vec::new();
    for (name, proxy) in [("tinyproxy", tinyproxy.url("http")), ("microsocks", microsocks.url("socks5h"))] {
        rows.push(compare(name, &proxy, &server, &ca_file, rounds).await?);
    }
    Ok(rows)
}

async fn compare(
    name: &str,
    proxy: &str,
    server: &Running,
    ca_file: &Path,
    rounds: usize,
) -> Result<Row, Error> {
    let dialer = dialer(proxy, ca_file)?;
    let origin = Origin::parse(&server.url()).map_err(|error| Error::Connect(error.to_string()))?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let (our, their) = (connect(&dialer, &origin).await?, curl(proxy, &server.url(), ca_file).await?);
        // The first loads what is kept from then on.
        if round > 0 {
            ours.push(our);
            theirs.push(their);
        }
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = ours / theirs;
    let what = format!("connecting through {name}, {rounds} times");
    Ok(Row::new(what, format!("{:.2} ms  ×{ratio:.2}", ours * 1e3))
        .bare(format!("curl {:.2} ms", theirs * 1e3))
        .demand(format!("at most ×{SLOWEST} of curl"), Verdict::of(ratio <= SLOWEST)))
}

/// As `--proxy` and `--ca-file` make one.
fn dialer(proxy: &str, ca_file: &Path) -> Result<Dialer, Error> {
    let choice: Choice = proxy.parse().map_err(|error| Error::Connect(format!("{proxy}: {error}")))?;
    let router = Router::new(choice, Environment::default(), watch::Sender::default().subscribe());
    let roots = Roots::new(RootSource::System, vec![ca_file.to_owned()]);
    Ok(Dialer::new(Arc::new(roots)).with_router(Arc::new(router)))
}

/// How many seconds one road and one answer over it take.
async fn connect(dialer: &Dialer, origin: &Origin) -> Result<f64, Error> {
    let request = ::http::Request::head(PATH).body(bytes::Bytes::new());
    let request = request.map_err(|error| Error::Connect(error.to_string()))?;
    let begin = Instant::now();
    let answer = http::send(dialer, origin, request, Limits::default(), &mut |_| {}).await;
    answer.map_err(|error| Error::Connect(error.to_string()))?;
    Ok(begin.elapsed().as_secs_f64())
}

/// The same of curl, by its own clock, so that its starting does not count.
async fn curl(proxy: &str, url: &str, ca_file: &Path) -> Result<f64, Error> {
    let mut command = Command::new("curl");
    command
        .args(["--silent", "--show-error", "--head", "--output", "/dev/null"])
        .args(["--write-out", "%{time_total}", "--proxy", proxy, "--cacert"])
        .arg(ca_file)
        .arg(format!("{url}{PATH}"));
    // The server answers on this runtime, which must not wait for curl.
    let ended = tokio::task::spawn_blocking(move || command.output()).await;
    let output = ended.map_err(|error| Error::Connect(error.to_string()))??;
    let text = String::from_utf8_lossy(&output.stdout);
    let seconds = text.trim().parse().ok().filter(|_| output.status.success());
    seconds.ok_or_else(|| Error::Connect(String::from_utf8_lossy(&output.stderr).into_owned()))
}
