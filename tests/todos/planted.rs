//! Faults planted in the engine, each with what found it: the proof that these tests can fail.

use crate::plan::Plan;
use crate::spread::spread;
use crate::stories::{creating, hearing, offline, refusing, showing, tabs, toggling};
use crate::verdict::Verdict;
use crate::{answering, by_hand, random};
use sealwire::rows::planted::{Fault, plant};
use std::panic::catch_unwind;
use std::sync::Mutex;

/// A fault and what found it, a line.
const FOUND_BY: &str = include_str!("planted.txt");
/// Hostile schedules within which a fault has to be found, if not by a story.
const SEEDS: u64 = 2_000;

macro_rules! stories {
    ($($story:path,)*) => {
        /// Those that find what no schedule finds.
        const STORIES: &[(&str, fn())] = &[$((stringify!($story), $story),)*];
    };
}

stories! {
    creating::own_event_and_answer_in_any_order,
    hearing::read_when_it_is_connected_again,
    hearing::read_when_it_is_quiet,
    hearing::read_when_it_is_shown,
    offline::back_to_what_it_was,
    refusing::dependants_are_blocked,
    showing::descendants_go_with_their_parent,
    showing::reading_again_keeps_own_edits,
    tabs::a_leader_that_thaws_learns_something_old,
    tabs::confirmed_and_yet_to_come,
    tabs::in_flight_at_handover,
    tabs::leader_thaws_mid_send,
    tabs::stolen_and_not_told,
    tabs::stored_while_another_tab_reads,
    tabs::taken_back_while_another_tab_sends,
    tabs::two_tabs_change_one_field,
    toggling::a_claim_looks_first,
    toggling::claimed_twice,
    answering::a_list_from_before,
    answering::what_an_answer_means,
    by_hand::an_older_row_of_another_device_is_not_taken_for_ones_own_create,
    by_hand::nothing_is_sent_before_it_is_known_whose_session_it_is,
    by_hand::updates_sent_together_are_looked_for_together_after_a_crash,
}

/// What finds a fault.
#[derive(Clone, Copy)]
enum Finder {
    Seed(u64),
    Story(&'static str, fn()),
}

impl Finder {
    fn read(words: &str) -> Self {
        let (kind, which) = words.split_once(' ').expect("a kind and which one");
        match kind {
            "seed" => Self::Seed(which.parse().expect("a number")),
            "story" => STORIES.iter().find(|(name, _)| *name == which).map(|(name, story)| Self::Story(name, *story)).expect("a story"),
            other => panic!("{other} finds nothing"),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Seed(seed) => format!("seed {seed}"),
            Self::Story(name, _) => format!("story {name}"),
        }
    }

    /// Whether it finds a fault and, where there is none, nothing.
    fn tells(self, fault: Fault) -> bool {
        self.complains_of(Some(fault)) && !self.complains_of(None)
    }

    fn complains_of(self, fault: Option<Fault>) -> bool {
        plant(fault);
        let complains = match self {
            Self::Seed(seed) => random::run(&Plan::of(seed)).verdict != Verdict::default(),
            Self::Story(_, story) => catch_unwind(story).is_err(),
        };
        plant(None);
        complains
    }
}

#[test]
fn planted_faults_are_found() {
    let finder_of = |fault: Fault| {
        let words = FOUND_BY.lines().find_map(|line| line.strip_prefix(&format!("{fault:?} "))).expect("a line for each fault");
        Finder::read(words)
    };
    let missed = Mutex::new(Vec::new());
    spread(Fault::ALL.iter().copied(), |fault| {
        let finder = finder_of(fault);
        if !finder.tells(fault) {
            missed.lock().expect("no panic").push((fault, finder.words()));
        }
    });
    let missed = missed.into_inner().expect("no panic");
    assert!(missed.is_empty(), "not found, or there without being planted: {missed:?}");
}

/// Prints a new `planted.txt`.
#[test]
#[ignore = "is for when the schedules, the stories or the faults have changed"]
fn find_planted_faults() {
    for fault in Fault::ALL.iter().copied() {
        let story = || STORIES.iter().map(|(name, story)| Finder::Story(name, *story)).find(|finder| finder.tells(fault));
        let found = first_seed(fault).or_else(story);
        println!("{fault:?} {}", found.map_or("is not found".to_owned(), Finder::words));
    }
}

fn first_seed(fault: Fault) -> Option<Finder> {
    let found = Mutex::new(SEEDS);
    spread(0..SEEDS, |seed| {
        let is_later = seed >= *found.lock().expect("no panic");
        if !is_later && Finder::Seed(seed).tells(fault) {
            let mut found = found.lock().expect("no panic");
            *found = seed.min(*found);
        }
    });
    let seed = found.into_inner().expect("no panic");
    (seed < SEEDS).then_some(Finder::Seed(seed))
}
