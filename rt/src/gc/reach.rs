//! What can be reached from some words: the collector's question, asked without its marks, so that the
//! answer is nobody's business but the asker's. While the world stands still.
//! Read next: `mark.rs`, which answers it for collections; `sched/leaks.rs`, which asks.

use super::block::find_cell;
use super::cell::{HEADER, Values};
use super::size_class::CELL_ALIGN;
use super::word;
use gos_pprof::Numbers;

/// The cells that were reached.
#[derive(Debug)]
pub struct Reached {
    /// By the addresses of their headers.
    cells: Numbers,
    /// Those of them that are still to be looked through.
    stack: Vec<usize>,
}

impl Reached {
    /// None.
    #[must_use]
    pub fn new() -> Reached {
        Reached {
            cells: Numbers::new(),
            stack: Vec::new(),
        }
    }

    /// Reaches the cell that a word belongs to, if it belongs to one.
    pub fn word(&mut self, word: usize) {
        if let Some(place) = find_cell(word)
            && self.cells.number(place.header() as u64).1
        {
            self.stack.push(place.header());
        }
    }

    /// The same of words that an address may have been computed from; see `Tracer::words`.
    ///
    /// # Safety
    /// The words are readable.
    pub unsafe fn words(&mut self, start: *const usize, count: usize) {
        for index in 0..count {
            // SAFETY: the caller's promise.
            let word = unsafe { word::read(start.add(index)) };
            self.word(word);
            if word.is_multiple_of(CELL_ALIGN) {
                self.word(word.wrapping_add(HEADER));
            }
        }
    }

    /// Reaches all that the cells lead to.
    pub fn follow(&mut self) {
        while let Some(header) = self.stack.pop() {
            // SAFETY: the layouts of `gos_abi`; cells of the runtime's own kind refer to none.
            unsafe {
                if let Some(values) = Values::of_cell(header) {
                    values.for_each_slot(|slot| self.word(word::read(slot)));
                }
            }
        }
    }

    /// Whether the cell that a word belongs to was reached; none when it belongs to no cell.
    #[must_use]
    pub fn has(&self, word: usize) -> Option<bool> {
        Some(self.cells.knows(find_cell(word)?.header() as u64))
    }
}

impl Default for Reached {
    fn default() -> Self {
        Self::new()
    }
}
