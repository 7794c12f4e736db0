//! E00xx: characters, tokens and grammar.

super::code_table! {
    INVALID_CHARACTER = "E0001", "a character that no token begins with";
    UNTERMINATED_LITERAL = "E0002", "a string, character or comment that does not end";
    INVALID_ESCAPE = "E0003", "an escape sequence that does not exist";
    INVALID_NUMBER = "E0004", "a number that is not written as one";
    INVALID_CHAR_LITERAL = "E0005", "a character literal that is not exactly one character";
    INVALID_UTF8 = "E0006", "a source file that is not UTF-8";
    RESERVED_WORD = "E0007", "a keyword where a name is expected";
    FILE_TOO_LARGE = "E0008", "a source file that is too large";
    UNEXPECTED_TOKEN = "E0010", "something else than the grammar allows here";
    UNCLOSED_DELIMITER = "E0011", "a bracket that is never closed";
    UNMATCHED_DELIMITER = "E0012", "a closing bracket without its opening one";
    NESTING_TOO_DEEP = "E0013", "code nested deeper than the compiler follows";
    MISSING_SEPARATOR = "E0014", "two statements or elements with nothing between them";
    CHAINED_COMPARISON = "E0015", "comparison operators do not chain";
    STRUCT_LITERAL_IN_HEAD = "E0016", "a struct literal in the head of `if`, `while`, `match`, `for`";
    NO_LIFETIMES = "E0017", "a lifetime, which Gossamer does not have";
    FOREIGN_SYNTAX = "E0018", "syntax of another language";
    MISPLACED_ITEM = "E0019", "an item or statement where it cannot stand";
    INVALID_ASSIGNMENT = "E0020", "an assignment used as a value";
    UNKNOWN_MACRO = "E0021", "a macro that does not exist";
    MACRO_ARGUMENTS = "E0022", "arguments that the macro does not take";
    FORMAT_STRING = "E0023", "a format string that is not well formed";
    FORMAT_ARGUMENTS = "E0024", "format arguments that do not fit the format string";
    INVALID_ATTRIBUTE = "E0025", "an attribute that is not well formed";
    GO_OPERAND = "E0026", "`go` or `defer` without a call";
    PIPE_TARGET = "E0027", "`|>` into something that cannot be called";
    INVALID_PATTERN = "E0028", "something that is not a pattern";
    MISSING_TYPE = "E0029", "a type that has to be written";
    REDUNDANT_MOVE = "W0001", "`move` has no effect";
}
