//! A bundle among the login items, which the system keeps and the user sees in its settings.
#![allow(unsafe_code)]

use longwire_contract::LoginState;
use objc2::{
    msg_send,
    rc::{Retained, autoreleasepool},
    runtime::AnyClass,
};
use objc2_foundation::{NSAppleEventDescriptor, NSAppleEventManager, NSBundle};
use objc2_service_management::{SMAppService, SMAppServiceStatus};

use super::LoginError;

/// The Apple event that opens an application, the key of what it adds to that, and what it adds for a login item (AERegistry.h).
const OPENED: u32 = u32::from_be_bytes(*b"oapp");
const ADDED: u32 = u32::from_be_bytes(*b"prdt");
const AS_LOGIN_ITEM: u32 = u32::from_be_bytes(*b"lgit");

/// Whether the system has opened this program as a login item. To be asked on the main thread while the program has just started:
/// the event that opened it is the current one only then.
pub(super) fn opened_at_login() -> bool {
    autoreleasepool(|_| {
        let Some(event) = NSAppleEventManager::sharedAppleEventManager().currentAppleEvent() else {
            return false;
        };
        // SAFETY: both methods have these types; what the second gives back is retained.
        let (id, added): (u32, Option<Retained<NSAppleEventDescriptor>>) =
            unsafe { (msg_send![&event, eventID], msg_send![&event, paramDescriptorForKeyword: ADDED]) };
        id == OPENED && added.is_some_and(|added| added.enumCodeValue() == AS_LOGIN_ITEM)
    })
}

/// The bundle that runs here.
#[derive(Clone, Debug)]
pub(super) struct Bundle(());

impl Bundle {
    pub(super) fn of_this_process() -> Option<Self> {
        AnyClass::get(c"SMAppService")?;
        autoreleasepool(|_| NSBundle::mainBundle().bundleIdentifier()).map(|_| Self(()))
    }

    pub(super) fn state(&self) -> LoginState {
        // SAFETY: the class is there, which was seen when this was made; both calls take nothing and may be made on any thread.
        let status = autoreleasepool(|_| unsafe { SMAppService::mainAppService().status() });
        match status {
            SMAppServiceStatus::Enabled => LoginState::On,
            SMAppServiceStatus::RequiresApproval => LoginState::NeedsApproval,
            // A bundle that was never registered is at times not found.
            _ => LoginState::Off,
        }
    }

    pub(super) fn change(&self, on: bool) -> Result<LoginState, LoginError> {
        let changed = autoreleasepool(|_| {
            // SAFETY: as in `state`; an error that is given back is owned.
            let changed = unsafe {
                let service = SMAppService::mainAppService();
                if on { service.registerAndReturnError() } else { service.unregisterAndReturnError() }
            };
            changed.map_err(|error| LoginError::Refused(error.localizedDescription().to_string()))
        });
        let state = self.state();
        match (on, state) {
            (true, LoginState::NeedsApproval) => {
                // SAFETY: as in `state`.
                autoreleasepool(|_| unsafe { SMAppService::openSystemSettingsLoginItems() });
                Ok(state)
            }
            // What is so already is said to be an error, too.
            (true, LoginState::On) | (false, LoginState::Off) => Ok(state),
            _ => changed.map(|()| state),
        }
    }
}
