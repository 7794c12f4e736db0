//! E04xx: items, traits and impls.

super::code_table! {
    GENERIC_ARGUMENTS = "E0401", "generic arguments that do not fit the parameters";
    NOT_A_TYPE = "E0402", "something else than a type where a type is expected";
    NOT_A_TRAIT = "E0403", "something else than a trait where a trait is expected";
    MISSING_TRAIT_ITEM = "E0404", "an `impl` that lacks members of its trait";
    UNKNOWN_TRAIT_ITEM = "E0405", "a member that the trait does not have";
    SIGNATURE_MISMATCH = "E0406", "a member that differs from what its trait declares";
    OVERLAPPING_IMPLS = "E0407", "two implementations of one trait for one type";
    ORPHAN_IMPL = "E0408", "an implementation of a foreign trait for a foreign type";
    INVALID_IMPL_TARGET = "E0409", "an `impl` for a type that cannot have one";
    INVALID_DERIVE = "E0410", "a derive that cannot be made";
    UNKNOWN_ASSOC_TYPE = "E0411", "an associated type that does not exist";
    INVALID_REPR = "E0412", "a layout that `repr` does not know";
    INVALID_SELF = "E0413", "`Self` where there is none";
    INVALID_TYPE = "E0414", "a type that is not allowed in this place";
    RECURSIVE_ALIAS = "E0415", "a type alias that stands for itself";
    UNMET_SUPERTRAIT = "E0416", "an `impl` whose type lacks what the trait requires";
    INVALID_MAIN = "E0417", "a `main` that cannot be started";
    INVALID_EXTERN = "E0418", "an `extern` declaration that is not possible";
    DUPLICATE_DISCRIMINANT = "E0419", "two variants with one number";
    NOT_OBJECT_SAFE = "E0420", "a trait that cannot be used as an object";
    UNDECIDED_PARAM = "E0422", "a generic parameter that nothing decides";
    INVALID_TEST = "E0430", "a test that cannot be run";
    MISPLACED_ATTRIBUTE = "E0421", "an attribute that cannot stand there";
    UNKNOWN_LINT = "W0402", "a lint that does not exist";
    UNKNOWN_ATTRIBUTE = "W0401", "an attribute that is not known";
}
