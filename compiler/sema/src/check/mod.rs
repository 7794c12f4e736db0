//! Bodies: from syntax to typed HIR, with every conversion explicit and all sugar gone.
//!
//! Read first: `seam.rs` (what is asked of the rest of the crate).

pub mod seam;
