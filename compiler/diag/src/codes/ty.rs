//! E03xx to E05xx: types, traits and calls.

super::code_table! {
    TYPE_MISMATCH = "E0301", "a value of another type than expected";
    WRONG_ARGUMENT_COUNT = "E0302", "more or fewer arguments than parameters";
    UNKNOWN_FIELD = "E0303", "a field that the type does not have";
    UNKNOWN_METHOD = "E0304", "a method that the type does not have";
    NOT_CALLABLE = "E0305", "a call of something that is no function";
    OPERATOR_TYPES = "E0306", "an operator between types that it does not join";
    CANNOT_INFER = "E0307", "a type that nothing decides";
    BOUND_NOT_MET = "E0308", "a type that does not implement a trait it has to";
    LITERAL_OUT_OF_RANGE = "E0309", "a number too large for its type";
    INVALID_CAST = "E0310", "a conversion that `as` does not do";
    QUESTION_MARK = "E0311", "`?` where there is nothing to return";
    NOT_INDEXABLE = "E0312", "an index into something that has no elements";
    MISSING_FIELDS = "E0313", "a struct literal or pattern that leaves fields out";
    DUPLICATE_FIELD = "E0314", "a field given twice";
    NOT_A_VALUE = "E0315", "a type, trait or module where a value is needed";
    PATTERN_TYPE = "E0316", "a pattern that does not fit the value's type";
    NOT_ITERABLE = "E0317", "`for` over something that yields no values";
    BREAK_OUTSIDE = "E0319", "`break` or `continue` without a loop, or with a wrong label";
    SELECT_OPERATION = "E0320", "something in `select` that nothing can wait for";
    MISSING_LIBRARY_ITEM = "E0321", "something the compiler needs from the library is not there";
    MACRO_VALUE = "E0322", "an argument that a macro cannot use";
    AMBIGUOUS_NAME = "E0323", "a name that several traits give";
    PRIVATE_FIELD = "E0324", "a field that is private to its module";
    NO_DEREFERENCE = "E0325", "`*` on something that is no reference";
    USED_BEFORE_ASSIGNED = "E0326", "a variable that may not have a value yet";
    TOO_COMPLEX = "E0327", "bounds whose proof has no end";
    UNUSED_RESULT = "W0301", "a `Result` that nobody looks at";
    UNUSED_VALUE = "W0302", "a value that is computed and dropped";
    REDUNDANT_REFERENCE = "W0303", "`*` or `&` where there is a value already";
    OPTION_OF_REFERENCE = "W0304", "an `Option` of references taken as one of values";
    PRINT_PLACEHOLDER = "W0305", "`{}` in a function that does not format";
    UNREACHABLE_CODE = "W0306", "code that is never reached";
    FOREIGN_PLACEHOLDER = "W0307", "a placeholder as another language writes it";
}
