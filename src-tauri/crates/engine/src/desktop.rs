//! What is asked of the user's desktop: to start at login, to show a folder.

use std::path::{Path, PathBuf};

use longwire_contract::{Fault, FaultCode, Folder, FolderRef, LoginChange, LoginState, LoginView};
use longwire_host::{
    browser,
    login_item::{LoginError, LoginItem},
    paths,
};
use tokio::task::spawn_blocking;
use tracing::{info, warn};

use crate::Engine;

impl Engine {
    /// Has the entry that starts this program at login name it where it is now.
    pub(crate) async fn mend_login(&self) {
        match ask(self.inner.options.login.as_ref(), LoginItem::mend).await {
            Some(Ok(true)) => {
                info!("what starts Longwire at login named a program that is gone, and names this one now")
            }
            Some(Err(error)) => warn!(%error, "whether Longwire starts at login is not known"),
            Some(Ok(false)) | None => {}
        }
    }
}

/// Whether what starts this program at login does.
pub(crate) async fn login_view(login: Option<&LoginItem>) -> LoginView {
    let unavailable = |error| LoginView { state: LoginState::Unavailable, error };
    match ask(login, LoginItem::state).await {
        None => unavailable(None),
        Some(Ok(state)) => LoginView { state, error: None },
        Some(Err(error)) => unavailable(Some(error.to_string())),
    }
}

/// Has it do so, or not.
///
/// # Errors
/// [`FaultCode::LoginUnchanged`].
pub(crate) async fn change_login(
    login: Option<&LoginItem>,
    LoginChange { on }: LoginChange,
) -> Result<LoginView, Fault> {
    let unchanged =
        |error: &dyn std::fmt::Display| Fault::new(FaultCode::LoginUnchanged, error).with("error", error);
    match ask(login, move |login| login.change(on)).await {
        None => Err(unchanged(&"this program is not one that starts at login")),
        Some(changed) => {
            changed.map(|state| LoginView { state, error: None }).map_err(|error| unchanged(&error))
        }
    }
}

/// Shows a folder of this data folder's user.
///
/// # Errors
/// [`FaultCode::FolderUnopened`].
pub(crate) async fn open_folder(data_dir: &Path, FolderRef { folder }: FolderRef) -> Result<(), Fault> {
    let path = match folder {
        Folder::Data => Some(data_dir.to_owned()),
        Folder::Downloads => paths::downloads(),
    };
    show(path.unwrap_or_default()).await
}

/// Asks the system, which may take its time.
async fn ask<T: Send + 'static>(
    login: Option<&LoginItem>,
    ask: impl FnOnce(&LoginItem) -> Result<T, LoginError> + Send + 'static,
) -> Option<Result<T, LoginError>> {
    let login = login?.clone();
    let asked = spawn_blocking(move || ask(&login)).await;
    Some(asked.unwrap_or_else(|panicked| Err(LoginError::Refused(panicked.to_string()))))
}

async fn show(path: PathBuf) -> Result<(), Fault> {
    let shown = path.display().to_string();
    let opened = spawn_blocking(move || browser::open_folder(&path)).await;
    let opened = opened.unwrap_or_else(|panicked| Err(std::io::Error::other(panicked)));
    opened.map_err(|error| {
        Fault::new(FaultCode::FolderUnopened, &error).with("path", shown).with("error", error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_that_is_gone_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        let fault = show(gone.clone()).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::FolderUnopened);
        assert_eq!(fault.values["path"], gone.display().to_string());
        assert!(fault.values["error"].contains("No such file"), "{fault:?}");
    }
}
