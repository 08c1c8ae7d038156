use x11rb::{
    connection::Connection,
    protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, MapState, Window as Id},
    rust_connection::RustConnection,
};

/// The title of the app's window.
const TITLE: &[u8] = b"Longwire";

/// The screen, as an X client sees it.
pub(super) struct Screen {
    server: RustConnection,
    root: Id,
}

impl Screen {
    pub(super) fn connect(display: &str) -> Self {
        let (server, screen) = RustConnection::connect(Some(display)).expect("the X server");
        let root = server.setup().roots[screen].root;
        Self { server, root }
    }

    /// The app's window, where it is on the screen.
    pub(super) fn window(&self) -> Option<Id> {
        let children = self.server.query_tree(self.root).ok()?.reply().ok()?.children;
        children.into_iter().find(|id| self.is_mapped(*id) && self.title(*id).as_deref() == Some(TITLE))
    }

    /// Asks the app to close its window, as a window manager does when its close button is pressed.
    pub(super) fn close_window(&self) {
        let window = self.window().expect("the window is on the screen");
        let data = [self.atom(b"WM_DELETE_WINDOW"), x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, self.atom(b"WM_PROTOCOLS"), data);
        self.server.send_event(false, window, EventMask::NO_EVENT, message).unwrap().check().unwrap();
    }

    fn is_mapped(&self, id: Id) -> bool {
        let attributes = self.server.get_window_attributes(id).ok().and_then(|cookie| cookie.reply().ok());
        attributes.is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE)
    }

    fn title(&self, id: Id) -> Option<Vec<u8>> {
        let name = AtomEnum::WM_NAME;
        Some(self.server.get_property(false, id, name, AtomEnum::ANY, 0, 64).ok()?.reply().ok()?.value)
    }

    fn atom(&self, name: &[u8]) -> u32 {
        self.server.intern_atom(false, name).unwrap().reply().unwrap().atom
    }
}
