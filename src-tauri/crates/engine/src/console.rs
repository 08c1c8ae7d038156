//! The developer console, in the user's browser.

use longwire_contract::{AppId, ConsolePage, ConsoleRef, Domain, Fault, FaultCode};
use longwire_host::browser;
use tokio::task::spawn_blocking;

/// Opens a page of an app that lives in this domain.
///
/// # Errors
/// [`FaultCode::BadRequest`] where the domain has no console, [`FaultCode::Browser`].
pub(crate) async fn open(domain: &Domain, ConsoleRef { app_id, page }: &ConsoleRef) -> Result<(), Fault> {
    let url = url(domain, app_id, *page)?;
    let shown = url.clone();
    let opened = spawn_blocking(move || browser::open(&url)).await;
    opened
        .map_err(|error| Fault::new(FaultCode::Internal, error))?
        .map_err(|error| Fault::new(FaultCode::Browser, &error).with("error", error).with("url", shown))
}

fn url(domain: &Domain, id: &AppId, page: ConsolePage) -> Result<String, Fault> {
    let page = match page {
        ConsolePage::Events => "event",
        ConsolePage::Credentials => "baseinfo",
        ConsolePage::Permissions => "auth",
        ConsolePage::Versions => "version",
    };
    match domain {
        Domain::Feishu | Domain::Lark => Ok(format!("{}/app/{id}/{page}", domain.url())),
        Domain::Custom(_) => {
            Err(Fault::new(FaultCode::BadRequest, "only apps of Feishu and Lark have a console"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_is_on_the_platform_where_the_app_lives() {
        let id: AppId = "cli_0123456789abcdef".parse().unwrap();
        let events = url(&Domain::Feishu, &id, ConsolePage::Events).unwrap();
        assert_eq!(events, "https://open.feishu.cn/app/cli_0123456789abcdef/event");
        let credentials = url(&Domain::Lark, &id, ConsolePage::Credentials).unwrap();
        assert_eq!(credentials, "https://open.larksuite.com/app/cli_0123456789abcdef/baseinfo");
        let own = Domain::Custom("http://127.0.0.1:9".to_owned());
        assert_eq!(url(&own, &id, ConsolePage::Events).unwrap_err().code, FaultCode::BadRequest);
    }
}
