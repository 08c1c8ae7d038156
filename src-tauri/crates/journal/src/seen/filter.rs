//! Tells of most new keys, without a look at the table, that they are not in it.

use rusqlite::Connection;

/// A block is a line of the processor's cache: a key is looked for in one.
const BLOCK: usize = 8;
/// 2 MB in all: of 1.6 million keys, about two in a hundred new ones are looked for in vain.
const BLOCKS: u64 = 32_768;
/// So many bits stand for a key.
const BITS: u32 = 6;
/// From so many keys on it tells little. Those that left the table are still in it, so that it is then made anew.
const FULL: u64 = 3_000_000;
/// So many keys are read at a time: less than a millisecond's work.
const SLICE: u32 = 4096;

/// A Bloom filter of the keys in the table.
#[derive(Debug)]
pub(super) struct Filter {
    bits: Vec<[u64; BLOCK]>,
    keys: u64,
    /// From this one on, the keys have yet to be read from the table.
    next: i64,
    /// Whether all have been.
    complete: bool,
}

impl Filter {
    /// One that has yet to read the table.
    pub(super) fn new() -> Self {
        Self { bits: vec![[0; BLOCK]; BLOCKS as usize], keys: 0, next: i64::MIN, complete: false }
    }

    /// Adds a key that goes into the table.
    pub(super) fn add(&mut self, key: i64) {
        let (block, bits) = place(key);
        if let Some(block) = self.bits.get_mut(block) {
            block.iter_mut().zip(bits).for_each(|(word, bit)| *word |= bit);
        }
        self.keys += 1;
    }

    /// Whether the key may be in the table. Before all of that is read, any may be.
    pub(super) fn may_have(&self, key: i64) -> bool {
        let (block, bits) = place(key);
        let has = |block: &[u64; BLOCK]| block.iter().zip(bits).all(|(word, bit)| word & bit == bit);
        !self.complete || self.bits.get(block).is_none_or(has)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Reads some more of the table.
    pub(super) fn read_some(&mut self, file: &Connection) -> rusqlite::Result<()> {
        let mut find = file.prepare_cached("SELECT key FROM seen WHERE key >= ?1 ORDER BY key LIMIT ?2")?;
        let keys = find.query_map((self.next, SLICE), |row| row.get(0))?;
        let keys: Vec<i64> = keys.collect::<Result<_, _>>()?;
        keys.iter().for_each(|&key| self.add(key));
        let next = keys.last().and_then(|last| last.checked_add(1));
        self.complete = keys.len() < SLICE as usize || next.is_none();
        self.next = next.unwrap_or(i64::MIN);
        Ok(())
    }

    /// Begins anew where it is full.
    pub(super) fn thin(&mut self) {
        if self.keys > FULL {
            *self = Self::new();
        }
    }
}

/// The block of a key, and its bits there.
fn place(key: i64) -> (usize, [u64; BLOCK]) {
    let key = key.cast_unsigned();
    let mut rest = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    rest ^= rest >> 32;
    let mut bits = [0; BLOCK];
    for _ in 0..BITS {
        bits[(rest & 7) as usize] |= 1 << (rest >> 3 & 63);
        rest >>= 9;
    }
    ((key % BLOCKS) as usize, bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(keys: impl Iterator<Item = i64>) -> Connection {
        let file = Connection::open_in_memory().unwrap();
        file.execute_batch("CREATE TABLE seen (key INTEGER PRIMARY KEY)").unwrap();
        for key in keys {
            file.execute("INSERT INTO seen VALUES (?1)", (key,)).unwrap();
        }
        file
    }

    #[test]
    fn it_has_every_key_and_few_others() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut filter = Filter::new();
        let keys: Vec<i64> = (0..1_600_000).map(|_| random.i64(..)).collect();
        keys.iter().for_each(|&key| filter.add(key));
        filter.complete = true;
        assert!(keys.iter().all(|&key| filter.may_have(key)));
        let wrong = (0..100_000).filter(|_| filter.may_have(random.i64(..))).count();
        assert!((1..3000).contains(&wrong), "{wrong}");
        filter.thin();
        assert!(filter.is_complete());
        keys.iter().for_each(|&key| filter.add(key));
        filter.thin();
        assert!(!filter.is_complete() && filter.may_have(1));
    }

    #[test]
    fn it_tells_nothing_until_it_has_read_the_table() {
        let mut random = fastrand::Rng::with_seed(7);
        let keys: Vec<i64> =
            (0..SLICE as usize + 10).map(|_| random.i64(..)).chain([i64::MIN, i64::MAX]).collect();
        let file = table(keys.iter().copied());
        let mut filter = Filter::new();
        assert!(filter.may_have(1));
        filter.read_some(&file).unwrap();
        assert!(!filter.is_complete() && filter.may_have(1));
        filter.read_some(&file).unwrap();
        assert!(filter.is_complete() && !filter.may_have(1));
        assert!(keys.iter().all(|&key| filter.may_have(key)));
    }
}
