//! What an address identifies, told from the address alone: nothing is fetched.

/// What an address leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To nothing yet: empty, `https://`, `TBD`, `arXiv 0000.00000`.
    Nowhere,
    /// A preprint, by its id: `2307.09288`.
    Arxiv(String),
    /// A DOI: `10.5281/zenodo.5297715`.
    Doi(String),
    /// A page of a publisher, conference or paper list.
    PaperPage,
    /// A data set on a hub: `owner/name`.
    HubDataset(String),
    /// A model on a hub: `owner/name`.
    HubModel(String),
    /// An app on a hub: `owner/name`.
    HubSpace(String),
    /// A code repository: `owner/name`.
    Repo(String),
    /// Logs of a training run.
    Runs,
    /// A document.
    Pdf,
    /// A notebook service.
    Notebook,
    /// A place within the card, or a file beside it.
    Inside,
    /// An address to write to.
    Mail,
    /// Anything else on the web.
    Web,
}

/// Hosts of papers.
const PAPER_HOSTS: &[&str] = &[
    "openreview.net",
    "aclanthology.org",
    "aclweb.org",
    "proceedings.mlr.press",
    "proceedings.neurips.cc",
    "papers.nips.cc",
    "papers.neurips.cc",
    "ieeexplore.ieee.org",
    "dl.acm.org",
    "semanticscholar.org",
    "openaccess.thecvf.com",
    "nature.com",
    "biorxiv.org",
    "medrxiv.org",
    "link.springer.com",
    "jmlr.org",
    "isca-speech.org",
    "isca-archive.org",
    "hal.science",
    "ssrn.com",
    "science.org",
    "sciencedirect.com",
    "academic.oup.com",
    "alphaxiv.org",
    "paperswithcode.com",
    "techrxiv.org",
];
/// Hosts of code.
const CODE_HOSTS: &[&str] = &[
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "codeberg.org",
    "gitee.com",
    "git.sr.ht",
];
/// Hosts of logs of training runs.
const RUN_HOSTS: &[&str] = &[
    "wandb.ai",
    "wandb.me",
    "tensorboard.dev",
    "comet.com",
    "comet.ml",
    "neptune.ai",
    "swanlab.cn",
    "clear.ml",
    "api.wandb.ai",
];
/// Hosts of data sets.
const DATA_HOSTS: &[(&str, &str)] = &[
    ("kaggle.com", "/datasets/"),
    ("modelscope.cn", "/datasets/"),
    ("zenodo.org", "/record"),
];

/// Tells what an address leads to.
pub(super) fn target(address: &str) -> Target {
    let address = address.trim();
    if let Some(id) = arxiv(address) {
        return id;
    }
    let lower = address.to_lowercase();
    let bare = lower.trim_start_matches("https:").trim_start_matches("http:").trim_matches('/');
    if bare.is_empty()
        || matches!(
            bare,
            "tbd"
                | "todo"
                | "#"
                | "..."
                | "…"
                | "url"
                | "link"
                | "none"
                | "n/a"
                | "<tbd>"
                | "coming-soon"
                | "comingsoon"
                | "xxx"
        )
    {
        return if address == "#" {
            Target::Inside
        } else {
            Target::Nowhere
        };
    }
    if lower.starts_with("mailto:") {
        return Target::Mail;
    }
    let Some(rest) = lower.strip_prefix("https://").or(lower.strip_prefix("http://")) else {
        return if lower.starts_with("10.") && lower.contains('/') {
            Target::Doi(address.into())
        } else {
            Target::Inside
        };
    };
    let rest = rest.trim_start_matches("www.");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).take(8).collect();
    let cased = |from: usize| named(address, host, from);
    let on = |hosts: &[&str]| {
        hosts
            .iter()
            .any(|it| host == *it || host.strip_suffix(it).is_some_and(|sub| sub.ends_with('.')))
    };
    let hub = matches!(
        host,
        "huggingface.co" | "hf.co" | "modelscope.cn" | "modelscope.ai" | "hf-mirror.com"
    );
    if matches!(host, "doi.org" | "dx.doi.org") && parts.len() >= 2 {
        return Target::Doi(path.to_owned());
    }
    if hub {
        return match parts.as_slice() {
            ["datasets", _, ..] => Target::HubDataset(cased(1)),
            ["spaces", _, _, ..] => Target::HubSpace(cased(1)),
            ["papers", ..] => Target::PaperPage,
            ["tensorboard", _, ..] | [_, _, "tensorboard"] => Target::Runs,
            ["models", _, _, ..] => Target::HubModel(cased(1)),
            [
                "docs" | "blog" | "learn" | "collections" | "posts" | "join" | "settings" | "tasks"
                | "organizations" | "chat",
                ..,
            ]
            | [] => Target::Web,
            [_, _, "discussions", ..] => Target::Mail,
            [_, _, "resolve" | "blob" | "raw", _, file] if ends(file, ".pdf") => Target::Pdf,
            [_, _, ..] => Target::HubModel(cased(0)),
            _ => Target::Web,
        };
    }
    if DATA_HOSTS.iter().any(|(it, folder)| host == *it && format!("/{path}/").contains(folder))
        && host != "zenodo.org"
    {
        return Target::HubDataset(parts.iter().skip(1).copied().collect::<Vec<_>>().join("/"));
    }
    if on(PAPER_HOSTS) && !parts.is_empty() {
        return Target::PaperPage;
    }
    if on(RUN_HOSTS) && !parts.is_empty() {
        return Target::Runs;
    }
    if ends(path, ".pdf") {
        return Target::Pdf;
    }
    if host == "colab.research.google.com" || ends(path, ".ipynb") {
        return Target::Notebook;
    }
    if on(CODE_HOSTS) && parts.len() >= 2 {
        return match parts.get(2) {
            Some(&("issues" | "discussions")) => Target::Mail,
            _ => Target::Repo(cased(0)),
        };
    }
    Target::Web
}

fn ends(path: &str, extension: &str) -> bool {
    path.ends_with(extension)
}

/// `owner/name` of an address, as it spells them, from this part of its path on.
fn named(address: &str, host: &str, from: usize) -> String {
    let at = address.to_lowercase().find(host).map_or(0, |at| at + host.len());
    let path = address.get(at..).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let parts: Vec<&str> =
        path.split('/').filter(|part| !part.is_empty()).skip(from).take(2).collect();
    parts.join("/").trim_end_matches(".git").to_owned()
}

/// An arXiv id in an address or in `arXiv:2307.09288`; placeholders lead nowhere.
pub(super) fn arxiv(text: &str) -> Option<Target> {
    let lower = text.to_lowercase();
    let mut found = lower.match_indices("arxiv").take(8);
    found.find_map(|(at, mark)| arxiv_id(&lower[at + mark.len()..]))
}

/// What follows `arxiv`.
fn arxiv_id(rest: &str) -> Option<Target> {
    let rest = rest.trim_start_matches(".org");
    let rest = rest.trim_start_matches(['/', ':', ' ', '.', '-']);
    let parts = ["abs/", "pdf/", "html/", "arxiv:"];
    let rest = parts.iter().find_map(|it| rest.strip_prefix(it)).unwrap_or(rest);
    let of_id = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '-');
    let id: String = rest.chars().take_while(of_id).take(64).collect();
    let id = id.trim_end_matches(".pdf").trim_end_matches(['.', '/', '-']);
    let id = id.split_once('v').map_or(id, |(id, _)| id);
    let (month, number) = id.split_once('.').or_else(|| id.split_once('/'))?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if digits(month) && digits(number) && month.len() == 4 && (4..=5).contains(&number.len()) {
        let month = month.get(2..).and_then(|month| month.parse::<u8>().ok());
        let real = month.is_some_and(|month| (1..=12).contains(&month));
        return Some(if real {
            Target::Arxiv(id.to_owned())
        } else {
            Target::Nowhere
        });
    }
    if number.len() == 7 && digits(number) && !month.is_empty() && !digits(month) {
        return Some(Target::Arxiv(id.to_owned()));
    }
    let filler = |part: &str| {
        (4..=5).contains(&part.len())
            && part.bytes().all(|it| matches!(it, b'x' | b'0' | b'?' | b'n'))
    };
    (filler(month) && filler(number)).then_some(Target::Nowhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_what_they_lead_to() {
        for (address, target) in [
            ("", Target::Nowhere),
            ("https://", Target::Nowhere),
            ("TBD", Target::Nowhere),
            ("https://arxiv.org/abs/0000.00000", Target::Nowhere),
            ("https://arxiv.org/abs/XXXX.XXXXX", Target::Nowhere),
            ("https://arxiv.org/abs/2307.09288", Target::Arxiv("2307.09288".into())),
            ("https://arxiv.org/pdf/2307.09288v2.pdf", Target::Arxiv("2307.09288".into())),
            ("arXiv preprint arXiv:1810.04805", Target::Arxiv("1810.04805".into())),
            ("https://arxiv.org/abs/cs/0112017", Target::Arxiv("cs/0112017".into())),
            ("https://doi.org/10.5281/zenodo.1", Target::Doi("10.5281/zenodo.1".into())),
            ("10.57967/hf/0003", Target::Doi("10.57967/hf/0003".into())),
            ("https://huggingface.co/datasets/Org/Set", Target::HubDataset("Org/Set".into())),
            ("https://hf.co/Org/Model/tree/main", Target::HubModel("Org/Model".into())),
            ("https://huggingface.co/spaces/a/b", Target::HubSpace("a/b".into())),
            ("https://huggingface.co/papers/2307.09288", Target::PaperPage),
            ("https://huggingface.co/docs/transformers", Target::Web),
            ("https://github.com/Org/Repo/tree/main/x", Target::Repo("Org/Repo".into())),
            ("https://github.com/Org/Repo.git", Target::Repo("Org/Repo".into())),
            ("https://github.com/Org/Repo/blob/main/paper.pdf", Target::Pdf),
            ("https://github.com/Org", Target::Web),
            ("https://wandb.ai/a/b", Target::Runs),
            ("https://aclanthology.org/2020.acl-main.1/", Target::PaperPage),
            ("https://example.org/report.pdf?x=1", Target::Pdf),
            ("#usage", Target::Inside),
            ("LICENSE", Target::Inside),
            ("mailto:a@b.c", Target::Mail),
            ("https://example.org", Target::Web),
        ] {
            assert_eq!(super::target(address), target, "{address}");
        }
    }
}
