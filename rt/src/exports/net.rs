//! Rows of the table: net.
