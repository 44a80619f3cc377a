//! The interleaving explorer.
