mod handles;
pub(crate) mod world;

use super::barrier::Phase;
use super::block::find_cell;
use super::cell::STRING_DESC;
use super::chunk::CHUNK_BYTES;
use super::cycle::mark_and_free;
use super::generation::Minors;
use super::heap::Heap;
use super::pacer::Settings;
use super::*;
use gos_abi::CellKind;
use std::collections::{HashMap, HashSet};

#[repr(C)]
struct Desc {
    desc: TypeDesc,
    bitmap: [u64; 1],
}

const fn desc(size: u64, kind: CellKind, bits: u64) -> Desc {
    Desc {
        desc: TypeDesc {
            size,
            kind: kind as u32,
            bitmap_words: 1,
        },
        bitmap: [bits],
    }
}

/// {seed, left, right, seed}
static NODE: Desc = desc(32, CellKind::Fixed, 0b0110);
static REFERENCES: Desc = desc(8, CellKind::Array, 1);
/// {reference, seed, seed}
static TRIPLES: Desc = desc(24, CellKind::Array, 1);
/// Slots of {reference, seed}
static TABLE: Desc = desc(16, CellKind::Table, 1);
static NUMBERS: TypeDesc = TypeDesc {
    size: 8,
    kind: CellKind::Array as u32,
    bitmap_words: 0,
};

/// A heap that collects only when asked, and a share of it for this thread.
struct Bench {
    heap: &'static Heap,
}

impl Bench {
    fn new() -> Bench {
        let heap: &'static Heap = Box::leak(Box::new(Heap::new()));
        let heap_bytes_min = usize::MAX / 2;
        heap.pacer.configure(Settings {
            heap_bytes_min,
            ..Settings::DEFAULT
        });
        alloc::attach(heap);
        Bench { heap }
    }

    fn collect(&self, roots: &[usize]) {
        mark_and_free(self.heap, &mut |tracer| {
            // SAFETY: the words are a slice's; they are looked at as those of a stack are.
            unsafe { tracer.words(roots.as_ptr(), roots.len()) }
        });
    }

    fn live_cells(&self) -> u64 {
        self.heap.lock().stats.live_cells
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.collect(&[]);
        alloc::detach();
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound
    }
}

/// What the test knows about a cell: what it holds, by word.
enum Content {
    Node {
        seed: u64,
        links: [usize; 2],
    },
    References(Vec<usize>),
    Triples {
        seed: u64,
        links: Vec<usize>,
    },
    /// Every other slot is full; the others refer to something, which counts for nothing.
    Table {
        seed: u64,
        links: Vec<usize>,
        hidden: usize,
    },
    Numbers {
        seed: u64,
        count: usize,
    },
    Text {
        seed: u64,
        count: usize,
    },
}

impl Content {
    fn links(&self) -> &[usize] {
        match self {
            Content::Node { links, .. } => links,
            Content::References(links)
            | Content::Triples { links, .. }
            | Content::Table { links, .. } => links,
            Content::Numbers { .. } | Content::Text { .. } => &[],
        }
    }

    /// Makes a cell with this content.
    unsafe fn make(&self) -> usize {
        unsafe {
            match self {
                Content::Node { seed, links } => {
                    let cell: *mut u64 = alloc::fixed(&NODE.desc).cast();
                    assert_eq!(*cell.cast::<[u64; 4]>(), [0; 4]);
                    *cell.cast() = [*seed, links[0] as u64, links[1] as u64, *seed];
                    cell as usize
                }
                Content::References(links) => {
                    let cell: *mut usize = alloc::array(&REFERENCES.desc, links.len()).cast();
                    for (index, &link) in links.iter().enumerate() {
                        assert_eq!(*cell.add(index), 0);
                        *cell.add(index) = link;
                    }
                    cell as usize
                }
                Content::Triples { seed, links } => {
                    let cell: *mut [u64; 3] = alloc::array(&TRIPLES.desc, links.len()).cast();
                    for (index, &link) in links.iter().enumerate() {
                        assert_eq!(*cell.add(index), [0; 3]);
                        *cell.add(index) = [link as u64, *seed, *seed + index as u64];
                    }
                    cell as usize
                }
                Content::Table {
                    seed,
                    links,
                    hidden,
                } => {
                    let capacity = 2 * links.len();
                    let cell: *mut [u64; 2] = alloc::table(&TABLE.desc, capacity).cast();
                    let controls: *mut u8 = cell.add(capacity).cast();
                    for (index, &link) in links.iter().enumerate() {
                        let (place, empty) = (2 * index, 2 * index + 1);
                        assert_eq!([*controls.add(place), *controls.add(empty)], [0, 0]);
                        *cell.add(place) = [link as u64, *seed];
                        *cell.add(empty) = [*hidden as u64, *seed];
                        *controls.add(place) = 0x80 | index as u8;
                        *controls.add(empty) = index as u8 & 1;
                    }
                    cell as usize
                }
                Content::Numbers { seed, count } => {
                    let cell: *mut u64 = alloc::array(&NUMBERS, *count).cast();
                    for index in 0..*count {
                        assert_eq!(*cell.add(index), 0);
                        *cell.add(index) = seed.wrapping_mul(index as u64 + 1);
                    }
                    cell as usize
                }
                Content::Text { seed, count } => {
                    let cell = alloc::string(*count, 0);
                    for index in 0..*count {
                        assert_eq!(*cell.add(index), 0);
                        *cell.add(index) = (*seed as usize + index) as u8;
                    }
                    cell as usize
                }
            }
        }
    }

    /// Writes a link of a cell that was made long ago.
    unsafe fn relink(&mut self, cell: usize, random: &mut Random, link: usize) {
        let (links, word) = match self {
            Content::Node { links, .. } => (&mut links[..], 1),
            Content::References(links) => (&mut links[..], 0),
            Content::Triples { links, .. } | Content::Table { links, .. } => (&mut links[..], 0),
            Content::Numbers { .. } | Content::Text { .. } => return,
        };
        if links.is_empty() {
            return;
        }
        let index = random.below(links.len());
        links[index] = link;
        let step = match self {
            Content::Triples { .. } => 3,
            Content::Table { .. } => 4,
            _ => 1,
        };
        let slot = (cell as *mut usize).wrapping_add(word + index * step);
        // SAFETY: a word of the cell, which is alive.
        unsafe {
            *slot = link;
            barrier::write(slot.cast(), link);
        }
    }

    /// Whether the cell still holds this.
    unsafe fn check(&self, cell: usize) {
        unsafe {
            match self {
                Content::Node { seed, links } => {
                    let expected = [*seed, links[0] as u64, links[1] as u64, *seed];
                    assert_eq!(*(cell as *const [u64; 4]), expected);
                }
                Content::References(links) => {
                    let words = std::slice::from_raw_parts(cell as *const usize, links.len());
                    assert_eq!(words, links);
                }
                Content::Triples { seed, links } => {
                    for (index, &link) in links.iter().enumerate() {
                        let expected = [link as u64, *seed, *seed + index as u64];
                        assert_eq!(*(cell as *const [u64; 3]).add(index), expected);
                    }
                }
                Content::Table { seed, links, .. } => {
                    for (index, &link) in links.iter().enumerate() {
                        let expected = [link as u64, *seed];
                        assert_eq!(*(cell as *const [u64; 2]).add(2 * index), expected);
                    }
                }
                Content::Numbers { seed, count } => {
                    for index in 0..*count {
                        let expected = seed.wrapping_mul(index as u64 + 1);
                        assert_eq!(*(cell as *const u64).add(index), expected);
                    }
                }
                Content::Text { seed, count } => {
                    for index in 0..*count {
                        let expected = (*seed as usize + index) as u8;
                        assert_eq!(*(cell as *const u8).add(index), expected);
                    }
                }
            }
        }
    }
}

fn random_content(random: &mut Random, roots: &[usize]) -> Content {
    let seed = random.below(1 << 30) as u64;
    let link = |random: &mut Random| match random.below(4) {
        0 => 0,
        _ => roots[random.below(roots.len())],
    };
    match random.below(100) {
        0..40 => Content::Node {
            seed,
            links: [link(random), link(random)],
        },
        40..55 => {
            let count = 1 + random.below(40);
            Content::References((0..count).map(|_| link(random)).collect())
        }
        55..65 => {
            let count = 1 + random.below(12);
            Content::Triples {
                seed,
                links: (0..count).map(|_| link(random)).collect(),
            }
        }
        65..72 => {
            let large = if random.below(10) == 0 { 2000 } else { 20 };
            let count = 1 + random.below(large);
            Content::Table {
                seed,
                links: (0..count).map(|_| link(random)).collect(),
                hidden: link(random),
            }
        }
        72..80 => Content::Numbers {
            seed,
            count: 1 + random.below(300),
        },
        80..95 => Content::Text {
            seed,
            count: 1 + random.below(2000),
        },
        95..98 => {
            let count = 3000 + random.below(20_000);
            Content::References((0..count).map(|_| link(random)).collect())
        }
        98 => Content::Numbers {
            seed,
            count: 5000 + random.below(30_000),
        },
        _ if random.below(40) == 0 => Content::Numbers {
            seed,
            count: 530_000 + random.below(100_000),
        },
        _ => Content::Text {
            seed,
            count: 30_000 + random.below(9000),
        },
    }
}

/// Cells of the model that can be reached from the roots.
fn reachable(model: &HashMap<usize, Content>, roots: &[usize]) -> HashSet<usize> {
    let mut found = HashSet::new();
    let mut open: Vec<usize> = roots.iter().copied().filter(|&root| root != 0).collect();
    while let Some(cell) = open.pop() {
        if found.insert(cell) {
            open.extend(model[&cell].links().iter().filter(|&&link| link != 0));
        }
    }
    found
}

fn random_graph(seed: u64, steps: usize, collect_every: usize, minors: Minors) {
    let bench = Bench::new();
    bench.heap.set_minors(minors);
    let mut random = Random(seed);
    let mut model: HashMap<usize, Content> = HashMap::new();
    let mut roots = vec![0usize; 24];
    for step in 1..=steps {
        let content = random_content(&mut random, &roots);
        // SAFETY: the test knows what it put where.
        let cell = unsafe { content.make() };
        // A cell that was collected may come again, a live one never.
        model.insert(cell, content);
        let place = random.below(roots.len());
        roots[place] = cell;
        let (changed, link) = (roots[random.below(24)], roots[random.below(24)]);
        if changed != 0 {
            let content = model.get_mut(&changed).unwrap();
            // SAFETY: roots are alive.
            unsafe { content.relink(changed, &mut random, link) };
        }
        if step % collect_every != 0 {
            continue;
        }
        let majors = bench.heap.cycle.majors_ended();
        bench.collect(&roots);
        let alive = reachable(&model, &roots);
        model.retain(|cell, _| alive.contains(cell));
        if bench.heap.cycle.majors_ended() != majors {
            assert_eq!(bench.live_cells(), alive.len() as u64, "step {step}");
        } else {
            assert!(bench.live_cells() >= alive.len() as u64, "step {step}");
        }
        // SAFETY: as above; all these cells are alive.
        model
            .iter()
            .for_each(|(&cell, content)| unsafe { content.check(cell) });
    }
}

#[test]
fn random_graphs_survive_rare_collections() {
    for seed in 1..6 {
        random_graph(seed * 0x9e37_79b9, 2500, 257, Minors::Never);
    }
}

#[test]
fn random_graphs_survive_minor_collections() {
    for (seed, collect_every) in [(1, 3), (2, 17), (3, 40), (4, 101)] {
        random_graph(seed * 0x9e37_79b9, 2500, collect_every, Minors::Often);
    }
}

#[test]
fn what_a_remembered_cell_refers_to_survives_and_what_no_cell_refers_to_does_not() {
    let bench = Bench::new();
    bench.heap.set_minors(Minors::Often);
    // One of them is large: its cards are remembered one by one.
    for count in [4usize, 100_000] {
        let new = || {
            // SAFETY: a plain cell.
            unsafe { alloc::fixed(&NODE.desc) as usize }
        };
        // SAFETY: the cells are alive, and the words theirs.
        unsafe {
            let old: *mut usize = alloc::array(&REFERENCES.desc, count).cast();
            bench.collect(&[old as usize]);
            while bench.heap.phase() != Phase::REMEMBER {
                bench.collect(&[old as usize]);
            }
            let before = bench.live_cells();
            for index in [0, count / 2, count - 1] {
                *old.add(index) = new();
                barrier::write(old.add(index).cast(), *old.add(index));
                // Dead at once.
                new();
            }
            let entries = if count == 4 { 1 } else { 3 };
            assert_eq!(logged(&bench), entries);
            bench.collect(&[]);
            assert_eq!(bench.live_cells(), before + 3, "{count}");
            for index in [0, count / 2, count - 1] {
                assert!(find_cell(*old.add(index)).is_some());
            }
            // Nothing is remembered any more.
            assert_eq!(logged(&bench), 0);
        }
    }
}

#[test]
fn random_graphs_survive_a_collection_at_every_allocation() {
    random_graph(0xfeed_5eed, 400, 1, Minors::Never);
    random_graph(0xfeed_5eed, 400, 1, Minors::Often);
}

#[test]
fn interior_and_end_pointers_keep_their_cell() {
    let bench = Bench::new();
    for count in [1, 2, 7, 100, 4000, 9000, 1 << 20] {
        // SAFETY: the cell has `count` words.
        let (cell, other) = unsafe {
            (
                alloc::array(&NUMBERS, count) as usize,
                alloc::array(&NUMBERS, count) as usize,
            )
        };
        let end = cell + count * 8;
        // What the runtime's own code may keep in a register: only the header's address.
        bench.collect(&[cell - 16]);
        assert_eq!(bench.live_cells(), 1, "{count} words, header");
        for pointer in [cell, cell + 1, cell + count * 4, end - 1, end] {
            bench.collect(&[pointer]);
            assert_eq!(
                bench.live_cells(),
                1,
                "{count} words, offset {}",
                pointer - cell
            );
            let found = find_cell(pointer).unwrap();
            assert_eq!(found.payload() + 8, cell);
        }
        // Neither what lies before the cell nor what was freed is found.
        assert!(find_cell(other).is_none());
        bench.collect(&[cell - 24]);
        assert!(find_cell(cell).is_none());
    }
}

#[test]
fn words_that_are_no_references_do_no_harm() {
    let bench = Bench::new();
    // SAFETY: a plain cell.
    let cell = unsafe { alloc::fixed(&NODE.desc) } as usize;
    let mut words = vec![
        0,
        1,
        7,
        8,
        usize::MAX,
        usize::MAX - 7,
        1 << 47,
        1 << 63,
        cell,
    ];
    words.extend((0..64).map(|shift| 1usize << shift));
    let mut random = Random(77);
    // Anywhere in the cell's own chunk: those around it belong to tests that run meanwhile.
    let chunk = cell & !(CHUNK_BYTES - 1);
    words.extend((0..10_000).map(|_| chunk | random.below(CHUNK_BYTES)));
    bench.collect(&words);
    assert_eq!(bench.live_cells(), 1);
}

#[test]
fn freed_memory_is_used_again_and_given_back() {
    let bench = Bench::new();
    let mapped = |bench: &Bench| bench.heap.lock().stats.mapped_bytes;
    for round in 0..20 {
        for index in 0..20_000u64 {
            // SAFETY: a plain cell.
            unsafe { *alloc::fixed(&NODE.desc).cast::<[u64; 4]>() = [index; 4] };
        }
        // SAFETY: as above.
        unsafe { alloc::array(&NUMBERS, 2 << 20) };
        bench.collect(&[]);
        assert!(
            mapped(&bench) <= 8 << 20,
            "round {round}: {}",
            mapped(&bench)
        );
        let state = bench.heap.lock();
        assert_eq!(state.used_bytes(), 0);
        assert!(state.huge.is_empty());
    }
    bench.heap.lock().release(0);
    assert_eq!(bench.heap.lock().dirty_blocks, 0);
    // SAFETY: as above; pages that were given back read as zeros.
    let cell = unsafe { *alloc::fixed(&NODE.desc).cast::<[u64; 4]>() };
    assert_eq!(cell, [0; 4]);
}

#[test]
fn memory_of_a_huge_object_waits_for_the_next_one_of_its_size() {
    let bench = Bench::new();
    let huge = |count: usize| {
        // SAFETY: plain arrays, of which no more than `count` numbers are read or written.
        unsafe {
            let numbers: *mut u64 = alloc::array(&NUMBERS, count).cast();
            for index in [0, count / 2, count - 1] {
                assert_eq!(*numbers.add(index), 0, "{index}");
                *numbers.add(index) = 77;
            }
            numbers as usize
        }
    };
    let first = huge(2 << 20);
    bench.collect(&[]);
    let spare = || bench.heap.lock().spare.len();
    assert_eq!(spare(), 1);
    assert!(find_cell(first).is_none());
    // It serves objects of its size only, and they come zeroed.
    let (other, second) = (huge(4 << 20), huge((2 << 20) + 100));
    assert_ne!(other, first);
    assert_eq!(second, first);
    assert_eq!(spare(), 0);
    bench.collect(&[second]);
    assert_eq!(bench.live_cells(), 1);
    assert!(find_cell(second).is_some());
    assert_eq!(spare(), 1);
    // What nobody wanted until the next collection goes back.
    bench.collect(&[second]);
    assert_eq!(spare(), 0);
    let state = bench.heap.lock();
    assert_eq!(state.stats.mapped_bytes, 20 << 20);
}

/// How many stores are logged, by this thread and by those that handed their logs on.
fn logged(bench: &Bench) -> usize {
    let logged = &mut bench.heap.lock().logged;
    // SAFETY: this thread's own share.
    let log = unsafe { &mut (*alloc::local()).log };
    logged.take_over(log, bench.heap.is_marking());
    logged.entry_count()
}

#[test]
fn barriers_log_what_they_see() {
    let bench = Bench::new();
    // SAFETY: plain cells of this test.
    unsafe {
        let nodes: Vec<usize> = (0..600)
            .map(|_| alloc::fixed(&NODE.desc) as usize)
            .collect();
        bench.heap.set_phase(Phase::MARK);
        let mut slot = 0usize;
        for &node in &nodes {
            barrier::write((&raw mut slot).cast(), node);
        }
        barrier::write((&raw mut slot).cast(), 0);
        assert_eq!(logged(&bench), 600);
        // What only the log knows survives the collection that drains it, and not the next.
        bench.collect(&[]);
        assert_eq!(bench.live_cells(), 600);
        bench.collect(&[]);
        assert_eq!(bench.live_cells(), 0);

        let inner = alloc::fixed(&NODE.desc) as u64;
        bench.heap.set_phase(Phase::MARK);
        let triples = [[inner, 1, 2], [0, inner, 3], [inner, inner, inner]];
        barrier::copy(triples.as_ptr() as *mut u8, &TRIPLES.desc, 3);
        assert_eq!(logged(&bench), 2);
        bench.collect(&[]);
        assert_eq!(bench.live_cells(), 1);
    }
}

#[test]
fn string_buffers_are_not_traced() {
    let bench = Bench::new();
    // SAFETY: the buffer has eight bytes.
    let text = unsafe {
        let node = alloc::fixed(&NODE.desc) as usize;
        let text = alloc::string(8, 8);
        *text.cast::<usize>() = node;
        text as usize
    };
    bench.collect(&[text]);
    assert_eq!(bench.live_cells(), 1);
    // SAFETY: it is alive.
    let header = unsafe { *((text - 16) as *const *const TypeDesc) };
    assert_eq!(header, &raw const STRING_DESC);
}
