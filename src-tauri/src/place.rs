//! Where the window stands on the screen, kept from one opening to the next.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

/// Its file in the data folder.
const FILE: &str = "window.json";
/// The smallest window that can be used.
pub(crate) const SMALLEST: (f64, f64) = (360.0, 480.0);
/// What must be on a screen of the strip by which a window is moved.
const GRIP: (f64, f64) = (96.0, 32.0);

/// A rectangle of the desktop, in logical pixels.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// Where the window stands.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Place {
    /// Where it is, or was before it was made as large as the screen; in the middle of the screen where absent.
    pub at: Option<(f64, f64)>,
    /// How large it is.
    pub size: (f64, f64),
    /// Whether it is as large as the screen.
    pub maximized: bool,
}

impl Default for Place {
    fn default() -> Self {
        Self { at: None, size: (960.0, 680.0), maximized: false }
    }
}

impl Place {
    /// The place of the last time; the usual one where that is not known.
    pub(crate) fn read(data_dir: &Path) -> Self {
        let kept = fs::read(data_dir.join(FILE)).ok();
        kept.and_then(|kept| serde_json::from_slice(&kept).ok()).unwrap_or_default()
    }

    /// Keeps it for the next time.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub(crate) fn write(&self, data_dir: &Path) -> io::Result<()> {
        fs::write(data_dir.join(FILE), serde_json::to_vec(self)?)
    }

    /// The place on these screens: it can be reached and is no larger than one of them, whatever screens there were the last time.
    pub(crate) fn on(self, screens: &[Area]) -> Self {
        let grip = |(x, y)| Area { x, y, width: self.size.0, height: GRIP.1 };
        let home = self
            .at
            .and_then(|at| screens.iter().find(|screen| screen.has_of(grip(at))).map(|screen| (at, screen)));
        let screen = home.map(|(_, screen)| screen).or(screens.first());
        let within = |wanted: f64, smallest: f64, largest: Option<f64>| {
            let largest = largest.unwrap_or(f64::MAX).max(smallest);
            if wanted.is_finite() { wanted.clamp(smallest, largest) } else { smallest }
        };
        let size = (
            within(self.size.0, SMALLEST.0, screen.map(|screen| screen.width)),
            within(self.size.1, SMALLEST.1, screen.map(|screen| screen.height)),
        );
        Self { at: home.map(|(at, _)| at), size, maximized: self.maximized }
    }
}

impl Area {
    /// Whether enough of a window's strip is here to move it by.
    fn has_of(&self, strip: Area) -> bool {
        let wide = (self.x + self.width).min(strip.x + strip.width) - self.x.max(strip.x);
        wide >= GRIP.0 && strip.y >= self.y && strip.y + GRIP.1 <= self.y + self.height
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LAPTOP: Area = Area { x: 0.0, y: 0.0, width: 1440.0, height: 900.0 };
    const BESIDE: Area = Area { x: 1440.0, y: 0.0, width: 2560.0, height: 1440.0 };

    fn at(x: f64, y: f64) -> Place {
        Place { at: Some((x, y)), ..Place::default() }
    }

    #[test]
    fn it_stands_where_it_stood() {
        for place in [at(100.0, 50.0), at(2000.0, 700.0), at(-800.0, 40.0), at(1400.0, 10.0)] {
            assert_eq!(place.on(&[LAPTOP, BESIDE]), place);
        }
    }

    #[test]
    fn without_its_screen_it_is_in_the_middle_of_one_that_is_there() {
        for gone in [at(2000.0, 700.0), at(-950.0, 40.0), at(200.0, 890.0), at(200.0, -30.0)] {
            assert_eq!(gone.on(&[LAPTOP]), Place::default(), "{gone:?}");
        }
        let large = Place { size: (2000.0, 1300.0), ..at(1500.0, 0.0) };
        assert_eq!(large.on(&[LAPTOP, BESIDE]), large);
        assert_eq!(large.on(&[LAPTOP]), Place { size: (1440.0, 900.0), ..Place::default() });
        assert_eq!(at(5.0, 5.0).on(&[]), Place::default(), "no screen is known");
    }

    #[test]
    fn what_was_kept_is_read_again_and_what_is_damaged_is_as_if_nothing_was() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Place::read(dir.path()), Place::default());
        let place = Place { maximized: true, ..at(7.0, 8.5) };
        place.write(dir.path()).unwrap();
        assert_eq!(Place::read(dir.path()), place);
        for damaged in ["", "{", "{\"size\":[1]}", "[]", "null"] {
            fs::write(dir.path().join(FILE), damaged).unwrap();
            assert_eq!(Place::read(dir.path()), Place::default(), "{damaged}");
        }
    }

    proptest! {
        #[test]
        fn wherever_it_was_it_can_be_reached(
            x in any::<f64>(), y in any::<f64>(), width in any::<f64>(), height in any::<f64>()
        ) {
            let place = Place { at: Some((x, y)), size: (width, height), maximized: false }.on(&[LAPTOP]);
            prop_assert!(place.size.0 >= SMALLEST.0 && place.size.0 <= LAPTOP.width);
            prop_assert!(place.size.1 >= SMALLEST.1 && place.size.1 <= LAPTOP.height);
            if let Some((x, y)) = place.at {
                prop_assert!((0.0..=900.0).contains(&y) && x <= LAPTOP.width, "{place:?}");
            }
        }
    }
}
