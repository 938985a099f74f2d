use super::*;

fn entry(event_id: &str, length: usize) -> Entry {
    Entry {
        key: EntityKey::new("bookmark", "b"),
        operation: Operation::Create,
        stamp: Stamp::new(1, "d", event_id),
        digest: [7; 32],
        body_length: Some(length),
        body: Some(vec![1; length]),
        was_sent: false,
        state: EntryState::Waiting,
    }
}

fn filled(lengths: &[usize]) -> Outbox {
    let mut outbox = Outbox::default();
    for (seq, length) in (1..).zip(lengths) {
        outbox.insert(Seq(seq), entry(&format!("e{seq}"), *length));
    }
    outbox
}

/// Sends windows until nothing more may go; how many entries that were.
fn send_all(outbox: &mut Outbox) -> usize {
    let mut sent = 0;
    while let NextWindow::Ready(seqs) = outbox.next_window(WINDOW_ENTRIES, &[]) {
        sent += seqs.iter().filter(|seq| outbox.send(**seq).is_some()).count();
    }
    sent
}

#[test]
fn records_come_back_and_damaged_ones_are_noticed() {
    let mut entry = entry("e", 3);
    for state in [EntryState::Waiting, EntryState::Wedged("why".into())] {
        entry.state = state;
        let bytes = entry.to_bytes(&[1, 1, 1]);
        assert_eq!(Entry::from_bytes(&bytes), Some(entry.clone()));
        assert!((0..bytes.len() - 3).all(|length| Entry::from_bytes(&bytes[..length]).is_none()));
    }
}

#[test]
fn the_window_bounds_entries_and_bytes_and_lets_one_large_entry_through() {
    assert_eq!(send_all(&mut filled(&[1; 100])), 64);
    assert_eq!(send_all(&mut filled(&[600_000; 3])), 1);
    assert_eq!(send_all(&mut filled(&[2_000_000, 1])), 1);
}

#[test]
fn a_busy_window_is_filled_up_in_larger_pieces() {
    let mut outbox = filled(&[1; 100]);
    assert_eq!(send_all(&mut outbox), 64);
    (1..16).for_each(|seq| drop(outbox.remove(Seq(seq))));
    assert_eq!(outbox.next_window(WINDOW_ENTRIES, &[]), NextWindow::Nothing);
    outbox.remove(Seq(16));
    assert_eq!(send_all(&mut outbox), 16);
    assert_eq!(outbox.next_window(1, &[]), NextWindow::Nothing);
    outbox.ground_all();
    assert_eq!(outbox.next_window(1, &[]), NextWindow::Ready(vec![Seq(17)]));
}

#[test]
fn what_is_suspected_goes_last_and_alone() {
    let mut outbox = filled(&[1; 3]);
    let suspects = [Seq(1), Seq(2)];
    assert_eq!(outbox.next_window(WINDOW_ENTRIES, &suspects), NextWindow::Ready(vec![Seq(3)]));
    outbox.send(Seq(3));
    assert_eq!(outbox.next_window(WINDOW_ENTRIES, &suspects), NextWindow::Nothing);
    outbox.remove(Seq(3));
    assert_eq!(outbox.next_window(WINDOW_ENTRIES, &suspects), NextWindow::Ready(vec![Seq(1)]));
}

#[test]
fn a_lost_connection_grounds_what_was_in_flight_in_the_same_order() {
    let mut outbox = filled(&[1; 3]);
    send_all(&mut outbox);
    outbox.land(Seq(2), EntryState::Resting(9));
    outbox.ground_all();
    assert_eq!(outbox.in_flight(), 0);
    assert_eq!(outbox.next_window(WINDOW_ENTRIES, &[]), NextWindow::Ready(vec![Seq(1), Seq(2), Seq(3)]));
    assert_eq!(send_all(&mut outbox), 3);
}

#[test]
fn a_refused_entry_is_not_sent_again_and_does_not_count() {
    let mut outbox = filled(&[1; 2]);
    send_all(&mut outbox);
    outbox.land(Seq(2), EntryState::Wedged("no".into()));
    outbox.ground_all();
    assert_eq!((send_all(&mut outbox), outbox.wedged(), outbox.len()), (1, 1, 2));
    assert_eq!(outbox.newest_of(&entry("", 0).key).map(|(seq, _)| seq), Some(Seq(1)));
    outbox.remove(Seq(2));
    assert_eq!((outbox.wedged(), outbox.len()), (0, 1));
}

#[test]
fn bodies_beyond_the_bound_are_read_when_their_turn_comes() {
    let mut outbox = filled(&[1_000_000; 6]);
    let mut sent = 0;
    for _ in 0..100 {
        match outbox.next_window(WINDOW_ENTRIES, &[]) {
            NextWindow::Ready(_) => sent += send_all(&mut outbox),
            NextWindow::Nothing if sent < 6 => {
                let seq = outbox.in_flight.first().copied().unwrap();
                outbox.remove(seq);
            }
            NextWindow::Nothing => break,
            NextWindow::NeedBodies(seqs) => {
                assert_eq!(seqs.len(), 1);
                let record = entry("", 1_000_000).to_bytes(&vec![1; 1_000_000]);
                seqs.into_iter().for_each(|seq| outbox.supply_body(seq, &record));
            }
        }
    }
    assert_eq!(sent, 6);
}

#[test]
fn what_rests_is_woken_at_its_time() {
    let mut outbox = filled(&[1; 2]);
    send_all(&mut outbox);
    outbox.land(Seq(1), EntryState::Resting(50));
    outbox.land(Seq(2), EntryState::Debounced(90));
    assert_eq!((outbox.wake_due(49), outbox.wake_due(50), outbox.wake_due(90)), (Some(50), Some(90), None));
    assert_eq!(send_all(&mut outbox), 2);
}
