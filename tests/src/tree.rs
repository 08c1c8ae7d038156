use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// All there is in a folder, byte for byte: compared with itself after something has run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tree(BTreeMap<PathBuf, Leaf>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Leaf {
    /// Kind and rights.
    mode: u32,
    owner: u32,
    /// A file's bytes, a link's target.
    content: Vec<u8>,
}

impl Tree {
    /// What is there now; nothing, where the folder is not there.
    ///
    /// # Panics
    /// Where it cannot be read.
    pub fn of(folder: &Path) -> Self {
        let mut leaves = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                let about = path.symlink_metadata().expect("it is there");
                let content = if about.is_symlink() {
                    fs::read_link(&path).expect("a link").into_os_string().into_encoded_bytes()
                } else if about.is_file() {
                    fs::read(&path).expect("a file that can be read")
                } else {
                    Vec::new()
                };
                if about.is_dir() {
                    folders.push(path.clone());
                }
                leaves.insert(path, Leaf { mode: about.mode(), owner: about.uid(), content });
            }
        }
        Self(leaves)
    }

    /// Several folders as one.
    pub fn all<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Self {
        Self(folders.into_iter().flat_map(|folder| Self::of(folder).0).collect())
    }

    /// What is there in one of the two only, or is not the same in both.
    pub fn differences(&self, other: &Self) -> Vec<PathBuf> {
        let paths = self.0.keys().chain(other.0.keys());
        let mut different: Vec<_> =
            paths.filter(|path| self.0.get(*path) != other.0.get(*path)).cloned().collect();
        different.sort();
        different.dedup();
        different
    }

    /// Holds to it that the folder is as it was.
    ///
    /// # Panics
    /// Where it is not; the paths are told.
    pub fn still(&self, folder: &Path) {
        self.same(&Self::of(folder));
    }

    /// Holds to it that both are the same.
    ///
    /// # Panics
    /// Where they are not; the paths are told.
    pub fn same(&self, other: &Self) {
        let different = self.differences(other);
        assert!(different.is_empty(), "changed: {different:#?}");
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn each_change_of_a_tree_is_told_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("d")).unwrap();
        fs::write(at("d/a"), "1").unwrap();
        fs::write(at("b"), "1").unwrap();
        symlink("b", at("l")).unwrap();
        let before = Tree::of(folder.path());
        before.still(folder.path());
        fs::write(at("d/a"), "2").unwrap();
        fs::set_permissions(at("b"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::remove_file(at("l")).unwrap();
        symlink("d", at("l")).unwrap();
        fs::create_dir(at("e")).unwrap();
        let changed = before.differences(&Tree::of(folder.path()));
        assert_eq!(changed, [at("b"), at("d/a"), at("e"), at("l")]);
    }
}
