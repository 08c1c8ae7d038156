//! What is asked of the user's desktop: to start at login, to show a folder.

use longwire_contract::{Fault, FolderRef, LoginChange, LoginView};

use crate::Engine;

impl Engine {
    pub(crate) async fn login_view(&self) -> LoginView {
        unimplemented!()
    }

    pub(crate) async fn change_login(&self, _change: LoginChange) -> Result<LoginView, Fault> {
        unimplemented!()
    }

    pub(crate) async fn open_folder(&self, _folder: FolderRef) -> Result<(), Fault> {
        unimplemented!()
    }
}
