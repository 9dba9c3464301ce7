//! The `weighbill` command.

fn main() {}
