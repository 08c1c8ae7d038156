//! What is asked of the user's desktop: to start at login, to show a folder.

use std::path::PathBuf;

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
    pub(crate) async fn login_view(&self) -> LoginView {
        let unavailable = |error| LoginView { state: LoginState::Unavailable, error };
        match self.login(|login| login.state()).await {
            None => unavailable(None),
            Some(Ok(state)) => LoginView { state, error: None },
            Some(Err(error)) => unavailable(Some(error.to_string())),
        }
    }

    pub(crate) async fn change_login(&self, LoginChange { on }: LoginChange) -> Result<LoginView, Fault> {
        let unchanged =
            |error: &dyn std::fmt::Display| Fault::new(FaultCode::LoginUnchanged, error).with("error", error);
        match self.login(move |login| login.change(on)).await {
            None => Err(unchanged(&"this program is not one that starts at login")),
            Some(changed) => {
                changed.map(|state| LoginView { state, error: None }).map_err(|error| unchanged(&error))
            }
        }
    }

    /// Has the entry that starts this program at login name it where it is now.
    pub(crate) async fn mend_login(&self) {
        match self.login(LoginItem::mend).await {
            Some(Ok(true)) => {
                info!("what starts Longwire at login named a program that is gone, and names this one now")
            }
            Some(Err(error)) => warn!(%error, "whether Longwire starts at login is not known"),
            Some(Ok(false)) | None => {}
        }
    }

    pub(crate) async fn open_folder(&self, FolderRef { folder }: FolderRef) -> Result<(), Fault> {
        let path = match folder {
            Folder::Data => Some(self.inner.options.data_dir.clone()),
            Folder::Downloads => paths::downloads(),
        };
        show(path.unwrap_or_default()).await
    }

    /// Asks the system, which may take its time.
    async fn login<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&LoginItem) -> Result<T, LoginError> + Send + 'static,
    ) -> Option<Result<T, LoginError>> {
        let login = self.inner.options.login.clone()?;
        let asked = spawn_blocking(move || ask(&login)).await;
        Some(asked.unwrap_or_else(|panicked| Err(LoginError::Refused(panicked.to_string()))))
    }
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
