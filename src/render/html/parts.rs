//! Small pieces of the page: lines of runs, names, signs.

use maud::{Markup, html};

use crate::{
    render::{
        document::{Ink, Line, Run},
        escape::{shortened, visible},
    },
    words::{Presence, Severity},
};

/// Characters that stay of a name, and of a sentence.
const NAME: usize = 240;
const SENTENCE: usize = 2000;

/// A line with its marks. The text is escaped here, once.
pub(super) fn line(line: &Line) -> Markup {
    html! { @for run in line { (run_markup(run)) } }
}

fn run_markup(run: &Run) -> Markup {
    let text = match run.ink {
        Ink::Name | Ink::Place => shown(&run.text, NAME),
        _ => shown(&run.text, SENTENCE),
    };
    match run.ink {
        Ink::Plain => html! { (text) },
        Ink::Strong => html! { strong { (text) } },
        Ink::Quiet => html! { span.quiet { (text) } },
        Ink::Name | Ink::Command => html! { code { (text) } },
        Ink::Place => html! { code.place { (text) } },
    }
}

/// A name of the release's.
pub(super) fn name(text: &str) -> Markup {
    html! { code { (shown(text, NAME)) } }
}

/// Prose that may quote the release.
pub(super) fn prose(text: &str) -> Markup {
    html! { (shown(text, SENTENCE)) }
}

/// What may be shown of a text; the page's builder escapes its markup.
pub(super) fn shown(text: &str, most: usize) -> String {
    visible(&shortened(text, most)).into_owned()
}

/// A sign for how far something is here; the word always stands beside it.
pub(super) fn mark(presence: Presence) -> Markup {
    let class = format!("mark {}", presence.word());
    html! {
        svg class=(class) viewBox="0 0 16 16" aria-hidden="true" focusable="false" {
            @match presence {
                Presence::Present => circle cx="8" cy="8" r="7" fill="currentColor" {},
                Presence::Partial => {
                    circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5" {}
                    path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" {}
                },
                Presence::Pointer | Presence::Referenced => {
                    circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5" {}
                    path d="M8 8V2a6 6 0 0 1 6 6z" fill="currentColor" {}
                },
                Presence::Claimed | Presence::Promised => {
                    circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor"
                        stroke-width="1.5" {}
                },
                Presence::Withheld => {
                    circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5" {}
                    path d="M4 12 12 4" fill="none" stroke="currentColor" stroke-width="1.5" {}
                },
                Presence::Absent => {
                    circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor"
                        stroke-width="1.5" stroke-dasharray="2 2.2" {}
                },
            }
        }
    }
}

/// A word for a severity, as a label.
pub(super) fn severity(severity: Severity) -> Markup {
    html! { span class={ "sev " (severity.word()) } { (severity.word()) } }
}
