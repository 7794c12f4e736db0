//! What profiles are made of, without a program.

use crate::stacks::{Numbers, Stacks};

#[test]
fn keys_are_numbered_as_they_come() {
    let mut numbers = Numbers::new();
    for round in 0..2 {
        for key in 0..1000u64 {
            let expected = (key as usize, round == 0);
            assert_eq!(numbers.number(key << 40 | 7), expected);
        }
    }
}

#[test]
fn stacks_are_told_apart_by_addresses_and_bytes() {
    let mut stacks = Stacks::new();
    let first = stacks.number(&[1, 2, 3], 0);
    assert_ne!(stacks.number(&[3, 2, 1], 0), first);
    assert_ne!(stacks.number(&[1, 2, 3], 16), first);
    assert_ne!(stacks.number(&[1, 2], 0), first);
    assert_eq!(stacks.number(&[1, 2, 3], 0), first);
    stacks.figures(first)[0] += 2;
    let entry = stacks.entries()[first];
    assert_eq!(
        (stacks.stack(&entry), entry.figures[0]),
        (&[1, 2, 3][..], 2)
    );
}
