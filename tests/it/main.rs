//! The program from outside: whole releases in a temporary folder, then the command or the line.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod build;
mod command;
mod consistency;
mod damage;
mod diff;
mod fixtures;
mod fleet;
mod formats;
mod house;
mod hub;
mod layouts;
mod license_texts;
mod places;
mod policy;
mod readme;
mod safety;
mod scan;
mod sign;
mod stored;
mod stores;
mod terms;
mod verify;
