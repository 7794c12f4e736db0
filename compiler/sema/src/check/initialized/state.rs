//! What is known about the late variables at one point of a body.

/// For each late variable of the body, by its position in the list of them.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// No path leads here; everything is true of it.
    pub dead: bool,
    /// Every path here assigned it.
    surely: Vec<bool>,
    /// Some path here assigned it.
    perhaps: Vec<bool>,
}

impl State {
    /// A point that nothing leads to, with `count` variables.
    pub fn dead(count: usize) -> State {
        State {
            dead: true,
            surely: vec![false; count],
            perhaps: vec![false; count],
        }
    }

    /// The beginning of a body, in which the variables that hold a value are given.
    pub fn start(assigned: Vec<bool>) -> State {
        State {
            dead: false,
            surely: assigned.clone(),
            perhaps: assigned,
        }
    }

    pub fn is_assigned(&self, at: usize) -> bool {
        self.dead || self.surely[at]
    }

    pub fn may_be_assigned(&self, at: usize) -> bool {
        !self.dead && self.perhaps[at]
    }

    pub fn assign(&mut self, at: usize) {
        self.surely[at] = true;
        self.perhaps[at] = true;
    }

    /// The variable begins anew, as in each turn of a loop around its `let`.
    pub fn declare(&mut self, at: usize) {
        self.surely[at] = false;
        self.perhaps[at] = false;
    }

    /// Another path leads here too.
    pub fn join(&mut self, other: &State) {
        if other.dead {
            return;
        }
        if self.dead {
            self.clone_from(other);
            return;
        }
        for (mine, its) in self.surely.iter_mut().zip(&other.surely) {
            *mine &= its;
        }
        for (mine, its) in self.perhaps.iter_mut().zip(&other.perhaps) {
            *mine |= its;
        }
    }

    /// Adds what `other` may have assigned, and tells whether that is anything new.
    pub fn add_perhaps(&mut self, other: &State) -> bool {
        if self.dead || other.dead {
            return false;
        }
        let mut grown = false;
        for (mine, its) in self.perhaps.iter_mut().zip(&other.perhaps) {
            grown |= *its && !*mine;
            *mine |= its;
        }
        grown
    }
}
