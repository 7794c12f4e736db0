//! E07xx: what may be changed, and through what.

super::code_table! {
    NOT_MUTABLE = "E0701", "a change of something that is not `mut`";
    CHANGE_OF_COPY = "E0702", "a change of a copy, which nobody would see";
    NOT_A_PLACE = "E0703", "an assignment to something that is no variable, field or element";
    NEEDS_MUT_REFERENCE = "E0704", "a value where `&mut` has to be written";
    GO_BORROWS_RECEIVER = "E0705", "a goroutine that would change a copy of its receiver";
    ALIAS_CONFLICT = "E0710", "a change of something while a reference to it is in use";
    GUARD_ESCAPES = "E0711", "a guard of a lock that leaves its block";
    SHARED_WITHOUT_LOCK = "W0710", "a wide variable that goroutines share without a lock";
}
