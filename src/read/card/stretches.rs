//! The lines of a body with code, comments, scripts and styles told from what is read.

use std::borrow::Cow;

use super::{inline::Definitions, lines::definition};

/// A line outside code, without comments, or a block of code.
pub(super) enum Stretch<'a> {
    Text(u32, Cow<'a, str>),
    Code(String, Vec<(u32, &'a str)>),
}

/// Takes code out first, since nothing in it is markup, and comments with it.
pub(super) fn stretches<'a>(lines: impl Iterator<Item = (u32, &'a str)>) -> Vec<Stretch<'a>> {
    let mut out = Vec::new();
    let mut code: Option<OpenCode> = None;
    let mut hidden: Option<&str> = None;
    for (number, line) in lines {
        if let Some((fence, _, inside)) = &mut code {
            if fence.closes(line) {
                out.extend(
                    code.take().map(|(_, language, inside)| Stretch::Code(language, inside)),
                );
            } else {
                inside.push((number, line));
            }
        } else if let Some((fence, language)) = Fence::opens(line).filter(|_| hidden.is_none()) {
            code = Some((fence, language, Vec::new()));
        } else {
            out.push(Stretch::Text(number, shown(line, &mut hidden)));
        }
    }
    out.extend(code.map(|(_, language, inside)| Stretch::Code(language, inside)));
    out
}

/// A block of code that is not closed: its end, its language, its lines.
pub(super) type OpenCode<'a> = (Fence, String, Vec<(u32, &'a str)>);

/// What ends a block of code.
pub(super) enum Fence {
    Marks(u8, usize),
    Pre,
}

impl Fence {
    fn opens(line: &str) -> Option<(Self, String)> {
        let line = line.trim_start_matches([' ', '\t', '>']);
        let mark = *line.as_bytes().first()?;
        if matches!(mark, b'`' | b'~') {
            let len = line.bytes().take_while(|byte| *byte == mark).count();
            let info = line[len..].trim();
            let language: String =
                info.chars().take_while(|c| !c.is_whitespace()).take(40).collect();
            return (len >= 3 && !info.contains('`')).then_some((Self::Marks(mark, len), language));
        }
        let pre = line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("<pre"));
        (pre && !line.contains("</pre>")).then(|| (Self::Pre, String::new()))
    }

    fn closes(&self, line: &str) -> bool {
        match self {
            Self::Marks(mark, len) => {
                let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
                line.len() >= *len && line.bytes().all(|byte| byte == *mark)
            }
            Self::Pre => line.contains("</pre>"),
        }
    }
}

/// A line without what comments, scripts and styles hide.
pub(super) fn shown<'a>(line: &'a str, hidden: &mut Option<&'static str>) -> Cow<'a, str> {
    const PAIRS: [(&str, &str); 3] = [
        ("<!--", "-->"),
        ("<style", "</style>"),
        ("<script", "</script>"),
    ];
    if hidden.is_none() && !line.contains('<') {
        return Cow::Borrowed(line);
    }
    let mut out = String::new();
    let mut rest = line;
    loop {
        if let Some(end) = *hidden {
            let Some(at) = rest.find(end) else { break };
            rest = &rest[at + end.len()..];
            *hidden = None;
        }
        let next = PAIRS.iter().filter_map(|(start, end)| Some((rest.find(start)?, *end))).min();
        let Some((at, end)) = next else {
            out.push_str(rest);
            break;
        };
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        *hidden = Some(end);
    }
    Cow::Owned(out)
}

/// `[name]: address` lines.
pub(super) fn definitions(stretches: &[Stretch]) -> Definitions {
    let lines = stretches.iter().filter_map(|stretch| match stretch {
        Stretch::Text(_, text) => Some(text.trim()),
        Stretch::Code(..) => None,
    });
    lines
        .filter_map(definition)
        .map(|(name, address)| (name.to_lowercase(), address.to_owned()))
        .collect()
}
