//! Maps and sets by id, as sorted runs: the standard library's trees cost 30 kB of gzip more here (ADR 2).

use crate::engine::by_entity::ByEntity;

/// Values by id.
pub type ById<V> = ByEntity<V, String>;

/// Ids, each once, in their order.
#[derive(Debug, Default)]
pub struct Ids(ById<()>);

impl Ids {
    /// Adds an id; whether it is new.
    pub fn insert(&mut self, id: &str) -> bool {
        let is_new = !self.contains(id);
        if is_new {
            self.0.insert(id.to_owned(), ());
        }
        is_new
    }

    /// Adds some.
    pub fn extend<T: AsRef<str>>(&mut self, ids: impl IntoIterator<Item = T>) {
        for id in ids {
            self.insert(id.as_ref());
        }
    }

    /// With some of them.
    pub fn of<T: AsRef<str>>(ids: impl IntoIterator<Item = T>) -> Self {
        let mut all = Self::default();
        all.extend(ids);
        all
    }

    /// Takes an id out.
    pub fn remove(&mut self, id: &str) {
        self.0.remove(id);
    }

    /// Whether it is one of them.
    pub fn contains(&self, id: &str) -> bool {
        self.0.get(id).is_some()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(id, _)| id.as_str())
    }

    /// The same as strings of their own.
    pub fn to_vec(&self) -> Vec<String> {
        self.iter().map(str::to_owned).collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
