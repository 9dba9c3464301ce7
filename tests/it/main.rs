//! The program from outside: whole releases in a temporary folder, then the command or the line.

mod build;
mod command;
mod damage;
mod fixtures;
mod house;
mod hub;
mod layouts;
mod readme;
