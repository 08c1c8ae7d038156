//! What starts the tray app at login, which goes with everything else.

use longwire_contract::{Fault, FaultCode, LoginState, call};
use longwire_engine::{LoginItem, Machine};

use crate::{order::Orders, output::hint, words::Words};

/// Who has it in hand.
pub(super) enum Login {
    /// The app, which runs and has told how it is.
    App(LoginState),
    /// Nobody who runs: this command.
    Ours(LoginItem),
    /// The system, for the app alone.
    Unseen,
}

impl Login {
    pub(super) async fn find(orders: &mut Orders) -> Result<Self, Fault> {
        match orders.give::<call::ReadLogin>(&()).await?.state {
            LoginState::Unavailable => Ok(LoginItem::of_the_app().map_or(Self::Unseen, Self::Ours)),
            state => Ok(Self::App(state)),
        }
    }

    /// Whether the app starts at login now, and will not afterwards.
    pub(super) fn goes(&self, machine: &Machine) -> bool {
        match self {
            Self::App(state) => starts(*state),
            Self::Ours(item) => machine.is_the_apps() && item.state().is_ok_and(starts),
            Self::Unseen => false,
        }
    }

    /// Ends it where that is this command's, and says what became of it.
    pub(super) fn end(&self, machine: &Machine, words: &Words) -> Result<(), Fault> {
        match self {
            Self::App(_) => {}
            // Another folder is one of several, and the app that starts at login is most likely not its own.
            Self::Ours(item) if !machine.is_the_apps() => {
                if item.state().is_ok_and(starts) {
                    hint(&words.plain("cli.settings.reset_login_other"));
                }
            }
            Self::Ours(item) => {
                let was = item.state().is_ok_and(starts);
                item.change(false)
                    .map_err(|error| Fault::new(FaultCode::LoginUnchanged, &error).with("error", &error))?;
                if was {
                    hint(&words.plain("cli.settings.reset_login"));
                }
            }
            Self::Unseen if machine.is_the_apps() => hint(&words.plain("cli.settings.reset_login_unseen")),
            Self::Unseen => {}
        }
        Ok(())
    }
}

fn starts(state: LoginState) -> bool {
    matches!(state, LoginState::On | LoginState::NeedsApproval)
}
