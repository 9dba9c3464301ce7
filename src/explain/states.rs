//! The eight states of a component, and the five groups.

use super::Row;

#[rustfmt::skip]
pub(super) const STATES: &[Row] = &[
    Row { id: "present", title: "Present: it is here", is: "The bytes are in the folder and pass the test of content for their component.", shown_by: "A file that was opened and found to be what it should be, not a name alone.", to_do: "" },
    Row { id: "partial", title: "Partial: some of it is here", is: "Some of the component is in the folder: a few shards of many, a section instead of a document, an adapter without its base.", shown_by: "Files that pass the test in part; the evidence says what is lacking.", to_do: "Ask for the rest. For openness this counts as not satisfied." },
    Row { id: "pointer", title: "Pointer: a placeholder stands in its place", is: "A file stands where the component should be and only says where or what that is.", shown_by: "A git-lfs pointer, a source file that hands on a package, a card of one line with a link.", to_do: "Fetch the real file and hold it against the digest where one is given." },
    Row { id: "referenced", title: "Referenced: an identifier names it", is: "It is elsewhere, and what names it can be looked up.", shown_by: "A data set id, an arXiv id beside a paper's label, a DOI, a repository, a branch name.", to_do: "Look there. That it exists, and under which terms, was not checked: nothing is fetched." },
    Row { id: "claimed", title: "Claimed: prose speaks of it", is: "The release says that it exists and gives nothing that could be looked up.", shown_by: "Words such as \"publicly available sources\" or \"evaluated on standard benchmarks\".", to_do: "Ask for a name, a version and a place." },
    Row { id: "promised", title: "Promised: it is said to be coming", is: "The release says that it will follow, or leaves a place for it.", shown_by: "\"Coming soon\", an empty link, a placeholder such as arXiv 0000.00000.", to_do: "Ask when; until then it counts as absent." },
    Row { id: "withheld", title: "Withheld: it is said not to be released", is: "The release says that it exists and will not be given.", shown_by: "Words such as \"proprietary\", \"internal\", \"cannot be shared\".", to_do: "Take it as absent, and as a decision rather than an oversight." },
    Row { id: "absent", title: "Absent: nothing shows it", is: "Nothing in the folder shows the component. It may exist elsewhere: only the folder was looked at.", shown_by: "No evidence, or an unfilled template such as \"[More Information Needed]\".", to_do: "Ask for it." },
];

#[rustfmt::skip]
pub(super) const GROUPS: &[Row] = &[
    Row { id: "weights", title: "Weights", is: "Final and intermediate parameters.", shown_by: "The group is as far here as the final parameters.", to_do: "" },
    Row { id: "code", title: "Code", is: "The code of the network, of inference, training, data preparation and evaluation, and the libraries they need.", shown_by: "Present where architecture, inference and training code are; partial where any of the six is here in part or whole; else the strongest of the six.", to_do: "" },
    Row { id: "training_data", title: "Training data", is: "Data sets, their description, and the data of evaluations.", shown_by: "The group is as far here as the data sets.", to_do: "" },
    Row { id: "recipes", title: "Recipes", is: "How the model was made: training configuration, technical report, research paper.", shown_by: "Present where a training configuration and a report or paper are here; partial where one of them is. A configuration for inference alone counts as absent.", to_do: "" },
    Row { id: "documents", title: "Documents", is: "Model card, evaluation results and sample outputs.", shown_by: "The group is as far here as the model card.", to_do: "" },
];
