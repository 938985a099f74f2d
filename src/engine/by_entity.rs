//! An ordered map by entity, as sorted runs of bounded length. The standard library's tree costs 8 kB of gzip more (ADR 2).

use super::ids::EntityKey;
use std::borrow::Borrow;

/// A run that grows longer is cut in two.
const MAX_RUN: usize = 512;

/// Values by entity, or by another key, in the order of the keys.
#[derive(Debug)]
pub struct ByEntity<V, K = EntityKey> {
    /// Each sorted, none empty, all that one holds below all that the next holds.
    runs: Vec<Run<V, K>>,
}

type Run<V, K> = Vec<(K, Box<V>)>;

impl<V, K> Default for ByEntity<V, K> {
    fn default() -> Self {
        Self { runs: Vec::new() }
    }
}

impl<V, K: Ord> ByEntity<V, K> {
    /// The value of an entity.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let run = self.runs.get(self.run_of(key))?;
        let (_, value) = run.get(place_in(run, key).ok()?)?;
        Some(value)
    }

    /// The value of an entity, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let index = self.run_of(key);
        let run = self.runs.get_mut(index)?;
        let place = place_in(run, key).ok()?;
        let (_, value) = run.get_mut(place)?;
        Some(value)
    }

    /// Sets the value of an entity.
    pub fn insert(&mut self, key: K, value: V) {
        // What is above all runs goes to the end of the last.
        let index = self.run_of(&key).min(self.runs.len().saturating_sub(1));
        let Some(run) = self.runs.get_mut(index) else { return self.runs.push(vec![(key, Box::new(value))]) };
        match place_in(run, &key) {
            Ok(place) => {
                if let Some((_, old)) = run.get_mut(place) {
                    **old = value;
                }
            }
            Err(place) => {
                run.insert(place, (key, Box::new(value)));
                if run.len() > MAX_RUN {
                    // What comes in order leaves full runs behind.
                    let upper = run.split_off(if place + 1 == run.len() { MAX_RUN } else { MAX_RUN / 2 });
                    self.runs.insert(index + 1, upper);
                }
            }
        }
    }

    /// Takes the value of an entity out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        let index = self.run_of(key);
        let Some(run) = self.runs.get_mut(index) else { return };
        if let Ok(place) = place_in(run, key) {
            run.remove(place);
            if run.is_empty() {
                self.runs.remove(index);
            }
        }
    }

    /// All from an entity on.
    pub fn from(&self, first: &K) -> impl Iterator<Item = (&K, &V)> {
        let runs = self.runs.get(self.run_of(first)..).unwrap_or_default();
        runs.iter().flatten().skip_while(move |(key, _)| key < first).map(|(key, value)| (key, &**value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// All.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.runs.iter().flatten().map(|(key, value)| (key, &**value))
    }

    /// The first run that does not end below a key.
    fn run_of<Q: Ord + ?Sized>(&self, key: &Q) -> usize
    where
        K: Borrow<Q>,
    {
        self.runs.partition_point(|run| run.last().is_some_and(|(last, _)| last.borrow() < key))
    }
}

fn place_in<V, K: Borrow<Q>, Q: Ord + ?Sized>(run: &Run<V, K>, key: &Q) -> Result<usize, usize> {
    run.binary_search_by(|(known, _)| known.borrow().cmp(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn key(number: u64) -> EntityKey {
        EntityKey::new("bookmark", &format!("{number:05}"))
    }

    /// Against the standard library's map: what is set, replaced and removed in any order.
    #[test]
    fn it_holds_what_a_tree_holds() {
        let (mut map, mut tree) = (ByEntity::default(), BTreeMap::new());
        for step in 0..40_000_u64 {
            let key = key(step * 7_919 % 3_001);
            if step % 3 == 2 {
                map.remove(&key);
                tree.remove(&key);
            } else {
                map.insert(key.clone(), step);
                tree.insert(key.clone(), step);
            }
            assert_eq!(map.get(&key), tree.get(&key));
        }
        let first = key(1_500);
        assert!(map.from(&first).eq(tree.range(first.clone()..)));
        assert!(map.runs.iter().all(|run| (1..=MAX_RUN).contains(&run.len())));
        for number in 0..3_001 {
            map.remove(&key(number));
        }
        assert!(map.runs.is_empty());
    }

    #[test]
    fn a_value_is_changed_in_place() {
        let mut map = ByEntity::default();
        map.insert(key(1), 1);
        *map.get_mut(&key(1)).unwrap() += 1;
        assert_eq!(map.get(&key(1)), Some(&2));
        assert_eq!(map.get_mut(&key(2)), None);
    }
}
