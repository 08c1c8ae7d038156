/// The first of the user's preferred languages. A program started from the Finder or the login item has no `LANG`.
pub(super) fn system() -> Option<String> {
    sys_locale::get_locale()
}
