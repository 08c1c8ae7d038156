//! The icon in macOS's menu bar, as one image of two pictures: for screens of one pixel a point, and of two.

use longwire_contract::Phase;
use objc2::{AllocAnyThread, MainThreadMarker, rc::Retained};
use objc2_app_kit::{NSBitmapImageRep, NSImage, NSStatusItem};
use objc2_foundation::{NSData, NSSize};

/// The height that a menu bar gives an icon, in points.
const SIDE: f64 = 18.0;

/// Shows the icon for a state. Says whether it could.
pub(super) fn show(item: &NSStatusItem, phase: Phase) -> bool {
    let Some(button) = MainThreadMarker::new().and_then(|main| item.button(main)) else { return false };
    let Some(image) = image(pictures(phase)) else { return false };
    button.setImage(Some(&image));
    true
}

/// An image that is shown by the picture of the screen's own density, in the menu bar's own colour.
fn image(pictures: [&[u8]; 2]) -> Option<Retained<NSImage>> {
    let size = NSSize::new(SIDE, SIDE);
    let image = NSImage::initWithSize(NSImage::alloc(), size);
    for picture in pictures {
        let data = NSData::with_bytes(picture);
        let picture = NSBitmapImageRep::initWithData(NSBitmapImageRep::alloc(), &data)?;
        // In points: so it is known how dense the picture is.
        picture.setSize(size);
        image.addRepresentation(&picture);
    }
    image.setTemplate(true);
    Some(image)
}

macro_rules! both {
    ($name:literal) => {
        [
            include_bytes!(concat!("../../../icons/tray/", $name, "-template.png")),
            include_bytes!(concat!("../../../icons/tray/", $name, "-template@2x.png")),
        ]
    };
}

fn pictures(phase: Phase) -> [&'static [u8]; 2] {
    match phase {
        Phase::Connected => both!("connected"),
        Phase::Connecting => both!("connecting"),
        Phase::NeedsYou => both!("needs-you"),
        Phase::Paused => both!("paused"),
        Phase::Waiting => both!("waiting"),
    }
}
