//! The program from outside: whole releases in a temporary folder, then the command or the line.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod build;
mod command;
mod damage;
mod diff;
mod fixtures;
mod formats;
mod house;
mod hub;
mod layouts;
mod policy;
mod readme;
mod safety;
mod scan;
mod sign;
mod stored;
mod terms;
mod verify;
