use std::{fs::File, io::Read, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use longwire_contract::{CaPlace, CaSource, Fault, FaultCode};
use longwire_dial::{
    CertificateDer,
    ca::{self, CaFault, PageError},
};
use longwire_host::trust;

use super::{Road, blocking};

/// What a source gave.
#[derive(Default)]
pub(super) struct Given {
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// The chain of the road, where there is a road and one was presented.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// The proxy over which they came without encryption.
    pub(super) proxy: Option<String>,
    /// Who signed at the end of the chain that was asked for, where that certificate is nowhere to be had.
    pub(super) lacks: Option<String>,
    /// The place that holds it, where the chain does not.
    pub(super) found_at: Option<CaPlace>,
}

/// Has the certificates of a source, and the chain that they are to be compared with.
pub(super) async fn ask(source: CaSource, road: Option<&Road>) -> Result<Given, Fault> {
    let (bytes, proxy) = match source {
        CaSource::Road => return complete(presented(wanted(road)?).await?).await,
        CaSource::ProxyPage => {
            let road = wanted(road)?;
            let page = ca::page(&road.dialer, &road.origin).await.map_err(no_page)?;
            (page.bytes, Some(page.proxy))
        }
        CaSource::File { path } => (file(path.into()).await?, None),
        CaSource::Place { id } => (file(place(id).await?.into()).await?, None),
        CaSource::Content { base64 } => (STANDARD.decode(base64).map_err(unreadable)?, None),
    };
    let certificates = ca::read(&bytes).map_err(of_fault)?;
    // What blocks the road is no reason not to look at a certificate.
    let chain = match road {
        Some(road) => presented(road).await.unwrap_or_default(),
        None => Vec::new(),
    };
    Ok(Given { certificates, chain, proxy, ..Given::default() })
}

/// A chain, and the certificate at its end: many proxies leave it out, and keep it on this machine. That it is the one is
/// told by its signature, so that no file can pass another one off as it.
async fn complete(chain: Vec<CertificateDer<'static>>) -> Result<Given, Fault> {
    let lacks = ca::lacking(&chain);
    let mut given = Given { certificates: chain.clone(), chain, lacks, ..Given::default() };
    if given.lacks.is_none() {
        return Ok(given);
    }
    for place in blocking(trust::places).await? {
        // What cannot be read there helps nobody, and is told to who asks for that place.
        let Ok(bytes) = file((&place.path).into()).await else { continue };
        let found = ca::read(&bytes).unwrap_or_default().into_iter().find(|ca| ca::signs(ca, &given.chain));
        if let Some(root) = found {
            given.certificates.push(root);
            return Ok(Given { lacks: None, found_at: Some(place), ..given });
        }
    }
    Ok(given)
}

async fn presented(road: &Road) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let no_chain = |error: String| Fault::new(FaultCode::NoChain, &error).with("error", error);
    let chain =
        ca::presented(&road.dialer, &road.origin).await.map_err(|error| no_chain(error.to_string()))?;
    if chain.is_empty() { Err(no_chain(format!("{} is not encrypted", road.origin))) } else { Ok(chain) }
}

fn wanted(road: Option<&Road>) -> Result<&Road, Fault> {
    road.ok_or_else(|| {
        Fault::new(FaultCode::BadRequest, "this source needs an app, whose road it is asked on")
    })
}

/// The file of a place that a proxy keeps its CA at.
async fn place(id: String) -> Result<String, Fault> {
    let unknown = format!("no proxy called {id} keeps a CA here");
    let places = blocking(trust::places).await?;
    let place = places.into_iter().find(|place| place.id == id);
    place.map(|place| place.path).ok_or_else(|| unreadable(unknown))
}

async fn file(path: std::path::PathBuf) -> Result<Vec<u8>, Fault> {
    blocking(move || content(&path)).await?
}

fn content(path: &Path) -> Result<Vec<u8>, Fault> {
    /// One more than is taken, so that what is too large is seen to be.
    const LIMIT: u64 = (4 << 20) + 1;
    let told = |error: std::io::Error| unreadable(format!("{}: {error}", path.display()));
    // Opening a pipe would wait for whoever writes into it.
    if !path.metadata().map_err(told)?.is_file() {
        return Err(unreadable(format!("{}: not a file", path.display())));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LIMIT).read_to_end(&mut bytes)).map_err(told)?;
    Ok(bytes)
}

fn of_fault(fault: CaFault) -> Fault {
    match fault {
        CaFault::PrivateKey => Fault::new(FaultCode::CaPrivateKey, fault),
        other => unreadable(other),
    }
}

fn no_page(error: PageError) -> Fault {
    Fault::new(FaultCode::NoProxyPage, &error).with("error", error)
}

fn unreadable(error: impl std::fmt::Display) -> Fault {
    Fault::new(FaultCode::CaUnreadable, &error).with("error", error)
}
