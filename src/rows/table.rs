//! The base: what the server is known to have, row by row, and what of it is not stored yet.

use super::by_id::{ById, Ids};
use super::json::{Fields, parse_object, text_of};

/// What the key of a row's head begins with, in [`crate::engine::storage::Store::Heads`].
pub const ROW: &str = "r/";
/// What the key of a mark begins with: something has become of the changes of a row.
pub const MARK: &str = "c/";

/// All rows.
#[derive(Debug, Default)]
pub struct Table {
    rows: ById<Fields>,
    /// The number of each head, by its key; of rows that are gone as well.
    revisions: ById<u64>,
    unsaved: Ids,
    /// What was learnt of since the listing that is under way was asked for.
    touched: Ids,
}

impl Table {
    /// A row.
    pub fn get(&self, id: &str) -> Option<&Fields> {
        self.rows.get(id)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Fields)> {
        self.rows.iter().map(|(id, row)| (id.as_str(), row))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Takes over what is stored of a row; `None`: nothing.
    pub fn load(&mut self, id: &str, row: Option<Fields>) {
        match row {
            Some(row) => self.rows.insert(id.to_owned(), row),
            None => self.rows.remove(id),
        }
    }

    /// Learns what the server has of a row; whether that is new.
    pub fn learn(&mut self, id: &str, row: Option<Fields>) -> bool {
        self.touched.insert(id);
        self.put(id, row)
    }

    /// A listing shows a row, or that there is none; whether that is new. What was learnt since it was asked for counts more.
    pub fn list(&mut self, id: &str, row: Option<Fields>) -> bool {
        !self.touched.contains(id) && self.put(id, row)
    }

    fn put(&mut self, id: &str, row: Option<Fields>) -> bool {
        let is_new = self.rows.get(id) != row.as_ref();
        if is_new {
            self.load(id, row);
            self.unsaved.insert(id);
        }
        is_new
    }

    /// A listing is asked for.
    pub fn begin_listing(&mut self) {
        self.touched = Ids::default();
    }

    /// Whether something was learnt since a listing was asked for, so that it may already be out of date.
    pub fn is_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Takes what is not stored yet, as far as it goes into one transaction.
    pub fn take_unsaved(&mut self, most: usize) -> Vec<String> {
        let some: Vec<String> = self.unsaved.iter().take(most).map(str::to_owned).collect();
        some.iter().for_each(|id| self.unsaved.remove(id));
        some
    }

    /// It could not be stored.
    pub fn give_back(&mut self, ids: Vec<String>) {
        self.unsaved.extend(ids);
    }

    /// Whether something is not stored yet.
    pub fn has_unsaved(&self) -> bool {
        !self.unsaved.is_empty()
    }

    /// Another tab is the one that stores.
    pub fn drop_unsaved(&mut self) {
        self.unsaved = Ids::default();
        self.touched = Ids::default();
    }

    /// A head was stored at this number.
    pub fn revise(&mut self, head: &str, revision: u64) {
        let known = self.revisions.get(head).copied().unwrap_or_default();
        self.revisions.insert(head.to_owned(), revision.max(known));
    }

    /// The number of the last change of a row, or of its changes; `None`: there is none.
    pub fn revision_of(&self, id: &str) -> Option<u64> {
        [ROW, MARK].into_iter().filter_map(|kind| self.revisions.get([kind, id].concat().as_str()).copied()).max()
    }

    /// The rows of which something has changed since a number.
    pub fn revised_since(&self, revision: u64) -> Ids {
        let newer = self.revisions.iter().filter(|(_, known)| **known > revision);
        Ids::of(newer.filter_map(|(head, _)| head.get(ROW.len()..)))
    }

    /// The heads that tell nothing any more: of rows that are gone, and of changes that have ended.
    pub fn idle_heads(&self, has_changes: impl Fn(&str) -> bool) -> Vec<(String, u64)> {
        let is_idle = |head: &str| match head.strip_prefix(ROW) {
            Some(id) => self.rows.get(id).is_none(),
            None => !has_changes(head.get(MARK.len()..).unwrap_or_default()),
        };
        self.revisions.iter().filter(|(head, _)| is_idle(head)).map(|(head, revision)| (head.clone(), *revision)).collect()
    }

    /// A head is stored no more.
    pub fn forget(&mut self, head: &str) {
        self.revisions.remove(head);
    }

    /// A row and all below it. Rows that are each other's parents have none above them, and are found once.
    pub fn family(&self, id: &str, parent_of: fn(&Fields) -> Option<&str>) -> Vec<String> {
        let mut children: ById<Vec<&str>> = ById::default();
        for (child, row) in self.iter() {
            if let Some(parent) = parent_of(row) {
                match children.get_mut(parent) {
                    Some(siblings) => siblings.push(child),
                    None => children.insert(parent.to_owned(), vec![child]),
                }
            }
        }
        let (mut found, mut next) = (Ids::of([id]), vec![id]);
        while let Some(parent) = next.pop() {
            next.extend(children.get(parent).into_iter().flatten().filter(|child| found.insert(child)));
        }
        found.to_vec()
    }

    /// The stored record of a row; the database fills in the number.
    pub fn head(&self, id: &str) -> Vec<u8> {
        let mut head = vec![0; 8];
        if let Some(row) = self.rows.get(id) {
            head.extend_from_slice(text_of(row).as_bytes());
        }
        head
    }
}

/// Whether a head is one.
pub fn is_head(head: &[u8]) -> bool {
    head.len() == 8 || row_of_head(head).is_some()
}

/// Reads a stored record; `None` where there is no row any more.
pub fn row_of_head(head: &[u8]) -> Option<Fields> {
    parse_object(std::str::from_utf8(head.get(8..)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> Option<Fields> {
        parse_object(json)
    }

    #[test]
    fn what_was_learnt_counts_more_than_a_listing_asked_for_before() {
        let mut table = Table::default();
        table.begin_listing();
        assert!(table.learn("a", row(r#"{"n":2}"#)));
        assert!(!table.list("a", row(r#"{"n":1}"#)) && table.list("b", row("{}")));
        table.begin_listing();
        assert!(!table.list("a", row(r#"{"n":2}"#)) && table.list("a", None));
        assert_eq!((table.take_unsaved(1), table.take_unsaved(9)), (vec!["a".to_owned()], vec!["b".to_owned()]));
    }

    fn parent(row: &Fields) -> Option<&str> {
        crate::rows::json::text(row, "parentId")
    }

    #[test]
    fn a_family_is_found_once_also_in_a_circle() {
        let mut table = Table::default();
        for (id, parent) in [("a", "c"), ("b", "a"), ("c", "b"), ("d", "b"), ("e", "x")] {
            table.load(id, row(&format!(r#"{{"parentId":"{parent}"}}"#)));
        }
        assert_eq!(table.family("b", parent), ["a", "b", "c", "d"]);
        assert_eq!(table.family("x", parent), ["e", "x"]);
    }

    #[test]
    fn a_row_comes_back_from_its_record() {
        let mut table = Table::default();
        table.load("a", row(r#"{"n":1}"#));
        assert_eq!(row_of_head(&table.head("a")), row(r#"{"n":1}"#));
        assert_eq!((row_of_head(&table.head("b")), row_of_head(&[])), (None, None));
    }
}
