//! Vector clocks: for each slot of a goroutine (`task.rs`) a time. What happened in a slot up to its
//! time in a clock happened before whatever has that clock.

/// A vector clock; slots beyond its end have time 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock(Vec<u32>);

impl Clock {
    pub const fn new() -> Self {
        Clock(Vec::new())
    }

    /// The time of a slot.
    pub fn time(&self, slot: u32) -> u32 {
        self.0.get(slot as usize).copied().unwrap_or(0)
    }

    /// Sets the time of a slot.
    pub fn set(&mut self, slot: u32, time: u32) {
        let index = slot as usize;
        if self.0.len() <= index {
            self.0.resize(index + 1, 0);
        }
        self.0[index] = time;
    }

    /// Takes in all that happened before `other`.
    pub fn join(&mut self, other: &Clock) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own = (*own).max(*other);
        }
    }

    /// Becomes equal to `other`, in the room that it has.
    pub fn copy_from(&mut self, other: &Clock) {
        self.0.clone_from(&other.0);
    }
}
