//! The counters of the labs, explored exhaustively.
