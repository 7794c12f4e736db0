//! Call stacks and what was counted on each: a profile while it grows.
//! Never: knows what the addresses mean; `pprof.rs` does.

/// Figures of one stack; what they count is the profile's.
pub type Figures = [u64; 4];

/// Gives keys numbers from 0, in the order in which they come.
#[derive(Debug)]
pub struct Numbers {
    keys: Vec<u64>,
    /// An open hash table of numbers plus one; 0 is free.
    places: Vec<u32>,
}

impl Numbers {
    /// No keys.
    pub const fn new() -> Numbers {
        Numbers {
            keys: Vec::new(),
            places: Vec::new(),
        }
    }

    /// The key's number, and whether it is new.
    pub fn number(&mut self, key: u64) -> (usize, bool) {
        if 2 * self.keys.len() >= self.places.len() {
            self.grow();
        }
        let place = self.place(key);
        if self.places[place] != 0 {
            return (self.places[place] as usize - 1, false);
        }
        self.keys.push(key);
        self.places[place] = self.keys.len() as u32;
        (self.keys.len() - 1, true)
    }

    /// Whether the key has a number.
    pub fn knows(&self, key: u64) -> bool {
        !self.keys.is_empty() && self.places[self.place(key)] != 0
    }

    /// Where the key is, or may be put.
    fn place(&self, key: u64) -> usize {
        let mask = self.places.len() - 1;
        let mut place = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        while self.places[place] != 0 && self.keys[self.places[place] as usize - 1] != key {
            place = (place + 1) & mask;
        }
        place
    }

    fn grow(&mut self) {
        let length = (2 * self.places.len()).max(64);
        self.places = vec![0; length];
        for number in 0..self.keys.len() {
            let place = self.place(self.keys[number]);
            self.places[place] = number as u32 + 1;
        }
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Self::new()
    }
}

/// One stack.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    first: usize,
    length: usize,
    /// Bytes of the objects that are counted here, in a profile of the heap.
    pub bytes: u64,
    /// What was counted.
    pub figures: Figures,
}

/// All of them.
#[derive(Debug)]
pub struct Stacks {
    numbers: Numbers,
    addresses: Vec<u64>,
    entries: Vec<Entry>,
}

impl Stacks {
    /// None.
    pub const fn new() -> Stacks {
        Stacks {
            numbers: Numbers::new(),
            addresses: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// The number of a stack, which is added if it is new. Stacks are told apart by 64 bits made of
    /// their addresses: two of a profile's thousands that share them are not to be expected.
    pub fn number(&mut self, stack: &[u64], bytes: u64) -> usize {
        let mix =
            |sum: u64, word: &u64| (sum.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
        let (number, is_new) = self.numbers.number(stack.iter().fold(bytes, mix));
        if is_new {
            self.entries.push(Entry {
                first: self.addresses.len(),
                length: stack.len(),
                bytes,
                figures: [0; 4],
            });
            self.addresses.extend_from_slice(stack);
        }
        number
    }

    /// The figures of a stack.
    pub fn figures(&mut self, number: usize) -> &mut Figures {
        &mut self.entries[number].figures
    }

    /// All stacks, in the order in which they came.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Addresses of a stack, innermost first.
    pub fn stack(&self, entry: &Entry) -> &[u64] {
        &self.addresses[entry.first..entry.first + entry.length]
    }
}

impl Default for Stacks {
    fn default() -> Self {
        Self::new()
    }
}
